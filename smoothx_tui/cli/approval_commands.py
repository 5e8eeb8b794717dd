"""`approvals`: what waits for a second person, saying yes to it, and whether a second person is needed at all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.money import plain, show
from smoothx_tui.base.text import clean
from smoothx_tui.cli.options import Group, options, tools
from smoothx_tui.cli.plan_commands import json_option
from smoothx_tui.cli.repair_commands import may_change, yes_option

if TYPE_CHECKING:
    from smoothx_tui.ledger.records import OperationRecord
    from smoothx_tui.session.approvals import Waiting
    from smoothx_tui.session.session import Session

_HEADERS = ("Operation", "Item", "Action", "Number", "Total", "", "Planned by", "When (UTC)")
_operations = click.argument("operations", metavar="[OPERATION]...", nargs=-1)
_every = click.option("--all", "everything", is_flag=True, help="Everything that is waiting.")


@click.group("approvals", cls=Group)
def approvals() -> None:
    """List, approve and withdraw what was submitted for approval.

    sync --approve-only submits plans without sending them; a worker sends what is approved. If a second person is
    required, the ledger refuses an approval by the person who planned, in every console and command.
    """


@approvals.command("list")
@json_option
@click.pass_context
def list_waiting(context: click.Context, *, as_json: bool) -> None:
    """List what is waiting for approval."""
    from smoothx_tui.session import approvals as work

    async def read(session: "Session") -> "tuple[Sequence[Waiting], bool]":
        return await work.waiting(session), await work.required(session)

    found, required = _with_session(context, read)
    output = tools(context).output
    if as_json:
        output.json({"required": required, "waiting": [_json(one) for one in found]})
        return
    output.table(_HEADERS, [_row(one) for one in found], empty="nothing waits for approval")
    if not required:
        output.say("no second person's approval is required here (smoothx-tui approvals require on)")


@approvals.command(
    "approve", examples=("smoothx-tui approvals approve 5f0c2a91 claim:71002", "smoothx-tui approvals approve --all")
)
@_operations
@_every
@yes_option
@json_option
@click.pass_context
def approve(context: click.Context, operations: Sequence[str], *, everything: bool, yes: bool, as_json: bool) -> None:
    """Approve operations; a worker sends them.

    Approves all of them or none. Each plan is checked once more when it is sent; what has changed by then is not sent.
    An OPERATION is an id, the beginning of one, or an item.
    """
    from smoothx_tui.session import approvals as work

    _settle(context, ("approve", "approved"), operations, work.approve, everything=everything, yes=yes, as_json=as_json)


@approvals.command("withdraw", examples=("smoothx-tui approvals withdraw claim:71002",))
@_operations
@_every
@yes_option
@json_option
@click.pass_context
def withdraw(context: click.Context, operations: Sequence[str], *, everything: bool, yes: bool, as_json: bool) -> None:
    """Withdraw operations; they are not sent."""
    from smoothx_tui.session import approvals as work

    words = ("withdraw", "withdrawn")
    _settle(context, words, operations, work.withdraw, everything=everything, yes=yes, as_json=as_json)


@approvals.command("require", examples=("smoothx-tui approvals require on",))
@click.argument("switch", metavar="[on|off]", type=click.Choice(["on", "off"]), required=False)
@yes_option
@json_option
@click.pass_context
def require(context: click.Context, switch: str | None, *, yes: bool, as_json: bool) -> None:
    """Show or change whether a second person has to approve.

    Applies to the organisation, for everybody on this ledger. Off by default. Changes are recorded in the audit chain.
    """
    from smoothx_tui.session import approvals as work

    output = tools(context).output
    if switch:
        may_change(context, "approvals require", yes=yes)

    async def switched(session: "Session") -> bool:
        question = f"A second person's approval for {session.place.organisation} {session.place.environment.value}"
        if switch and (yes or output.ask_yes(f"{question}: {switch}.")):
            await work.require(session, on=switch == "on")
        return await work.required(session)

    required = _with_session(context, switched)
    if as_json:
        output.json({"required": required})
    else:
        output.data("on" if required else "off")


def _with_session(context: click.Context, ask: "Callable[[Session], Awaitable[Any]]") -> Any:
    """What `ask` says of a session that has read nothing: the ledger knows all that is wanted here."""

    async def work() -> Any:
        async with tools(context).services.open_session(options(context)) as session:
            return await ask(session)

    return asyncio.run(work())


def _settle(
    context: click.Context,
    words: tuple[str, str],
    operations: Sequence[str],
    change: "Callable[[Session, Sequence[OperationRecord]], Awaitable[Sequence[OperationRecord]]]",
    *,
    everything: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Approve or withdraw what is named."""
    from smoothx_tui.session.approvals import named, waiting

    verb, done = words
    if everything == bool(operations):
        raise UsageError(f"approvals {verb} needs OPERATIONs or --all", "approvals list names them")
    may_change(context, f"approvals {verb}", yes=yes)
    output = tools(context).output

    async def work(session: "Session") -> "Sequence[OperationRecord]":
        found = await waiting(session)
        meant = found if everything else named(found, operations)
        if not meant or yes or _agreed(context, session, verb, meant):
            return await change(session, [one.record for one in meant])
        return ()

    settled = _with_session(context, work)
    if as_json:
        output.json({done: [{"id": one.id, "item": one.item} for one in settled]})
    for one in settled:
        output.say(f"{one.item} {done} ({one.id})")
    if not settled:
        output.say(f"nothing was {done}")


def _agreed(context: click.Context, session: "Session", verb: str, meant: "Sequence[Waiting]") -> bool:
    output = tools(context).output
    for one in meant:
        output.say("  ".join(cell for cell in _row(one) if cell))
    place = session.place
    return output.ask_yes(f"{verb.capitalize()} {len(meant)} at {place.organisation} {place.environment.value}.")


def _row(one: "Waiting") -> tuple[str, ...]:
    from smoothx_tui.ledger.records import moment

    record, total = one.record, one.total
    return (
        record.id,
        record.item,
        record.action,
        clean(one.plan.number),
        show(total) if total is not None else "",
        clean(one.currency),
        clean(record.planned_by),
        f"{moment(record.created_at):%Y-%m-%d %H:%M:%S}",
    )


def _json(one: "Waiting") -> dict[str, Any]:
    from smoothx_tui.ledger.records import moment

    record = one.record
    return {
        "id": record.id,
        "item": record.item,
        "action": record.action,
        "number": clean(one.plan.number),
        "total": plain(one.total) if one.total is not None else None,
        "currency": clean(one.currency) or None,
        "planned_by": record.planned_by,
        "planned_at": moment(record.created_at).isoformat(),
        "digest": record.digest,
    }
