"""Attachments and history of documents (facts/xero.md 13)."""

from typing import Any, Final
from urllib.parse import quote

from smoothx_tui.sandbox.xero.answers import Answer, Invalid, envelope, good, not_found
from smoothx_tui.sandbox.xero.files import MAX_BYTES, MAX_FILES, MAX_NOTE, Attachment, bad_name
from smoothx_tui.sandbox.xero.gate import Call
from smoothx_tui.sandbox.xero.invoices import find
from smoothx_tui.sandbox.xero.members import HISTORY
from smoothx_tui.sandbox.xero.wire import ms_date, read_flag, read_instant

_DEFAULT_TYPE: Final = "application/octet-stream"


def list_attachments(call: Call) -> Answer:
    """GET /Invoices/{id}/Attachments."""
    invoice_id = find(call)["InvoiceID"]
    return _answer(call, "Attachments", [_shown(call, invoice_id, one) for one in _files(call, invoice_id)])


def get_attachment(call: Call) -> Answer:
    """GET /Invoices/{id}/Attachments/{name or id}: the bytes themselves."""
    attachment = call.state.files.find(find(call)["InvoiceID"], call.params["name"])
    if attachment is None:
        raise not_found()
    return Answer(200, attachment.content, attachment.mime_type)


def put_attachment(call: Call) -> Answer:
    """PUT or POST /Invoices/{id}/Attachments/{name} with the raw bytes; the same name overwrites."""
    invoice = find(call)
    invoice_id, name, files = invoice["InvoiceID"], call.params["name"], _files(call, invoice["InvoiceID"])
    if bad_name(name):
        raise Invalid("The file name holds characters that are not allowed.")
    if not call.body:
        raise Invalid("The attachment is empty.")
    if len(call.body) > MAX_BYTES:
        raise Invalid("The attachment is larger than 10 MB.")
    online = read_flag(call.query.get("includeonline"))
    if online and invoice["Type"] != "ACCREC":
        raise Invalid("IncludeOnline can only be set on ACCREC invoices.")
    attachment = call.state.files.find(invoice_id, name)
    if attachment is None:
        if len(files) >= MAX_FILES:
            raise Invalid(f"A document can have at most {MAX_FILES} attachments.")
        attachment = Attachment(call.state.make_id(), name, "", b"")
        call.state.files.attachments[invoice_id].append(attachment)
    attachment.content = call.body
    attachment.mime_type = call.headers.get("content-type") or _DEFAULT_TYPE
    attachment.include_online = online
    call.state.files.note(invoice_id, call.state.now_text(), "Attached", f"Attached the file {name}")
    return _answer(call, "Attachments", [_shown(call, invoice_id, attachment)])


def list_history(call: Call) -> Answer:
    """GET /Invoices/{id}/History, the newest first."""
    records = call.state.files.history.get(find(call)["InvoiceID"], [])
    return _answer(call, "HistoryRecords", [_record(one) for one in reversed(records)])


def add_history(call: Call) -> Answer:
    """PUT /Invoices/{id}/History: a note, for ever."""
    invoice_id = find(call)["InvoiceID"]
    notes = [one.get("Details", "") for one in call.elements("HistoryRecords", HISTORY)]
    if not all(notes):
        raise Invalid("Details must be specified.")
    if any(len(note) > MAX_NOTE for note in notes):
        raise Invalid(f"The Details cannot be more than {MAX_NOTE} characters long.")
    made = [call.state.files.note(invoice_id, call.state.now_text(), "Note", note) for note in notes]
    return _answer(call, "HistoryRecords", [_record(one) for one in made])


def _answer(call: Call, key: str, found: list[dict[str, Any]]) -> Answer:
    return good(envelope(call.state.clock.now(), key, found))


def _files(call: Call, invoice_id: str) -> list[Attachment]:
    return call.state.files.attachments.get(invoice_id, [])


def _shown(call: Call, invoice_id: str, attachment: Attachment) -> dict[str, Any]:
    path = f"/api.xro/2.0/Invoices/{invoice_id}/Attachments/{quote(attachment.name)}"
    return {
        "AttachmentID": attachment.attachment_id,
        "FileName": attachment.name,
        "Url": call.base_url + path,
        "MimeType": attachment.mime_type,
        "ContentLength": len(attachment.content),
        "IncludeOnline": attachment.include_online,
    }


def _record(record: dict[str, Any]) -> dict[str, Any]:
    moment = read_instant(record["DateUTC"])
    assert moment is not None
    return {
        "Changes": record["Changes"],
        "DateUTCString": moment.strftime("%Y-%m-%dT%H:%M:%S"),
        "DateUTC": ms_date(moment),
        "User": record["User"],
        "Details": record["Details"],
    }
