"""Fault plans: what a rule means, what it does, and how a broken one is told."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.sandbox.faults import fault_plan_from, load_fault_plan

Opener = Callable[..., Any]


async def _put(books: Any, bill: Any) -> Any:
    return await books.call("PUT", "/Invoices", bill())


@pytest.mark.parametrize("effect", ["before", "after"])
@pytest.mark.parametrize(
    ("what", "error"),
    [("drop", httpx.ReadError), ("timeout", httpx.ReadTimeout)],
)
async def test_a_lost_answer(books: Any, bill: Any, what: str, effect: str, error: type[Exception]) -> None:
    await books.act("/faults", [{"what": what, "effect": effect, "side": "xero", "method": "PUT"}])
    with pytest.raises(error):
        await _put(books, bill)
    assert len(books.sandbox.xero.invoices) == (effect == "after")


async def test_a_connection_that_is_refused(books: Any, bill: Any) -> None:
    await books.act("/faults", [{"what": "refuse"}])
    with pytest.raises(httpx.ConnectError):
        await _put(books, bill)


async def test_half_an_answer(books: Any, bill: Any) -> None:
    await books.act("/faults", [{"what": "truncated"}])
    with pytest.raises(httpx.RemoteProtocolError):
        await _put(books, bill)
    assert len(books.sandbox.xero.invoices) == 1


@pytest.mark.parametrize(
    ("rule", "status", "effects"),
    [
        ({"what": "bad_gateway"}, 502, 0),
        ({"what": "bad_gateway", "status": 504, "effect": "after"}, 504, 1),
        ({"what": "unauthorized"}, 401, 0),
        ({"what": "unavailable"}, 503, 0),
        ({"what": "redirect"}, 302, 0),
        ({"what": "rate_limited"}, 429, 0),
        ({"what": "wrong_json"}, 200, 1),
        ({"what": "oversized", "bytes": 100_000}, 200, 1),
    ],
)
async def test_other_answers(books: Any, bill: Any, rule: dict[str, Any], status: int, effects: int) -> None:
    await books.act("/faults", [rule])
    answer = await _put(books, bill)
    assert (answer.status_code, len(books.sandbox.xero.invoices)) == (status, effects)
    if rule["what"] in ("bad_gateway", "wrong_json"):
        with pytest.raises(ValueError):
            answer.json()
    if rule["what"] == "oversized":
        assert len(answer.content) > 100_000


async def test_a_limit_of_the_plan_has_its_headers(books: Any) -> None:
    await books.act("/faults", [{"what": "rate_limited", "problem": "day", "retry_after": 7200}])
    answer = await books.call("GET", "/Organisation")
    assert (answer.headers["X-Rate-Limit-Problem"], answer.headers["Retry-After"]) == ("day", "7200")
    for absent in (None, 0):
        await books.act("/faults", [{"what": "rate_limited", "retry_after": absent}])
        answer = await books.call("GET", "/Organisation")
        assert answer.headers.get("Retry-After") == (None if absent is None else "0")


async def test_an_effect_that_comes_late(books: Any, bill: Any) -> None:
    await books.act("/faults", [{"what": "late", "seconds": 30, "times": 1}])
    with pytest.raises(httpx.ReadTimeout):
        await _put(books, bill)
    await asyncio.sleep(0)
    assert not books.sandbox.xero.invoices
    books.clock.advance(30)
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(books.sandbox.xero.invoices) == 1


async def test_what_is_late_is_dropped_at_the_end(books: Any, bill: Any) -> None:
    await books.act("/faults", [{"what": "late", "seconds": 30, "then": "bad_gateway"}])
    assert (await _put(books, bill)).status_code == 504
    await books.sandbox.aclose()
    books.clock.advance(60)
    await asyncio.sleep(0)
    assert not books.sandbox.xero.invoices


async def test_a_slow_drip(start: Opener, open_books: Opener) -> None:
    books = open_books(start(speed=100_000.0))
    await books.sign_in()
    await books.act("/faults", [{"what": "slow_drip", "seconds": 60}])
    assert (await books.one("GET", "/Organisation"))["BaseCurrency"] == "AUD"
    assert books.clock.monotonic() > 60


async def test_which_requests_a_rule_means(books: Any) -> None:
    await books.act("/faults", [{"what": "unavailable", "method": "get", "path": "/TaxRates$", "nth": 2}])
    statuses = [(await books.call("GET", path)).status_code for path in ("/TaxRates", "/Accounts", "/TaxRates") * 2]
    assert statuses == [200, 200, 503, 200, 200, 200]
    await books.act("/faults", [{"what": "unavailable", "every": 2, "times": 2}])
    statuses = [(await books.call("GET", "/TaxRates")).status_code for _ in range(7)]
    assert statuses == [200, 503, 200, 503, 200, 200, 200]
    await books.act("/faults", [{"what": "unavailable", "side": "procore"}])
    await books.good("GET", "/TaxRates")
    assert (await books.client.get("/procore/rest/v1.0/companies")).status_code == 503
    await books.act("/faults", [])
    assert (await books.client.get("/procore/rest/v1.0/companies")).status_code == 401


BROKEN: list[tuple[Any, str]] = [
    ({}, "is not a list of rules"),
    ([7], "rule 1: is not an object"),
    ([{"what": "drop"}, {}], "rule 2: what: is missing"),
    ([{"what": "explode"}], "rule 1: what: 'explode' is none of"),
    ([{"what": "drop", "effect": "later"}], "effect: 'later' is none of before, after"),
    ([{"what": "truncated", "effect": "before"}], "effect: 'before' is not possible for truncated"),
    ([{"what": "drop", "side": "myob"}], "side: 'myob' is none of"),
    ([{"what": "drop", "path": "("}], "path: is no regular expression"),
    ([{"what": "drop", "nth": 0}], "nth: is not a whole number from 1"),
    ([{"what": "drop", "every": True}], "every: is not a whole number from 1"),
    ([{"what": "drop", "times": "2"}], "times: is not a whole number from 1"),
    ([{"what": "late", "seconds": -1}], "seconds: is not a number from 0"),
    ([{"what": "bad_gateway", "status": 200}], "status: 200 is not possible for bad_gateway"),
    ([{"what": "redirect", "status": 502}], "status: 502 is not possible for redirect"),
    ([{"what": "drop", "nht": 2}], "nht: is no member of a rule"),
]


@pytest.mark.parametrize(("plan", "message"), BROKEN)
def test_a_broken_plan_is_one_line(tmp_path: Path, plan: Any, message: str) -> None:
    file = tmp_path / "faults.json"
    file.write_text(json.dumps(plan))
    with pytest.raises(ConfigurationError) as caught:
        load_fault_plan(file)
    assert message in caught.value.line()
    assert "faults.json" in caught.value.line()
    assert "\n" not in caught.value.line()


def test_a_file_that_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        load_fault_plan(tmp_path / "none.json")
    (tmp_path / "torn.json").write_text("[")
    with pytest.raises(ConfigurationError, match="not JSON"):
        load_fault_plan(tmp_path / "torn.json")


async def test_a_broken_plan_leaves_the_old_one(books: Any) -> None:
    await books.act("/faults", [{"what": "unavailable"}])
    assert "rule 1" in (await books.act("/faults", [{"what": "x"}], expect=400))["error"]
    assert (await books.call("GET", "/TaxRates")).status_code == 503


def test_every_kind_can_be_written() -> None:
    from smoothx_tui.sandbox.faults import KINDS

    assert len(fault_plan_from([{"what": kind} for kind in KINDS]).rules) == len(KINDS)
