"""Settings and mapping that everybody on one ledger works with.

The rule: where a version is kept in the ledger, the newest one counts, for everybody. The settings file is then this
machine's copy: its `[ui]` counts, the rest of it does not until it is shared. The environment and `--set` stand above
both, for one run. A version holds settings and mapping alone: no comments, no `[ui]`, and there is no secret in either.
"""

import datetime as dt
import tomllib
from collections.abc import Collection, Mapping
from enum import Enum
from typing import Any, Final, Protocol

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.text import clean
from smoothx_tui.settings.edit import UNSET, Difference, differences, edited
from smoothx_tui.settings.layers import SHARED_TABLES

_TOLD: Final = 5


class Version(Protocol):
    """One saved version. `revision` counts up from 1, `at` is UTC, `text` is TOML, `changes` says it in words."""

    @property
    def revision(self) -> int: ...
    @property
    def at(self) -> dt.datetime: ...
    @property
    def who(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def changes(self) -> tuple[str, ...]: ...
    @property
    def ended(self) -> bool:
        """Nothing is shared any more: files count again."""
        ...


class SharedMeanwhile(ConfigurationError):  # noqa: N818 - reads as what happened
    """Somebody else saved a version since ours was read. `winner` is theirs; nothing of ours was written."""

    def __init__(self, winner: Version) -> None:
        self.winner = winner
        super().__init__(
            f"{words(winner)} was saved meanwhile: {listed(winner.changes)}",
            "nothing was overwritten; look at it, then save yours again on top of it",
        )


class Standing(Enum):
    """How this machine's file stands to what is shared."""

    SAME = "same"
    BEHIND = "behind"
    """As an earlier version, or with nothing in it: there is nothing of its own to lose."""
    OWN = "own"
    """With changes that nobody shared."""


def shared_text(text: str) -> str:
    """What of a settings file is shared, in one way of writing: equal settings are equal texts.

    `text` has to be TOML. Every list of the file is a set, so its order says nothing.
    """
    import tomli_w

    tables = tomllib.loads(text)
    return tomli_w.dumps(_ordered({name: tables[name] for name in SHARED_TABLES if name in tables}))


def standing(text: str, newest: str, earlier: Collection[str]) -> Standing:
    """How a file's text stands to the newest version's text and those of all `earlier` ones."""
    own = shared_text(text)
    if own == newest:
        return Standing.SAME
    return Standing.BEHIND if not own or own in earlier else Standing.OWN


def unshared(text: str, newest: str) -> tuple[Difference, ...]:
    """What a file says differently, as changes of what is shared."""
    return differences(newest, shared_text(text))


def brought(text: str, newest: str) -> str:
    """A file's text with the shared values; its comments, order and `[ui]` stay. Raises ConfigurationError."""
    changes = {one.key: UNSET if one.after is None else one.after for one in differences(shared_text(text), newest)}
    return edited(text, changes) if changes else text


def words(version: Version) -> str:
    """`settings revision 8 of ann, 2026-07-03 09:40`, in this machine's time."""
    return clean(f"settings revision {version.revision} of {version.who}, {version.at.astimezone():%Y-%m-%d %H:%M}")


def listed(changes: Collection[str]) -> str:
    """The first few of some changes, and how many more there are."""
    more = f" and {len(changes) - _TOLD} more" if len(changes) > _TOLD else ""
    return clean("; ".join(list(changes)[:_TOLD]) + more) or "nothing in force changed"


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        found = {key: _ordered(value[key]) for key in sorted(value)}
        return {key: member for key, member in found.items() if member != {}}
    if isinstance(value, list):
        return sorted(value, key=lambda entry: (len(str(entry)), str(entry)))
    return value
