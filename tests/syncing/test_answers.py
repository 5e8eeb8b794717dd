"""The table "answer to a write", row by row: the verdict, and where the operation ends up."""

from collections.abc import Callable
from typing import Any

import pytest

from smoothx_tui.base.answers import Answer, NotSent, Unknown
from smoothx_tui.base.errors import SignInNeeded, SmoothxError
from smoothx_tui.ledger.records import State
from smoothx_tui.syncing.answers import Next, fix_for, judge
from smoothx_tui.syncing.engine import Outcome
from smoothx_tui.xero.limits import DayLimitReached
from tests.syncing.table import Table, outcomes

DOCUMENT = "7f000000-0000-4000-8000-000000000001"
ZERO = "00000000-0000-0000-0000-000000000000"


def invoices(*elements: dict[str, Any]) -> Answer:
    return Answer(200, {"content-type": "application/json"}, {"Invoices": list(elements)})


def validation(message: str, status: int = 400) -> Answer:
    return Answer(status, body={"ErrorNumber": 10, "Elements": [{"ValidationErrors": [{"Message": message}]}]})


GOOD = {"InvoiceID": DOCUMENT, "InvoiceNumber": "A-1"}
BAD = {
    "InvoiceID": ZERO,
    "InvoiceNumber": "A-1",
    "HasErrors": True,
    "ValidationErrors": [{"Message": "Account code '9' is not a valid code for this document."}],
}

ROWS: list[tuple[str, Answer | SmoothxError, Next]] = [
    ("2xx, element without errors", invoices(GOOD), Next.SENT),
    ("2xx, element with errors", invoices(BAD), Next.REFUSED),
    ("2xx, zero id", invoices({"InvoiceID": ZERO, "InvoiceNumber": "A-1"}), Next.UNCLEAR),
    ("2xx, another number at this place", invoices({"InvoiceID": DOCUMENT, "InvoiceNumber": "B-2"}), Next.UNCLEAR),
    ("2xx, too few elements", invoices(), Next.UNCLEAR),
    ("400 validation", validation("The TaxType code 'X' cannot be used"), Next.REFUSED),
    ("400 key used with another body", validation("The key is used with a different request"), Next.HELD),
    ("401 not renewable", SignInNeeded("the consent does not cover this call", "connect again"), Next.HELD),
    ("403", Answer(403, body={"Detail": "AuthenticationUnsuccessful"}), Next.HELD),
    ("404 as HTML", Answer(404, problem="text/html instead of JSON"), Next.REFUSED),
    ("429 of the minute", Answer(429, {"x-rate-limit-problem": "minute"}), Next.WAIT),
    ("429 of the day", DayLimitReached(7200.0), Next.WAIT),
    ("500", Answer(500, body={"Title": "An error occurred"}), Next.UNKNOWN),
    ("408", Unknown("time-out", status=408), Next.UNCLEAR),
    ("502 as HTML", Unknown("502", status=502), Next.UNCLEAR),
    ("503 for maintenance", Unknown("503", status=503), Next.UNCLEAR),
    ("504", Unknown("504", status=504), Next.UNCLEAR),
    ("reset, time-out, truncated, over 8 MB", Unknown("the connection broke"), Next.UNCLEAR),
    ("2xx that is not JSON", Answer(200, problem="text/html instead of JSON"), Next.UNCLEAR),
    ("a redirect", Answer(302, problem="a redirect, which is never followed"), Next.UNCLEAR),
    ("never left", NotSent("no connection"), Next.NOT_SENT),
]


