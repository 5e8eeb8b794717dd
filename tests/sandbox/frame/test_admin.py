"""The bookkeeper's and the keeper's paths, and the state that can be taken away and brought back."""

import json
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.sandbox.scenario import Scenario, default_scenario, scenario_from
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.sandbox.xero.admin import xero_admin_routes

Opener = Callable[..., Any]


def _exact(data: Any) -> Any:
    return json.loads(data, parse_float=Decimal)


async def _busy(books: Any, bill: Any, sale: Any) -> Any:
    """Some of everything that a state can hold."""
    option = {"Name": "Project", "Option": "2235 - Quay St"}
    line = {"Description": "x", "Quantity": 1.5, "UnitAmount": 10.3333, "AccountCode": "310", "Tracking": [option]}
    made = await books.make(Status="AUTHORISED", LineItems=[line], CurrencyCode="USD", Url="https://app.procore.com/1")
    books.clock.advance(0.123)
    await books.act(f"/xero/invoices/{made['InvoiceID']}/pay", {"amount": "1.00"})
    await books.good("PUT", "/Invoices", sale(Contact={"Name": "New Owner"}))
    await books.good("PUT", f"/Invoices/{made['InvoiceID']}/Attachments/a.txt", content=b"\x00\xff")
    await books.act("/xero/lock", {"PeriodLockDate": "2026-05-31"})
    await books.act("/xero/accounts/311/archive")
    return made


async def test_the_state_loads_to_the_same_state(books: Any, bill: Any, sale: Any) -> None:
    await _busy(books, bill, sale)
    answer = await books.client.get("/admin/state")
    again = Sandbox.from_scenario(scenario_from(_exact(answer.content), "dump"), speed=0)
    first, second = books.sandbox.dump().to_data(), again.dump().to_data()
    assert second["xero"] == first["xero"]
    assert second["procore"] == first["procore"]
    assert _exact(answer.content)["xero"].keys() == first["xero"].keys()


async def test_the_scenario_itself_is_not_touched(small: Scenario, open_books: Opener, bill: Any, sale: Any) -> None:
    before = small.to_json()
    books = open_books(Sandbox.from_scenario(small, speed=0))
    await books.sign_in()
    await _busy(books, bill, sale)
    assert small.to_json() == before
    await books.act("/reset")
    assert not books.sandbox.xero.invoices
    assert (await books.good("GET", "/Invoices"))["Invoices"] == [], "the sign-in outlives it"


async def test_a_state_file_outlives_the_sandbox(
    start: Opener, open_books: Opener, bill: Any, sale: Any, tmp_path: Path
) -> None:
    file = tmp_path / "state.json"
    first = open_books(start(state_file=file))
    await first.sign_in()
    key = {"Idempotency-Key": "over the restart"}
    once = await first.call("PUT", "/Invoices", bill(), headers=key)
    made = await _busy(first, bill, sale)
    second = open_books(start(state_file=file))
    second.client.headers.update(first.client.headers)
    assert (await second.call("PUT", "/Invoices", bill(), headers=key)).content == once.content
    assert second.sandbox.instance == first.sandbox.instance
    kept = await second.read(made)
    assert (kept["AmountPaid"], kept["LineItems"][0]["UnitAmount"]) == (1, Decimal("10.3333"))
    assert kept == await first.read(made)
    await second.act("/reset")
    third = open_books(start(state_file=file))
    assert third.sandbox.xero.dump() == second.sandbox.xero.dump()
    assert os.listdir(tmp_path) == ["state.json"]  # noqa: PTH208 - iterdir() is refused in async code


@pytest.mark.parametrize("content", ["", "[]", '{"clock": "late"}'])
def test_a_state_file_that_is_none(start: Opener, tmp_path: Path, content: str) -> None:
    file = tmp_path / "state.json"
    file.write_text(content)
    with pytest.raises(ConfigurationError, match=r"state\.json"):
        start(state_file=file)
    assert file.read_text() == content


