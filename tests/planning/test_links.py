"""Which document belongs to an item."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from smoothx_tui.planning.gone import gone_item
from smoothx_tui.planning.link import Link, LinkSource
from smoothx_tui.planning.links import adopt
from smoothx_tui.planning.plan import Action
from smoothx_tui.procore.items import Kind
from smoothx_tui.settings.schema import Settings
from smoothx_tui.xero.documents import Document, Status

if TYPE_CHECKING:
    from tests.planning.conftest import Make

OTHER_ID = "d0000000-0000-4000-8000-000000000002"


def _other(make: "Make", status: Status = Status.DRAFT) -> Document:
    return replace(make.document(), id=OTHER_ID, status=status)


def _ours(make: "Make", document_id: str) -> str:
    return f"xero:{make.tenant[:8]}:{document_id}"


def test_the_ledgers_link_comes_first(make: "Make") -> None:
    document = replace(make.document(), url="")
    item = make.item(origin_id=_ours(make, OTHER_ID))
    found = adopt(item, make.books([document, replace(_other(make), url="")]), make.link())
    assert found.document == document
    assert found.text == ""


def test_an_origin_id_of_ours_is_adopted_and_said(make: "Make") -> None:
    document = replace(make.document(), url="")
    item = make.item(origin_id=_ours(make, document.id))
    plan = make.plan(item, books=make.books([document]))
    assert plan.document is not None
    assert plan.document.id == document.id
    assert any(reason.rule == "adopted_link" and "origin_id" in reason.text for reason in plan.reasons)


@pytest.mark.parametrize("kind", Kind)
def test_a_document_whose_url_names_the_item_is_adopted_by_kind_and_id(make: "Make", kind: Kind) -> None:
    document = make.document(make.item(kind))
    moved = replace(document, url=document.url.replace("app.procore.com", "us02.procore.com") + "/?tab=items#x")
    found = adopt(make.item(kind), make.books([moved]), None)
    assert found.link == Link(make.item(kind).key, document.id, LinkSource.URL)
    assert "Url" in found.text
    for other in Kind:
        if other is not kind:
            assert adopt(make.item(other), make.books([moved]), None).document is None
    assert adopt(make.item(kind, id="78"), make.books([moved]), None).document is None


def test_a_document_of_the_wrong_type_is_not_adopted_by_url_and_held_by_link(make: "Make") -> None:
    bill = make.document()
    page = make.item(Kind.HEAD_CONTRACT_CLAIM).url
    head = make.item(Kind.HEAD_CONTRACT_CLAIM)
    assert adopt(head, make.books([replace(bill, url=page)]), None).document is None
    linked = make.plan(head, books=make.books([bill]), link=Link(head.key, bill.id))
    assert linked.action is Action.HELD
    assert "wrong type" in linked.summary


@pytest.mark.parametrize("origin", ["", "null", "NULL"])
def test_no_lock_is_no_link(make: "Make", origin: str) -> None:
    """Null, "" and "null" are none; the reader of Procore's answers turns them all into ""."""
    from smoothx_tui.procore.origin import as_origin_id

    assert make.plan(make.item(origin_id=as_origin_id(origin))).action is Action.CREATE


@pytest.mark.parametrize(
    ("origin", "named"),
    [
        ("sage:4711", "sage:4711"),
        ("xero:00000000:d0000000-0000-4000-8000-000000000001", "00000000"),
        ("xero:ab12cd34:", "xero:ab12cd34:"),
        ("\x1b]0;x", "<U+001B>]0;x"),
    ],
)
def test_a_lock_of_somebody_else_is_locked_elsewhere_and_names_them(make: "Make", origin: str, named: str) -> None:
    plan = make.plan(make.item(origin_id=origin))
    assert plan.action is Action.LOCKED_ELSEWHERE
    assert named in plan.summary
    assert plan.payload is None


def test_a_lock_of_ours_without_its_document_is_held_with_the_fix_unlink(make: "Make") -> None:
    plan = make.plan(make.item(origin_id=_ours(make, OTHER_ID)))
    assert plan.action is Action.HELD
    assert "unlink claim:77" in plan.findings[0].fix


def test_a_link_without_its_document_is_held(make: "Make") -> None:
    assert make.plan(link=Link("claim:77", OTHER_ID)).action is Action.HELD


def test_two_live_documents_that_name_one_item_are_held_and_both_named(make: "Make") -> None:
    books = make.books([make.document(), _other(make)])
    for link in (None, make.link()):
        plan = make.plan(books=books, link=link)
        assert plan.action is Action.HELD
        assert make.document_id in plan.summary
        assert OTHER_ID in plan.summary
    gone = gone_item("claim:77", make.document())
    assert make.plan(gone, Settings(delete_matching=True), books=books).action is Action.HELD


def test_a_live_document_beats_an_ended_one(make: "Make") -> None:
    """So that an item whose first document was voided is not made a third time."""
    books = make.books([make.document(status=Status.VOIDED), _other(make)])
    for link in (None, make.link()):
        plan = make.plan(settings=Settings(resync_deleted=True), books=books, link=link)
        assert plan.document is not None
        assert plan.document.id == OTHER_ID
        assert plan.action is Action.UNCHANGED


def test_of_several_ended_documents_the_latest_counts(make: "Make") -> None:
    earlier = replace(_other(make, Status.DELETED), updated_at="2026-01-01")
    found = adopt(make.item(), make.books([earlier, make.document(status=Status.VOIDED)]), None)
    assert found.document is not None
    assert found.document.id == make.document_id


def test_the_lock_follows_a_write_unless_it_is_there_already(make: "Make") -> None:
    document = make.document()
    locked = make.item(origin_id=_ours(make, document.id), lines=(make.line(1, "5.00"),))
    assert make.plan(locked, books=make.books([document])).then == ()
    ended = replace(document, status=Status.VOIDED)
    again = make.plan(locked, Settings(resync_deleted=True), books=make.books([ended]))
    assert again.action is Action.RECREATE
    assert again.then == ("lock",)


def test_an_unchanged_item_that_is_not_locked_says_so(make: "Make") -> None:
    plan = make.plan(books=make.books([make.document()]))
    assert [finding.code for finding in plan.findings] == ["not_locked"]
    off = make.plan(settings=Settings(erp_locking=False), books=make.books([make.document()]))
    assert off.findings == ()


def test_a_gone_item_is_made_from_its_document(make: "Make") -> None:
    item = gone_item("claim:77", make.document())
    assert (item.key, item.project.id, item.gone, item.number) == ("claim:77", "21", True, "HC-0045")
    elsewhere = gone_item("claim:78", make.document())
    assert (elsewhere.project.id, elsewhere.url) == ("", "")
    for key in ("77", "claim:", "odd:77", ""):
        with pytest.raises(ValueError, match="is no item's key"):
            gone_item(key, make.document())
