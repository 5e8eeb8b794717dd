"""Text typed by outsiders, in every field of every item: none of it may reach the terminal as anything but text."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

from benchmarks.terminal.session import Session
from smoothx_tui.base.jsontext import dumps
from smoothx_tui.sandbox.scenario import default_scenario

Start = Callable[..., Session]

HOSTILE: Final = (
    "\x1b]2;PWNED\x1b\\", "\x1b]2;PWNED\x07", "\x1b[2JPWNED", "\x1b[31mPWNED", "\x1b[?1049lPWNED", "\x1bcPWNED",
    "\x1b[6nPWNED", "\x1b[999;1HPWNED", "\x1b]52;c;UFdORUQ=\x07", "\x1b]8;;https://evil.test\x1b\\click\x1b]8;;\x1b\\",
    "\x1bPq#0\x1b\\", "\x1b_Gi=1;\x1b\\", "\x9b2J", "\x9d2;PWNED\x9c", "\x90q\x9c", "\x85next", "\x07bell",
    "\x08\x08back", "\x7fdel", "\x00nul", "tab\there", "line\nfeed", "return\rcr", "\u202egnp.exe", "\u2066isolate",
    "zero\u200bwidth", "\u2028sep", "\ufeffbom", "[b", "[/]", "[@click=app.quit]quit[/]", "[#ff0]x" + "e\u0301" * 40,
    "建設" * 60 + "👩\u200d🚀", "x" * 10_000,
)  # fmt: skip
TEXTS: Final = frozenset(
    {"name", "title", "description", "description_of_work", "address", "city", "project_number", "memo", "terms",
     "Name", "EmailAddress", "FirstName"},
)  # fmt: skip
WALK: Final = (
    "j", "]", "]", "]", "[", "+", "j", "j", "_", "3", "j", "pagedown", "2", "G", "k", "k", "enter", "j", "escape", "4",
    "j", "1", "?", "escape", "L", "j", "escape", "/", "b", "enter", "escape", "o", "escape", ":", "escape", "v", "j",
    "v", "y", "escape",
)  # fmt: skip


def spoiled(value: Any, numbers: Iterator[int]) -> Any:
    """`value` with a hostile string behind every text that a person types."""
    if isinstance(value, list):
        return [spoiled(member, numbers) for member in value]
    if not isinstance(value, dict):
        return value
    return {
        name: f"{member}{HOSTILE[next(numbers) % len(HOSTILE)]}"
        if name in TEXTS and isinstance(member, str) and member
        else spoiled(member, numbers)
        for name, member in value.items()
    }


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    data = default_scenario().to_data()
    numbers = count()
    for name in ("projects", "sub_jobs", "vendors", "commitments", "prime_contracts", "requisitions", "direct_costs",
                 "payment_applications", "tax_codes", "line_item_types"):  # fmt: skip
        data["procore"][name] = spoiled(data["procore"][name], numbers)
    for kind in ("requisitions", "direct_costs", "payment_applications"):
        for item in data["procore"][kind]:
            item["invoice_number"] = f"{item.get('invoice_number') or ''}{HOSTILE[next(numbers) % len(HOSTILE)]}"
    path = tmp_path / "hostile.json"
    path.write_text(dumps(data))
    assert json.loads(path.read_text())
    return path


@pytest.mark.parametrize("wire", ["auto", "plain"])
def test_no_control_of_theirs_reaches_the_terminal(console: Start, scenario: Path, wire: str) -> None:
    session = console("--scenario", str(scenario), env={"SMOOTHX_UI__WIRE": wire})
    for key in WALK:
        session.press(key, quiet=0.03)
    session.send(*["j"] * 40)
    session.settle()
    assert session.exit_code is None
    assert "<U+001B>" in session.text() or "<U+" in session.text()
    session.send("q", "q", "q")
    session.settle(0.3)
    written = session.output.decode()
    assert controls(written) == set()
    for text in HOSTILE:
        if not text.isprintable():
            assert text not in written, ascii(text)
    assert session.emulator.titles == []
    assert not session.emulator.strange


def controls(written: str) -> set[str]:
    """The control and format characters of `written` that the console itself never sends as text."""
    found = {char for char in written if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    osc = set(re.findall(r"\x1b\](\d+)", written))
    assert osc <= {"8", "22", "52"}
    return found - {"\x1b", "\n", "\r", "\b", "\x07" if osc else "\x1b"}
