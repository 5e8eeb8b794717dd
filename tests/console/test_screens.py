"""Every screen and state as text, at the three sizes. They were looked at one by one in a real terminal first."""

import re
from typing import Any

import pytest

SIZES = {"wide": (120, 36), "narrow": (80, 24), "least": (60, 16)}
SMALL = (50, 12)
STATES: dict[str, tuple[str, ...]] = {
    "items": (),
    "marked": ("space", "v", "down", "down", "v"),
    "settings": ("2", "space", "j"),
    "payload": ("3", "]"),
    "why": ("i",),
    "history": ("3", "["),
    "log": ("4",),
    "requests": ("L",),
    "help": ("?",),
    "palette": ("ctrl+p", "s", "o"),
    "themes": ("T", "j"),
    "sort": ("o", "j"),
    "list": ("2", "G", "k", "k", "k", "k", "space", "space"),
    "filter": ("/", "a", "c", "t", ":", "n", "e", "w"),
    "command": (":", "s", "e", "tab", "tab"),
    "question": ("space", "s", "y"),
    "impact": ("2", "space", "w"),
    "quit": ("2", "space", "1", "q"),
    "zoom": ("3", "+"),
}  # fmt: skip


def without_clock(text: str) -> str:
    """The log carries the time of day."""
    return re.sub(r"\b\d\d:\d\d(:\d\d)?\b", lambda found: "##:##:##"[: len(found[0])], text)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", STATES)
async def test_a_screen_looks_as_it_was_approved(console: Any, golden: Any, state: str, size: str) -> None:
    await look(console, golden, f"{state}-{size}", state, SIZES[size])


@pytest.mark.parametrize("state", ["items", "settings", "why", "help", "question", "impact"])
async def test_a_small_terminal_shows_one_thing(console: Any, golden: Any, state: str) -> None:
    await look(console, golden, f"{state}-small", state, SMALL)


@pytest.mark.parametrize("size", [*SIZES.values(), SMALL])
@pytest.mark.parametrize(
    ("state", "note"),
    [
        ("impact", "nothing is sent to Xero by saving; enter on an item shows what changes in its plan"),
        ("help", "keys are changed under [ui.keys] in the settings file, by the id"),
    ],
)
async def test_what_is_said_over_a_list_is_wrapped_and_not_cut(
    console: Any, state: str, note: str, size: tuple[int, int]
) -> None:
    async with console(size=size) as desk:
        await desk.press(*STATES[state])
        assert note in " ".join(desk.text().split())
        await desk.press("G")
        assert any(line.startswith(">") for line in desk.text().splitlines())


async def test_what_is_said_over_a_list_is_wrapped_again_at_another_size(console: Any) -> None:
    async with console(size=(120, 36)) as desk:
        await desk.press(*STATES["impact"])
        await desk.pilot.resize_terminal(60, 16)
        await desk.rest()
        assert "shows what changes in its plan" in " ".join(desk.text().split())


async def look(console: Any, golden: Any, name: str, state: str, size: tuple[int, int]) -> None:
    async with console(size=size) as desk:
        await desk.press(*STATES[state])
        text = desk.text()
    width, height = size
    assert len(text.splitlines()) == height
    assert all(len(line) <= width for line in text.splitlines())
    golden(name, without_clock(text))
