"""The session as the console uses it, so that a test can stand one up by hand.

`session.session.Session` fits these protocols; mypy checks it where the two are put together.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from smoothx_tui.planning.impact import Impact
from smoothx_tui.planning.plan import Plan
from smoothx_tui.procore.items import Item
from smoothx_tui.procore.packed import Places
from smoothx_tui.session.place import Budget, Offered, Place, Progress
from smoothx_tui.session.rows import Row
from smoothx_tui.settings.schema import Offer, Settings
from smoothx_tui.settings.values import Trial

Report = Callable[[Progress], None]


class SyncEvent(Protocol):
    """One step of one item. `state` is a state of an operation."""

    @property
    def item(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def text(self) -> str: ...


class ItemResult(Protocol):
    """How an item ended. `outcome` "done" is the only good one."""

    @property
    def item(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def document_id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def fix(self) -> str: ...
    @property
    def request_id(self) -> str: ...


class SyncReport(Protocol):
    @property
    def results(self) -> Sequence[ItemResult]: ...


class Left(Protocol):
    """An operation of an earlier run that has not ended. `owner`: the process that is at it, "" where nobody is."""

    @property
    def item(self) -> str: ...
    @property
    def operation_id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def fix(self) -> str: ...
    @property
    def owner(self) -> str: ...


class Recovered(Protocol):
    """What an earlier run left: taken up now (`report`), and what still stands open."""

    @property
    def report(self) -> SyncReport: ...
    @property
    def left(self) -> Sequence[Left]: ...


class Colleague(Protocol):
    """Another console or worker on the same ledger. `owner` names its process, `words` who, where and since when."""

    @property
    def owner(self) -> str: ...
    @property
    def words(self) -> str: ...


class Others(Protocol):
    """Who else is there. `shared`: the ledger is one that other machines reach too."""

    @property
    def colleagues(self) -> Sequence[Colleague]: ...
    @property
    def shared(self) -> bool: ...


class Busy(Protocol):
    """An item that somebody else has in hand; `words` says who, where and since when."""

    @property
    def item(self) -> str: ...
    @property
    def who(self) -> str: ...
    @property
    def words(self) -> str: ...


class Operation(Protocol):
    """What the ledger knows of one earlier sync of an item. Times are seconds since 1970, 0 is "not yet"."""

    @property
    def id(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def approved_by(self) -> str: ...
    @property
    def document_id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def fix(self) -> str: ...
    @property
    def request_id(self) -> str: ...
    @property
    def created_at(self) -> float: ...
    @property
    def updated_at(self) -> float: ...


class SettingsChange(Protocol):
    """One save in the settings history."""

    @property
    def revision(self) -> int: ...
    @property
    def at(self) -> dt.datetime: ...
    @property
    def who(self) -> str: ...
    @property
    def changes(self) -> Sequence[str]: ...


class Request(Protocol):
    """One line of the request log; `ms` milliseconds, `status` 0 where no answer came."""

    @property
    def time(self) -> dt.datetime: ...
    @property
    def service(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def ms(self) -> int: ...
    @property
    def request_id(self) -> str: ...
    @property
    def note(self) -> str: ...


class Requests(Protocol):
    def __iter__(self) -> Iterator[Request]: ...
    def listen(self, listener: Callable[[Request], None]) -> Callable[[], None]: ...


class Session(Protocol):
    """One profile at work. What touches the ledger, a file's lock or the network is awaited: it never blocks a key."""

    @property
    def place(self) -> Place: ...
    @property
    def budget(self) -> Budget: ...
    @property
    def trial(self) -> Trial: ...
    @property
    def provenance(self) -> Mapping[str, object]: ...
    @property
    def settings_path(self) -> Path | None: ...
    @property
    def settings_home(self) -> str:
        """Where a save goes, to be shown: the file, or the ledger for everybody."""
        ...

    @property
    def items(self) -> Mapping[str, Item]: ...
    @property
    def places(self) -> Places:
        """A number for each item, for keeping something about many of them in arrays."""
        ...

    @property
    def requests(self) -> Requests: ...

    @property
    def problems(self) -> Sequence[str]: ...

    @property
    def read_at(self) -> dt.datetime | None:
        """When both sides had been read: what is shown is as old as this. None while they never were."""
        ...

    @property
    def old(self) -> bool:
        """What is shown was kept by an earlier start, and nothing was read since."""
        ...

    @property
    def revision(self) -> int:
        """Raised whenever what plans are made from was read anew: every row may be another one then."""
        ...

    @property
    def changed(self) -> frozenset[str] | None:
        """The only items whose rows can differ since the `revision` before this one; None: all of them can."""
        ...

    @property
    def partial(self) -> bool:
        """A first reading goes on: items are missing."""
        ...

    async def show_cached(self) -> bool:
        """Have what an earlier start kept in `items`, before anything is read; False where there is nothing."""
        ...

    async def refresh(self, report: Report, *, full: bool = False, came: Callable[[], None] | None = None) -> None:
        """Read what changed, or everything; `came` hears whenever a first reading has more to show."""
        ...

    def row(self, key: str, known: Row | None = None) -> Row:
        """`known`: the row as it was made before from the same reading (`revision`), which may spare planning it."""
        ...

    def touched(self, before: Settings, after: Settings) -> frozenset[int]:
        """The groups (`Row.group`) of the rows that can differ between two settings."""
        ...

    def plan_of(self, key: str, settings: Settings | None = None) -> Plan: ...
    def impact(self) -> Impact: ...

    async def impact_on(self, rows: Mapping[str, Row], report: Report = ...) -> Impact:
        """As `impact`, from rows that were all made under the settings being tried, in slices."""
        ...

    async def save_settings(self) -> str:
        """A word about the settings file where there is one to say."""
        ...

    async def settings_news(self) -> str:
        """What a colleague saved for everybody, and the next `refresh` takes; "" where nothing is new."""
        ...

    async def settings_note(self) -> str:
        """What this machine's settings file says that does not count; "" where nothing is."""
        ...

    async def reload_settings(self) -> None: ...
    async def settings_history(self) -> Sequence[SettingsChange]: ...
    async def restore(self, revision: int) -> None: ...
    def offers(self, offer: Offer) -> tuple[Offered, ...]: ...
    async def history(self, key: str) -> Sequence[Operation]: ...
    def sync(
        self,
        plans: Iterable[Plan],
        allow_danger: frozenset[str] = ...,
        on_event: Callable[[SyncEvent], None] | None = ...,
        stop: asyncio.Event | None = ...,
    ) -> Awaitable[SyncReport]: ...
    def recover(
        self, on_event: Callable[[SyncEvent], None] | None = ..., stop: asyncio.Event | None = ...
    ) -> Awaitable[Recovered]: ...
    async def announce(self) -> Others: ...
    async def busy(self) -> Sequence[Busy]: ...
    async def close(self) -> None: ...
