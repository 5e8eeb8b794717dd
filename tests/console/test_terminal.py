"""At a pseudo-terminal: signals, crashes, exit codes, hostile text, the editor. Bytes are in tests/terminal."""

import os
import re
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PLAIN = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h")


Start = Callable[..., Any]


@pytest.fixture
def start(tmp_path: Path, at_terminal: Any) -> Iterator[Start]:
    """`start("--items", "60", TERM="xterm")`: the program at a terminal."""
    running: list[Any] = []

    def begin(*arguments: str, size: tuple[int, int] = (120, 40), **environ: str) -> Any:
        command = [sys.executable, "-m", "tests.console.program", str(tmp_path), *arguments]
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("TEXTUAL", "NO_COLOR", "TMUX"))
        }
        running.append(at_terminal(command, kept | PLAIN | environ, *size))
        return running[-1]

    yield begin
    for terminal in running:
        terminal.close()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_restores_the_terminal_and_closes_the_session(
    start: Start, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    terminal = start()
    terminal.until("60 pending")
    os.kill(terminal.pid, number)
    assert terminal.end() == code
    assert all(sequence in terminal.output for sequence in RESTORED)
    assert (tmp_path / "closed").read_text(encoding="utf-8") == "True"


def test_leaving_is_exit_0_and_restores_the_terminal(start: Start, tmp_path: Path) -> None:
    terminal = start()
    terminal.until("60 pending")
    terminal.send("q")
    assert terminal.end() == 0
    assert all(sequence in terminal.output for sequence in RESTORED)
    assert (tmp_path / "closed").read_text(encoding="utf-8") == "True"


def test_a_crash_leaves_one_line_a_private_report_and_exit_70(start: Start, tmp_path: Path) -> None:
    terminal = start("--crash")
    terminal.until("60 pending")
    before = len(terminal.output)
    terminal.send("3[")
    assert terminal.end() == 70
    output = terminal.output[before:]
    assert all(sequence in output for sequence in RESTORED)
    after = output.rpartition(b"\x1b[?1049l")[2]
    assert after.count(b"internal error (RuntimeError)") == 1
    assert b"Traceback" not in output
    assert b"s3cr3t" not in output
    (report,) = tmp_path.glob("crash-*.txt")
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert "s3cr3t" not in report.read_text(encoding="utf-8")


def test_a_dumb_terminal_is_refused_without_a_single_control_sequence(start: Start) -> None:
    terminal = start(TERM="dumb")
    assert terminal.end() == 2
    assert b"smoothx-tui plan" in terminal.output
    assert b"\x1b" not in terminal.output


def test_a_terminal_without_utf8_gets_ascii_only(start: Start) -> None:
    terminal = start("--hostile", PYTHONIOENCODING="iso8859-1", PYTHONUTF8="0")
    terminal.until("33 pending")
    terminal.send("2", "3", "?", "\x1b")
    assert terminal.output.isascii()


def test_no_color_is_no_colour(start: Start) -> None:
    terminal = start("--theme", "dark", NO_COLOR="1")
    terminal.until("60 pending")
    terminal.send("jj", "2", " ")
    for found in re.findall(rb"\x1b\[([0-9;]*)m", terminal.output):
        codes = [int(part or 0) for part in found.split(b";")]
        assert not {*range(30, 39), *range(40, 49), *range(90, 108)} & set(codes), found


def test_a_slow_line_gets_256_colours(start: Start) -> None:
    terminal = start("--theme", "dark", "--slow")
    terminal.until("60 pending")
    terminal.send("jj", "2", " ")
    assert re.search(rb"[34]8;5;", terminal.output)
    assert not re.search(rb"[34]8;2;", terminal.output)


def test_nothing_hostile_reaches_the_terminal_through_any_pane_list_or_message(start: Start) -> None:
    terminal = start("--hostile")
    terminal.until("33 pending")
    for keys in (
        "jjjj3]", "]", "]", "1GG", "g4L", "1as", "yes\r", "4", "1i", "12G\r", " /x", "\r\r", "w", "\x1b", "zH", "\x1b",
        "1/PWNED\r", "\x1b", "yr", "+_?", "\x1b",
    ):  # fmt: skip
        terminal.send(keys)
    output = terminal.output
    assert b"<U+001B>" in output
    for raw in (
        b"\x1b]2;PWNED",
        b"\x1b[777",
        b"\x1bc",
        b"\x1bP",
        b"\x1b[31m",
        b"\x1b[6n",
        b"\x07\x07",
        b"\x00",
        b"\x7f",
    ):
        assert raw not in output, raw
    text = output.decode("utf-8")
    for character in "\x85\x9b\x9d\x90\x9c\u202e\u2066\u2069\u200b\u200d\ufeff\u2028\u2029\ue000\x08\x0b\x0c":
        assert character not in text, hex(ord(character))
    # What goes to the terminal's clipboard is a copy by the operator, and base64.
    assert all(re.fullmatch(rb"52;c;[A-Za-z0-9+/=]*", osc) or osc.startswith(b"22;") for osc in _oscs(output))
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.end() == 143


def _oscs(output: bytes) -> list[bytes]:
    return re.findall(rb"\x1b\]([^\x07\x1b]*)", output)


def test_the_editor_gets_the_terminal_and_its_environment_back(start: Start, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\necho IN THE EDITOR\nenv > {tmp_path}/env\nread line\n", encoding="utf-8")
    editor.chmod(0o755)
    terminal = start(EDITOR=str(editor), VISUAL="", NO_COLOR="1")
    terminal.until("60 pending")
    os.write(terminal.fd, b"2e")
    terminal.until_sent(b"IN THE EDITOR")
    os.write(terminal.fd, b"\n")
    text = terminal.until("was read again")
    assert "60 pending" in text
    environment = (tmp_path / "env").read_text(encoding="utf-8")
    assert "NO_COLOR=1" in environment
    assert "TEXTUAL_" not in environment


def test_the_console_is_suspended_and_comes_back(start: Start) -> None:
    terminal = start()
    terminal.until("60 pending")
    os.write(terminal.fd, b"\x1a")
    pid, status = os.waitpid(terminal.pid, os.WUNTRACED)
    assert pid
    assert os.WIFSTOPPED(status)
    terminal.read(0.1)
    assert RESTORED[0] in terminal.output
    before = len(terminal.output)
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.until("60 pending")
    terminal.send("j")
    assert b"\x1b[?1049h" in terminal.output[before:]
    assert "> " in "\n".join(terminal.screen.display)
