"""`impact`: what a changed setting would do to the pending items, before it is saved."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.money import show
from smoothx_tui.cli.options import Command, options, tools
from smoothx_tui.cli.output import Output
from smoothx_tui.cli.plan_commands import json_option, set_option
from smoothx_tui.cli.sessions import read_session

if TYPE_CHECKING:
    from smoothx_tui.planning.impact import Impact, ItemImpact


@click.command(
    "impact",
    cls=Command,
    examples=(
        "smoothx-tui impact --set sync_prior_locked_period=true",
        "smoothx-tui impact --set multi_currency=on --set update_draft=off --json",
    ),
)
@set_option
@json_option
@click.pass_context
def impact(context: click.Context, tried: Sequence[str], *, as_json: bool) -> None:
    """Show what changed settings would do to the items.

    Compares the plans with and without them; nothing is saved or sent.
    """
    from smoothx_tui.settings.values import applied, assignments, changed, plain

    texts = assignments(tried)
    if not texts:
        raise UsageError("impact needs at least one --set KEY=VALUE", "for example --set sync_as_draft=off")

    async def work() -> None:
        from smoothx_tui.cli.plan_json import place_json
        from smoothx_tui.planning.report import impact_json

        output = tools(context).output
        async with read_session(tools(context), options(context)) as session:
            session.trial.put(applied(session.trial.current, texts))
            found = session.impact()
            changes = changed(session.trial.saved, session.trial.current)
            place = place_json(session)
        said = [{"key": key, "before": plain(old), "after": plain(new)} for key, old, new in changes]
        if as_json:
            output.json({**place, "settings": said, **impact_json(found)})
        else:
            _tell(output, found)

    asyncio.run(work())


def _tell(output: Output, found: "Impact") -> None:
    rows = [
        (one.item, one.before.action.value, one.after.action.value, one.after.number, one.after.contact, _what(one))
        for one in found.items
    ]
    output.table(
        ("Id", "Before", "After", "Number", "Contact", "What changes"), rows, empty="no plan changes", wraps=False
    )
    for pair in found.pairs:
        output.say(f"{pair.before.value} -> {pair.after.value}: {pair.count}")
    for move in found.totals:
        output.say(f"to send: {show(move.before)} -> {show(move.after)} {move.currency} ({show(move.difference)})")
    output.say(f"{found.unchanged} unchanged")


def _what(one: "ItemImpact") -> str:
    if one.before.action is not one.after.action:
        return one.after.summary
    paths = [change.path for change in one.changes]
    return ", ".join(paths[:4]) + (f" and {len(paths) - 4} more" if len(paths) > 4 else "")
