"""What `sync` tells: while it runs, and at its end."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smoothx_tui.cli.options import Tools
from smoothx_tui.planning.plan import Plan

if TYPE_CHECKING:
    from smoothx_tui.session.repairs import Recovered
    from smoothx_tui.session.session import Session
    from smoothx_tui.syncing.report import ItemResult, SyncEvent, SyncReport


@dataclass(frozen=True)
class Choice:
    """What goes, and what does not: (item key, why)."""

    go: Sequence[Plan]
    left: Sequence[tuple[str, str]] = ()
    stale: Sequence[tuple[str, str]] = ()
    blocked: bool = False
    """Something that was asked for cannot go."""
    recovered: "Recovered | None" = None
    """What an earlier run left."""


def telling(tools: Tools, total: int) -> "Callable[[SyncEvent], None]":
    """On a terminal one line that counts; elsewhere a line for every item that ends."""
    from smoothx_tui.ledger.records import State

    good, bad = {State.DONE}, {State.STALE, State.DRIFT, State.REFUSED, State.HELD, State.UNKNOWN}
    ends: dict[str, State] = {}
    counting = tools.output.shows_progress

    def tell(event: "SyncEvent") -> None:
        ended = event.state in good or event.state in bad
        if ended:
            ends[event.item] = event.state
        # The reader may have gone (a closed pipe, a lost terminal); that must not reach into a running sync.
        with suppress(OSError):
            if counting:
                done = sum(state in good for state in ends.values())
                of = f" of {total}" if total else ""
                others = f", {len(ends) - done} not done" if len(ends) > done else ""
                tools.output.progress(f"{done}{of} done{others} · {event.item} {event.state.value} {event.text}")
            elif ended:
                tools.output.say(f"{event.item} {event.state.value}{f': {event.text}' if event.text else ''}")

    return tell


def show(tools: Tools, session: "Session", choice: Choice, report: "SyncReport | None", *, as_json: bool) -> None:
    """How everything ended, on standard output."""
    from smoothx_tui.cli.plan_json import place_json

    results = report.results if report else ()
    numbers = {plan.item: plan.number for plan in choice.go}
    if as_json:
        tools.output.json(
            {
                **place_json(session),
                "recovered": _recovered_json(choice.recovered),
                "results": [_result(result, numbers) for result in results],
                "left_out": [{"id": key, "why": why} for key, why in choice.left],
                "stale": [{"id": key, "why": why} for key, why in choice.stale],
                "summary": {
                    "outcomes": {outcome.value: count for outcome, count in report.counts.items()} if report else {},
                    "xero_calls": report.xero_calls if report else 0,
                    "procore_calls": report.procore_calls if report else 0,
                },
            }
        )
        return
    rows = [(r.item, numbers.get(r.item, ""), r.outcome.value, r.document_id, _end(r)) for r in results]
    tools.output.table(("Id", "Number", "Outcome", "Document", "Text"), rows, empty="nothing to send")
    if report:
        counts = ", ".join(f"{count} {outcome.value}" for outcome, count in report.counts.items())
        tools.output.say(f"{counts}; {report.xero_calls} Xero calls, {report.procore_calls} Procore calls")


def parts(result: "ItemResult") -> Sequence[str]:
    """An item's end in words."""
    end = _end(result)
    return [result.outcome.value, *([f"({end})"] if end else [])]


def _end(result: "ItemResult") -> str:
    return " - ".join(part for part in (result.text, result.fix, result.request_id) if part)


def _result(result: "ItemResult", numbers: dict[str, str]) -> dict[str, Any]:
    from smoothx_tui.cli.repair_commands import result_json

    found = result_json(result)
    return {"id": found.pop("id"), "number": numbers.get(result.item), **found}


def _recovered_json(recovered: "Recovered | None") -> dict[str, Any]:
    from smoothx_tui.cli.repair_commands import result_json

    if recovered is None:
        return {"finished": [], "left": []}
    left = [
        {"id": one.item, "operation_id": one.operation_id, "state": one.state.value, "text": one.text, "fix": one.fix}
        for one in recovered.left
    ]
    return {"finished": [result_json(one) for one in recovered.report.results], "left": left}
