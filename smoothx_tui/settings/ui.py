"""The `[ui]` table of settings.toml: how the console looks and which keys it answers to. No plan depends on it."""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

GLYPHS: Final = ("auto", "unicode", "ascii")
WIRE: Final = ("auto", "plain")


@dataclass(frozen=True, slots=True)
class Ui:
    """`theme` "" is the program's own; `keys` maps the id of a key binding to the keys that replace its own."""

    theme: str = ""
    glyphs: str = "auto"
    wire: str = "auto"
    keys: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))
