"""`plan`, `items`, `show`: what would be done, to which item, and why. Nothing is sent by any of them."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smoothx_tui.base.errors import Exit
from smoothx_tui.cli.options import Command, options, tools
from smoothx_tui.cli.sessions import read_session, selected, with_tried

if TYPE_CHECKING:
    from smoothx_tui.ledger.records import OperationRecord
    from smoothx_tui.planning.plan import Plan

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
set_option = click.option(
    "--set", "tried", metavar="KEY=VALUE", multiple=True, help="Try a setting without saving it; repeatable."
)
filter_option = click.option(
    "--filter", "expression", metavar="EXPR", default="", help="Words, !word, act:blocked, total>1000."
)


@click.command(
    "plan",
    cls=Command,
    examples=(
        "smoothx-tui plan --filter 'act:new total>10000'",
        "smoothx-tui plan --set sync_as_draft=off --json",
        "smoothx-tui plan --out june.json && smoothx-tui sync --plan june.json",
    ),
)
@click.option("--item", "named", metavar="ID", multiple=True, help="Only this item; repeatable.")
@filter_option
@set_option
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Freeze the plan in this file."
)
@json_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 10 if there is something to send.")
@click.pass_context
def plan(
    context: click.Context,
    named: Sequence[str],
    expression: str,
    tried: Sequence[str],
    out: Path | None,
    *,
    as_json: bool,
    detailed_exitcode: bool,
) -> int:
    """Plan the pending items: what would happen, and why.

    Nothing is sent. --set tries a setting, --out freezes the plan in a file that sync --plan takes.
    """
    from smoothx_tui.cli.plan_json import plans_json
    from smoothx_tui.cli.plan_text import HEADERS, SPARE, plan_cells, summary_text

    chosen = with_tried(context, tried)
    output = tools(context).output

    async def work() -> int:
        async with read_session(tools(context), chosen) as session:
            found = selected(session.plans(), named, expression)
            if as_json:
                output.json(plans_json(session, found))
            else:
                output.table(
                    HEADERS, [plan_cells(one) for one in found], empty="no item matches", wraps=False, spare=SPARE
                )
                output.say(summary_text(found))
            if out is not None:
                from smoothx_tui.cli.plan_file import write_plan

                write_plan(output, out, session, found)
                output.say(f"frozen in {out}; send it with: smoothx-tui sync --plan {out}")
            sendable = any(one.sendable for one in found)
        return Exit.HAS_CHANGES if detailed_exitcode and sendable else Exit.OK

    return asyncio.run(work())


@click.command(
    "items",
    cls=Command,
    examples=(
        "smoothx-tui items --filter act:blocked",
        "smoothx-tui items --filter 'contact:harbour date:2026-06' --json",
    ),
)
@filter_option
@json_option
@click.pass_context
def items(context: click.Context, expression: str, *, as_json: bool) -> None:
    """List the items, each with what would happen to it."""
    from smoothx_tui.cli.plan_json import place_json
    from smoothx_tui.cli.plan_text import HEADERS, SPARE, plan_cells, summary_text

    async def work() -> None:
        async with read_session(tools(context), options(context)) as session:
            found = selected(session.plans(), (), expression)
            place = place_json(session)
        output = tools(context).output
        if as_json:
            output.json({**place, "items": [_item_json(one) for one in found]})
            return
        output.table(HEADERS, [plan_cells(one) for one in found], empty="no item matches", wraps=False, spare=SPARE)
        output.say(summary_text(found))

    asyncio.run(work())


@click.command(
    "show",
    cls=Command,
    examples=("smoothx-tui show HC-0045", "smoothx-tui show 'https://go.xero.com/.../View.aspx?InvoiceID=...'"),
)
@click.argument("item")
@set_option
@json_option
@click.pass_context
def show(context: click.Context, item: str, tried: Sequence[str], *, as_json: bool) -> None:
    """Show everything about ITEM: plan, payload, reasons, history.

    ITEM is an id, a number, or the address of a page in Procore or Xero.
    """
    from smoothx_tui.cli.naming import item_key
    from smoothx_tui.cli.plan_json import place_json
    from smoothx_tui.cli.plan_text import plan_text
    from smoothx_tui.planning.report import plan_json

    chosen = with_tried(context, tried)

    async def work() -> None:
        async with read_session(tools(context), chosen) as session:
            plan = session.plan_of(item_key(item, session.plans()))
            history = await session.history(plan.item)
            place = place_json(session)
        output = tools(context).output
        if as_json:
            output.json({**place, "item": plan_json(plan), "history": [operation_json(one) for one in history]})
        else:
            output.data(plan_text(plan, history))

    asyncio.run(work())


def operation_json(record: "OperationRecord") -> dict[str, Any]:
    """An operation of the ledger; times are UTC."""
    from smoothx_tui.ledger.records import moment

    return {
        "id": record.id,
        "item": record.item,
        "action": record.action,
        "state": record.state.value,
        "document_id": record.document_id or None,
        "approved_by": record.approved_by or None,
        "text": record.text,
        "fix": record.fix,
        "request_id": record.request_id or None,
        "created_at": moment(record.created_at).isoformat(),
        "updated_at": moment(record.updated_at).isoformat(),
    }


def _item_json(plan: "Plan") -> dict[str, Any]:
    from smoothx_tui.base.money import plain
    from smoothx_tui.session.rows import row_of

    row = row_of(plan)
    return {
        "id": plan.item,
        "kind": plan.kind.value,
        "number": plan.number,
        "contact": plan.contact,
        "project": plan.project,
        "date": plan.date.isoformat() if plan.date else None,
        "total": plain(row.total),
        "currency": row.currency,
        "action": plan.action.value,
        "danger": row.danger,
        "why": row.why,
        "document": {"status": plan.document.status.value, "id": plan.document.id} if plan.document else None,
    }
