"""What the ledger remembers of an item's earlier sync, or what was adopted where it remembers nothing."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class LinkSource(StrEnum):
    """Where a link comes from; anything but the ledger is said in the plan's reasons."""

    LEDGER = "ledger"
    ORIGIN_ID = "origin_id"
    URL = "url"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of the item that was attached to the document from here. `id` is Procore's, `name` the one in Xero."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Link:
    """An item and its document. `item` is the item's key (`claim:ID`)."""

    item: str
    document_id: str
    source: LinkSource = LinkSource.LEDGER
    sent: str = ""
    """The payload of our last write as JSON text; "" where we have not written it (adopted)."""
    line_ids: tuple[str, ...] = ()
    """LineItemIDs of that write, by position in its LineItems."""
    item_date: dt.date | None = None
    """Procore's date at that write: a date is not moved twice."""
    item_updated_at: str = ""
    document_updated_at: str = ""
    line_keys: tuple[str, ...] = ()
    """`Plan.line_keys` of that write, by the same positions as `line_ids`; () where they were not kept."""
    option_ids: tuple[tuple[str, str], ...] = ()
    """(owner, TrackingOptionID), the owner as in `Plan.options`: a Procore project id, or `project id/sub job id`.
    A renamed project renames its option, and does not make a second one."""
    files: tuple[AttachedFile, ...] = ()
    """Kept beside the links: writing a link neither adds nor forgets one."""
