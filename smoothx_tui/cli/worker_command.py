"""`worker`: sends what is approved in the ledger, without anybody at the keyboard."""

import asyncio
import datetime as dt
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import click

from smoothx_tui.base.errors import ConnectionFailed, Exit, LedgerError, ServiceError, UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.cli.options import Command, Tools, options, tools
from smoothx_tui.cli.stopping import Stop, stopping, until_stopped

if TYPE_CHECKING:
    from smoothx_tui.session.options import Options
    from smoothx_tui.session.session import Session
    from smoothx_tui.session.unattended import Round, Rounds
    from smoothx_tui.syncing.report import SyncEvent

_PASSING: Final = (ConnectionFailed, ServiceError, LedgerError)
"""Errors that a later round may not meet again. A refused sign-in or a wrong file is mended by a person only."""
_LONGEST_WAIT: Final = 600.0


@dataclass(frozen=True, slots=True)
class _Asked:
    once: bool
    poll: float
    resend_bills: bool


@click.command(
    "worker",
    cls=Command,
    examples=(
        "smoothx-tui worker --profile harbourline",
        "smoothx-tui worker --once && echo all done",
    ),
)
@click.option("--once", is_flag=True, help="One round, then end: for cron.")
@click.option(
    "--poll",
    metavar="SECONDS",
    type=click.FloatRange(0.1, 3600),
    default=2.0,
    show_default=True,
    help="How often to check the ledger.",
)
@click.option("--resend-bills", is_flag=True, help="Resend a bill that two late look-ups did not find.")
@click.pass_context
def worker(context: click.Context, poll: float, *, once: bool, resend_bills: bool) -> int:
    """Send what is approved in the ledger, unattended.

    Each round takes up what is approved or was left by an earlier run and sends it; a quarter of an hour later it
    checks that each item has only one document. sync --approve-only and approvals approve give it work; an idle worker
    makes no calls. Several workers on one ledger share the work. It writes one line per event to standard error.

    The first signal stops new calls and lets those in flight end (10 s at most); a second one does not wait. With
    --once it exits with 1 if an item was not done or something was found wrong.
    """
    chosen = options(context)
    if chosen.read_only:
        raise UsageError("--read-only: a worker sends", "leave it out")
    return asyncio.run(_worker(tools(context), chosen, _Asked(once, poll, resend_bills)))


async def _worker(tools: Tools, chosen: "Options", asked: _Asked) -> int:
    from smoothx_tui.session.unattended import Rounds, present

    tell = _teller(tools)
    stop = Stop()
    with stopping(stop):
        async with tools.services.open_session(chosen) as session:
            _may_work(session)
            engine, place = session.engine, session.place
            engine.rules = replace(engine.rules, resend_bills=asked.resend_bills)
            where = f"{place.organisation} {place.environment.value}"
            tell(f"worker {clean(engine.owner)} began: {where}, every {asked.poll:g} s")
            async with present(session, f"worker, {where}"):
                rounds = Rounds(session, tell, _event_teller(session, tell))
                code = await until_stopped(_loop(rounds, stop, asked), stop)
    if stop.signal:
        cut = "; the next start looks up what was cut off" if code is None else ""
        tell(f"stopped ({signal.Signals(stop.signal).name}){cut}")
        return 128 + stop.signal
    return code or Exit.OK


def _may_work(session: "Session") -> None:
    if session.place.read_only:
        raise UsageError("the profile is read-only: a worker sends", "use another profile")


async def _loop(rounds: "Rounds", stop: Stop, asked: _Asked) -> int:
    failures = 0
    while not stop.event.is_set():
        wait = asked.poll
        try:
            done = await rounds.one(stop.event)
        except _PASSING as error:
            if asked.once:
                raise
            failures += 1
            wait = min(asked.poll * 2.0**failures, max(_LONGEST_WAIT, asked.poll))
            rounds.tell(f"{clean(error.line())}; again in {wait:.0f} s")
        else:
            failures = 0
            _tell_round(rounds, done)
            if asked.once:
                return Exit.OK if done.ok else Exit.SOME_FAILED
        await _sleep(stop, wait)
    return Exit.OK


async def _sleep(stop: Stop, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.event.wait(), seconds)


def _tell_round(rounds: "Rounds", done: "Round") -> None:
    from collections import Counter

    for found in done.found:
        rounds.tell(f"{found.item} {found.fault.value}: {found.text} - {found.fix}")
    if done.results:
        counts = Counter(result.outcome.value for result in done.results)
        rounds.tell("round ended: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items()))


def _teller(tools: Tools) -> Callable[[str], None]:
    """A line with its time (UTC). Nobody may be reading any more, and the work goes on all the same."""

    def tell(text: str) -> None:
        with suppress(OSError):
            tools.output.say(f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%S}Z {text}")

    return tell


def _event_teller(session: "Session", tell: Callable[[str], None]) -> "Callable[[SyncEvent], None]":
    def told(event: "SyncEvent") -> None:
        item = session.items.get(event.item)
        number = f" {clean(item.number)}" if item and item.number else ""
        tell(f"{event.item}{number} {event.state.value}{f': {event.text}' if event.text else ''}")

    return told