def test_a_state_file_that_can_not_be_written(start: Opener, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        start(state_file=tmp_path / "nowhere" / "state.json")


async def test_time_is_moved_on(books: Any) -> None:
    assert await books.act("/clock", {"advance": 60}) == {"clock": "2026-07-03T09:01:00Z"}
    for bad in ({}, {"advance": -1}, {"advance": "60"}, {"advance": True}, {"advance": 10**12}):
        assert "advance" in (await books.act("/clock", bad, expect=400))["error"]
    await books.act("/tokens/expire")
    assert (await books.call("GET", "/Organisation")).status_code == 401


async def test_the_bookkeeper_edits_what_the_client_made(books: Any) -> None:
    made = await books.make()
    (line,) = made["LineItems"]
    edited = {"Description": "By hand", "Quantity": 1, "UnitAmount": Decimal(42), "AccountCode": "311"}
    body = {"LineItems": [{**edited, "LineItemID": line["LineItemID"], "UnitAmount": 42}], "InvoiceNumber": "BX-X"}
    books.clock.advance(5)
    await books.act(f"/xero/invoices/{made['InvoiceID']}/edit", body)
    now = await books.read(made)
    assert (now["SubTotal"], now["InvoiceNumber"], now["LineItems"][0]["LineItemID"]) == (
        42,
        "BX-X",
        line["LineItemID"],
    )
    assert now["UpdatedDateUTC"] != made["UpdatedDateUTC"]
    await books.act("/xero/invoices/BX-X/approve")
    await books.act("/xero/invoices/BX-X/edit", {"DueDate": "2026-12-01"})
    await books.act("/xero/invoices/BX-X/delete")
    assert (await books.read(made))["Status"] == "VOIDED"


OBJECTIONS: list[tuple[str, Any, int]] = [
    ("/invoices/nothing/pay", {}, 404),
    ("/invoices/BX-1/pay", {"amount": "x"}, 409),
    ("/invoices/BX-1/unpay", {}, 409),
    ("/invoices/BX-1/edit", {"Status": "VOIDED"}, 409),
    ("/invoices/BX-1/edit", {"Date": "soon"}, 400),
    ("/lock", {}, 400),
    ("/lock", {"PeriodLockDate": "soon"}, 400),
    ("/accounts/999/archive", {}, 404),
    ("/contacts/999/archive", {}, 404),
    ("/options/archive", {"category": "Project", "option": "none"}, 404),
    ("/currencies/XXX", {}, 400),
    ("/lock", [], 400),
]


@pytest.mark.parametrize(("path", "body", "status"), OBJECTIONS)
async def test_a_deed_that_can_not_be_done_says_why(books: Any, path: str, body: Any, status: int) -> None:
    await books.make()
    assert (await books.act(f"/xero{path}", body, expect=status))["error"]


async def test_not_json(books: Any) -> None:
    for path in ("/admin/faults", "/admin/clock", "/admin/xero/lock"):
        answer = await books.client.post(path, content=b"{")
        assert (answer.status_code, "not JSON" in answer.json()["error"]) == (400, True)


async def test_options_contacts_and_the_connection(books: Any) -> None:
    option = {"category": "Project", "option": "2235 - Quay St"}
    assert (await books.act("/xero/options/archive", option))["IsArchived"] is True
    assert (await books.act("/xero/options/restore", option))["IsActive"] is True
    assert (await books.act("/xero/currencies/NZD")) == {"Code": "NZD"}
    await books.act("/xero/disconnect")
    assert (await books.call("GET", "/Organisation")).status_code == 403
    await books.act("/xero/connect")
    await books.good("GET", "/Organisation")


async def test_every_deed_is_in_the_documentation(books: Any) -> None:
    import smoothx_tui.sandbox.xero.admin as documented

    for route in xero_admin_routes(books.sandbox.xero):
        assert documented.__doc__ is not None
        assert route.path.rsplit("/", 1)[0] in documented.__doc__
        assert route.path.rsplit("/", 1)[1] in documented.__doc__


def test_the_documentation_has_every_deed_and_every_fault(start: Opener) -> None:
    from smoothx_tui.sandbox.faults import KINDS

    text = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text("utf-8")
    for route in xero_admin_routes(start().xero):
        assert f"`{route.path}`" in text
    for kind in KINDS:
        assert f"| `{kind}` |" in text


async def test_a_document_whose_url_is_null_can_be_edited() -> None:
    """As the default scenario has one: somebody took its Url off."""
    sandbox = Sandbox.from_scenario(default_scenario(), speed=0)
    (plain,) = [one for one in sandbox.dump().to_data()["xero"]["Invoices"] if one.get("Url", "") is None]
    async with httpx.AsyncClient(transport=sandbox.transport(), base_url="http://sandbox") as client:
        edited = await client.post(f"/admin/xero/invoices/{plain['InvoiceID']}/edit", json={"InvoiceNumber": "E-1"})
    assert edited.status_code == 200, edited.text
