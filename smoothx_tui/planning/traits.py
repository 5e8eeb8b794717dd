"""Which settings can matter for an item: rules declare what they read, and for which items it counts.

A changed setting re-plans only the items for which some rule that reads it says that it counts. A declaration may be
too wide (an item is planned again for nothing), never too narrow; a test watches every read of a setting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias, TypeVar

from smoothx_tui.planning.books import Books
from smoothx_tui.planning.claims import Claimant
from smoothx_tui.planning.links import Adoption
from smoothx_tui.procore.items import Item
from smoothx_tui.settings.schema import Settings
from smoothx_tui.xero.documents import Status


@dataclass(frozen=True, slots=True)
class Traits:
    """What of an item decides which settings matter. Nothing here depends on a setting."""

    gone: bool
    ready: bool
    bill: bool
    status: Status | None
    """Of the linked document."""
    foreign: bool
    in_locked_period: bool
    project_number: bool
    sub_job: bool
    address: bool
    companies: frozenset[str]
    """The item's company, and those of the pending items that claim its number; so are the next two."""
    cost_types: frozenset[str]
    tax_codes: frozenset[str]
    rivals: bool
    """Other pending items claim its number."""
    same_number: bool
    """A document of its type has its number."""
    due_for_sure: bool
    """It falls due by Procore's own date or by some terms, whatever its status."""
    option_settled: bool
    sub_job_settled: bool
    """Its tracking options are as good with the other position of those two switches (`settled.options_settled`)."""
    files: bool = False

    @property
    def fresh(self) -> bool:
        """A new document would be made: none is linked, or it is voided or deleted."""
        return self.ready and self.status in {None, Status.VOIDED, Status.DELETED}


Matters: TypeAlias = Callable[[Traits], bool]
_F = TypeVar("_F", bound=Callable[..., object])

READERS: Final[dict[str, list[tuple[str, Matters]]]] = {}
"""Setting -> the rules that read it, each with the items for which it counts."""
UNSEEN: Final[dict[str, Matters]] = {}
"""Setting -> the items whose outline (action, total, why) is the same whatever it says; declared beside the rule."""

_NONE: Final[frozenset[str]] = frozenset()
_LISTS: Final = {"ignore_contacts": "companies", "ignore_cost_types": "cost_types", "ignore_tax_codes": "tax_codes"}


def reads(**settings: Matters) -> Callable[[_F], _F]:
    """Declare the settings that a rule reads, each with the items for which it counts."""

    def declare(rule: _F) -> _F:
        for setting, matters in settings.items():
            READERS.setdefault(setting, []).append((rule.__name__, matters))
        return rule

    return declare


def unseen(**settings: Matters) -> Callable[[_F], _F]:
    """Declare settings that change a plan but not what a row shows of it, each with the items for which that holds."""

    def declare(rule: _F) -> _F:
        UNSEEN.update(settings)
        return rule

    return declare


def whenever_ready(traits: Traits) -> bool:
    return traits.ready


def always(_: Traits) -> bool:
    return True


def relevant(traits: Traits) -> tuple[str, ...]:
    """The settings that can matter for an item, in a fixed order."""
    return tuple(setting for setting, readers in READERS.items() if any(matters(traits) for _, matters in readers))


def seen(traits: Traits, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the `relevant` settings that can matter for what a row shows."""
    return tuple(name for name in names if name not in UNSEEN or not UNSEEN[name](traits))


def signature(traits: Traits, names: tuple[str, ...], settings: Settings) -> tuple[object, ...]:
    """The values of the settings that matter. Of a list only what the item can meet: equal signatures, equal plans."""
    return tuple([_met(traits, name, settings) if name in _LISTS else getattr(settings, name) for name in names])


def _met(traits: Traits, name: str, settings: Settings) -> frozenset[str]:
    chosen: frozenset[str] = getattr(settings, name)
    return (chosen & getattr(traits, _LISTS[name]) or _NONE) if chosen else _NONE


@lru_cache(8192)
def _shared(*ids: str) -> frozenset[str]:
    """Equal sets of many items are one object: a set takes more room than all else that is kept of an item."""
    return frozenset(ids)


class Groups:
    """Items that every setting touches alike share a number: there are hundreds of groups for 100,000 items, and a
    changed setting is looked up once a group.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[object, ...], int] = {}
        self._members: list[tuple[Traits, tuple[str, ...]]] = []

    def of(self, traits: Traits, names: tuple[str, ...]) -> int:
        """The number of the group; `names` are the settings that count: those that are `relevant`, or only `seen`."""
        lists = tuple(getattr(traits, lists) if name in names else None for name, lists in _LISTS.items())
        found = self._numbers.setdefault((names, lists), len(self._members))
        if found == len(self._members):
            self._members.append((traits, names))
        return found

    def touched(self, before: Settings, after: Settings) -> frozenset[int]:
        """The groups whose items' plans (or only rows: `Plan.outline`) can differ between two settings."""
        return frozenset(
            number
            for number, (traits, names) in enumerate(self._members)
            if signature(traits, names, before) != signature(traits, names, after)
        )


class Looked(NamedTuple):
    """What looking around says of an item; the fields are those of `Traits`."""

    ready: bool
    same_number: bool
    due_for_sure: bool
    option_settled: bool
    sub_job_settled: bool


def traits_of(item: Item, books: Books, adoption: Adoption, claimants: tuple[Claimant, ...], looked: Looked) -> Traits:
    """Look at an item once; `looked.ready` as the readiness rule sees it."""
    organisation, document = books.organisation, adoption.document
    lines = item.lines if looked.ready else ()
    rivals = [claimant.item for claimant in claimants if claimant.item.key != item.key]
    # An ignored line or company of a rival changes what the rival wants, and so what this item meets.
    lines = (*lines, *(line for rival in rivals for line in rival.lines))
    companies = [one.company.id for one in (item, *rivals) if one.company is not None]
    return Traits(
        gone=item.gone,
        ready=looked.ready and not item.gone,
        bill=item.kind.bill,
        status=document.status if document is not None else None,
        foreign=item.currency.code not in {"", organisation.base_currency},
        in_locked_period=_locked(item.date, books.locked_to),
        project_number=bool(item.project.number),
        sub_job=any(line.sub_job is not None for line in item.lines),
        address=item.company is not None,
        companies=_shared(*companies),
        cost_types=_shared(*(key for line in lines if (kind := line.cost_type) for key in (kind.id, kind.code))),
        tax_codes=_shared(*(code.id for line in lines for code in line.tax_codes)),
        rivals=bool(rivals),
        same_number=looked.same_number,
        due_for_sure=looked.due_for_sure,
        option_settled=looked.option_settled,
        sub_job_settled=looked.sub_job_settled,
        files=bool(item.attachments),
    )


def _locked(day: date | None, locked_to: date | None) -> bool:
    return day is not None and locked_to is not None and day <= locked_to
