"""Which of Procore's files a document gets: names, limits, what is there already, and where all of it is shown."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.base.text import clean
from smoothx_tui.planning.attachments import planned_files
from smoothx_tui.planning.impact import compare
from smoothx_tui.planning.link import AttachedFile
from smoothx_tui.planning.plan import Action, PlannedFile, megabytes
from smoothx_tui.planning.planner import Planner
from smoothx_tui.planning.report import plan_json, summary_json
from smoothx_tui.procore.items import Attachment, Item, Kind
from smoothx_tui.settings.schema import Settings
from smoothx_tui.xero.client import allow
from smoothx_tui.xero.documents import Status
from smoothx_tui.xero.filenames import LARGEST_FILE, LONGEST_NAME, MOST_FILES, NOT_IN_NAMES, in_address

if TYPE_CHECKING:
    from tests.planning.conftest import Make

ON = Settings(sync_attachments=True)
TWO = (Attachment("61", "invoice.pdf"), Attachment("62", "diary.pdf", 81_000))


def _names(*names: str) -> list[str]:
    return [file.name for file in planned_files(Attachment(str(n), name) for n, name in enumerate(names))]


def test_off_by_default_nothing_of_files_is_in_a_plan(make: "Make") -> None:
    item = make.item(attachments=TWO)
    plan, bare = make.plan(item), make.plan(make.item())
    assert plan.files == ()
    assert plan.then == ("lock",)
    assert plan.digest == bare.digest
    assert plan == bare


def test_the_files_follow_the_document_and_its_lock(make: "Make") -> None:
    plan = make.plan(make.item(attachments=TWO), ON)
    assert plan.action is Action.CREATE
    assert plan.then == ("lock", "attach")
    assert [file.name for file in plan.attaching] == ["invoice.pdf", "diary.pdf"]
    assert plan.reasons[-2].text == "then 2 files are attached to it"
    assert plan.reasons[-2].setting == "sync_attachments"
    assert plan.request_of(plan.files[0]).path == "/Invoices/{InvoiceID}/Attachments/invoice.pdf"
    assert plan.digest != make.plan(make.item(), ON).digest


def test_an_item_without_files_is_planned_as_ever(make: "Make") -> None:
    assert make.plan(settings=ON) == make.plan()


@pytest.mark.parametrize(
    ("changes", "action"),
    [({"status": "draft"}, Action.NOT_READY), ({"company": None}, Action.BLOCKED), ({"lines": ()}, Action.SKIPPED)],
)
def test_what_is_not_sent_gets_no_files(make: "Make", changes: dict[str, Any], action: Action) -> None:
    plan = make.plan(make.item(attachments=TWO, **changes), ON)
    assert plan.action is action
    assert (plan.files, plan.then) == ((), ())


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("  Tax   invoice \t 7 .pdf ", "Tax invoice 7.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\files\\a*b?.pdf", "C__files_a_b_.pdf"),
        ("100% & more + #1.pdf", "100_ _ more _ _1.pdf"),
        ("claim \u202efdp.exe", "claim fdp.exe"),
        ("a\u200bb\x00c\x1b[31m.pdf", "abc[31m.pdf"),
        ("..", "file"),
        ("", "file"),
        (".pdf", "file.pdf"),
        ("no ending", "no ending"),
        ("trailing.", "trailing"),
        ("e\u0301tude.pdf", "\u00e9tude.pdf"),
        ("lone \ud800 half.pdf", "lone half.pdf"),
        ("v1.2 as built of the whole", "v1.2 as built of the whole"),
    ],
)
def test_a_name_becomes_one_that_xero_takes(name: str, called: str) -> None:
    assert _names(name) == [called]


def test_files_of_one_name_are_kept_apart_without_regard_to_case() -> None:
    assert _names("a.pdf", "A.PDF", "a (2).pdf", "a.pdf", "a?.pdf", "a*.pdf") == [
        "a.pdf",
        "A (2).PDF",
        "a (2) (2).pdf",
        "a (3).pdf",
        "a_.pdf",
        "a_ (2).pdf",
    ]


@given(st.lists(st.text(st.characters(), max_size=300), max_size=12))
def test_any_names_can_be_sent_shown_and_told_apart(names: list[str]) -> None:
    made = [name for name in _names(*names) if name]
    assert len(made) == min(len(names), MOST_FILES)
    assert len({name.casefold() for name in made}) == len(made)
    for name in made:
        assert clean(name) == name == name.strip()
        assert not NOT_IN_NAMES & set(name)
        assert len(in_address(name)) <= LONGEST_NAME
        assert unquote(in_address(name)) == name
        assert not name.startswith(".")
        allow("PUT", f"/Invoices/00000000-0000-4000-8000-000000000001/Attachments/{in_address(name)}")


def test_a_long_name_is_cut_in_its_stem() -> None:
    (name,) = _names("\U0001f3d7" * 200 + ".xlsx")
    assert name.endswith(".xlsx")
    assert len(in_address(name)) <= LONGEST_NAME


@pytest.mark.parametrize(
    ("size", "why"),
    [
        (None, ""),
        (1, ""),
        (LARGEST_FILE, ""),
        (LARGEST_FILE + 1, "10.0 MB, over the 10 MB that Xero takes"),
        (0, "it is empty"),
    ],
)
def test_what_procore_says_of_the_size_decides(size: int | None, why: str) -> None:
    (file,) = planned_files([Attachment("61", "plans.zip", size)])
    assert file.left_out == why
    assert file.attach is (not why)


def test_ten_files_are_the_most_and_those_that_are_left_out_take_no_place() -> None:
    files = [Attachment("0", "large.zip", 99_000_000), *(Attachment(str(n), f"{n}.pdf") for n in range(1, 13))]
    planned = planned_files(files)
    assert [file.id for file in planned if file.attach] == [str(n) for n in range(1, 11)]
    assert [file.left_out for file in planned[-2:]] == ["Xero takes 10 files"] * 2


def test_what_is_left_out_is_a_note_with_its_reason(make: "Make") -> None:
    files = tuple(Attachment(str(n), f"{n}\x1b.zip", 12_300_000) for n in range(5))
    plan = make.plan(make.item(attachments=files), ON)
    assert plan.then == ("lock",)
    (note,) = plan.findings
    assert note.code == "files_left_out"
    assert note.text.startswith(
        "5 files are not attached: 0<U+001B>.zip: 12.3 MB, over the 10 MB that Xero takes; 1<U+001B>"
    )
    assert note.text.endswith("; and 2 more")


def _changed(make: "Make", kind: Kind = Kind.PROGRESS_CLAIM) -> Item:
    item = make.item(kind, attachments=TWO)
    return replace(item, lines=(make.line(1, "1200.00", tax_codes=item.lines[0].tax_codes),))


def test_an_update_attaches_only_what_the_ledger_does_not_remember(make: "Make") -> None:
    document = make.document()
    link = make.link(files=(AttachedFile("61", "invoice (2).pdf"),))
    plan = make.plan(_changed(make), ON, books=make.books([document]), link=link)
    assert plan.action is Action.UPDATE
    there, new = plan.files
    assert (there.there, there.name) == (True, "invoice (2).pdf")
    assert plan.attaching == (new,)
    assert plan.request_of(new).path == f"/Invoices/{document.id}/Attachments/diary.pdf"


def test_a_new_file_never_gets_the_name_of_one_that_was_attached_before() -> None:
    known = [AttachedFile("9", "Invoice.PDF")]
    (file,) = planned_files([Attachment("61", "invoice.pdf")], known)
    assert file.name == "invoice (2).pdf"
    full = [AttachedFile(f"a{n}", f"{n}.pdf") for n in range(MOST_FILES)]
    assert planned_files([Attachment("61", "invoice.pdf")], full)[0].left_out == "Xero takes 10 files"


def test_a_document_that_is_made_again_gets_all_files_again(make: "Make") -> None:
    document = make.document(status=Status.VOIDED)
    link = make.link(files=(AttachedFile("61", "invoice.pdf"), AttachedFile("62", "diary.pdf")))
    settings = replace(ON, resync_deleted=True)
    plan = make.plan(make.item(attachments=TWO), settings, books=make.books([document]), link=link)
    assert plan.action is Action.RECREATE
    assert len(plan.attaching) == 2
    assert plan.request_of(plan.attaching[0]).path.startswith("/Invoices/{InvoiceID}/")


def test_an_unchanged_document_stays_and_says_that_files_are_missing(make: "Make") -> None:
    item, books = make.item(attachments=TWO), make.books([make.document()])
    plan = make.plan(item, ON, books=books, link=make.link(files=(AttachedFile("61", "invoice.pdf"),)))
    assert plan.action is Action.UNCHANGED
    assert [finding.code for finding in plan.findings if finding.code != "not_locked"] == ["files_missing"]
    assert "1 file of the item was not attached from here" in plan.findings[0].text
    whole = make.link(files=(AttachedFile("61", "a.pdf"), AttachedFile("62", "b.pdf")))
    assert "files_missing" not in {f.code for f in make.plan(item, ON, books=books, link=whole).findings}


def test_only_the_client_of_a_head_contract_may_see_files_online(make: "Make") -> None:
    settings = replace(ON, attachments_online=True)
    bill = make.plan(make.item(attachments=TWO), settings)
    assert not any(file.online for file in bill.files)
    sale = make.plan(make.item(Kind.HEAD_CONTRACT_CLAIM, attachments=TWO), settings)
    assert all(file.online for file in sale.files)
    assert sale.request_of(sale.files[0]).path.endswith("/invoice.pdf?IncludeOnline=true")
    assert "the client sees them online" in sale.reasons[-2].text


def test_the_json_has_every_file_with_what_becomes_of_it(make: "Make") -> None:
    files = (*TWO, Attachment("63", "plans.zip", 12_300_000))
    plan = make.plan(make.item(attachments=files), ON)
    shown = plan_json(plan)["files"]
    assert shown[0] == {
        "id": "61",
        "source": "invoice.pdf",
        "name": "invoice.pdf",
        "size": None,
        "there": False,
        "left_out": None,
        "request": {"method": "PUT", "path": "/Invoices/{InvoiceID}/Attachments/invoice.pdf"},
    }
    assert shown[2]["name"] is None
    assert shown[2]["request"] is None
    assert shown[2]["left_out"] == "12.3 MB, over the 10 MB that Xero takes"
    assert summary_json([plan, make.plan()])["files"] == 2


def test_the_impact_of_the_switch_names_the_files(make: "Make") -> None:
    item = make.item(attachments=TWO)
    changes = {change.path: change.after for change in compare(make.plan(item), make.plan(item, ON))}
    assert changes == {"then": "lock, attach", "files.61": "invoice.pdf", "files.62": "diary.pdf"}


def test_the_switches_replan_only_items_with_files(make: "Make") -> None:
    items = [
        make.item(id="1", number="A"),
        make.item(id="2", number="B", attachments=TWO),
        make.item(Kind.HEAD_CONTRACT_CLAIM, id="3", number="C", attachments=TWO),
        make.item(id="4", number="D", status="draft", attachments=TWO),
    ]
    planner = Planner(items, make.mapping(), make.books())
    planner.plans(Settings())
    assert list(planner.touched(Settings(), ON)) == ["claim:2", "head:3"]
    assert list(planner.touched(ON, replace(ON, attachments_online=True))) == ["head:3"]
    groups = {item.key: planner.group_of(item.key) for item in items}
    assert planner.groups.touched(Settings(), ON) == frozenset(), "no row shows files"
    assert groups["claim:1"] == groups["claim:2"]


@pytest.mark.parametrize(("size", "text"), [(0, "0.0 kB"), (2_400, "2.4 kB"), (81_000, "81.0 kB"), (640_000, "0.6 MB")])
def test_sizes_for_people(size: int, text: str) -> None:
    assert megabytes(size) == text


def test_a_planned_file_is_attached_unless_something_speaks_against_it() -> None:
    file = PlannedFile("61", "a.pdf", "a.pdf")
    assert file.attach
    assert not replace(file, there=True).attach
    assert not replace(file, left_out="no").attach
