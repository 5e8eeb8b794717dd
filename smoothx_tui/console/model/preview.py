"""The preview of one item as lines: difference or document, exact payload, why each value, what was done before."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from smoothx_tui.base import jsontext
from smoothx_tui.base.money import show
from smoothx_tui.console.glyphs import SIGNS, Glyphs
from smoothx_tui.console.model.lines import BLANK, Line, line, spans
from smoothx_tui.console.model.paths import leaves, short
from smoothx_tui.planning.plan import Action, Change, FirstStep, Level, Plan, PlannedFile, Step
from smoothx_tui.settings.schema import BY_KEY
from smoothx_tui.xero.statuses import DocumentType

if TYPE_CHECKING:
    from smoothx_tui.console.port import Operation

_TYPES: Final = {DocumentType.BILL: "Bill", DocumentType.SALES_INVOICE: "Sales invoice"}
_STEPS: Final = {
    Step.CREATE_CONTACT: "create the contact",
    Step.UPDATE_CONTACT: "fill in the contact's address",
    Step.CREATE_TRACKING_OPTION: "create the tracking option",
    Step.RENAME_TRACKING_OPTION: "rename the tracking option",
}
_THEN: Final = {
    "lock": "lock the item in Procore",
    "unlock": "take our lock off the item in Procore",
    "attach": "attach the item's files",
}
_LEVELS: Final = {Level.BLOCKER: ("blocked", "!"), Level.DANGER: ("danger", "DANGER"), Level.NOTE: ("note", "note")}
_TECHNICAL: Final = ("Type", "LineAmountTypes", "Url")
_MADE: Final = frozenset({Action.CREATE, Action.RECREATE})


def diff_lines(plan: Plan, glyphs: Glyphs, *, unfolded: bool) -> list[Line]:
    """What would change in Xero; for a new document, the document as a person reads it."""
    found = [_title(plan)]
    found += _findings(plan)
    if plan.action in _MADE or (plan.payload is not None and not plan.diff and plan.document is None):
        found += _document(plan)
    else:
        found += [_change(change, glyphs) for change in plan.diff]
        found += _unchanged(plan, unfolded=unfolded)
    found += [_first(step) for step in plan.first]
    found += [spans(("  then: ", "dim"), _THEN.get(step, step)) for step in plan.then]
    found += [_file(file) for file in plan.files]
    found += [
        spans(("  - left out ", "dim"), f"{left.line}  {show(left.amount)}  ", (left.rule, "dim"), indent=4)
        for left in plan.left_out
    ]
    if plan.reasons and all(finding.text != plan.summary for finding in plan.findings):
        found.append(spans(("  why: ", "dim"), plan.summary, indent=7))
    return found + _totals(plan, glyphs)


def payload_lines(plan: Plan, where: str = "") -> list[Line]:
    """The exact request: where it goes and its body, with the first steps in front."""
    found: list[Line] = []
    for step in plan.first:
        found.append(_first(step))
        found += _json(step.body)
    if plan.request is not None:
        found.append(spans((f"{plan.request.method} {plan.request.path}", "heading"), (f"  to {where}", "dim")))
    elif plan.payload is not None:
        found.append(line(f"not sent ({plan.action.value.replace('_', ' ')}); it would be:", "dim"))
    effect = plan.effect
    if effect is None:
        return [*found, line("Nothing is sent for this item.", "dim"), spans(("why: ", "dim"), plan.summary, indent=5)]
    found += _json({"Invoices": [effect]})
    for file in plan.attaching:
        request = plan.request_of(file)
        found.append(spans((f"{request.method} {request.path}", "heading"), (f"  the bytes of {file.source}", "dim")))
    return found


def why_lines(plan: Plan) -> list[Line]:
    """What is in the way comes first, then every value with what is behind it, then the rules that had a say."""
    values = dict(leaves(plan.payload)) if plan.payload is not None else {}
    found = _findings(plan, heading="Findings")
    if plan.why:
        found.append(line("Values", "heading"))
    for path, source in plan.why:
        value = values.get(path)
        shown = "" if value is None else _shown(value)
        found.append(spans(f"  {short(path):<20} ", f"{shown:<12} ", (" " + source, "dim"), key=path, indent=6))
    if plan.reasons:
        found.append(line("Rules, in their order", "heading"))
    said = set()
    for reason in plan.reasons:
        what = (reason.text, reason.setting, reason.before, reason.after)
        if what in said:
            continue  # the rule that found it and the one that decides by it say the same
        said.add(what)
        named = BY_KEY[reason.setting].label if reason.setting in BY_KEY else reason.setting
        moved = f"  {reason.before} -> {reason.after}" if reason.before or reason.after else ""
        tail = f"   [{named}]" if named else ""
        found.append(spans(f"  {reason.text}", moved, (tail, "dim"), key=reason.setting, indent=4))
    return found


def history_lines(operations: Sequence["Operation"]) -> list[Line]:
    """What the ledger knows of the item, newest first."""
    if not operations:
        return [line("Nothing has been sent for this item from here yet.", "dim")]
    found: list[Line] = []
    for operation in sorted(operations, key=lambda each: each.created_at, reverse=True):
        when = operation.updated_at or operation.created_at
        moment = dt.datetime.fromtimestamp(when, dt.UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        role = {"done": "done", "refused": "failed", "held": "failed", "unknown": "unknown"}.get(operation.state, "")
        who = f" by {operation.approved_by}" if operation.approved_by else ""
        found.append(spans(f"{moment}  ", (f"{operation.action} {operation.state}", role), who, indent=4))
        if operation.document_id:
            found.append(spans(("    document ", "dim"), operation.document_id))
        if operation.text:
            found.append(line(f"    {operation.text}", indent=4))
        if operation.fix:
            found.append(spans(("    next: ", "dim"), operation.fix, indent=4))
        if operation.request_id:
            found.append(spans(("    request ", "dim"), operation.request_id))
    return found


def _title(plan: Plan) -> Line:
    role = plan.action.value
    status = str((plan.payload or {}).get("Status", "")) or (plan.document.status.value if plan.document else "")
    kind = _TYPES[plan.document_type]
    number = plan.number or "(no number)"
    name = plan.action.value.replace("_", " ")
    return spans(
        (f"{SIGNS[plan.action]} {name}", role), f"  {kind} {number}  {status}  ", (plan.contact, "dim"), indent=2
    )


def _findings(plan: Plan, heading: str = "") -> list[Line]:
    found = [line(heading, "heading")] if heading and plan.findings else []
    for finding in plan.findings:
        role, word = _LEVELS[finding.level]
        found.append(spans((f"  {word} ", role), finding.text, indent=4))
        if finding.fix:
            found.append(spans(("    next: ", "dim"), finding.fix, indent=4))
    return found


def _document(plan: Plan) -> Iterator[Line]:
    """The header as a person reads it, the lines, and last what only programs look at."""
    payload = plan.payload or {}
    lines = payload.get("LineItems") or ()
    rest = {name: value for name, value in payload.items() if name not in ("LineItems", *_TECHNICAL)}
    for name, value in rest.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {_amount(each)}" for key, each in value.items())  # noqa: PLW2901
        yield spans((f"  {name:<16}", "dim"), _amount(value), indent=18)
    for number, item in enumerate(lines, 1):
        yield _document_line(number, item)
    for name in _TECHNICAL:
        if name in payload:
            yield spans((f"  {name:<16}{_amount(payload[name])}", "dim"), indent=18)


def _document_line(number: int, item: dict[str, Any]) -> Line:
    quantity, price = item.get("Quantity"), item.get("UnitAmount")
    amount = _amount(price) if quantity in (None, 1) else f"{_amount(quantity)} x {_amount(price)}"
    codes = "  ".join(str(item.get(name) or "") for name in ("AccountCode", "TaxType")).rstrip()
    tracking = ", ".join(str(each.get("Option", "")) for each in item.get("Tracking") or ())
    text = str(item.get("Description", "")).replace("\n", " / ")
    return spans((f"  + {number:<3}", "added"), f"{amount:>12}  {codes}  {text}  ", (tracking, "dim"), indent=21)


def _change(change: Change, glyphs: Glyphs) -> Line:
    path = short(change.path)
    # The arrow in text is ASCII on purpose: it is copied into chats.
    edited = ("   changed by a person in Xero since our last write", "danger") if change.edited_in_xero else ""
    if change.xero is None:
        return spans(("  + ", "added"), f"{path}  ", (change.planned or "", "added"), edited, indent=6)
    if change.planned is None:
        return spans(("  - ", "removed"), f"{path}  ", (change.xero, "removed"), edited, indent=6)
    return spans(
        ("  ~ ", "changed"), f"{path:<18} ", (change.xero, "removed"), f"  {glyphs.arrow} ", (change.planned, "added"),
        edited, indent=6,
    )  # fmt: skip


def _unchanged(plan: Plan, *, unfolded: bool) -> list[Line]:
    if plan.payload is None:
        return []
    changed = tuple(change.path for change in plan.diff)
    same = [(path, value) for path, value in leaves(plan.payload) if not path.startswith(changed)]
    if not same:
        return []
    if not unfolded:
        noun = "field" if len(same) == 1 else "fields"
        return [line(f"  = {len(same)} unchanged {noun} (U shows them)", "dim")]
    return [spans((f"  = {short(path)}  {_shown(value)}", "dim"), indent=6) for path, value in same]


def _first(step: FirstStep) -> Line:
    name = str(step.body.get("Name") or step.body.get("Option") or step.body.get("ContactID") or "")
    return spans(("  first: ", "dim"), f"{_STEPS[step.step]} ", name, indent=9)


def _file(file: PlannedFile) -> Line:
    """A file and what becomes of it; another name than Procore's is said."""
    if file.left_out:
        return spans(("  - not attached ", "dim"), f"{file.source}  ", (file.left_out, "dim"), indent=4)
    was = f"  from {file.source}" if file.source != file.name else ""
    if file.there:
        return spans((f"  = {file.name}{was}  attached before", "dim"), indent=4)
    seen = ("  shown to the client online", "changed") if file.online else ""
    return spans(("  + ", "added"), file.name, (f"{was}  {file.megabytes}".rstrip(), "dim"), seen, indent=4)


def _totals(plan: Plan, glyphs: Glyphs) -> list[Line]:
    if plan.totals is None:
        return []
    totals = plan.totals
    if plan.payload is None and plan.document is None:
        # Xero has nothing of it and gets nothing: there is no second total to compare with.
        return [BLANK, spans(("  Procore ", "dim"), f"{show(totals.procore)} {totals.currency}")]
    dot = f" {glyphs.dot} "
    role = "danger" if totals.difference else "dim"
    return [
        BLANK,
        spans(
            ("  Total ", "dim"), f"{show(totals.xero)} {totals.currency}", (dot + "Procore ", "dim"),
            show(totals.procore), (dot + "difference ", "dim"), (show(totals.difference), role), indent=8,
        ),
    ]  # fmt: skip


def _json(value: Any) -> list[Line]:
    return [
        line(text, indent=len(text) - len(text.lstrip()) + 2) for text in jsontext.dumps(value, indent=2).split("\n")
    ]


def _amount(value: Any) -> str:
    """For reading: thousands apart, every digit kept."""
    return f"{value:,}" if isinstance(value, Decimal) else _shown(value)


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    return value if isinstance(value, str) else jsontext.dumps(value)
