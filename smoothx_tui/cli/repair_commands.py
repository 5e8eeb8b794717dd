"""`unsync`, `link`, `unlink`, `resolve`: what an operator puts right by hand. Each asks, and is audited."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import click

from smoothx_tui.base.errors import Exit, UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.cli.options import Command, Tools, options, tools
from smoothx_tui.cli.plan_commands import json_option
from smoothx_tui.cli.sessions import read_session

if TYPE_CHECKING:
    from smoothx_tui.session.session import Session
    from smoothx_tui.syncing.report import ItemResult

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


@click.command("unsync", cls=Command, examples=("smoothx-tui unsync claim:71002", "smoothx-tui unsync HC-0045 --yes"))
@click.argument("item")
@yes_option
@json_option
@click.pass_context
def unsync(context: click.Context, item: str, *, yes: bool, as_json: bool) -> int:
    """Unlock ITEM in Procore; its document and link stay.

    The item can be changed in Procore again, and its next sync is an update of the same document. Nothing changes in
    Xero. ITEM is an id, a number, or the address of a page in Procore or Xero.
    """

    async def work(session: "Session") -> "ItemResult | None":
        from smoothx_tui.session import repairs

        key = _key(session, item)
        if not _agreed(context, session, f"Unlock {_name(session, key)} in Procore", yes=yes):
            return None
        return await repairs.unsync(session, key)

    return _run(context, "unsync", work, yes=yes, as_json=as_json)


@click.command(
    "link",
    cls=Command,
    examples=(
        "smoothx-tui link claim:71002 INV-0042",
        "smoothx-tui link HC-0045 'https://go.xero.com/.../View.aspx?InvoiceID=...'",
    ),
)
@click.argument("item")
@click.argument("document")
@yes_option
@json_option
@click.pass_context
def link(context: click.Context, item: str, document: str, *, yes: bool, as_json: bool) -> int:
    """Say that ITEM's document is DOCUMENT.

    For a bill or invoice that somebody entered by hand: the next plan compares the two instead of creating another.
    DOCUMENT is an id, a number, or its address in Xero; a bill for claims and costs, a sales invoice for head contract
    claims.
    """

    async def work(session: "Session") -> "ItemResult | None":
        from smoothx_tui.session import repairs

        key = _key(session, item)
        found = repairs.document_named(session.books, document, session.plan_of(key).kind)
        name = f"{clean(found.number)} ({clean(found.contact_name)}, {found.status.words}, {found.id})"
        if not _agreed(context, session, f"Link {_name(session, key)} to {name}", yes=yes):
            return None
        return await repairs.link(session, key, found)

    return _run(context, "link", work, yes=yes, as_json=as_json)


@click.command("unlink", cls=Command, examples=("smoothx-tui unlink claim:71002",))
@click.argument("item")
@yes_option
@json_option
@click.pass_context
def unlink(context: click.Context, item: str, *, yes: bool, as_json: bool) -> int:
    """Remove ITEM's link to its document.

    For a link that verify calls broken. Only the ledger changes: if Procore's lock or the document's Url still names
    the other side, the next plan finds the link again, and this command says so.
    """

    async def work(session: "Session") -> "ItemResult | None":
        from smoothx_tui.session import repairs

        key = await _linked_key(session, item)
        if not _agreed(context, session, f"Forget the link of {_name(session, key)}", yes=yes):
            return None
        return await repairs.unlink(session, key)

    return _run(context, "unlink", work, yes=yes, as_json=as_json)


@click.command(
    "resolve",
    cls=Command,
    examples=("smoothx-tui resolve 5f0c2a91", "smoothx-tui resolve claim:71002 --not-there"),
)
@click.argument("operation")
@click.option("--not-there", is_flag=True, help="You looked in Xero, and it was never created.")
@yes_option
@json_option
@click.pass_context
def resolve(context: click.Context, operation: str, *, not_there: bool, yes: bool, as_json: bool) -> int:
    """Settle an OPERATION that is held or unknown.

    Looks in Xero once more. If there is one live document, it becomes the operation's, is read back and locked. If
    there is none, --not-there releases the item. OPERATION is its id (shown by log), the beginning of it, or the item.
    """

    async def work(session: "Session") -> "ItemResult | None":
        from smoothx_tui.session import repairs

        record = await repairs.operation_named(session, operation, _item_or_none(session, operation))
        said = " as never made" if not_there else ""
        question = f"Resolve the {record.action} of {_name(session, record.item)}{said}, {record.state.value}"
        if not _agreed(context, session, question, yes=yes):
            return None
        return await repairs.resolve(session, record, not_there=not_there)

    return _run(context, "resolve", work, yes=yes, as_json=as_json)


def _run(
    context: click.Context,
    action: str,
    work: "Callable[[Session], Awaitable[ItemResult | None]]",
    *,
    yes: bool,
    as_json: bool,
) -> int:
    """Open, read, repair, tell. What cannot go on without a person is refused before anything is opened."""
    given = tools(context)
    may_change(context, action, yes=yes)

    async def repair() -> int:
        from smoothx_tui.syncing.report import Outcome

        async with read_session(given, options(context)) as session:
            result = await work(session)
            if result is None:
                given.output.say("nothing was changed")
                return Exit.OK
            _tell(given, session, action, result, as_json=as_json)
        return Exit.OK if result.outcome is Outcome.DONE else Exit.SOME_FAILED

    return asyncio.run(repair())


def may_change(context: click.Context, action: str, *, yes: bool) -> None:
    """Raises UsageError for a read-only run, and where nobody could be asked."""
    if options(context).read_only:
        raise UsageError(f"--read-only: {action} changes something", "leave it out to go on")
    if not yes and not tools(context).output.asks:
        raise UsageError(f"{action} asks before it changes anything, and there is no terminal to ask on", "give --yes")


def _agreed(context: click.Context, session: "Session", what: str, *, yes: bool) -> bool:
    place = session.place
    return yes or tools(context).output.ask_yes(f"{what}, at {place.organisation} {place.environment.value}.")


def _tell(tools: Tools, session: "Session", action: str, result: "ItemResult", *, as_json: bool) -> None:
    from smoothx_tui.cli.plan_json import place_json

    if as_json:
        tools.output.json({**place_json(session), "action": action, **result_json(result)})
        return
    text = result.text or {"unsync": "is not locked in Procore any more"}.get(action, result.outcome.value)
    tools.output.data(
        f"{result.item}: {clean(text)}{f' (document {result.document_id})' if result.document_id else ''}"
    )
    if result.fix:
        tools.output.say(clean(result.fix))


def result_json(result: "ItemResult") -> dict[str, Any]:
    """How one item ended."""
    return {
        "id": result.item,
        "outcome": result.outcome.value,
        "document_id": result.document_id or None,
        "text": result.text,
        "fix": result.fix,
        "request_id": result.request_id or None,
        "operation_id": result.operation_id or None,
    }


def _key(session: "Session", text: str) -> str:
    from smoothx_tui.cli.naming import item_key

    return item_key(text, session.plans())


async def _linked_key(session: "Session", text: str) -> str:
    """An item, or one that only the ledger still knows."""
    try:
        return _key(session, text)
    except UsageError:
        links = await asyncio.to_thread(session.ledger.links, session.place.tenant_id)
        if text.strip() in links:
            return text.strip()
        raise


def _item_or_none(session: "Session", text: str) -> str:
    """The item that is meant, where one is: whoever asks has another way to read the text."""
    try:
        return _key(session, text)
    except UsageError:
        return ""


def _name(session: "Session", key: str) -> str:
    plan = session.plans().get(key)
    return " ".join(part for part in (key, plan.number, plan.contact) if part) if plan else key
