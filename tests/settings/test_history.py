"""The history: every save an entry, no gaps, and a way back to any of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from smoothx_tui.base.errors import UsageError
from smoothx_tui.settings.edit import edited
from smoothx_tui.settings.file import load
from smoothx_tui.settings.history import OUTSIDE, entry_of, recorded_save, restored, said
from smoothx_tui.settings.save import ChangedMeanwhile
from tests.settings.saving import save


@dataclass(frozen=True)
class Kept:
    revision: int
    at: dt.datetime
    who: str
    before: str
    after: str
    changes: tuple[str, ...]


@dataclass
class Memory:
    kept: list[Kept] = field(default_factory=list)

    async def record_settings(self, who: str, before: str, after: str, changes: Sequence[str]) -> int:
        at = dt.datetime(2026, 7, 3, tzinfo=dt.UTC)
        self.kept.append(Kept(len(self.kept) + 1, at, who, before, after, tuple(changes)))
        return len(self.kept)

    async def settings_history(self) -> Sequence[Kept]:
        return self.kept


def text_of(path: Path) -> str:
    return path.read_text()


async def change(memory: Memory, path: Path, who: str = "ann", **values: object) -> int:
    changes = {f"advanced.{key}": value for key, value in values.items()}
    seen = load(path, environ={})
    revision, _ = await recorded_save(memory, seen, lambda text: edited(text, changes), who=who)
    return revision


async def test_a_save_is_an_entry(persons: Path) -> None:
    memory = Memory()
    before = text_of(persons)
    assert await change(memory, persons, multi_currency=True) == 2
    found, entry = memory.kept
    assert (found.who, found.after, found.changes) == (OUTSIDE, before, ("as it was before the first save",))
    assert (entry.who, entry.before, entry.after) == ("ann", before, text_of(persons))
    assert entry.changes == ("advanced.multi_currency: absent -> true",)


async def test_a_save_of_nothing_is_no_entry(persons: Path) -> None:
    memory = Memory()
    assert await change(memory, persons) == 0
    assert memory.kept == []


async def test_a_refused_save_is_no_entry(persons: Path) -> None:
    memory = Memory()
    seen = load(persons, environ={})
    save(persons, {"advanced.erp_locking": False}, seen.digest)
    with pytest.raises(ChangedMeanwhile, match=r"meanwhile: advanced\.erp_locking: absent -> false"):
        await recorded_save(memory, seen, lambda text: text + "# x\n", who="ann")
    assert memory.kept == []


async def test_what_was_changed_outside_has_its_own_entry(persons: Path) -> None:
    memory = Memory()
    await change(memory, persons, multi_currency=True)
    save(persons, {"advanced.erp_locking": False}, load(persons, environ={}).digest)
    await change(memory, persons, multi_currency=False)
    assert [(entry.who, entry.changes) for entry in memory.kept[2:]] == [
        (OUTSIDE, ("advanced.erp_locking: absent -> false",)),
        ("ann", ("advanced.multi_currency: true -> false",)),
    ]
    assert all(one.after == other.before for one, other in zip(memory.kept, memory.kept[1:], strict=False))


async def test_any_earlier_state_comes_back_comments_and_all(persons: Path) -> None:
    memory = Memory()
    for on in (True, False, True):
        await change(memory, persons, multi_currency=on)
    for revision in (1, 2, 3, 4):
        wanted = memory.kept[revision - 1].after
        await restored(memory, revision, load(persons, environ={}), who="bob")
        assert text_of(persons) == wanted
    assert memory.kept[-1].who == "bob"


async def test_an_unknown_revision(persons: Path) -> None:
    memory = Memory()
    with pytest.raises(UsageError, match="there is no settings revision 3"):
        entry_of(memory.kept, 3)
    await change(memory, persons, multi_currency=True)
    with pytest.raises(UsageError) as caught:
        entry_of(memory.kept, 3)
    assert caught.value.hint == "known: 1 to 2"


def test_comments_alone_are_said_as_such() -> None:
    assert said("a = 1\n", "# why\na = 1\n") == ("comments or order only",)
    assert said("a = 1\n", "a = 1\n") == ()
