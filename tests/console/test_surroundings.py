"""The terminal around the console, the clipboard, and the report of a crash."""

import asyncio
import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from smoothx_tui.base.secret import Secret
from smoothx_tui.console import clipboard, crash
from smoothx_tui.console.environ import Terminal, child_environment, look, quieten, refusal
from smoothx_tui.console.glyphs import ASCII, ASCII_ONLY, UNICODE, Glyphs, choose


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_can_show_nothing_is_refused_with_a_way_out(term: str) -> None:
    reason = refusal({"TERM": term}, stdin_tty=True, stdout_tty=True)
    assert reason is not None
    assert "smoothx-tui plan" in reason
    assert "\n" not in reason


def test_a_pipe_is_refused_and_a_terminal_is_not() -> None:
    assert refusal({"TERM": "xterm"}, stdin_tty=True, stdout_tty=False)
    assert refusal({"TERM": "xterm"}, stdin_tty=False, stdout_tty=True)
    assert refusal({"TERM": "xterm"}, stdin_tty=True, stdout_tty=True) is None


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "screen"}, 256),
        ({"TERM": "tmux-256color"}, 256),
        ({"TERM": "linux"}, 16),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, 1 << 24),
    ],
)
def test_how_many_colours(environment: dict[str, str], colours: int) -> None:
    assert look(environment, "utf-8").colours == colours


@pytest.mark.parametrize(("encoding", "utf8"), [("UTF-8", True), ("utf8", True), ("latin-1", False), (None, False)])
def test_whether_the_locale_is_utf8(encoding: str | None, utf8: bool) -> None:
    assert look({}, encoding).utf8 is utf8
    assert look({}, "no-such-encoding").utf8 is False


def test_no_color_is_any_value_but_none() -> None:
    assert look({"NO_COLOR": "0"}, "utf-8").no_color
    assert not look({"NO_COLOR": ""}, "utf-8").no_color


def test_textual_is_quietened_but_the_operators_own_wish_stays() -> None:
    environment = {"TEXTUAL_FPS": "40"}
    quieten(environment)
    assert environment == {"TEXTUAL_FPS": "40", "TEXTUAL_ANIMATIONS": "none", "TEXTUAL_SMOOTH_SCROLL": "0"}
    slow = {"COLORTERM": "truecolor"}
    quieten(slow, slow=True)
    assert slow["TEXTUAL_FPS"] == "10"
    assert slow["TEXTUAL_COLOR_SYSTEM"] == "256"
    sixteen = {"TERM": "xterm"}
    quieten(sixteen, slow=True)
    assert "TEXTUAL_COLOR_SYSTEM" not in sixteen, "no more colours than the terminal has"


def test_a_child_gets_no_color_back_and_nothing_of_textuals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_FPS", "30")
    found = child_environment(Terminal(no_color=True))
    assert found["NO_COLOR"] == "1"
    assert not any(name.startswith("TEXTUAL_") for name in found)


# -- glyphs ---------------------------------------------------------------------------------------------------------


def test_the_glyphs_that_suit() -> None:
    assert choose("auto", utf8=True) is UNICODE
    assert choose("ascii", utf8=True) is ASCII
    assert choose("unicode", utf8=False) is ASCII_ONLY


def test_without_utf8_every_cell_stays_one_cell() -> None:
    assert ASCII_ONLY.send("Café 東 x") == "Caf? ?? x"
    assert ASCII.send("Café") == "Café"
    assert all(sign.isascii() for sign in (ASCII.line, ASCII.wall, ASCII.more, ASCII.arrow, ASCII.open, ASCII.dot))


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@pytest.mark.parametrize("text", ["", "short", "x" * 40, "東京 Steel 東京 Steel", "e\u0301" * 12])
@pytest.mark.parametrize("width", [0, 1, 2, 3, 10, 30])
def test_a_fitted_text_has_exactly_its_cells(glyphs: Glyphs, text: str, width: int) -> None:
    from rich.cells import cell_len

    assert cell_len(glyphs.fit(text, width)) == width
    assert cell_len(glyphs.fit_right(text, width)) == width


# -- the clipboard --------------------------------------------------------------------------------------------------


