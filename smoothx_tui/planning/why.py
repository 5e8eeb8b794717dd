"""What is behind each value of a payload: put into words when somebody asks, not for every plan that is made."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias, overload

Why: TypeAlias = tuple[str, str]
"""(member or path, the setting, mapping row, default or Procore field behind its value)."""


class Whys(Sequence[Why]):
    """(path, what is behind it) of a whole payload, in its order; equal to the tuple of the same entries."""

    def __init__(self, head: Mapping[str, str], members: Sequence[str], lines: Sequence[Sequence[Why]]) -> None:
        """`head`: by path (`Contact.ContactID`); `members`: the payload's own, in order; `lines`: by position."""
        self._head = head
        self._members = members
        self._lines = lines

    @cached_property
    def _entries(self) -> tuple[Why, ...]:
        paths = {path.partition(".")[0]: path for path in self._head}
        entries = [(paths[member], self._head[paths[member]]) for member in self._members if member in paths]
        for position, line in enumerate(self._lines):
            entries.extend((f"LineItems[{position}].{member}", text) for member, text in line)
        return tuple(entries)

    @overload
    def __getitem__(self, index: int) -> Why: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Why, ...]: ...
    def __getitem__(self, index: int | slice) -> Why | tuple[Why, ...]:
        return self._entries[index]

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Why]:
        return iter(self._entries)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Whys):
            return self._entries == other._entries
        return self._entries == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._entries)

    def __repr__(self) -> str:
        return repr(self._entries)
