"""Theme files: what is shipped is complete and readable, what is wrong is named and left out."""

from pathlib import Path
from typing import Any

import pytest
from rich.color import Color as RichColor
from textual.color import Color

from smoothx_tui.console.app import first_look
from smoothx_tui.console.environ import Terminal
from smoothx_tui.console.theming import COLOURS, ROLES, BadTheme, load, look_of, read

THEMES = Path(__file__).parents[2] / "themes"
DOCS = Path(__file__).parents[2] / "docs" / "themes.md"
LEAST: dict[str, Any] = {"colours": {"primary": "#ffffff", "foreground": "#ffffff", "background": "#000000"}}
SHIPPED = {"dark", "light", "high-contrast", "sixteen", "monochrome"}


def test_the_shipped_themes_are_there_and_right() -> None:
    looks = load([THEMES])
    assert set(looks.by_name) == SHIPPED
    assert looks.problems == ()
    assert all(set(look.roles) == set(ROLES) for look in looks.by_name.values())


def test_a_theme_with_the_least_is_whole() -> None:
    assert set(look_of("least", LEAST).roles) == set(ROLES)


def _ratio(one: RichColor | None, other: RichColor | None) -> float:
    assert one is not None
    assert other is not None
    light, dark = sorted(
        (_luminance(Color.from_rich_color(one)), _luminance(Color.from_rich_color(other))), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("name", "least"), [("dark", 4.5), ("light", 4.5), ("high-contrast", 7.0)])
def test_every_role_can_be_read(name: str, least: float) -> None:
    look = load([THEMES]).by_name[name]
    for role, style in look.roles.items():
        shown = look.base + style
        if role == "idle" and name == "dark":
            continue  # greyed out on purpose, and said in words as well
        assert _ratio(shown.color, shown.bgcolor) >= least, role
        if not style.reverse:
            over = shown + look.roles["cursor"]
            assert _ratio(over.color, over.bgcolor) >= least, f"cursor over {role}"


def test_monochrome_names_no_colour() -> None:
    look = load([THEMES]).by_name["monochrome"]
    for role, style in look.roles.items():
        assert style.color is None or style.color.is_default, role
        assert style.bgcolor is None or style.bgcolor.is_default, role


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({}, "colours.primary: missing"),
        ({"colours": {"primary": "#fff"}}, "colours.foreground and colours.background"),
        (LEAST | {"color": {}}, "color: no such key"),
        (LEAST | {"dark": "yes"}, "dark: expected true or false"),
        (LEAST | {"about": 3}, "about: expected text"),
        (LEAST | {"roles": []}, "roles: expected a table"),
        (LEAST | {"roles": {"craete": "red"}}, "roles.craete: no such role"),
        (LEAST | {"roles": {"create": 7}}, "roles.create: expected text"),
        (LEAST | {"roles": {"create": "bolt"}}, "roles.create: 'bolt' is no colour"),
        (LEAST | {"roles": {"create": "red green"}}, "roles.create: two colours"),
        (LEAST | {"roles": {"create": "$nothing"}}, r"roles.create: \$nothing is not one"),
        (LEAST | {"roles": {"create": "#ff000080"}}, "transparent"),
        (LEAST | {"roles": {"create": "auto"}}, "automatic|is no colour"),
        (LEAST | {"roles": {"create": "red on"}}, "is no colour"),
        (LEAST | {"ansi": True}, "needs ansi_ colours"),
        ({"colours": LEAST["colours"] | {"primary": "nonsense"}}, "colours.primary: 'nonsense' is no colour"),
        ({"colours": LEAST["colours"] | {"primary": 1}}, "colours.primary: expected text"),
        ({"colours": LEAST["colours"] | {"mauve": "#fff"}}, "colours.mauve: no such colour"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(table: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadTheme, match=reason):
        look_of("mine", table)


def test_a_bad_file_is_left_out_and_named_and_the_rest_stays(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[colours]\nprimary = "no"\n', encoding="utf-8")
    (tmp_path / "torn.toml").write_text("[colours", encoding="utf-8")
    (tmp_path / "latin.toml").write_bytes(b'about = "\xe9"\n')
    (tmp_path / "large.toml").write_text("#" * 70_000, encoding="utf-8")
    (tmp_path / "esc\x1b]2;x.toml").write_text("", encoding="utf-8")
    looks = load([THEMES, tmp_path, tmp_path / "missing"])
    assert set(looks.by_name) == SHIPPED
    assert len(looks.problems) == 5
    assert "\x1b" not in "".join(looks.problems)
    assert any("bad.toml left out: colours.primary" in problem for problem in looks.problems)


def test_a_persons_file_replaces_a_shipped_one(tmp_path: Path) -> None:
    text = (THEMES / "dark.toml").read_text(encoding="utf-8").replace("dark, many colours", "mine")
    (tmp_path / "dark.toml").write_text(text, encoding="utf-8")
    assert load([THEMES, tmp_path]).by_name["dark"].about == "mine"


@pytest.mark.parametrize("name", sorted(SHIPPED))
async def test_the_stylesheet_is_right_under_every_theme(console: Any, name: str) -> None:
    async with console(theme=name) as desk:
        assert desk.app.theme == name
        assert "12 pending" in desk.text()


async def test_a_bad_theme_is_said_in_the_log_and_stops_nothing(console: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[colours]\nprimary = "no"\n', encoding="utf-8")
    async with console(theme="mine", theme_folders=(THEMES, tmp_path)) as desk:
        assert desk.app.theme == "dark"
        await desk.press("4")
        assert any("mine.toml left out: colours.primary" in event.text for event in desk.app.main.log_model.events)
        assert "left" in desk.text()


async def test_the_console_starts_without_any_theme(console: Any, tmp_path: Path) -> None:
    async with console(theme_folders=(tmp_path,)) as desk:
        assert "12 pending" in desk.text()


@pytest.mark.parametrize(
    ("wanted", "terminal", "name"),
    [
        ("", Terminal(colours=256), "dark"),
        ("", Terminal(colours=16), "sixteen"),
        ("light", Terminal(colours=16), "light"),
        ("light", Terminal(no_color=True), "monochrome"),
        ("nosuch", Terminal(), "dark"),
    ],
)
def test_the_theme_that_suits_the_terminal(wanted: str, terminal: Terminal, name: str) -> None:
    assert first_look(load([THEMES]), wanted, terminal).name == name


def test_the_documentation_lists_every_role_and_colour() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for role, style in ROLES.items():
        assert (f"| `{role}` | `{style}` |" if style else f"| `{role}` | (plain) |") in text
    assert all(f"`{colour}`" in text for colour in COLOURS)


def test_a_theme_file_needs_a_name_that_can_be_shown(tmp_path: Path) -> None:
    path = tmp_path / "textual-dark.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(BadTheme, match="name"):
        read(path)
