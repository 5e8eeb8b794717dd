"""The decision table: what every setting does, by item kind and document status. Read it beside docs/settings.md.

`test_decision_table.py` runs every row, and `decision_page.py` writes `docs/decision-table.md` from them.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from smoothx_tui.procore.items import Kind
from smoothx_tui.settings.schema import SyncStatus

CLAIM, DIRECT, HEAD = Kind.PROGRESS_CLAIM, Kind.DIRECT_COST, Kind.HEAD_CONTRACT_CLAIM
ALL, BILLS = (CLAIM, DIRECT, HEAD), (CLAIM, DIRECT)
WORDS: Final = {CLAIM: "progress claim", DIRECT: "direct cost", HEAD: "head contract claim"}


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


SAID, READING, OWN = "said", "reading", "own"
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
    Row("sync_attachments", OWN, "the item's files are attached after it is posted", "new, with files", "files",
        "+claim.pdf +claim (2).pdf -plans.zip"),
    Row("sync_attachments", OWN, "off: no file is", "new, with files", "files", "", value=False),
    Row("sync_attachments", READING, "an update attaches what is missing", "changed draft, with files", "files",
        "+claim.pdf +claim (2).pdf -plans.zip"),
    Row("attachments_online", OWN, "the client sees them in the online invoice", "new, with files", "online",
        "claim.pdf claim (2).pdf", kinds=(HEAD,), more={"sync_attachments": True}),
    Row("attachments_online", READING, "the files of bills are never shown to anybody outside", "new, with files",
        "online", "", kinds=BILLS, more={"sync_attachments": True}),
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