@pytest.mark.parametrize(("answer", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_each_answer_leads_where_the_table_says(answer: Answer | SmoothxError, expected: Next) -> None:
    (verdict,) = judge(answer, ["A-1"]).verdicts
    assert verdict.next is expected
    assert verdict.next is Next.SENT or verdict.text


def test_elements_of_a_batch_have_their_own_results() -> None:
    judged = judge(invoices(GOOD, {**BAD, "InvoiceNumber": "A-2"}), ["A-1", "A-2"])
    assert [verdict.next for verdict in judged.verdicts] == [Next.SENT, Next.REFUSED]
    assert judged.outcome == "mixed"


def test_a_batch_that_is_refused_whole_is_not_the_fault_of_each() -> None:
    judged = judge(validation("Error converting value 'X'"), ["A-1", "A-2"])
    assert [verdict.next for verdict in judged.verdicts] == [Next.ALONE, Next.ALONE]


def test_a_known_refusal_names_its_fix() -> None:
    assert "number is taken" in fix_for(["Invoice # must be unique."])
    assert "locked period" in fix_for(["The document date cannot be before the end of year lock date"])
    assert fix_for(["something new"])


# What the operation comes to, through the whole engine: the first write meets the answer, later ones work.

Reply = Callable[[], Any]


def raising(error: SmoothxError) -> Reply:
    def reply() -> Any:
        raise error

    return reply


ENDS: list[tuple[str, Reply, bool, Outcome, int]] = [
    ("refused", lambda: validation("Account code '9' is not a valid code"), False, Outcome.REFUSED, 0),
    ("held for another body", lambda: validation("is used with a different request"), False, Outcome.HELD, 0),
    ("held for the sign-in", raising(SignInNeeded("no scope", "connect")), False, Outcome.HELD, 0),
    ("limited, then sent", lambda: Answer(429, {"retry-after": "7"}), False, Outcome.DONE, 1),
    ("limited without a time, then sent", lambda: Answer(429), False, Outcome.DONE, 1),
    ("500 before the effect: looked up later", lambda: Answer(500, body={"Title": "e"}), False, Outcome.UNKNOWN, 0),
    ("500 after the effect: found at once", lambda: Answer(500, body={"Title": "e"}), True, Outcome.DONE, 1),
    ("502 before the effect: the same again", raising(Unknown("502", status=502)), False, Outcome.DONE, 1),
    ("502 after the effect: the same again", raising(Unknown("502", status=502)), True, Outcome.DONE, 1),
    ("truncated after the effect", raising(Unknown("100 of 900 bytes", status=200)), True, Outcome.DONE, 1),
    ("no connection, then sent", raising(NotSent("no route")), False, Outcome.DONE, 1),
]


@pytest.mark.parametrize(("reply", "after", "outcome", "live"), [row[1:] for row in ENDS], ids=[r[0] for r in ENDS])
def test_each_answer_ends_as_it_must(reply: Reply, after: bool, outcome: Outcome, live: int) -> None:
    table = Table(items=1)
    write = table.world.write
    met: list[str] = []

    async def once(method: str, path: str, body: bytes, key: str) -> Answer:
        if met:
            return await write(method, path, body, key)
        met.append(key)
        if after:
            await write(method, path, body, key)
        return reply()  # type: ignore[no-any-return]

    table.world.write = once  # type: ignore[method-assign]
    report = table.sync()
    assert outcomes(report) == [outcome]
    assert len(table.world.live(table.first)) == live
    record = table.operation(table.first)
    assert record.open is (outcome is Outcome.UNKNOWN)
    if outcome is not Outcome.DONE:
        assert report.results[0].text
        assert report.results[0].fix or outcome is Outcome.UNKNOWN
    table.close()


def test_one_bad_element_does_not_stop_its_batch() -> None:
    table = Table(items=4)
    create = table.world._create
    bad = table.first

    def choosy(wanted: Any, key: str) -> dict[str, Any]:
        return (
            {**BAD, "InvoiceNumber": wanted["InvoiceNumber"]}
            if wanted["InvoiceNumber"] == "N-1001"
            else create(wanted, key)
        )

    table.world._create = choosy  # type: ignore[method-assign]
    report = table.sync()
    assert sorted(outcomes(report)) == [Outcome.DONE] * 3 + [Outcome.REFUSED]
    assert table.operation(bad).state is State.REFUSED
    table.close()


def test_a_batch_that_is_refused_whole_is_sent_one_by_one() -> None:
    table = Table(items=3, refused_whole=1.0)
    report = table.sync()
    assert outcomes(report) == [Outcome.DONE] * 3
    assert [len(table.world.live(key)) for key in table.world.items] == [1, 1, 1]
    table.close()


def test_the_day_limit_parks_the_organisation_for_everybody() -> None:
    table = Table(items=1)

    async def spent(*_: Any) -> Answer:
        raise DayLimitReached(7200.0)

    table.world.write = spent  # type: ignore[method-assign, assignment]
    report = table.sync()
    assert outcomes(report) == [Outcome.HELD]
    assert "used up" in report.results[0].text
    assert table.ledger.pacing.take(table.engine().xero.tenant_id, "me").wait > 7000
    table.close()
