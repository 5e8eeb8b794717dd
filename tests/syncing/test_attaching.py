"""Files after the posting: attached once, never in another's place, and what is missing is said and tried again."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from smoothx_tui.base.answers import Answer, NotSent, Unknown
from smoothx_tui.base.errors import ConnectionFailed, ServiceError, SignInNeeded
from smoothx_tui.ledger.files import FileRecord, FileState
from smoothx_tui.ledger.records import State
from smoothx_tui.planning.attachments import planned_files
from smoothx_tui.planning.link import AttachedFile
from smoothx_tui.planning.plan import Plan
from smoothx_tui.procore.items import Attachment
from smoothx_tui.syncing.attaching import content_type_of
from smoothx_tui.syncing.engine import Outcome, SyncReport
from smoothx_tui.xero.documents import Status
from smoothx_tui.xero.limits import DayLimitReached
from tests.simulation.world import TENANT
from tests.syncing.table import Table

THREE = {"61": b"%PDF invoice", "62": b"diary", "63": b"photo" * 100}


def _with_files(table: Table, contents: Mapping[str, bytes | Exception], key: str = "") -> Plan:
    """The item's plan with these files; they are named by their id."""
    key = key or table.first
    files = tuple(Attachment(one, f"{one}.pdf") for one in contents)
    table.world.contents.update(contents)
    found = table.world.items[key]
    found.item = replace(found.item, attachments=files)
    link = table.ledger.link(TENANT, key)
    plan: Plan = next(plan for plan in table.plans() if plan.item == key)
    document = plan.document.id if plan.document else ""
    known = link.files if link is not None and link.document_id == document else ()
    return replace(plan, files=planned_files(files, known))


def _synced(table: Table, contents: dict[str, Any], **rules: Any) -> SyncReport:
    return table.sync([_with_files(table, contents)], **rules)


def _on(table: Table) -> dict[str, tuple[int, int]]:
    """Name -> (size, how often it was put) on the only document."""
    (document,) = table.world.documents
    return table.world.files_on.get(document, {})


def _rows(table: Table) -> dict[str, FileRecord]:
    return {row.file_id: row for row in table.ledger.files.of_item(TENANT, table.first)}


def _again(table: Table, seconds: float = 400.0) -> SyncReport:
    """A later run takes up what was left."""
    table.pass_by(seconds)
    from tests.simulation.planner import organisation

    return table.go(table.engine("two").work(organisation()))


@pytest.fixture
def table() -> Any:
    made = Table(items=1)
    yield made
    made.close()


@pytest.mark.parametrize("lock", [True, False])
def test_files_are_attached_after_the_posting_and_its_lock(table: Table, lock: bool) -> None:
    plan = replace(_with_files(table, THREE), then=("lock",) if lock else ())
    report = table.sync([plan])
    assert report.ok
    assert _on(table) == {"61.pdf": (12, 1), "62.pdf": (5, 1), "63.pdf": (500, 1)}
    states = [event.state for event in table.events]
    assert states[-2:] == [State.ATTACHING, State.DONE]
    assert (State.LOCKING in states) is lock
    assert {row.state for row in _rows(table).values()} == {FileState.ATTACHED}
    record = table.operation(table.first)
    assert (record.state, record.text, record.fix) == (State.DONE, "", "")


def test_a_plan_without_files_goes_as_ever(table: Table) -> None:
    report = table.sync()
    assert report.ok
    assert State.ATTACHING not in {event.state for event in table.events}
    assert _rows(table) == {}


def test_each_file_is_one_call_and_its_attempt_is_recorded(table: Table) -> None:
    bare = Table(items=1)
    calls = bare.sync().xero_calls
    bare.close()
    report = _synced(table, THREE)
    assert report.xero_calls == calls + 3, "a new document has no files: nothing is listed"
    with table.ledger.database.transaction() as connection:
        rows = connection.exec_driver_sql("select call, outcome, status from attempts where call like '%Attach%'").all()
    assert [(row.outcome, row.status) for row in rows] == [("attached", 200)] * 3
    assert all(row.call.startswith("PUT /Invoices/") for row in rows)


