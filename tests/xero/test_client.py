import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from smoothx_tui.base.answers import NotSent, Unknown
from smoothx_tui.base.errors import ConnectionFailed, ServiceError, SignInNeeded
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.xero import lookup
from smoothx_tui.xero.client import WriteNotAllowed, XeroClient
from smoothx_tui.xero.limits import DayLimitReached, Limits
from smoothx_tui.xero.lookup import SoughtBill

Make = Callable[[Callable[[httpx.Request], httpx.Response]], XeroClient]
GUID = "11111111-2222-4333-8444-5555555555{:02x}"


def bill(number: int, **more: Any) -> dict[str, Any]:
    return {
        "Type": "ACCPAY",
        "InvoiceID": GUID.format(number),
        "InvoiceNumber": f"N{number}",
        "Status": "DRAFT",
        "Contact": {"ContactID": "c1"},
        "SubTotal": 100,
        "Total": 110,
    } | more


def listed(key: str, rows: list[Any], **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"Status": "OK", key: rows, **more})


class Script:
    """Answers in a row; the last one stays."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def organisation(request: httpx.Request) -> httpx.Response:
    rows: dict[str, list[dict[str, Any]]] = {
        "Organisations": [
            {
                "Name": "Harbourline",
                "BaseCurrency": "AUD",
                "CountryCode": "AU",
                "EndOfYearLockDate": "/Date(1780185600000+0000)/",
                "PaymentTerms": {"Bills": {"Day": 20, "Type": "OFFOLLOWINGMONTH"}},
            }
        ],
        "Accounts": [{"Code": "310"}],
        "TaxRates": [{"TaxType": "INPUT"}],
        "Currencies": [{"Code": "AUD"}, {"Code": "USD"}],
        "TrackingCategories": [{"TrackingCategoryID": "t", "Name": "Project"}],
        "Contacts": [{"ContactID": "c1", "Name": "Borex"}],
    }
    name = request.url.path.rsplit("/", 1)[1]
    key = "Organisations" if name == "Organisation" else name
    return listed(key, rows[key])


async def test_an_organisation_is_read_whole(xero: Make) -> None:
    found = await xero(organisation).organisation()
    assert (found.name, found.base_currency, found.locked_to) == ("Harbourline", "AUD", datetime(2026, 5, 31).date())  # noqa: DTZ001
    assert (list(found.accounts), list(found.tax_rates)) == (["310"], ["INPUT"])
    assert found.currencies == {"AUD", "USD"}
    assert found.tracking[0].name == "Project"
    assert found.contacts.by_id["c1"].name == "Borex"
    assert found.bill_terms
    assert found.bill_terms.day == 20


async def test_every_call_has_tenant_token_and_json(xero: Make) -> None:
    script = Script(listed("Invoices", []))
    await xero(script).documents()
    (request,) = script.requests
    assert request.headers["xero-tenant-id"].startswith("7c1f0d1e")
    assert request.headers["authorization"] == "Bearer t1"
    assert request.headers["accept"] == "application/json"
    assert request.url.params["unitdp"] == "4"
    assert request.url.params["pageSize"] == "1000"
    assert "VOIDED,DELETED" in request.url.params["Statuses"]


async def test_documents_are_read_to_the_last_page_once_each(xero: Make) -> None:
    pages = {
        page: listed("Invoices", [bill(n) for n in numbers], pagination={"page": page, "pageCount": 3, "itemCount": 5})
        for page, numbers in {1: [1, 2], 2: [2, 3], 3: [4]}.items()
    }
    told: list[tuple[int, int]] = []
    client = xero(lambda request: pages[int(request.url.params["page"])])
    found = await client.documents(progress=lambda done, total: told.append((done, total)))
    assert [document.number for document in found] == ["N1", "N2", "N3", "N4"]
    assert told == [(2, 5), (4, 5), (5, 5)]


async def test_without_pagination_a_short_page_is_the_last(xero: Make) -> None:
    script = Script(listed("Invoices", [bill(1)]))
    assert len(await xero(script).documents()) == 1
    assert len(script.requests) == 1


async def test_only_what_changed_is_asked_for_in_utc(xero: Make) -> None:
    script = Script(httpx.Response(304))
    since = datetime.fromisoformat("2026-07-03T19:00:00+10:00")
    assert await xero(script).documents(modified_since=since) == []
    assert script.requests[0].headers["if-modified-since"] == "2026-07-03T09:00:00"


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (httpx.Response(200, html="<html>"), ConnectionFailed),
        (httpx.Response(200, json={"Invoices": None}), ConnectionFailed),
        (httpx.Response(200, json=[]), ConnectionFailed),
        (httpx.Response(404, html="<html>"), ServiceError),
        (httpx.Response(503, text="offline for maintenance"), ConnectionFailed),
        (httpx.Response(401, json={"Detail": "AuthorizationUnsuccessful"}), SignInNeeded),
        (httpx.Response(403, json={"Title": "Forbidden", "Detail": "AuthenticationUnsuccessful"}), SignInNeeded),
    ],
)
async def test_bad_answers_are_one_clear_error(xero: Make, response: httpx.Response, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=r"Xero") as caught:
        await xero(Script(response)).documents()
    assert "<html" not in str(caught.value)


async def test_a_failure_in_one_list_of_many_is_raised_as_itself(xero: Make) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404, html="<html>") if "TaxRates" in request.url.path else organisation(request)

    with pytest.raises(ServiceError, match="read TaxRates: not found"):
        await xero(handle).organisation()


@pytest.mark.parametrize(
    "failure",
    [httpx.ConnectError("refused"), httpx.ReadError("reset"), httpx.Response(502, html="<html>"), httpx.Response(408)],
)
async def test_reads_are_tried_again_with_growing_pauses(
    xero: Make, clock: Any, failure: httpx.Response | Exception
) -> None:
    script = Script(failure, failure, failure, listed("Invoices", []))
    await xero(script).documents()
    assert len(script.requests) == 4
    assert clock.seconds == 1.0 + 2.0 + 4.0


async def test_an_error_in_xero_is_tried_again_only_once(xero: Make) -> None:
    script = Script(httpx.Response(500, json={"Title": "An error occurred"}))
    with pytest.raises(ServiceError):
        await xero(script).documents()
    assert len(script.requests) == 2


async def test_an_expired_token_is_renewed_once_and_the_same_bytes_sent(xero: Make) -> None:
    expired = httpx.Response(401, json={"Detail": "TokenExpired: token expired at 04/09/2023"})
    script = Script(expired, listed("Invoices", [bill(1)]))
    await xero(script).write("PUT", "/Invoices", b'{"Invoices":[]}', "key-1")
    assert [r.headers["authorization"] for r in script.requests] == ["Bearer t1", "Bearer t2"]
    assert len({(r.content, r.headers["idempotency-key"]) for r in script.requests}) == 1


async def test_a_missing_scope_is_not_refreshed_for_ever(xero: Make) -> None:
    script = Script(httpx.Response(401, json={"Detail": "AuthorizationUnsuccessful"}))
    with pytest.raises(SignInNeeded, match="consent"):
        await xero(script).write("PUT", "/Invoices", b"{}", "key-1")
    assert len(script.requests) == 1


async def test_the_minute_limit_is_waited_out(xero: Make, clock: Any) -> None:
    told: list[Limits] = []
    refused = httpx.Response(429, headers={"Retry-After": "37", "X-Rate-Limit-Problem": "minute"})
    fine = listed("Invoices", [])
    fine.headers["X-MinLimit-Remaining"] = "52"
    client = xero(Script(refused, fine))
    client.on_limits = told.append
    await client.documents()
    assert clock.seconds == 37
    assert [(one.refused, one.minute_remaining) for one in told] == [(True, None), (False, 52)]
    assert client.limits.minute_remaining == 52


async def test_the_day_limit_stops_the_reading(xero: Make) -> None:
    refused = httpx.Response(429, headers={"Retry-After": "40000", "X-Rate-Limit-Problem": "day"})
    script = Script(refused)
    with pytest.raises(DayLimitReached):
        await xero(script).documents()
    assert len(script.requests) == 1


async def test_a_write_is_sent_as_it_is(xero: Make) -> None:
    script = Script(listed("Invoices", [bill(1)]))
    body = b'{"Invoices":[{"Type":"ACCPAY"}]}'
    answer = await xero(script).write("PUT", "/Invoices?summarizeErrors=false&unitdp=4", body, "key-1")
    (request,) = script.requests
    assert str(request.url) == "https://api.xero.com/api.xro/2.0/Invoices?summarizeErrors=false&unitdp=4"
    assert (request.method, request.content) == ("PUT", body)
    assert request.headers["idempotency-key"] == "key-1"
    assert request.headers["content-type"] == "application/json"
    assert answer.ok


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/Payments"),
        ("POST", f"/Invoices/{GUID.format(1)}/Email"),
        ("DELETE", "/Invoices"),
        ("PUT", "/Invoices/../Payments"),
        ("PUT", "/Invoices%2f..%2fPayments"),
        ("PUT", "//evil.example/Invoices"),
        ("POST", "/Invoices/INV-1"),
        ("PUT", "/Invoices?SentToContact=true"),
        ("PUT", "/Invoices?unitdp=4&x=1"),
        ("PUT", "/Invoices#/../Payments"),
        ("PUT", "/BatchPayments"),
        ("GET", "/Invoices"),
    ],
)
async def test_nothing_else_can_be_written(xero: Make, method: str, path: str) -> None:
    script = Script(listed("Invoices", []))
    with pytest.raises(WriteNotAllowed):
        await xero(script).write(method, path, b"{}", "key-1")
    assert not script.requests


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/Invoices"),
        ("POST", f"/Invoices/{GUID.format(1)}?unitdp=4"),
        ("POST", "/Invoices?unitdp=4"),
        ("PUT", "/Contacts?summarizeErrors=false"),
        ("POST", f"/Contacts/{GUID.format(1)}"),
        ("PUT", f"/TrackingCategories/{GUID.format(1)}/Options"),
        ("POST", f"/TrackingCategories/{GUID.format(1)}/Options/{GUID.format(2)}"),
    ],
)
async def test_what_can_be_written(xero: Make, method: str, path: str) -> None:
    assert (await xero(Script(listed("Invoices", []))).write(method, path, b"{}", "key-1")).ok


@pytest.mark.parametrize("key", ["", "k" * 129, "ä"])
async def test_a_key_that_xero_would_refuse_is_found_before_sending(xero: Make, key: str) -> None:
    with pytest.raises(WriteNotAllowed):
        await xero(Script(listed("Invoices", []))).write("PUT", "/Invoices", b"{}", key)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(400, json={"ErrorNumber": 10, "Elements": []}),
        httpx.Response(429, headers={"Retry-After": "5"}),
        httpx.Response(500, json={"Title": "An error occurred"}),
        httpx.Response(403, json={"Detail": "AuthenticationUnsuccessful"}),
        httpx.Response(404, html="<html>"),
    ],
)
async def test_a_refused_write_is_an_answer_and_is_sent_once(xero: Make, response: httpx.Response) -> None:
    script = Script(response)
    answer = await xero(script).write("PUT", "/Invoices", b"{}", "key-1")
    assert (answer.status, answer.conclusive) == (response.status_code, True)
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<html>proxy</html>"),
        httpx.Response(200, content=b'{"Invoices":[', headers={"content-type": "application/json"}),
        httpx.Response(200, content=b""),
        httpx.Response(302, headers={"location": "/login"}),
        httpx.Response(408),
        httpx.Response(502, html="<html>"),
        httpx.Response(503, text="down"),
        httpx.Response(504),
        httpx.ReadError("reset"),
        httpx.ReadTimeout("slow"),
        httpx.WriteError("reset"),
        httpx.RemoteProtocolError("closed"),
    ],
)
async def test_a_write_that_may_have_happened_is_unknown_and_sent_once(
    xero: Make, answer: httpx.Response | Exception
) -> None:
    script = Script(answer)
    with pytest.raises(Unknown):
        await xero(script).write("PUT", "/Invoices", b"{}", "key-1")
    assert len(script.requests) == 1


async def test_a_write_that_never_left_had_no_effect(xero: Make) -> None:
    with pytest.raises(NotSent):
        await xero(Script(httpx.ConnectError("refused"))).write("PUT", "/Invoices", b"{}", "key-1")


async def test_organisations_of_the_sign_in(xero: Make) -> None:
    row = {"id": "1", "tenantId": "t1", "tenantType": "ORGANISATION", "tenantName": "Harbourline"}
    script = Script(httpx.Response(200, json=[row, {"id": "2"}]))
    (found,) = await xero(script).connections()
    assert (found.id, found.tenant_id, found.tenant_name) == ("1", "t1", "Harbourline")
    assert script.requests[0].url.path == "/connections"
    assert "xero-tenant-id" not in script.requests[0].headers


async def test_ids_are_asked_for_forty_at_a_time(xero: Make) -> None:
    asked: list[list[str]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["IDs"].split(","))
        return listed("Invoices", [bill(int(one[-2:], 16)) for one in asked[-1]])

    ids = [GUID.format(n) for n in range(90)]
    found = await xero(handle).documents_by_ids([*ids, ids[0]])
    assert [len(batch) for batch in asked] == [40, 40, 10]
    assert [document.id for document in found] == ids


async def test_sales_invoices_by_number(xero: Make) -> None:
    asked: list[dict[str, str]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        params = dict(request.url.params)
        asked.append(params)
        sale = bill(1, Type="ACCREC", InvoiceNumber="pc-03")
        odd = bill(2, Type="ACCREC", InvoiceNumber='a,"b')
        return listed("Invoices", [sale, bill(3, InvoiceNumber="PC-03")] if "InvoiceNumbers" in params else [odd])

    found = await xero(handle).sales_by_numbers(["PC-03", 'a,"b', ""])
    assert {document.number for document in found} == {"pc-03", 'a,"b'}
    assert asked[0]["InvoiceNumbers"] == "PC-03"
    assert asked[1]["where"] == 'Type=="ACCREC" AND (InvoiceNumber=="a,\\"b")'


async def test_bills_that_look_alike(xero: Make) -> None:
    rows = [bill(1), bill(2, InvoiceNumber="N1", Contact={"ContactID": "c2"}), bill(3, InvoiceNumber="N1", Total=5)]
    script = Script(listed("Invoices", rows))
    client = xero(script)
    sought = SoughtBill("c1", "N1", Decimal("100.00"))
    assert [one.id for one in await client.bills_like([sought])] == [GUID.format(1), GUID.format(3)]
    assert [one.id for one in await client.bills_like([SoughtBill("c1", "N1", Decimal(5))])] == [GUID.format(3)]
    assert len(await client.bills_like([SoughtBill("c1", "N1")])) == 2
    assert script.requests[0].url.params["where"] == 'Type=="ACCPAY" AND (InvoiceNumber=="N1")'


async def test_long_numbers_are_asked_for_in_several_short_addresses(xero: Make) -> None:
    script = Script(listed("Invoices", []))
    await xero(script).bills_like([SoughtBill("c1", f"{n}-" + "x" * 200) for n in range(20)])
    assert len(script.requests) > 2
    assert all(len(str(request.url)) < 2400 for request in script.requests)


@pytest.mark.parametrize("number", ["HC-{:07}", "Ü {:06}", "{:030}"])
async def test_look_ups_fill_an_address_and_no_more(xero: Make, number: str) -> None:
    script = Script(listed("Invoices", []))
    await lookup.by_numbers(xero(script).search, [number.format(at) for at in range(100)])
    addresses = ["https://api.xero.com" + request.url.raw_path.decode() for request in script.requests]
    assert max(map(len, addresses)) <= 2048
    assert min(map(len, addresses[:-1])) > 2048 - 100
    assert sum(address.count("InvoiceNumber") for address in addresses) == 100


async def test_no_secret_in_the_log(xero: Make, log: RequestLog) -> None:
    await xero(Script(listed("Invoices", []))).documents(datetime(2026, 7, 1, tzinfo=UTC))
    assert "t1" not in json.dumps([str(entry) for entry in log])
