"""Whatever goes wrong is one line on standard error and the right exit code, and leaves no traceback."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import click
import pytest

from smoothx_tui.base.errors import (
    ConfigurationError,
    ConnectionFailed,
    LedgerError,
    LedgerUnreachable,
    ServiceError,
    SignInNeeded,
    UsageError,
)
from smoothx_tui.cli.exits import exit_code
from smoothx_tui.cli.output import Output


def ended(error: BaseException | None = None, code: int | None = None) -> tuple[int, str]:
    talk = StringIO()

    def work() -> int | None:
        if error:
            raise error
        return code

    return exit_code(work, Output(StringIO(), talk)), talk.getvalue()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("m", "h"), 2),
        (ConfigurationError("m", "h"), 2),
        (LedgerError("m", "h"), 2),
        (LedgerUnreachable("m", "h"), 3),
        (ConnectionFailed("m", "h"), 3),
        (SignInNeeded("m", "h"), 4),
        (ServiceError("m", "h"), 1),
    ],
)
def test_each_error_has_its_exit_code_and_one_line(error: Exception, code: int) -> None:
    assert ended(error) == (code, "smoothx-tui: m (h)\n")


def test_several_mistakes_are_several_lines() -> None:
    assert ended(ConfigurationError("one\ntwo", "mend them")) == (2, "smoothx-tui: one\nsmoothx-tui: two (mend them)\n")


def test_hostile_text_is_made_visible() -> None:
    assert ended(UsageError("a\x1b[2Jb"))[1] == "smoothx-tui: a<U+001B>[2Jb\n"


def test_usage_errors_of_click_are_one_line_too() -> None:
    code, said = ended(click.UsageError("No such option: --x"))
    assert (code, said) == (2, "smoothx-tui: no such option: --x (smoothx-tui --help)\n")
    assert ended(click.FileError("f", "gone"))[0] == 2


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_ctrl_c_is_130(error: BaseException) -> None:
    assert ended(error) == (130, "smoothx-tui: stopped\n")


def test_codes_pass_through() -> None:
    assert ended(code=None) == (0, "")
    assert ended(code=10) == (10, "")
    assert ended(click.exceptions.Exit(4)) == (4, "")


def test_a_bug_is_one_line_and_a_private_report_without_values(here: Path) -> None:
    secret = "token-4711"

    def buggy() -> int:
        held = secret
        raise RuntimeError(held)

    talk = StringIO()
    assert exit_code(buggy, Output(StringIO(), talk)) == 70
    said = talk.getvalue()
    assert said.startswith("smoothx-tui: internal error: RuntimeError (report: ")
    assert said.count("\n") == 1
    report = Path(said.partition("report: ")[2].rstrip(")\n"))
    assert report.stat().st_mode & 0o777 == 0o600
    assert secret not in report.read_text()
    assert "buggy" in report.read_text()


def test_a_bug_without_a_place_for_its_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    code, said = ended(RuntimeError("x"))
    assert code == 70
    assert "not written: Not a directory" in said


@pytest.mark.parametrize(
    ("redirected", "code", "out", "said"),
    [
        (">&-", 0, "", ""),
        ("2>&-", 0, "true\n", ""),
        ("<&- >&- 2>&-", 0, "", ""),
        ("> /dev/full", 2, "", "standard output cannot be written: No space left on device (write it elsewhere; "),
    ],
)
def test_streams_that_are_closed_or_full(here: Path, redirected: str, code: int, out: str, said: str) -> None:
    line = f"exec {sys.executable} -m smoothx_tui settings get update_draft {redirected}"
    done = subprocess.run(line, check=False, shell=True, capture_output=True, text=True, env=os.environ)
    assert (done.returncode, done.stdout) == (code, out)
    assert done.stderr.startswith(f"smoothx-tui: {said}" if said else "")
    assert done.stderr.count("\n") == bool(said)
    assert not list(here.rglob("crash-*.txt"))


def test_a_closed_pipe_is_quiet(here: Path) -> None:
    """`smoothx-tui settings list | head -1`"""
    program = (
        "import os, sys\nfrom smoothx_tui.cli.exits import exit_code\nfrom smoothx_tui.cli.output import Output\n"
        "def work():\n    while True:\n        Output().data('x' * 1000)\n"
        "sys.exit(exit_code(work, Output()))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait() == 141
