"""`sync`: send what was planned. The only command that changes Xero."""

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smoothx_tui.base.errors import Exit, UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.cli.options import Command, Tools, options, tools
from smoothx_tui.cli.plan_commands import json_option
from smoothx_tui.cli.sessions import read_session
from smoothx_tui.planning.plan import Action, Plan

if TYPE_CHECKING:
    from smoothx_tui.session.session import Session
    from smoothx_tui.syncing.report import ItemResult, SyncEvent, SyncReport

_NOTHING_TO_DO = frozenset({Action.UNCHANGED})
_IN_THE_WAY = frozenset({Action.BLOCKED, Action.LOCKED_ELSEWHERE})
"""Actions that make a run that was to send everything end with 1: these items want a person."""


@dataclass(frozen=True)
class Choice:
    """What goes, and what does not: (item key, why)."""

    go: Sequence[Plan]
    left: Sequence[tuple[str, str]] = ()
    stale: Sequence[tuple[str, str]] = ()
    blocked: bool = False
    """Something that was asked for can not go."""


@dataclass
class Stop:
    """How a run was stopped: the first signal lets calls in flight end."""

    event: asyncio.Event = field(default_factory=asyncio.Event)
    signal: int = 0


@click.command("sync", cls=Command)
@click.option("--all", "everything", is_flag=True, help="Everything that can go and carries no danger.")
@click.option("--item", "named", metavar="ID", multiple=True, help="This item; repeatable.")
@click.option("--plan", "frozen", metavar="FILE", type=click.Path(path_type=Path), help="What plan --out has frozen.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--allow-danger", "allowed", metavar="ID", multiple=True, help="Let this item go in spite of its danger.")
@json_option
@click.pass_context
def sync(
    context: click.Context,
    named: Sequence[str],
    frozen: Path | None,
    allowed: Sequence[str],
    *,
    everything: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Send items to Xero, read back, lock in Procore.

    Asks on a terminal; without one it needs --yes. A row that moved since it was planned is left out and named.
    """
    if sum((everything, bool(named), frozen is not None)) != 1:
        raise UsageError("sync wants one of --all, --item ID or --plan FILE", "plan shows what each would send")
    if not yes and not tools(context).output.asks:
        raise UsageError("sync asks before it sends, and there is no terminal to ask on", "give --yes to send")
    chosen = options(context)
    if chosen.read_only:
        raise UsageError("--read-only: nothing is sent", "leave it out to sync")

    async def work() -> int:
        async with read_session(tools(context), chosen) as session:
            return await _sync(tools(context), session, _Asked(named, frozen, tuple(allowed), yes, as_json))

    return asyncio.run(work())


@dataclass(frozen=True, slots=True)
class _Asked:
    named: Sequence[str]
    frozen: Path | None
    allowed: Sequence[str]
    yes: bool
    as_json: bool


async def _sync(tools: Tools, session: "Session", asked: _Asked) -> int:
    from smoothx_tui.cli.naming import item_keys

    plans = session.plans()
    allowed = frozenset(item_keys(asked.allowed, plans))
    choice = _choice(session, asked, allowed)
    for key, why in (*choice.left, *choice.stale):
        tools.output.say(f"left out: {key}: {clean(why)}")
    if choice.go and not asked.yes and not _agreed(tools, session, choice.go):
        tools.output.say("nothing was sent")
        return Exit.OK
    stop = Stop()
    with _stopping(stop):
        report = (
            await session.sync(choice.go, allowed, _telling(tools, len(choice.go)), stop.event) if choice.go else None
        )
    _show(tools, session, choice, report, as_json=asked.as_json)
    if stop.signal:
        return 128 + stop.signal
    failed = report is not None and not report.ok
    return Exit.SOME_FAILED if failed or choice.blocked or choice.stale else Exit.OK


def _choice(session: "Session", asked: _Asked, allowed: frozenset[str]) -> Choice:
    from smoothx_tui.cli.naming import item_keys

    plans = session.plans()
    if asked.frozen is not None:
        return _frozen_choice(session, asked.frozen, allowed)
    if not asked.named:
        go = [plan for plan in plans.values() if plan.sendable and (not plan.dangers or plan.item in allowed)]
        left = [(plan.item, f"danger: {plan.dangers[0].text}") for plan in plans.values() if _waits(plan, allowed)]
        return Choice(go, left, blocked=any(plan.action in _IN_THE_WAY for plan in plans.values()))
    chosen = [plans[key] for key in item_keys(asked.named, plans)]
    go = [plan for plan in chosen if plan.sendable and not _waits(plan, allowed)]
    left = [
        (plan.item, f"danger: {plan.dangers[0].text}; allow it with --allow-danger {plan.item}")
        if plan.sendable
        else (plan.item, f"{plan.action.value}: {plan.summary}")
        for plan in chosen
        if plan not in go
    ]
    return Choice(go, left, blocked=any(plan not in go and plan.action not in _NOTHING_TO_DO for plan in chosen))


def _frozen_choice(session: "Session", path: Path, allowed: frozenset[str]) -> Choice:
    from smoothx_tui.cli.plan_file import read_plan, stale

    plans = session.plans()
    frozen = read_plan(path, session.place)
    moved = [(one.id, why) for one in frozen if (why := stale(one, plans.get(one.id)))]
    gone = {key for key, _ in moved}
    still = [plans[one.id] for one in frozen if one.id not in gone]
    left = [(plan.item, f"danger: {plan.dangers[0].text}") for plan in still if _waits(plan, allowed)]
    return Choice([plan for plan in still if not _waits(plan, allowed)], left, moved)


def _waits(plan: Plan, allowed: frozenset[str]) -> bool:
    """Whether the plan would go but for a danger that nobody has allowed."""
    return plan.sendable and bool(plan.dangers) and plan.item not in allowed


def _agreed(tools: Tools, session: "Session", go: Sequence[Plan]) -> bool:
    from smoothx_tui.cli.plan_text import plan_cells, summary_text

    for plan in go:
        tools.output.say("  ".join(cell for cell in plan_cells(plan) if cell))
        for danger in plan.dangers:
            tools.output.say(f"  danger: {danger.text}")
    place = session.place
    return tools.output.ask_yes(f"Sync to {place.organisation} {place.environment.value}: {summary_text(go)}.")


@contextmanager
def _stopping(stop: Stop) -> Iterator[None]:
    """ctrl+c, SIGTERM and SIGHUP stop new calls; what is in flight ends, and the ledger knows the rest."""
    loop = asyncio.get_running_loop()

    def stopped(number: int) -> None:
        stop.signal = stop.signal or number
        stop.event.set()

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in signals:
        loop.add_signal_handler(number, stopped, int(number))
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _telling(tools: Tools, total: int) -> "Callable[[SyncEvent], None]":
    """A line for every item that ends, and on a terminal one that counts."""
    from smoothx_tui.ledger.records import State

    ends = {State.DONE, State.STALE, State.DRIFT, State.REFUSED, State.HELD, State.UNKNOWN}
    ended: set[str] = set()

    def tell(event: "SyncEvent") -> None:
        # The reader may have gone (a closed pipe, a lost terminal); that must not reach into a running sync.
        with suppress(OSError):
            if event.state not in ends:
                tools.output.progress(f"{len(ended)} of {total} ended; {event.item} {event.state.value}")
                return
            ended.add(event.item)
            said = f": {event.text}" if event.text else ""
            tools.output.say(f"{event.item} {event.state.value}{said}")

    return tell


def _show(tools: Tools, session: "Session", choice: Choice, report: "SyncReport | None", *, as_json: bool) -> None:
    from smoothx_tui.cli.plan_json import place_json

    results = report.results if report else ()
    numbers = {plan.item: plan.number for plan in choice.go}
    if as_json:
        tools.output.json(
            {
                **place_json(session),
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


def _end(result: "ItemResult") -> str:
    return " - ".join(part for part in (result.text, result.fix, result.request_id) if part)


def _result(result: "ItemResult", numbers: dict[str, str]) -> dict[str, Any]:
    return {
        "id": result.item,
        "number": numbers.get(result.item),
        "outcome": result.outcome.value,
        "document_id": result.document_id or None,
        "text": result.text,
        "fix": result.fix,
        "request_id": result.request_id or None,
        "operation_id": result.operation_id or None,
    }
