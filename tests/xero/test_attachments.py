"""Files of documents: where they may be put, and what Xero says it has."""

from typing import Any

import httpx
import pytest

from smoothx_tui.base.errors import SignInNeeded
from smoothx_tui.xero.attachments import Attached, parse_attachments
from smoothx_tui.xero.client import WriteNotAllowed, allow
from smoothx_tui.xero.filenames import attachment_path
from smoothx_tui.xero.parse import parse_document

DOCUMENT = "00000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize("name", ["a.pdf", "Tax invoice (2).pdf", "\u00e9t\u00fcde.pdf", "[2J", "x_..y"])
@pytest.mark.parametrize("online", [False, True])
def test_a_file_may_be_put_on_a_document(name: str, online: bool) -> None:
    allow("PUT", attachment_path(DOCUMENT, name, online=online))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/Invoices/{DOCUMENT}/Attachments/a.pdf"),
        ("DELETE", f"/Invoices/{DOCUMENT}/Attachments/a.pdf"),
        ("PUT", f"/Invoices/{DOCUMENT}/Attachments"),
        ("PUT", f"/Invoices/{DOCUMENT}/Attachments/"),
        ("PUT", f"/Invoices/{DOCUMENT}/Attachments/.."),
        ("PUT", f"/Invoices/{DOCUMENT}/Attachments/a/b"),
        ("PUT", f"/Invoices/{DOCUMENT}/Attachments/a b"),
        ("PUT", f"/Invoices/{DOCUMENT}/Attachments/a%2"),
        ("PUT", f"/Invoices/{DOCUMENT}/Attachments/a.pdf?IncludeOnline=false"),
        ("PUT", f"/Invoices/{DOCUMENT}/Attachments/a.pdf?summarizeErrors=false"),
        ("PUT", f"/Invoices/{DOCUMENT}/Attachments/a.pdf?IncludeOnline=true&x=1"),
        ("PUT", f"/Invoices/{DOCUMENT}/History"),
        ("PUT", f"/Invoices/{DOCUMENT}/Email"),
        ("PUT", f"/Contacts/{DOCUMENT}/Attachments/a.pdf"),
        ("PUT", "/Invoices/INV-1/Attachments/a.pdf"),
        ("PUT", "/Invoices?IncludeOnline=true"),
    ],
)
def test_nothing_else_of_files_is_allowed(method: str, path: str) -> None:
    with pytest.raises(WriteNotAllowed):
        allow(method, path)


def test_what_xero_says_is_read_with_care() -> None:
    body = {
        "Attachments": [
            {"AttachmentID": "a1", "FileName": "a.pdf", "ContentLength": 2400},
            {"FileName": None, "ContentLength": "x"},
            None,
        ]
    }
    assert parse_attachments(body) == [Attached("a1", "a.pdf", 2400), Attached("", "", None)]
    assert parse_attachments(None) == parse_attachments({}) == []


@pytest.mark.parametrize(("said", "has"), [(True, True), (False, False), (None, False), ("true", False)])
def test_a_document_says_whether_it_has_files(said: Any, has: bool) -> None:
    document = parse_document({"InvoiceID": DOCUMENT, "Type": "ACCPAY", "HasAttachments": said})
    assert document is not None
    assert document.has_attachments is has


async def test_a_file_goes_as_its_bytes_with_its_own_type_and_key(xero: Any) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"Attachments": [{"FileName": "a b.pdf", "ContentLength": 4}]})

    path = attachment_path(DOCUMENT, "a b.pdf", online=True)
    answer = await xero(handler).attach(path, b"%PDF", "application/pdf", "key-1")
    assert parse_attachments(answer.body)[0].size == 4
    (request,) = seen
    assert request.url.raw_path.decode().endswith("/Attachments/a%20b.pdf?IncludeOnline=true")
    assert request.headers["content-type"] == "application/pdf"
    assert request.headers["idempotency-key"] == "key-1"
    assert request.content == b"%PDF"


async def test_the_list_needs_a_scope_and_says_so(xero: Any) -> None:
    body = {"Title": "Unauthorized", "Status": 401, "Detail": "AuthorizationUnsuccessful"}
    with pytest.raises(SignInNeeded, match="does not cover"):
        await xero(lambda _: httpx.Response(401, json=body)).attachments(DOCUMENT)
    rows = {"Attachments": [{"AttachmentID": "a1", "FileName": "a.pdf", "ContentLength": 1}]}
    assert len(await xero(lambda _: httpx.Response(200, json=rows)).attachments(DOCUMENT)) == 1