def test_the_link_remembers_what_is_attached_and_a_new_link_does_not_forget_it(table: Table) -> None:
    _synced(table, {"61": b"a"})
    link = table.ledger.links(TENANT)[table.first]
    assert link.files == (AttachedFile("61", "61.pdf"),)
    assert table.ledger.link(TENANT, table.first) == link
    plan = _with_files(table, {"61": b"a", "62": b"b"})
    assert [file.id for file in plan.attaching] == ["62"]


def test_an_update_attaches_only_what_is_missing(table: Table) -> None:
    _synced(table, {"61": b"a"})
    document = next(iter(table.world.documents))
    table.world.items[table.first].origin = ""
    table.world.edit_item(table.first)
    plan = _with_files(table, {"61": b"a", "62": b"b"})
    assert plan.action.value == "update"
    assert table.sync([plan]).ok
    assert table.world.files_on[document] == {"61.pdf": (1, 1), "62.pdf": (1, 1)}


def test_a_file_of_that_name_and_size_in_xero_is_taken_for_it(table: Table) -> None:
    plan = _with_files(table, {"61": b"same", "62": b"new"})
    _plant(table, {"61.pdf": 4, "other.pdf": 9})
    assert table.sync([plan]).ok
    assert _on(table) == {"61.pdf": (4, 0), "other.pdf": (9, 0), "62.pdf": (3, 1)}
    assert _rows(table)["61"].state is FileState.THERE


def test_a_persons_file_of_another_size_is_never_replaced(table: Table) -> None:
    plan = _with_files(table, {"61": b"ours", "62": b"new"})
    _plant(table, {"61.PDF": 99})
    (result,) = table.sync([plan]).results
    assert _on(table) == {"61.PDF": (99, 0), "62.pdf": (3, 1)}
    assert result.outcome is Outcome.POSTED_NOT_ATTACHED
    assert result.text == "posted, 1 of 2 files attached: 61.pdf: another file of that name is on the document"
    assert result.fix


def _plant(table: Table, names: dict[str, int]) -> None:
    """A bookkeeper attaches files as soon as the document is there."""
    create = table.world._create

    def planted(wanted: Any, key: str) -> Any:
        made = create(wanted, key)
        document = table.world.documents[made["InvoiceID"]]
        document.document = replace(document.document, has_attachments=True)
        table.world.files_on[made["InvoiceID"]] = {name: (size, 0) for name, size in names.items()}
        return made

    table.world._create = planted  # type: ignore[method-assign]


def test_ten_files_on_a_document_are_the_most(table: Table) -> None:
    plan = _with_files(table, {"61": b"a", "62": b"b"})
    _plant(table, {f"{n}.jpg": n for n in range(9)})
    (result,) = table.sync([plan]).results
    assert result.text == "posted, 1 of 2 files attached: 62.pdf: the document has 10 files already"
    assert len(_on(table)) == 10


FINAL: list[tuple[str, Callable[[Table], None]]] = [
    ("the file is empty", lambda table: table.world.contents.update({"62": ServiceError("the file is empty")})),
    ("the file is too large", lambda table: table.world.contents.update({"62": b"x" * 10_000_001})),
    ("no permission", lambda table: table.world.contents.update({"62": ServiceError("no permission", status=403)})),
    ("not a supported", lambda table: _answers(table, None, _refusal(400, "not a supported file type"))),
    ("PayloadTooLarge", lambda table: _answers(table, None, Answer(413, body={"Detail": "PayloadTooLarge"}))),
]


def _answers(table: Table, *answers: Any) -> None:
    """Of the next files; None is attached."""
    attach, left = table.world.attach, list(answers)

    async def answered(path: str, content: bytes, content_type: str) -> Answer:
        told = left.pop(0) if left else None
        if told is not None:
            table.world.file_answers.append(told)
        return await attach(path, content, content_type)

    table.world.attach = answered  # type: ignore[method-assign]


