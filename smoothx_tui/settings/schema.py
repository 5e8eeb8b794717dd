"""The settings of Smoothx's "Procore > Xero Syncing" page, and those of our own, as one table.

The screen, the file, the help, the command line and the documentation are made from `SCHEMA`; a new setting is one row
here and one field in `Settings`. Labels are Smoothx's own words. `said` is what its help page says, `reading` is our
reading where that page is silent, shown to the operator so that it can be disagreed with. The rows of a group that is
our `own` are not on that page: there `said` is what the setting does.

Nothing heavy is imported here: the console reads settings before its first frame.
"""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final


class SyncStatus(StrEnum):
    """Xero's screen words for the statuses that a new document may get when it is no draft."""

    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_PAYMENT = "awaiting_payment"


class Control(StrEnum):
    """How a setting is shown and edited."""

    SWITCH = "switch"
    CHOICE = "choice"
    MANY = "many"


class Offer(StrEnum):
    """What of the connected Procore company a MANY list offers, by id and name."""

    COST_TYPES = "cost_types"
    TAX_CODES = "tax_codes"
    COMPANIES = "companies"


@dataclass(frozen=True, slots=True)
class Settings:
    """The switches and lists as values. Immutable: trying a change makes a new one with `dataclasses.replace`."""

    sync_as_draft: bool = True
    sync_status: SyncStatus = SyncStatus.AWAITING_APPROVAL
    update_draft: bool = True
    update_awaiting_approval: bool = False
    update_approved: bool = False
    resync_deleted: bool = False
    delete_matching: bool = False
    erp_locking: bool = True
    multi_currency: bool = False
    accounting_currency_rate: bool = True
    sync_prior_locked_period: bool = False
    sync_project_number: bool = True
    sub_job_as_project: bool = True
    address_postal_and_street: bool = False
    ignore_cost_types: frozenset[str] = frozenset()
    ignore_tax_codes: frozenset[str] = frozenset()
    ignore_contacts: frozenset[str] = frozenset()
    sync_attachments: bool = False
    attachments_online: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the settings page; `table` is its table in settings.toml. `own`: Smoothx's page does not have it."""

    table: str
    label: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the settings page."""

    key: str
    table: str
    label: str
    control: Control
    said: str
    reading: str = ""
    choices: tuple[str, ...] = ()
    offer: Offer | None = None
    idle_unless: tuple[str, bool] | None = None
    """Greyed out (the value is kept) unless that other switch has this position."""
    default: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "default", _DEFAULTS[self.key])

    @property
    def name(self) -> str:
        """With its table, as the command line and error messages write it."""
        return f"{self.table}.{self.key}"


_PLAIN: Final = Settings()
_DEFAULTS: Final[dict[str, Any]] = {f.name: getattr(_PLAIN, f.name) for f in fields(Settings)}

GROUPS: Final = (
    Group("procore_to_xero", "Procore to Xero Syncing"),
    Group("advanced", "Advanced Options"),
    Group("attachments", "Attachments", own=True),
)

SCHEMA: Final[tuple[Setting, ...]] = (
    Setting(
        "sync_as_draft",
        "procore_to_xero",
        "Sync as Draft",
        Control.SWITCH,
        said="On, progress claims and direct costs are created as Draft; off, as 'Status when not Draft'.",
        reading="Only for new documents; an update never changes a status. Head contract claims always start as Draft.",
    ),
    Setting(
        "sync_status",
        "procore_to_xero",
        "Status when not Draft",
        Control.CHOICE,
        said="The status of a new bill while 'Sync as Draft' is off.",
        choices=tuple(SyncStatus),
        idle_unless=("sync_as_draft", False),
    ),
    Setting(
        "update_draft",
        "procore_to_xero",
        "Allow updates on draft Invoices or Bills",
        Control.SWITCH,
        said="On, a change in Procore reaches a synced document that is in Draft.",
        reading="An update replaces the lines whole; off, the item is held.",
    ),
    Setting(
        "update_awaiting_approval",
        "procore_to_xero",
        "Allow updates on awaiting approval Invoices or Bills",
        Control.SWITCH,
        said="On, a change in Procore reaches a synced document that is Awaiting Approval.",
        reading="An update replaces the lines whole; off, the item is held.",
    ),
    Setting(
        "update_approved",
        "procore_to_xero",
        "Allow updates on approved Invoices or Bills",
        Control.SWITCH,
        said="On, a change in Procore reaches a synced document that is Awaiting Payment ('approved').",
        reading="A document with any payment or credit is never updated; off, the item is held.",
    ),
    Setting(
        "resync_deleted",
        "procore_to_xero",
        "Allow re-sync of deleted Invoices or Bills",
        Control.SWITCH,
        said="On, an item whose document was deleted in Xero may be synced again.",
        reading="Deleted or voided; this creates a new document with a new id, in the status a new document gets.",
    ),
    Setting(
        "delete_matching",
        "procore_to_xero",
        "Delete matching Invoice or Bill when deleted in Procore",
        Control.SWITCH,
        said="On, the document of a progress claim or direct cost that was deleted in Procore is deleted or voided.",
        reading="Head contract claims are shown as orphaned, never deleted. A void needs its own confirmation.",
    ),
    Setting(
        "erp_locking",
        "advanced",
        "Enable Procore ERP Syncing Management",
        Control.SWITCH,
        said="On, a synced item is locked in Procore: it cannot be changed or deleted there.",
        reading="The lock is the last step, after Xero has the document. Turning it off unlocks nothing.",
    ),
    Setting(
        "multi_currency",
        "advanced",
        "Enable Multi-Currency",
        Control.SWITCH,
        said="On, the document has the Procore item's own currency; off, the company's (Xero base) currency.",
        reading="Off, the amounts of a foreign item are not converted, and the item is marked as a danger.",
    ),
    Setting(
        "accounting_currency_rate",
        "advanced",
        "Use Accounting ERP Currency Rate",
        Control.SWITCH,
        said="On, Xero's rates are used; off, the Procore project's exchange rate is sent.",
        reading="Xero's rate works the other way round, so Procore's is inverted; the preview shows both numbers.",
        idle_unless=("multi_currency", True),
    ),
    Setting(
        "sync_prior_locked_period",
        "advanced",
        "Allow syncing prior locked period",
        Control.SWITCH,
        said="On, a document dated in Xero's locked period gets the first day of the month after it; off, it fails.",
        reading="Off, the item is blocked before anything is sent, in every status.",
    ),
    Setting(
        "sync_project_number",
        "advanced",
        "Sync Project Number",
        Control.SWITCH,
        said="On, the Project tracking option reads '2235 - Project Name'; off, 'Project Name'.",
        reading="Changing it renames the option; it does not create a second one.",
    ),
    Setting(
        "sub_job_as_project",
        "advanced",
        "Sync Sub Job as Project",
        Control.SWITCH,
        said="On, a line with a sub job carries the PARENT project's option; off, one made from the sub job itself.",
        reading="The label sounds like the opposite.",
    ),
    Setting(
        "address_postal_and_street",
        "advanced",
        "Sync Contact Address in Postal and Street Address",
        Control.SWITCH,
        said="On, the Procore company's address fills both the postal and the street address of the Xero contact.",
        reading="Off, only the postal address; the street address in Xero is left alone.",
    ),
    Setting(
        "ignore_cost_types",
        "advanced",
        "Sync Ignore Cost Type",
        Control.MANY,
        said="A line with a chosen cost type is not synced.",
        reading="The plan names each dropped line; with no line left the item is skipped.",
        offer=Offer.COST_TYPES,
    ),
    Setting(
        "ignore_tax_codes",
        "advanced",
        "Sync Ignore Tax Code",
        Control.MANY,
        said="A line with a chosen tax code is not synced.",
        reading="The plan names each dropped line; with no line left the item is skipped.",
        offer=Offer.TAX_CODES,
    ),
    Setting(
        "ignore_contacts",
        "advanced",
        "Sync Ignore Contact(s)",
        Control.MANY,
        said="Items of a chosen Procore company (vendor; for head contract claims the client) are not synced.",
        reading="Skipped; an already synced document is left untouched.",
        offer=Offer.COMPANIES,
    ),
    Setting(
        "sync_attachments",
        "attachments",
        "Sync Attachments",
        Control.SWITCH,
        said="On, the files of a Procore item are attached to its document after it is posted: up to 10 files of up to "
        "10 MB. Nothing that is attached in Xero is ever replaced or deleted.",
        reading="Xero has to grant the scope accounting.attachments. Files go with a create or update of the document.",
    ),
    Setting(
        "attachments_online",
        "attachments",
        "Show Attachments Online",
        Control.SWITCH,
        said="On, the files of head contract claims can be opened by the client in Xero's online invoice.",
        reading="Off, only the organisation sees them, as is always the case with the files of bills.",
        idle_unless=("sync_attachments", True),
    ),
)

BY_KEY: Final[dict[str, Setting]] = {setting.key: setting for setting in SCHEMA}


def idle(setting: Setting, settings: Settings) -> bool:
    """Whether the setting has nothing to act on now, so that it is shown greyed out and keeps its value."""
    return setting.idle_unless is not None and getattr(settings, setting.idle_unless[0]) != setting.idle_unless[1]
