"""`doctor`: looks at every part in turn, and says what to do about what is wrong."""

import asyncio
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from smoothx_tui import __version__
from smoothx_tui.base.errors import Exit, LedgerError, SmoothxError
from smoothx_tui.base.text import clean
from smoothx_tui.cli.options import Command, Tools, options, tools
from smoothx_tui.cli.plan_commands import json_option
from smoothx_tui.settings.shared import words

if TYPE_CHECKING:
    from smoothx_tui.accounts.checks import Found
    from smoothx_tui.session.options import Options
    from smoothx_tui.session.session import Session


@dataclass(frozen=True, slots=True)
class Seen:
    """One part as it was found. `fix` is never empty where the level is "wrong"."""

    level: Literal["ok", "note", "wrong"]
    part: str
    text: str
    fix: str = ""


@click.command("doctor", cls=Command)
@json_option
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> int:
    """Check every part, and say how to fix what is wrong."""
    code, found = asyncio.run(_examine(tools(context), options(context)))
    output = tools(context).output
    if as_json:
        output.json({"healthy": code == Exit.OK, "parts": [asdict(one) for one in found]})
    else:
        rows = [(one.level, one.part, one.text, one.fix) for one in found]
        output.table(("", "Part", "Found", "Fix"), rows, empty="")
    return code


async def _examine(tools: Tools, chosen: "Options") -> tuple[int, list[Seen]]:
    """Everything that could be looked at, and the exit code of the first part that is wrong."""
    found = [_program(), *_terminal(), _directory()]
    try:
        loaded = await asyncio.to_thread(tools.services.load_settings, chosen)
    except SmoothxError as error:
        return error.exit_code, [*found, *_wrong(_settings_part(error), error)]
    where = clean(str(loaded.path)) if loaded.digest else "no file, so defaults apply"
    if loaded.version is not None:
        where = f"shared, {words(loaded.version)}"
    found.append(Seen("ok", "settings", f"{where}, {loaded.revision}"))
    accounts = await _accounts(tools, chosen)
    found += [Seen(one.level.value, one.part, clean(one.text), one.fix) for one in accounts]
    if broken := [one.code for one in accounts if one.code is not Exit.OK]:
        return broken[0], found
    try:
        async with tools.services.open_session(chosen) as session:
            found += await _connected(session)
    except SmoothxError as error:
        return error.exit_code, [*found, *_wrong(_part(error), error)]
    return Exit.SOME_FAILED if any(one.level == "wrong" for one in found) else Exit.OK, found


async def _accounts(tools: Tools, chosen: "Options") -> "list[Found]":
    """The profile's accounts, each part by itself; nothing for a sandbox."""
    from smoothx_tui.accounts.checks import check_profile

    if chosen.sandbox or chosen.scenario:
        return []
    accounts = tools.services.accounts()
    profile = accounts.profiles().chosen(chosen.profile, accounts.environ)
    return await check_profile(accounts, profile) if profile is not None else []


def _settings_part(error: SmoothxError) -> str:
    """What an error is about that keeps the settings from being read."""
    if isinstance(error, LedgerError):
        return "ledger"
    return "profiles" if "profiles.toml" in error.message else "settings"


def _part(error: SmoothxError) -> str:
    """What an error that keeps a session from opening is about."""
    return "ledger" if isinstance(error, LedgerError) else "connection"


def _wrong(part: str, error: SmoothxError) -> Iterator[Seen]:
    for line in error.message.splitlines():
        yield Seen("wrong", part, clean(line), error.hint or "see this line")


def _program() -> Seen:
    return Seen("ok", "program", f"smoothx-tui {__version__}, Python {platform.python_version()}, {sys.platform}")


def _terminal() -> Iterator[Seen]:
    """What would keep the console from being drawn well; commands work all the same."""
    if os.environ.get("TERM", "") in ("", "dumb"):
        yield Seen(
            "note",
            "terminal",
            "there is no terminal that the console could use",
            "the commands work without one; or set TERM",
        )
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding not in ("utf8", "utf8sig"):
        yield Seen("note", "terminal", f"its encoding is {clean(encoding)}", "use a UTF-8 locale, or --ascii")


def _directory() -> Seen:
    from smoothx_tui.base.locations import state_dir

    directory = state_dir()
    there = directory if directory.exists() else _existing(directory)
    if os.access(there, os.W_OK):
        return Seen("ok", "state directory", clean(str(directory)))
    fix = f"make it writable: chmod u+w {clean(str(there))}"
    return Seen("wrong", "state directory", f"{clean(str(directory))} cannot be written", fix)


def _existing(directory: Path) -> Path:
    """The nearest directory above that exists."""
    return next(parent for parent in directory.parents if parent.exists())


async def _connected(session: "Session") -> list[Seen]:
    from smoothx_tui.planning.gaps import gaps

    place = session.place
    mode = ", read-only" if place.read_only else ""
    found = [Seen("ok", "place", f"{place.environment.value} {place.organisation}{mode}")]
    if place.note:
        found.append(Seen("note", "place", place.note))
    if note := await session.settings_note():
        found.append(Seen("note", "settings", note, "smoothx-tui settings take, or share"))
    await session.refresh()
    found.append(Seen("ok", "Procore", f"{len(session.items)} items read"))
    found += [Seen("note", "Procore", f"not read: {problem}", "fix it in Procore") for problem in session.problems]
    books = session.books
    found.append(Seen("ok", "Xero", f"{len(books.documents)} documents read, {books.organisation.base_currency}"))
    blocking = [gap for gap in gaps(session.plans().values()) if gap.blocks]
    waiting = len({item for gap in blocking for item in gap.items})
    if blocking:
        text = f"{len(blocking)} gaps, {waiting} items wait for them"
        found.append(Seen("note", "mapping", text, "smoothx-tui mapping check"))
    else:
        found.append(Seen("ok", "mapping", "nothing is missing"))
    return [*found, *await _ledger(session)]


async def _ledger(session: "Session") -> list[Seen]:
    head, faults = await asyncio.to_thread(session.ledger.verify)
    found = [
        Seen("wrong", "ledger", f"audit entry {fault.number} {clean(fault.text)}", "compare with a copy of the ledger")
        for fault in faults
    ]
    if not faults:
        found.append(Seen("ok", "ledger", f"audit chain holds, head {head[:12]}"))
    left = await asyncio.to_thread(session.ledger.open_operations, session.place.tenant_id)
    if left:
        found.append(Seen("note", "ledger", f"{len(left)} operations have not ended", "smoothx-tui log names them"))
    return found