def _refusal(status: int, text: str) -> Answer:
    return Answer(status, body={"ErrorNumber": 10, "Elements": [{"ValidationErrors": [{"Message": text}]}]})


@pytest.mark.parametrize(("why", "befall"), FINAL, ids=[why for why, _ in FINAL])
def test_what_can_not_be_mended_is_said_and_the_others_are_attached(
    table: Table, why: str, befall: Callable[[Table], None]
) -> None:
    plan = _with_files(table, THREE)
    befall(table)
    (result,) = table.sync([plan]).results
    assert result.outcome is Outcome.POSTED_NOT_ATTACHED
    assert result.text.startswith("posted, 2 of 3 files attached: 62.pdf: ")
    assert why in result.text
    assert set(_on(table)) == {"61.pdf", "63.pdf"}
    record = table.operation(table.first)
    assert (record.state, record.open) == (State.DONE, False), "the posting itself is done"
    assert _rows(table)["62"].state is FileState.REFUSED
    assert not _again(table).results, "and nobody tries it for ever"


def test_a_file_that_left_procore_meanwhile_is_said(table: Table) -> None:
    plan = _with_files(table, THREE)
    item = table.world.items[table.first]
    item.item = replace(item.item, attachments=item.item.attachments[:2])
    (result,) = table.sync([plan]).results
    assert "63.pdf: Procore's item does not have the file any more" in result.text


LATER: list[tuple[str, Any]] = [
    ("no connection", NotSent("no connection")),
    ("broke", Unknown("the connection broke")),
    ("error", Answer(500, body={"Title": "An error occurred"})),
    ("limit", Answer(429)),
    ("not available", Answer(503, problem="text/plain instead of JSON")),
    ("does not name the file", Answer(200, body={"Attachments": []})),
]


@pytest.mark.parametrize(("why", "told"), LATER, ids=[why for why, _ in LATER])
def test_what_may_mend_itself_is_tried_again_in_the_same_run(table: Table, why: str, told: Any) -> None:
    plan = _with_files(table, THREE)
    _answers(table, None, told)
    assert table.sync([plan]).ok
    assert {name for name, (_, times) in _on(table).items() if times} == {"61.pdf", "62.pdf", "63.pdf"}
    assert _on(table)["61.pdf"] == (12, 1), "what was attached is not sent again"


def test_a_lost_answer_is_looked_up_and_the_file_is_not_sent_twice(table: Table) -> None:
    plan = _with_files(table, THREE)
    _answers(table, None, Unknown("the answer was lost"))
    assert table.sync([plan]).ok
    assert all(times == 1 for _, times in _on(table).values())
    assert _rows(table)["62"].state is FileState.THERE


@pytest.mark.parametrize("where", ["procore", "xero"])
def test_what_does_not_mend_itself_is_left_for_the_next_sync(table: Table, where: str) -> None:
    plan = _with_files(table, THREE)
    trouble = ConnectionFailed("Procore's files: status 503")
    if where == "procore":
        table.world.contents["62"] = trouble
    else:
        _answers(table, None, *[NotSent("no connection")] * 3)
    (result,) = table.sync([plan]).results
    assert result.outcome is Outcome.POSTED_NOT_ATTACHED
    assert result.text.startswith("posted, 1 of 3 files attached: ")
    record = table.operation(table.first)
    assert (record.state, record.open, record.owner) == (State.ATTACHING, True, "")
    table.world.contents["62"] = THREE["62"]
    (later,) = _again(table).results
    assert later.outcome is Outcome.DONE
    assert all(times == 1 for _, times in _on(table).values())


def test_a_missing_scope_says_how_to_get_it_and_is_tried_once_a_run(table: Table) -> None:
    plan = _with_files(table, THREE)
    scope = Answer(401, body={"Title": "Unauthorized", "Detail": "AuthorizationUnsuccessful"})
    _answers(table, scope, scope)
    (result,) = table.sync([plan]).results
    assert result.outcome is Outcome.POSTED_NOT_ATTACHED
    assert result.text.startswith("posted, 0 of 3 files attached")
    assert result.fix == "smoothx-tui connect xero --scope accounting.attachments, then sync again"
    (still,) = _again(table).results
    assert still.fix == result.fix
    (later,) = _again(table).results
    assert later.outcome is Outcome.DONE


