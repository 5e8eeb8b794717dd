"""`sync`: send what was planned. The only command that changes Xero."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smoothx_tui.base.errors import Exit, UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.cli.options import Command, Tools, options, tools
from smoothx_tui.cli.plan_commands import json_option
from smoothx_tui.cli.sessions import read_session
from smoothx_tui.cli.stopping import Stop, stopping, until_stopped
from smoothx_tui.cli.sync_report import Choice, parts, show, telling
from smoothx_tui.planning.plan import Action, Plan

if TYPE_CHECKING:
    from smoothx_tui.session.repairs import Recovered
    from smoothx_tui.session.session import Session
    from smoothx_tui.syncing.report import SyncReport

_NOTHING_TO_DO = frozenset({Action.UNCHANGED})
_IN_THE_WAY = frozenset({Action.BLOCKED, Action.LOCKED_ELSEWHERE})
"""Actions that make a run that was to send everything end with 1: these items want a person."""


@click.command(
    "sync",
    cls=Command,
    examples=(
        "smoothx-tui sync --item HC-0045",
        "smoothx-tui plan --out june.json   # look at it, then",
        "smoothx-tui sync --plan june.json --yes --json",
    ),
)
@click.option("--all", "everything", is_flag=True, help="Everything that can be sent and has no danger.")
@click.option("--item", "named", metavar="ID", multiple=True, help="This item; repeatable.")
@click.option(
    "--plan", "frozen", metavar="FILE", type=click.Path(path_type=Path), help="The file that plan --out wrote."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--allow-danger", "allowed", metavar="ID", multiple=True, help="Send this item in spite of its danger.")
@click.option("--approve-only", is_flag=True, help="Send nothing: submit it for a worker or a second person.")
@json_option
@click.pass_context
def sync(  # noqa: PLR0913 - click gives an argument for each option
    context: click.Context,
    named: Sequence[str],
    frozen: Path | None,
    allowed: Sequence[str],
    *,
    everything: bool,
    yes: bool,
    approve_only: bool,
    as_json: bool,
) -> int:
    """Send items to Xero, read back, lock in Procore.

    Asks on a terminal; without one it needs --yes. An item that changed since it was planned is left out and named.
    What an earlier run left behind is finished or explained first.

    ctrl+c stops new calls and lets those in flight end (10 s at most); a second ctrl+c does not wait.
    """
    if sum((everything, bool(named), frozen is not None)) != 1:
        raise UsageError("sync needs one of --all, --item ID or --plan FILE", "plan shows what each would send")
    if not yes and not tools(context).output.asks:
        raise UsageError("sync asks before it sends, and there is no terminal to ask on", "give --yes to send")
    chosen = options(context)
    if chosen.read_only:
        raise UsageError("--read-only: nothing is sent", "leave it out to sync")
    asked = _Asked(named, frozen, allowed, yes, approve_only, as_json)

    async def work() -> int:
        async with read_session(tools(context), chosen) as session:
            return await _sync(tools(context), session, asked)

    return asyncio.run(work())


@dataclass(frozen=True, slots=True)
class _Asked:
    named: Sequence[str]
    frozen: Path | None
    allowed: Sequence[str]
    yes: bool
    approve_only: bool
    as_json: bool

    def means(self, key: str, plans: "Mapping[str, Plan]") -> bool:
        """Whether the run is about this item; a frozen plan speaks for itself."""
        from smoothx_tui.cli.naming import item_keys

        return self.frozen is None and (not self.named or key in item_keys(self.named, plans))


async def _sync(tools: Tools, session: "Session", asked: _Asked) -> int:
    from smoothx_tui.cli.naming import item_keys

    if session.place.read_only:
        raise UsageError(f"profile {session.place.profile} is read-only: nothing is sent", "sync with another profile")
    if not asked.approve_only:
        await _may_approve_alone(session)
    stop = Stop()
    recovered = await _recovered(tools, session, stop, look_only=asked.approve_only)
    if stop.signal:
        return 128 + stop.signal
    plans = session.plans()
    allowed = frozenset(item_keys(asked.allowed, plans))
    choice = _choice(session, asked, allowed)
    blocked = choice.blocked or any(asked.means(left.item, plans) for left in recovered.left)
    choice = replace(choice, recovered=recovered, blocked=blocked)
    for key, why in (*choice.left, *choice.stale):
        tools.output.say(f"left out: {key}: {clean(why)}")
    if choice.go and not asked.yes and not _agreed(tools, session, choice.go, approve_only=asked.approve_only):
        tools.output.say("nothing was sent")
        return Exit.OK
    if asked.approve_only:
        return await _put_up(tools, session, choice, as_json=asked.as_json)
    report: SyncReport | None = None
    if choice.go:
        with stopping(stop):
            work = session.sync(choice.go, allowed, telling(tools, len(choice.go)), stop.event)
            report = await until_stopped(work, stop)
        if report is None:
            tools.output.say("stopped before every call had ended; the next start looks up what became of them")
            return 128 + stop.signal
    show(tools, session, choice, report, as_json=asked.as_json)
    if stop.signal:
        return 128 + stop.signal
    failed = report is not None and not report.ok
    return Exit.SOME_FAILED if failed or choice.blocked or choice.stale else Exit.OK


async def _may_approve_alone(session: "Session") -> None:
    """Said before anything is asked; it is the ledger that would refuse. Raises UsageError."""
    from smoothx_tui.session import approvals

    if await approvals.required(session):
        raise UsageError(
            "a second person has to approve here, so nothing is sent at once",
            "sync --approve-only submits it; a colleague approves it, a worker sends it",
        )


async def _recovered(tools: Tools, session: "Session", stop: Stop, *, look_only: bool) -> "Recovered":
    """What an earlier run left is finished, or explained on standard error."""
    from smoothx_tui.session.repairs import Recovered, left, recover

    if look_only:
        found: Recovered | None = Recovered(left=await left(session))
    else:
        with stopping(stop):
            found = await until_stopped(recover(session, telling(tools, 0), stop.event), stop)
    if found is None:
        return Recovered()
    for result in found.report.results:
        tools.output.say(f"an earlier run left {result.item}: {' '.join(parts(result))}")
    for one in found.left:
        tools.output.say(f"not ended: {one.item} {one.state.value}: {clean(one.text)} - {clean(one.fix)}")
    return found


async def _put_up(tools: Tools, session: "Session", choice: Choice, *, as_json: bool) -> int:
    """`--approve-only`: in the ledger, and not sent."""
    from smoothx_tui.cli.plan_json import place_json
    from smoothx_tui.session.approvals import put_up

    done = await put_up(session, choice.go)
    state = "approved" if done.approved else "waits for approval"
    busy = [
        (one.item, f"{one.approved_by or one.owner or 'somebody'} is at it ({one.state.value})") for one in done.busy
    ]
    if as_json:
        tools.output.json(
            {
                **place_json(session),
                "approved": done.approved,
                "operations": [{"id": one.id, "item": one.item, "action": one.action} for one in done.made],
                "left_out": [{"id": key, "why": why} for key, why in (*choice.left, *busy)],
                "stale": [{"id": key, "why": why} for key, why in choice.stale],
            }
        )
    else:
        rows = [(one.item, one.action, state, one.id) for one in done.made]
        tools.output.table(("Id", "Action", "State", "Operation"), rows, empty="nothing to submit")
    for key, why in busy:
        tools.output.say(f"left out: {key}: {clean(why)}")
    if done.made:
        who = "a worker sends them" if done.approved else "a colleague approves them: smoothx-tui approvals list"
        tools.output.say(f"{len(done.made)} submitted, nothing sent; {who}")
    return Exit.SOME_FAILED if busy or choice.blocked or choice.stale else Exit.OK


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


def _agreed(tools: Tools, session: "Session", go: Sequence[Plan], *, approve_only: bool) -> bool:
    from smoothx_tui.cli.plan_text import plan_cells, summary_text

    for plan in go:
        tools.output.say("  ".join(cell for cell in plan_cells(plan) if cell))
        for danger in plan.dangers:
            tools.output.say(f"  danger: {danger.text}")
    place = session.place
    verb = "Submit for" if approve_only else "Sync to"
    return tools.output.ask_yes(f"{verb} {place.organisation} {place.environment.value}: {summary_text(go)}.")