async def test_outside_tmux_the_terminal_is_sent_osc_52_and_a_private_file_is_written(tmp_path: Path) -> None:
    sent: list[str] = []
    copied = await clipboard.copy("Ünï", environment={}, write=sent.append, folder=tmp_path)
    assert sent == [f"\x1b]52;c;{base64.b64encode('Ünï'.encode()).decode()}\x07"]
    assert "sent to the terminal" in copied.words
    path = tmp_path / clipboard.FILE
    assert path.read_text(encoding="utf-8") == "Ünï"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_in_tmux_its_own_buffer_is_used_and_no_sequence_is_sent(tmp_path: Path) -> None:
    tmux = tmp_path / "bin" / "tmux"
    tmux.parent.mkdir()
    tmux.write_text(f'#!/bin/sh\n[ "$*" = "load-buffer -w -" ] && cat > {tmp_path}/buffer\n', encoding="utf-8")
    tmux.chmod(0o755)
    sent: list[str] = []
    environment = {"TMUX": "x", "PATH": f"{tmux.parent}:{os.environ['PATH']}"}
    copied = await clipboard.copy("payload", environment=environment, write=sent.append, folder=tmp_path)
    assert (tmp_path / "buffer").read_text(encoding="utf-8") == "payload"
    assert sent == []
    assert "tmux" in copied.words


async def test_a_tmux_that_fails_leaves_the_file(tmp_path: Path) -> None:
    sent: list[str] = []
    environment = {"TMUX": "x", "PATH": str(tmp_path)}
    copied = await clipboard.copy("payload", environment=environment, write=sent.append, folder=tmp_path)
    assert sent == []
    assert copied.words == f"to {tmp_path / clipboard.FILE}"


async def test_what_is_too_long_for_a_terminal_goes_to_the_file_only(tmp_path: Path) -> None:
    sent: list[str] = []
    copied = await clipboard.copy("x" * 80_000, environment={}, write=sent.append, folder=tmp_path)
    assert sent == []
    assert copied.ok


async def test_where_nothing_can_be_written_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    copied = await clipboard.copy("x" * 80_000, environment={}, write=lambda _: None, folder=tmp_path / "file")
    assert not copied.ok


async def test_a_link_in_the_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("keep", encoding="utf-8")
    (tmp_path / clipboard.FILE).symlink_to(target)
    await clipboard.copy("payload", environment={"TMUX": "x", "PATH": ""}, write=lambda _: None, folder=tmp_path)
    assert target.read_text(encoding="utf-8") == "keep"


# -- the crash ------------------------------------------------------------------------------------------------------


def _crashed() -> Exception:
    local_token = Secret("s3cr3t-token-value").reveal()
    try:
        _refused(local_token)
    except RuntimeError as error:
        return error
    raise AssertionError


def _refused(local_token: str) -> None:
    first = ValueError(f"Authorization: Bearer {local_token} refresh_token={local_token} \x1b[2J")
    raise RuntimeError('{"access_token": "abc.def"}') from first


def test_a_crash_report_has_places_and_types_but_no_secret_and_no_local(tmp_path: Path) -> None:
    path = crash.save(_crashed(), tmp_path)
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text(encoding="utf-8")
    assert "ValueError" in text
    assert "RuntimeError" in text
    assert "in _refused" in text
    for secret in ("s3cr3t", "abc.def", "local_token", "\x1b"):
        assert secret not in text


def test_a_crash_without_a_place_to_write_still_says_its_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    path = crash.save(_crashed(), tmp_path / "file")
    assert path is None
    assert "internal error (RuntimeError)" in crash.line(_crashed(), path)


def test_before_the_first_frame_nothing_heavy_is_imported() -> None:
    """The way of `run` up to the app, as a process of its own."""
    code = (
        "import sys\n"
        "import smoothx_tui.console.run, smoothx_tui.console.app\n"
        "heavy = ['httpx', 'pydantic', 'pydantic_settings', 'sqlalchemy', 'authlib', 'keyring', 'psycopg', 'alembic',"
        " 'tomlkit', 'starlette', 'uvicorn', 'click', 'smoothx_tui.session.session', 'textual.widgets._data_table',"
        " 'textual.widgets._text_area', 'pygments', 'markdown_it']\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_headless_half_does_not_import_textual() -> None:
    code = "import sys, smoothx_tui.console.start, smoothx_tui.console.keys; print('textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_event_loop_is_not_needed_for_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    from smoothx_tui.console.run import run
    from smoothx_tui.console.start import Start

    async def never() -> None:
        raise AssertionError

    assert run(Start(), never, {"TERM": "dumb"}) == 2  # type: ignore[arg-type]
    assert "headless" in capsys.readouterr().err
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
