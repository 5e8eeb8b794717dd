"""`log` and `verify`: what was done, and whether it still holds."""

import asyncio
import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from smoothx_tui.base.errors import Exit, UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.cli.options import Command, options, tools
from smoothx_tui.cli.plan_commands import json_option, operation_json
from smoothx_tui.cli.sessions import read_session

if TYPE_CHECKING:
    from smoothx_tui.ledger.records import OperationRecord

_UNITS: Final = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_HEADERS: Final = ("When (UTC)", "Number", "Item", "Action", "State", "Document", "Who", "Text")


@click.command(
    "log", cls=Command, examples=("smoothx-tui log --since 8h", "smoothx-tui log --since 2026-07-01 --csv july.csv")
)
@click.option("--since", metavar="WHEN", default="", help="2026-07-01, 2026-07-01T09:00, or how long ago: 90m, 8h, 7d.")
@click.option("--csv", "csv_file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write CSV.")
@json_option
@click.pass_context
def log(context: click.Context, since: str, csv_file: Path | None, *, as_json: bool) -> None:
    """Show what was synced, by whom, and how it ended.

    Times are UTC.
    """
    start = moment_of(since, dt.datetime.now(dt.UTC)) if since else 0.0

    async def work() -> "list[OperationRecord]":
        async with tools(context).services.open_session(options(context)) as session:
            return await asyncio.to_thread(session.ledger.history, session.place.tenant_id, start)

    found = asyncio.run(work())
    output = tools(context).output
    if csv_file is not None:
        from smoothx_tui.base import csvtext
        from smoothx_tui.cli.files import write_text

        write_text(output, csv_file, csvtext.write([_HEADERS, *map(_row, found)]))
    if as_json:
        output.json({"operations": [operation_json(record) for record in found]})
    elif csv_file is None:
        output.table(_HEADERS, [_row(record) for record in found], empty="nothing was synced")


def moment_of(text: str, now: dt.datetime) -> float:
    """Seconds since 1970 of a date, a date and time (UTC where it names no zone), or a time back. Raises UsageError."""
    back = re.fullmatch(r"(\d{1,6})([mhdw])", text)
    if back:
        return now.timestamp() - int(back[1]) * _UNITS[back[2]]
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        said = f"--since {clean(text)}: expected a date, a date and time, or how long ago"
        raise UsageError(said, "such as 2026-07-01, 2026-07-01T09:00, 90m, 8h or 7d") from None
    return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).timestamp()


def _row(record: "OperationRecord") -> Sequence[str]:
    from smoothx_tui.ledger.records import moment
    from smoothx_tui.syncing.frozen import number_in

    return (
        f"{moment(record.updated_at):%Y-%m-%d %H:%M:%S}",
        number_in(record.frozen),
        record.item,
        record.action,
        record.state.value,
        record.document_id,
        record.approved_by,
        " - ".join(part for part in (record.text, record.fix, record.request_id) if part),
    )


@click.command(
    "verify",
    cls=Command,
    examples=(
        "smoothx-tui verify",
        "smoothx-tui verify --json > verified.json",
    ),
)
@json_option
@click.pass_context
def verify(context: click.Context, *, as_json: bool) -> int:
    """Check links, duplicates, locks and the audit chain.

    Compares the ledger with both sides; changes nothing.
    """
    from smoothx_tui.syncing import sweep

    async def work() -> sweep.Verification:
        async with read_session(tools(context), options(context)) as session:
            locking = session.loaded.settings.erp_locking
            return await sweep.verify(session.engine, session.items, session.books, locking=locking)

    result = asyncio.run(work())
    output = tools(context).output
    if as_json:
        found = [{"fault": f.fault.value, "item": f.item or None, "text": f.text, "fix": f.fix} for f in result.found]
        output.json({"links": result.links, "audit_head": result.audit_head, "found": found})
    else:
        rows = [(f.fault.value, f.item, f.text, f.fix) for f in result.found]
        output.table(("Fault", "Item", "What", "Fix"), rows, empty=f"{result.links} links hold")
        output.say(f"audit chain head: {result.audit_head}")
    return Exit.OK if result.ok else Exit.SOME_FAILED
