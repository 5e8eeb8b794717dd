"""The update's diff, three ways: what we last sent, what stands in Xero, what would stand."""

from typing import Any

from smoothx_tui.base import jsontext
from smoothx_tui.base.text import clean
from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.drift import Delta, deltas
from smoothx_tui.planning.link import Link
from smoothx_tui.planning.plan import Change
from smoothx_tui.xero.documents import Document


def compare_with_document(draft: Draft) -> None:
    """Fill `draft.diff`, with what of it a person changed in Xero since our last write."""
    document, payload = draft.live_document, draft.payload
    if document is None or payload is None:
        return
    organisation = draft.books.organisation
    found = deltas(payload, document, organisation, draft.renamed)
    if draft.contact_body is not None:
        made = Delta("Contact", clean(document.contact_name) or None, clean(str(draft.contact_body["Name"])))
        found.insert(0, made)
    if not found:
        return
    edited = _edited(draft, draft.adoption.link, document)
    draft.diff = tuple(Change(d.path, d.xero, d.planned, _is_edited(d, edited)) for d in found)


_Edited = set[tuple[str, str]]


def _edited(draft: Draft, link: Link | None, document: Document) -> _Edited | None:
    """(line id, member) of what differs from our last write; None where that write is not remembered.

    A line that a person added is (its id, ""); one that a person deleted is ("", its text).
    """
    if link is None or not link.sent:
        return None
    try:
        sent = jsontext.loads(link.sent)
    except jsontext.BadJson:
        return None
    payload = _with_ids(sent, link.line_ids)
    if payload is None:
        return None
    found = deltas(payload, document, draft.books.organisation)
    return {(d.line_id, d.member) if d.xero is not None or d.member else ("", d.planned or "") for d in found}


def _with_ids(sent: Any, line_ids: tuple[str, ...]) -> dict[str, Any] | None:
    """The payload of our last write (alone or in its list), its lines with the ids Xero gave them."""
    if isinstance(sent, dict) and isinstance(sent.get("Invoices"), list) and sent["Invoices"]:
        sent = sent["Invoices"][0]
    if not isinstance(sent, dict):
        return None
    lines = sent.get("LineItems")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        return None
    if len(line_ids) == len(lines):
        lines = [{**line, "LineItemID": line_id} for line, line_id in zip(lines, line_ids, strict=True)]
    return {**sent, "LineItems": lines}


def _is_edited(delta: Delta, edited: _Edited | None) -> bool:
    if edited is None:
        return False
    if delta.line_id and (delta.line_id, "") in edited:
        return True
    if delta.member or delta.xero is not None:
        return (delta.line_id, delta.member) in edited
    return ("", delta.planned or "") in edited


def difference(draft: Draft) -> str:
    """What differs, in a few words: `total, DueDate (none in Xero), 2 lines`. "" where nothing does."""
    document = draft.live_document
    words = ["total"] if document is not None and document.sub_total != draft.total else []
    lines = set()
    for change in draft.diff:
        if change.path.startswith("LineItems["):
            lines.add(change.path.partition(".")[0])
        else:
            words.append(change.path if change.xero is not None else f"{change.path} (none in Xero)")
    if lines:
        words.append("1 line" if len(lines) == 1 else f"{len(lines)} lines")
    return ", ".join(words)
