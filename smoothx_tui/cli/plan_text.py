"""Plans for people: a table, a summary, one item whole. The same facts as in JSON."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from smoothx_tui.base import jsontext
from smoothx_tui.base.money import show
from smoothx_tui.base.text import clean
from smoothx_tui.planning.plan import Action, Change, Plan, PlannedFile
from smoothx_tui.planning.report import totals_by_action
from smoothx_tui.session.rows import row_of

if TYPE_CHECKING:
    from smoothx_tui.ledger.records import OperationRecord

_THEN = {"lock": "lock in Procore", "attach": "attach the files in Xero"}
HEADERS = ("Id", "Act", "Type", "Number", "Contact", "Project", "Date", "Total", "", "Why")
SPARE = ("Type", "Date", "Project", "")
"""Columns that a narrow terminal does without, the first one first; an id begins with the type."""


def plan_cells(plan: Plan) -> tuple[str, ...]:
    """One line of the table."""
    row = row_of(plan)
    return (
        plan.item,
        row.act,
        row.type,
        row.number,
        row.contact,
        row.project,
        row.date.isoformat() if row.date else "",
        show(row.total),
        row.currency,
        f"DANGER {plan.dangers[0].text}" if plan.dangers else row.why,
    )


def summary_text(plans: Sequence[Plan]) -> str:
    """`214 items: 12 create 26,100.00 AUD, 3 blocked; 1 with a danger`."""
    amounts = totals_by_action(plans)
    parts = []
    for action in Action:
        count = sum(plan.action is action for plan in plans)
        if count:
            booked = " + ".join(f"{show(amount)} {currency}" for currency, amount in amounts.get(action, {}).items())
            parts.append(f"{count} {action.value} {booked}".strip())
    dangers = sum(plan.sendable and bool(plan.dangers) for plan in plans)
    danger = f"; {dangers} with a danger, to be allowed one by one" if dangers else ""
    files = sum(len(plan.attaching) for plan in plans)
    more = f"; {files} file{'' if files == 1 else 's'} to attach, a Xero call each" if files else ""
    return f"{len(plans)} item{'' if len(plans) == 1 else 's'}: {', '.join(parts) or 'nothing'}{danger}{more}"


def plan_text(plan: Plan, history: "Sequence[OperationRecord]") -> str:
    """Everything the plan says about its item, in the order of the console's tabs."""
    return "\n".join(_lines(plan, history))


def _lines(plan: Plan, history: "Sequence[OperationRecord]") -> Iterator[str]:
    document = f"  {plan.document.status.value} {plan.document.id}" if plan.document else ""
    yield f"{plan.item}  {plan.action.value}  {plan.number}  {plan.contact}  {plan.project}{document}"
    if plan.totals:
        t = plan.totals
        yield f"total {show(t.xero)} {t.currency}, Procore {show(t.procore)}, difference {show(t.difference)}"
    yield from _section("why", [f"{r.rule}: {r.text}{_setting(r.setting)}" for r in plan.reasons])
    yield from _section("findings", [_finding(finding) for finding in plan.findings])
    yield from _section("left out", [f"{o.line}  {show(o.amount)}  {o.rule}" for o in plan.left_out])
    yield from _section("diff", [change_text(change) for change in plan.diff])
    yield from _section("first", [f"{s.step.value.replace('_', ' ')} {_compact(s.body)}" for s in plan.first])
    if plan.payload is not None:
        sent = f"{plan.request.method} {plan.request.path}" if plan.request else "is not sent"
        yield from _section(f"payload  ({sent})", jsontext.dumps(plan.payload, indent=2).split("\n"))
    yield from _section("values", [f"{path}: {behind}" for path, behind in plan.why])
    yield from _section("files", [file_text(plan, file) for file in plan.files])
    yield from _section("then", [_THEN.get(step, step) for step in plan.then])
    yield from _section("history", [_operation(record) for record in history])


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {clean(line)}" for line in lines)


def change_text(change: Change) -> str:
    """`~ DueDate: 2026-06-30 -> 2026-07-30 (edited in Xero)`."""
    sign = "+" if change.xero is None else "-" if change.planned is None else "~"
    values = " -> ".join(value for value in (change.xero, change.planned) if value is not None)
    return f"{sign} {change.path}: {values}{' (edited in Xero)' if change.edited_in_xero else ''}"


def file_text(plan: Plan, file: PlannedFile) -> str:
    """`+ invoice.pdf  PUT /Invoices/…/Attachments/invoice.pdf`, `= …  attached before`, `- plans.zip  12.3 MB, …`."""
    if file.left_out:
        return f"- {file.source}  {file.left_out}"
    named = file.name if file.source == file.name else f"{file.name} (from {file.source})"
    if file.there:
        return f"= {named}  attached before"
    request = plan.request_of(file)
    return f"+ {named}  {request.method} {request.path}"


def _setting(setting: str) -> str:
    return f" [{setting}]" if setting else ""


def _finding(finding: Any) -> str:
    return f"{finding.level.value}: {finding.text}{f' - {finding.fix}' if finding.fix else ''}"


def _compact(body: dict[str, Any]) -> str:
    return jsontext.dumps(body)


def _operation(record: "OperationRecord") -> str:
    from smoothx_tui.ledger.records import moment

    at = f"{moment(record.updated_at):%Y-%m-%d %H:%M:%S}Z"
    return "  ".join(part for part in (at, record.action, record.state.value, record.approved_by, record.text) if part)