def test_a_days_limit_parks_the_files_until_it_ends(table: Table) -> None:
    plan = _with_files(table, THREE)
    _answers(table, DayLimitReached(7200.0))
    (result,) = table.sync([plan]).results
    assert result.outcome is Outcome.POSTED_NOT_ATTACHED
    assert "used up" in result.text
    assert not _again(table, 7000.0).results
    assert _again(table, 300.0).ok


def test_a_sign_in_that_ended_says_so(table: Table) -> None:
    plan = _with_files(table, THREE)
    table.world.contents["61"] = SignInNeeded("Procore does not accept the sign-in", "connect Procore again")
    (result,) = table.sync([plan]).results
    assert result.outcome is Outcome.POSTED_NOT_ATTACHED
    assert result.fix == "connect Procore again"


def test_a_document_that_is_voided_before_the_next_try_gets_no_file(table: Table) -> None:
    plan = _with_files(table, THREE)
    table.world.contents["61"] = ConnectionFailed("no")
    table.sync([plan])
    document = next(iter(table.world.documents.values()))
    document.document = replace(document.document, status=Status.VOIDED)
    table.world.contents["61"] = b"a"
    (later,) = _again(table).results
    assert "the document is Voided" in later.text
    assert table.world.files_on == {}


def test_a_newer_plan_takes_over_from_files_that_wait(table: Table) -> None:
    table.world.contents["62"] = ConnectionFailed("no")
    plan = _with_files(table, {**THREE, "62": ConnectionFailed("no")})
    table.sync([plan])
    table.pass_by(100.0)
    table.world.items[table.first].origin = ""
    table.world.edit_item(table.first)
    newer = _with_files(table, THREE)
    assert [file.id for file in newer.attaching] == ["62", "63"]
    assert table.sync([newer]).ok
    assert all(times == 1 for _, times in _on(table).values())


def test_stopping_leaves_the_files_that_were_not_begun(table: Table) -> None:
    import asyncio

    plan = _with_files(table, THREE)
    stop = asyncio.Event()
    attach = table.world.attach

    async def then_stop(path: str, content: bytes, content_type: str) -> Answer:
        answer = await attach(path, content, content_type)
        stop.set()
        return answer

    table.world.attach = then_stop  # type: ignore[method-assign]
    from tests.simulation.planner import look

    items, _, books = look(table.world)
    report = table.go(table.engine().run([plan], approved_by="ann", items=items, books=books, stop=stop))
    assert [result.outcome for result in report.results] == [Outcome.POSTED_NOT_ATTACHED]
    assert set(_on(table)) == {"61.pdf"}
    assert _again(table, 0.0).ok
    assert set(_on(table)) == {"61.pdf", "62.pdf", "63.pdf"}


def test_a_ledger_keeps_one_row_for_a_file_of_a_document(table: Table) -> None:
    row = FileRecord(TENANT, "d1", "61", "claim:1", "a.pdf", "op", FileState.FAILED, text="no")
    table.ledger.files.settle([row])
    table.ledger.files.settle([replace(row, state=FileState.ATTACHED, size=3, text="")])
    table.ledger.files.settle([replace(row, document_id="d2")])
    (kept,) = table.ledger.files.of_document(TENANT, "d1").values()
    assert (kept.state, kept.size, kept.text) == (FileState.ATTACHED, 3, "")
    assert len(table.ledger.files.of_item(TENANT, "claim:1")) == 2
    assert table.ledger.files.of_item("another", "claim:1") == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.PDF", "application/pdf"),
        ("a.b.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("page.html", "application/octet-stream"),
        ("logo.svg", "application/octet-stream"),
        ("pdf", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_a_files_type_is_our_own_judgement(name: str, kind: str) -> None:
    assert content_type_of(name) == kind
