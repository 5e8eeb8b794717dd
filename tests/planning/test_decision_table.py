"""The decision table: what every setting does, by item kind and document status. Read it beside settings.md.

`docs/decision-table.md` is written from the tables below: `python tests/planning/test_decision_table.py`.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from smoothx_tui.planning.gone import gone_item
from smoothx_tui.planning.plan import Plan, Step
from smoothx_tui.procore.items import Kind
from smoothx_tui.settings.schema import SCHEMA, SyncStatus
from smoothx_tui.xero.documents import Document, Status

if TYPE_CHECKING:
    from tests.planning.conftest import Given, Make

    Situations = dict[str, Callable[[Make, Kind], Given]]

CLAIM, DIRECT, HEAD = Kind.PROGRESS_CLAIM, Kind.DIRECT_COST, Kind.HEAD_CONTRACT_CLAIM
ALL, BILLS = (CLAIM, DIRECT, HEAD), (CLAIM, DIRECT)
WORDS: Final = {CLAIM: "progress claim", DIRECT: "direct cost", HEAD: "head contract claim"}
DOC: Final = Path(__file__).parents[2] / "docs" / "decision-table.md"

# The matrix: Procore's side and the document's status -> the action, and what each setting makes of it. ---------------

NONE, PART_PAID = "none", "part paid"
MATRIX: Final[tuple[tuple[str, str, dict[str, str]], ...]] = (
    # Procore's side, document, {settings: action}; "" is the settings' own defaults
    ("approved", NONE, {"": "create"}),
    ("same", "DRAFT", {"": "unchanged"}),
    ("same", "SUBMITTED", {"": "unchanged"}),
    ("same", "AUTHORISED", {"": "unchanged"}),
    ("same", PART_PAID, {"": "unchanged"}),
    ("same", "PAID", {"": "unchanged"}),
    ("same", "DELETED", {"": "held", "resync_deleted": "recreate"}),
    ("same", "VOIDED", {"": "held", "resync_deleted": "recreate"}),
    ("changed", "DRAFT", {"": "update", "not update_draft": "held"}),
    ("changed", "SUBMITTED", {"": "held", "update_awaiting_approval": "update"}),
    ("changed", "AUTHORISED", {"": "held", "update_approved": "update"}),
    ("changed", PART_PAID, {"": "held", "update_approved": "held"}),
    ("changed", "PAID", {"": "held", "update_approved": "held"}),
    ("changed", "DELETED", {"": "held", "resync_deleted": "recreate"}),
    ("changed", "VOIDED", {"": "held", "resync_deleted": "recreate"}),
    ("gone", "DRAFT", {"": "orphaned", "delete_matching": "delete"}),
    ("gone", "SUBMITTED", {"": "orphaned", "delete_matching": "delete"}),
    ("gone", "AUTHORISED", {"": "orphaned", "delete_matching": "void"}),
    ("gone", PART_PAID, {"": "orphaned", "delete_matching": "blocked"}),
    ("gone", "PAID", {"": "orphaned", "delete_matching": "blocked"}),
    ("gone", "DELETED", {"": "orphaned", "delete_matching": "orphaned"}),
    ("gone", "VOIDED", {"": "orphaned", "delete_matching": "orphaned"}),
    ("not approved", NONE, {"": "not_ready"}),
    ("not approved", "DRAFT", {"": "not_ready"}),
    ("locked by another integration", NONE, {"": "locked_elsewhere"}),
    ("dated in the locked period", NONE, {"": "blocked", "sync_prior_locked_period": "create"}),
    ("dated in the locked period, same", "DRAFT", {"": "unchanged", "sync_prior_locked_period": "unchanged"}),
    ("dated in the locked period, changed", "DRAFT", {"": "blocked", "sync_prior_locked_period": "blocked"}),
    ("of an ignored contact", NONE, {"": "skipped"}),
    ("of an ignored contact, changed", "DRAFT", {"": "skipped"}),
)
HEADS_DIFFER: Final = {("gone", "delete_matching"): "orphaned"}
"""Where a head contract claim's action is another than the table's: settings.md, delete_matching."""


def _cells() -> Iterator[tuple[Kind, str, str, str, str]]:
    for side, standing, actions in MATRIX:
        for setting, action in actions.items():
            for kind in ALL:
                expected = HEADS_DIFFER.get((side, setting), action) if kind is HEAD else action
                yield kind, side, standing, setting, expected


@pytest.mark.parametrize(("kind", "side", "standing", "setting", "action"), list(_cells()))
def test_matrix(make: "Make", kind: Kind, side: str, standing: str, setting: str, action: str) -> None:
    plan = _cell(make, kind, side, standing, setting)
    assert plan.action.value == action, plan.reasons


def _cell(make: "Make", kind: Kind, side: str, standing: str, setting: str) -> Plan:
    item = make.item(kind)
    changes: dict[str, Any] = {}
    if setting:
        changes[setting.removeprefix("not ")] = not setting.startswith("not ")
    if "ignored contact" in side:
        changes["ignore_contacts"] = frozenset({item.company.id if item.company else ""})
    documents = [] if standing == NONE else [_standing(make, kind, standing)]
    if "locked period" in side:
        books = make.books(documents, period_lock=dt.date(2026, 6, 30))
    else:
        books = make.books(documents)
    if "changed" in side:
        item = replace(item, lines=(make.line(1, "1200.00", tax_codes=item.lines[0].tax_codes),))
    if side == "not approved":
        item = replace(item, status="under_review")
    if side == "locked by another integration":
        item = replace(item, origin_id="sage:4711")
    if side == "gone":
        item = gone_item(item.key, documents[0])
    return make.plan(item, make.settings(**changes), books=books)


def _standing(make: "Make", kind: Kind, standing: str) -> Document:
    if standing == PART_PAID:
        return replace(make.document(make.item(kind), Status.AUTHORISED), amount_paid=Decimal("10.00"))
    return make.document(make.item(kind), Status(standing))


# What the settings say, one row a sentence. -------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """`says`: the sentence of settings.md. `given`: the situation; `see`: what is looked at; `then`: what is seen."""

    setting: str
    grade: str
    says: str
    given: str
    see: str
    then: str
    value: Any = True
    kinds: tuple[Kind, ...] = ALL
    more: dict[str, Any] = field(default_factory=dict)


SAID, READING = "said", "reading"
PAYMENT, APPROVAL = SyncStatus.AWAITING_PAYMENT, SyncStatus.AWAITING_APPROVAL
ROWS: Final[tuple[Row, ...]] = (
    Row("sync_as_draft", SAID, "on: created as Draft", "new", "status", "DRAFT"),
    Row("sync_as_draft", SAID, "off: created as sync_status", "new", "status", "SUBMITTED", value=False, kinds=BILLS),
    Row("sync_as_draft", READING, "acts at creation only, an update never moves a status", "changed awaiting approval",
        "status", "SUBMITTED", more={"update_awaiting_approval": True}),
    Row("sync_as_draft", READING, "head contract claims are always created as Draft", "new", "status", "DRAFT",
        value=False, kinds=(HEAD,), more={"sync_status": PAYMENT}),
    Row("sync_as_draft", READING, "a recreated document gets the status that a new one gets", "deleted in Xero",
        "status", "AUTHORISED", value=False, kinds=BILLS, more={"sync_status": PAYMENT, "resync_deleted": True}),
    Row("sync_status", SAID, "awaiting_approval is SUBMITTED", "new", "status", "SUBMITTED", value=APPROVAL,
        kinds=BILLS, more={"sync_as_draft": False}),
    Row("sync_status", SAID, "awaiting_payment is AUTHORISED", "new", "status", "AUTHORISED", value=PAYMENT,
        kinds=BILLS, more={"sync_as_draft": False}),
    Row("sync_status", SAID, "keeps its value and does nothing while sync_as_draft is on", "new", "status", "DRAFT",
        value=PAYMENT),
    Row("update_draft", SAID, "a change reaches a document in Draft", "changed draft", "action", "update"),
    Row("update_draft", SAID, "off: held, not failed", "changed draft", "held by", "update_draft", value=False),
    Row("update_draft", READING, "an update replaces the lines whole, keeping each line's LineItemID", "changed draft",
        "line ids", "kept"),
    Row("update_awaiting_approval", SAID, "a change reaches a document Awaiting Approval",
        "changed awaiting approval", "action", "update"),
    Row("update_awaiting_approval", SAID, "off: held, not failed", "changed awaiting approval", "held by",
        "update_awaiting_approval", value=False),
    Row("update_approved", SAID, "approved means Awaiting Payment", "changed awaiting payment", "action", "update"),
    Row("update_approved", SAID, "off: held, not failed", "changed awaiting payment", "held by", "update_approved",
        value=False),
    Row("update_approved", SAID, "a document with any payment or credit is never updated", "changed part paid",
        "action", "held"),
    Row("update_approved", READING, "an update never moves the status", "changed awaiting payment", "status",
        "AUTHORISED"),
    Row("resync_deleted", SAID, "on: an item whose document was deleted in Xero is synced again", "deleted in Xero",
        "action", "recreate"),
    Row("resync_deleted", SAID, "off: it is not", "deleted in Xero", "held by", "resync_deleted", value=False),
    Row("resync_deleted", READING, "deleted means voided too", "voided in Xero", "action", "recreate"),
    Row("resync_deleted", READING, "it makes a new document with a new id", "deleted in Xero", "document id", "new"),
    Row("delete_matching", SAID, "on: the document of a deleted item is deleted", "gone, draft", "action", "delete",
        kinds=BILLS),
    Row("delete_matching", SAID, "AUTHORISED becomes VOIDED", "gone, awaiting payment", "action", "void", kinds=BILLS),
    Row("delete_matching", SAID, "one with payments is refused", "gone, paid", "action", "blocked", kinds=BILLS),
    Row("delete_matching", SAID, "off: the document stays, the item is orphaned", "gone, draft", "action", "orphaned",
        value=False),
    Row("delete_matching", READING, "head contract claims are orphaned, never deleted", "gone, draft", "action",
        "orphaned", kinds=(HEAD,)),
    Row("delete_matching", READING, "the update switches do not gate deletion", "gone, draft", "action", "delete",
        kinds=BILLS, more={"update_draft": False}),
    Row("delete_matching", READING, "a void needs its own confirmation", "gone, awaiting payment", "dangers", "void",
        kinds=BILLS),
    Row("erp_locking", SAID, "on: locked in Procore once synced", "new", "then", "lock"),
    Row("erp_locking", READING, "off: nothing follows", "new", "then", "", value=False),
    Row("erp_locking", READING, "the lock is the last step, a second effect of the plan", "changed draft", "then",
        "lock"),
    Row("multi_currency", SAID, "on: the item's own currency", "foreign", "currency", "USD"),
    Row("multi_currency", SAID, "off: the base currency", "foreign", "currency", "AUD", value=False),
    Row("multi_currency", READING, "off: a foreign item is a danger, its amounts are not converted", "foreign",
        "dangers", "foreign_amounts", value=False),
    Row("multi_currency", READING, "an item in the base currency is no danger", "new", "dangers", "", value=False),
    Row("accounting_currency_rate", SAID, "on: Xero's rates, CurrencyRate is left out", "foreign", "rate", "",
        more={"multi_currency": True}),
    Row("accounting_currency_rate", SAID, "off: the project's rate, inverted for Xero", "foreign", "rate", "0.650000",
        value=False, more={"multi_currency": True}),
    Row("accounting_currency_rate", SAID, "never sent for the base currency", "new", "rate", "", value=False,
        more={"multi_currency": True}),
    Row("accounting_currency_rate", READING, "nothing to act on while multi_currency is off", "foreign", "rate", "",
        value=False),
    Row("sync_prior_locked_period", SAID, "on: the first day of the month after the locked period (30 Jun: 1 Jul)",
        "locked to 30 Jun", "date", "2026-07-01"),
    Row("sync_prior_locked_period", SAID, "a lock at 15 Jun gives 1 Jul too", "dated 15 Jun, locked to 15 Jun", "date",
        "2026-07-01"),
    Row("sync_prior_locked_period", SAID, "the later of the two lock dates counts", "year locked to 31 May", "date",
        "2026-06-30"),
    Row("sync_prior_locked_period", SAID, "off: the sync fails, before anything is sent", "locked to 30 Jun", "action",
        "blocked", value=False),
    Row("sync_prior_locked_period", READING, "in every status, also for a draft", "locked to 30 Jun", "action",
        "blocked", value=False, more={"sync_as_draft": True}),
    Row("sync_prior_locked_period", READING, "the due date is recomputed where it came from terms",
        "locked to 30 Jun", "due date", "2026-07-31", kinds=BILLS),
    Row("sync_prior_locked_period", READING, "Procore's due date is kept, but never before the new date",
        "locked to 30 Jun, due 30 Jun", "due date", "2026-07-01"),
    Row("sync_prior_locked_period", READING, "a date is not moved twice", "moved once, lock moved on", "action",
        "unchanged"),
    Row("sync_project_number", SAID, "on: `2235 - Quay St`", "new", "option", "2235 - Quay St"),
    Row("sync_project_number", SAID, "off: `Quay St`", "new", "option", "Quay St", value=False),
    Row("sync_project_number", READING, "a project without a number: its name alone", "project without number",
        "option", "Quay St"),
    Row("sync_project_number", READING, "flipping it renames the option and makes no second one", "new",
        "first steps", "rename_tracking_option", value=False),
    Row("sync_project_number", READING, "more than 100 characters: blocked, never cut", "long project name", "action",
        "blocked"),
    Row("sub_job_as_project", SAID, "on: a line with a sub job carries the parent project's option", "sub job",
        "option", "2235 - Quay St"),
    Row("sub_job_as_project", SAID, "off: one made from the sub job's full number and name", "sub job", "option",
        "2235-01 - Carpark", value=False),
    Row("sub_job_as_project", READING, "the sub job keeps its number whatever sync_project_number says", "sub job",
        "option", "2235-01 - Carpark", value=False, more={"sync_project_number": False}),
    Row("address_postal_and_street", SAID, "on: postal and street address", "unknown company", "addresses",
        "POBOX STREET"),
    Row("address_postal_and_street", READING, "off: the postal one only", "unknown company", "addresses", "POBOX",
        value=False),
    Row("address_postal_and_street", READING, "on: an empty address of an existing contact is filled",
        "contact without street", "addresses", "STREET"),
    Row("address_postal_and_street", READING, "off: an existing contact is left alone", "contact without street",
        "addresses", "", value=False),
    Row("ignore_cost_types", SAID, "a line with a chosen cost type is not synced", "two cost types", "left out",
        "ignore_cost_types 250.00", value=frozenset({"19"})),
    Row("ignore_cost_types", SAID, "no line left: skipped, not failed", "new", "action", "skipped",
        value=frozenset({"18"})),
    Row("ignore_tax_codes", SAID, "a line with a chosen tax code is not synced", "two tax codes", "left out",
        "ignore_tax_codes 250.00", value=frozenset({"89"}), kinds=BILLS),
    Row("ignore_tax_codes", SAID, "no line left: skipped, not failed", "new", "action", "skipped",
        value=frozenset({"88"}), kinds=BILLS),
    Row("ignore_tax_codes", READING, "never matches a head contract line", "two tax codes", "left out", "",
        value=frozenset({"88", "89"}), kinds=(HEAD,)),
    Row("ignore_contacts", SAID, "items of a chosen vendor are not synced", "new", "action", "skipped",
        value=frozenset({"1101"}), kinds=BILLS),
    Row("ignore_contacts", SAID, "for head contract claims the client", "new", "action", "skipped",
        value=frozenset({"1102"}), kinds=(HEAD,)),
    Row("ignore_contacts", SAID, "an already synced document is left untouched", "changed draft", "action", "skipped",
        value=frozenset({"1101", "1102"})),
)  # fmt: skip

# "Effect by item type": the row of settings.md -> what each kind shows. Nothing is left to a kind's likeness. ------
EFFECTS: Final[tuple[Row, ...]] = (
    Row("sync_as_draft", "effect", "progress claim and direct cost: yes", "new", "status", "SUBMITTED", False, BILLS),
    Row("sync_as_draft", "effect", "head contract claim: no, always Draft", "new", "status", "DRAFT", False, (HEAD,)),
    Row("update_draft", "effect", "all three", "changed draft", "action", "update"),
    Row("resync_deleted", "effect", "all three", "deleted in Xero", "action", "recreate"),
    Row("delete_matching", "effect", "progress claim and direct cost: yes", "gone, draft", "action", "delete", True,
        BILLS),
    Row("delete_matching", "effect", "head contract claim: no, orphaned", "gone, draft", "action", "orphaned", True,
        (HEAD,)),
    Row("erp_locking", "effect", "all three", "new", "then", "lock"),
    Row("multi_currency", "effect", "all three", "foreign", "currency", "USD"),
    Row("sync_prior_locked_period", "effect", "all three", "locked to 30 Jun", "date", "2026-07-01"),
    Row("sync_prior_locked_period", "effect", "date used: billing date (claims)", "new", "why date",
        "Procore: billing_date", kinds=(CLAIM, HEAD)),
    Row("sync_prior_locked_period", "effect", "date used: direct cost date", "new", "why date",
        "Procore: direct_cost_date", kinds=(DIRECT,)),
    Row("sub_job_as_project", "effect", "tracking: per line", "sub job", "option", "2235-01 - Carpark", False),
    Row("ignore_cost_types", "effect", "ignored lines: per line", "two cost types", "left out",
        "ignore_cost_types 250.00", frozenset({"19"})),
    Row("ignore_tax_codes", "effect", "ignored lines: per line, where the line has one", "two tax codes", "left out",
        "ignore_tax_codes 250.00", frozenset({"89"}), BILLS),
    Row("address_postal_and_street", "effect", "the vendor's contact, the client's contact", "unknown company",
        "addresses", "POBOX STREET"),
    Row("ignore_contacts", "effect", "vendor", "new", "action", "skipped", frozenset({"1101"}), BILLS),
    Row("ignore_contacts", "effect", "client", "new", "action", "skipped", frozenset({"1102"}), (HEAD,)),
)  # fmt: skip


def _row_id(value: object) -> str:
    return f"{value.setting}-{value.grade}-{value.says[:40]}" if isinstance(value, Row) else str(value)


@pytest.mark.parametrize(("row", "kind"), [(row, kind) for row in ROWS + EFFECTS for kind in row.kinds], ids=_row_id)
def test_setting(make: "Make", situations: "Situations", row: Row, kind: Kind) -> None:
    item, books = situations[row.given](make, kind)
    plan = make.plan(item, make.settings(**{row.setting: row.value, **row.more}), books=books)
    assert SEEN[row.see](plan) == row.then, plan.reasons


@pytest.mark.parametrize("setting", [setting.key for setting in SCHEMA])
def test_every_setting_has_its_rows(setting: str) -> None:
    grades = {row.grade for row in ROWS if row.setting == setting}
    assert SAID in grades


@pytest.mark.parametrize("setting", [setting.key for setting in SCHEMA if setting.reading])
def test_every_reading_has_a_row(setting: str) -> None:
    if setting in {"ignore_cost_types", "ignore_contacts", "update_awaiting_approval"}:
        return  # their reading is the one above of their neighbours, or is said by the page as well
    assert any(row.grade == READING for row in ROWS if row.setting == setting)


# What is looked at. -------------------------------------------------------------------------------------------------


def _member(name: str) -> Callable[[Plan], str]:
    return lambda plan: str((plan.payload or {}).get(name, ""))


def _option(plan: Plan) -> str:
    assert plan.payload is not None
    return str(plan.payload["LineItems"][0]["Tracking"][0]["Option"])


def _addresses(plan: Plan) -> str:
    bodies = [step.body for step in plan.first if step.step in {Step.CREATE_CONTACT, Step.UPDATE_CONTACT}]
    return " ".join(address["AddressType"] for body in bodies for address in body.get("Addresses", ()))


def _line_ids(plan: Plan) -> str:
    assert plan.payload is not None
    return "kept" if all(line.get("LineItemID") for line in plan.payload["LineItems"]) else "new"


SEEN: Final[dict[str, Callable[[Plan], str]]] = {
    "action": lambda plan: plan.action.value,
    "status": _member("Status"),
    "currency": _member("CurrencyCode"),
    "rate": _member("CurrencyRate"),
    "date": _member("Date"),
    "due date": _member("DueDate"),
    "document id": lambda plan: "the same" if "InvoiceID" in (plan.payload or {}) else "new",
    "line ids": _line_ids,
    "held by": lambda plan: plan.reasons[-1].setting if plan.action.value == "held" else plan.action.value,
    "then": lambda plan: " ".join(plan.then),
    "dangers": lambda plan: " ".join(danger.code for danger in plan.dangers),
    "first steps": lambda plan: " ".join(step.step.value for step in plan.first),
    "left out": lambda plan: " ".join(f"{entry.rule} {entry.amount}" for entry in plan.left_out),
    "option": _option,
    "addresses": _addresses,
    "why date": lambda plan: dict(plan.why)["Date"],
}


# The page. ----------------------------------------------------------------------------------------------------------


def render() -> str:
    lines = [
        "# The decision table",
        "",
        "What happens to an item, by what stands in Procore and in Xero, and what each setting makes of it. Written",
        "from the tables in `tests/planning/test_decision_table.py`, which run every line of it.",
        "",
        "## By document status",
        "",
        "All three item kinds, unless the last column says otherwise. A setting that is not named has its default.",
        "",
        "| Procore's item | document | settings | action | head contract claims |",
        "|---|---|---|---|---|",
    ]
    for side, standing, actions in MATRIX:
        for setting, action in actions.items():
            shown = setting.replace("not ", "") + (" off" if setting.startswith("not ") else " on") if setting else ""
            other = HEADS_DIFFER.get((side, setting), "")
            lines.append(f"| {side} | {standing} | {shown} | {action} | {other if other != action else ''} |")
    for title, rows in (("By setting", ROWS), ("Effect by item type", EFFECTS)):
        lines += ["", f"## {title}", ""]
        if rows is ROWS:
            lines += [
                "`said`: Smoothx's help page says it. `reading`: the page is silent or unclear; this is our reading.",
                "",
            ]
        lines += ["| setting | value | | what it says | item | situation | seen |", "|---|---|---|---|---|---|---|"]
        lines.extend(_page_row(row) for row in rows)
    return "\n".join(lines) + "\n"


def _page_row(row: Row) -> str:
    value = {True: "on", False: "off"}.get(row.value) if isinstance(row.value, bool) else _value(row.value)
    more = ", ".join(f"{name} {'on' if on is True else 'off' if on is False else on}" for name, on in row.more.items())
    kinds = "all" if row.kinds == ALL else ", ".join(WORDS[kind] for kind in row.kinds)
    given = f"{row.given}; {more}" if more else row.given
    seen = f"{row.see}: {row.then or 'none'}"
    return f"| `{row.setting}` | {value} | {row.grade} | {row.says} | {kinds} | {given} | {seen} |"


def _value(value: object) -> str:
    return ", ".join(sorted(value)) if isinstance(value, frozenset) else str(value)


def test_the_page_is_what_the_tables_say() -> None:
    assert DOC.read_text(encoding="utf-8") == render(), "run: python tests/planning/test_decision_table.py"


if __name__ == "__main__":
    DOC.parent.mkdir(exist_ok=True)
    DOC.write_text(render(), encoding="utf-8")
