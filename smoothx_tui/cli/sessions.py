"""What the commands that need items have in common: open, read, choose."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

from smoothx_tui.cli.options import Tools, options
from smoothx_tui.session.options import Options

if TYPE_CHECKING:
    from smoothx_tui.planning.plan import Plan
    from smoothx_tui.session.place import Progress
    from smoothx_tui.session.session import Session


def with_tried(context: click.Context, tried: Sequence[str]) -> Options:
    """The options with `--set key=value` values. Raises UsageError for a wrong one, before anything is opened."""
    from smoothx_tui.settings.values import assignments

    return options(context, assignments(tried))


@asynccontextmanager
async def read_session(tools: Tools, chosen: Options) -> "AsyncIterator[Session]":
    """A session that has read both sides; progress and what could not be read are said on standard error."""
    async with tools.services.open_session(chosen) as session:
        if note := await session.settings_note():
            tools.output.say(note)
        await session.refresh(_progress(tools))
        for problem in session.problems:
            tools.output.say(f"not read: {problem}")
        yield session


def selected(plans: "Mapping[str, Plan]", named: Sequence[str], expression: str) -> "list[Plan]":
    """The plans of the named items (all where none is named) that pass the filter. Raises UsageError."""
    from smoothx_tui.cli.naming import item_keys
    from smoothx_tui.session.filters import read_filter
    from smoothx_tui.session.rows import row_of

    wanted = read_filter(expression)
    found = [plans[key] for key in item_keys(named, plans)] if named else list(plans.values())
    return [plan for plan in found if wanted.matches(row_of(plan))] if wanted.tests else found


def _progress(tools: Tools) -> "Callable[[Progress], None]":
    """One line that is rewritten, on a terminal; nothing elsewhere, so that logs stay readable."""
    from smoothx_tui.base.text import clean

    def report(progress: "Progress") -> None:
        of = f" of {progress.total:,}" if progress.total else ""
        tools.output.progress(f"{clean(progress.what)} {progress.done:,}{of}")

    return report
