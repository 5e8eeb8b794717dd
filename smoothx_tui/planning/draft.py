"""The working state of one plan: what the rules read, and what they have said so far.

A rule is a function that takes a `Draft`. It may read anything, add to the payload's parts, and say why; a deciding
rule may also return the action. The runner notes the rule's name, so that every reason carries it.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

from smoothx_tui.base.money import ZERO
from smoothx_tui.base.text import clean
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.claims import Claims
from smoothx_tui.planning.links import Adoption
from smoothx_tui.planning.plan import Change, Finding, FirstStep, LeftOut, Level, PlannedFile, Reason
from smoothx_tui.planning.why import Why
from smoothx_tui.planning.wording import to_send
from smoothx_tui.procore.items import Item, ItemLine
from smoothx_tui.settings.mapping import Mapping, Side
from smoothx_tui.settings.schema import Settings
from smoothx_tui.xero.documents import Document, Status
from smoothx_tui.xero.organisation import Contact

_T = TypeVar("_T")

Known: TypeAlias = dict[tuple[object, ...], Any]
"""Answers that many items look up alike: (rule, all that the answer depends on) -> the answer. Good for one mapping,
one organisation and one set of claims."""


@dataclass(slots=True)
class PlannedLine:
    """One Procore line on its way into the payload. `amount` is rounded to cents; 0 where only retention moved."""

    source: ItemLine
    amount: Decimal
    description: str = ""
    quantity: Decimal = ZERO
    unit_amount: Decimal = ZERO
    account: str = ""
    tax_type: str = ""
    project_option: Why | None = None
    """(category, option) of the project; None where it is not tracked."""
    second_option: Why | None = None
    why: list[Why] = field(default_factory=list)
    """(member, what is behind it)."""


@dataclass(slots=True)
class PayloadLine:
    """One line of the payload with what is behind each of its members, before the payload's paths are known."""

    key: str
    members: dict[str, Any]
    amount: Decimal
    why: list[Why]


class Draft:
    """See the module. Public attributes; one rule writes each, later rules read it."""

    rule = ""
    contact: Contact | None = None
    contact_member: dict[str, str] | None = None
    contact_body: dict[str, Any] | None = None
    number = ""
    reference = ""
    url = ""
    date: dt.date | None = None
    date_locked = False
    due_date: dt.date | None = None
    currency = ""
    rate: Decimal | None = None
    status = Status.DRAFT
    then: tuple[str, ...] = ()
    files: tuple[PlannedFile, ...] = ()
    payload: dict[str, Any] | None = None
    procore: Decimal | None = None
    """Procore's amount; None until the lines have been looked at."""
    total = ZERO
    """Of the payload's lines: without tax, net of retention."""
    diff: tuple[Change, ...] = ()
    why: Sequence[Why] = ()

    def __init__(
        self,
        item: Item,
        settings: Settings,
        mapping: Mapping,
        books: Books,
        adoption: Adoption,
        claims: Claims,
        known: Known,
    ) -> None:
        self.item = item
        self.settings = settings
        self.mapping = mapping
        self.books = books
        self.adoption = adoption
        self.claims = claims
        self.known = known
        self.bill = item.kind.bill
        self.side: Side = mapping.bill if self.bill else mapping.sale
        self.side_name = "mapping.bill" if self.bill else "mapping.sale"
        self.document: Document | None = adoption.document
        self.live_document = adoption.live
        self.said = 0
        """Counts everything said and asked for so far, what was repeated too."""
        self.reasons: list[Reason] = []
        self.findings: list[Finding] = []
        self.left_out: list[LeftOut] = []
        self.first: list[FirstStep] = []
        self.head_why: dict[str, str] = {}
        self.lines: list[PlannedLine] = []
        self.payload_lines: list[PayloadLine] = []
        self.options: dict[tuple[str, str], str] = {}
        self.renamed: dict[Why, str] = {}

    def reason(self, text: str, setting: str = "", before: str = "", after: str = "") -> None:
        """Say what the running rule did."""
        self.said += 1
        self.reasons.append(Reason(self.rule, text, setting, before, after))

    def block(self, code: str, text: str, fix: str, setting: str = "") -> None:
        """Nothing can be sent until `fix` is done. Said once, however many lines it concerns."""
        self.said += 1
        finding = Finding(Level.BLOCKER, code, text, fix)
        if finding not in self.findings:
            self.findings.append(finding)
            self.reasons.append(Reason(self.rule, text, setting))

    def danger(self, code: str, text: str, fix: str = "", setting: str = "") -> None:
        """May be sent, after its own confirmation."""
        self.said += 1
        self.findings.append(Finding(Level.DANGER, code, text, fix))
        self.reasons.append(Reason(self.rule, text, setting))

    def note(self, code: str, text: str, fix: str = "") -> None:
        """Something to know."""
        self.said += 1
        finding = Finding(Level.NOTE, code, text, fix)
        if finding not in self.findings:
            self.findings.append(finding)

    def first_step(self, step: FirstStep, *, at_front: bool = False) -> None:
        """Something to be done before the document, by whoever syncs."""
        self.said += 1
        self.first.insert(0 if at_front else len(self.first), step)

    def once(self, place: tuple[object, ...], look: Callable[[], _T]) -> _T:
        """What `look` answers, remembered for all items at `place`, which names the rule and all that it depends on.

        One that has something to say is not remembered: it is made again for each item, so that it is said of each.
        """
        if place in self.known:
            remembered: _T = self.known[place]
            return remembered
        before = self.said
        found = look()
        if self.said == before:
            self.known[place] = found
        return found

    def because(self, path: str, text: str) -> None:
        """What is behind a value of the payload's head; a later rule that changes the value says so instead."""
        self.head_why[path] = text

    def outgoing(self, what: str, text: str) -> str:
        """`text` as it may be sent, with a note where something had to be left out. `what` names it for the note."""
        if text.isprintable():
            return text
        kept = to_send(text)
        if kept != text:
            self.note("control_characters", f"{what}: characters that Xero cannot hold are left out of {clean(text)}")
        return kept

    def outgoing_name(self, what: str, text: str) -> str:
        """`outgoing`, on one line and without leading, trailing or repeated blanks, which Xero refuses in names."""
        return " ".join(self.outgoing(what, text).split())

    def findings_block(self) -> bool:
        """Whether any finding so far is a blocker."""
        return any(finding.level is Level.BLOCKER for finding in self.findings)
