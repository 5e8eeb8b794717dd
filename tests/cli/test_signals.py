"""A signal ends any command in one line with 128 + n, and never with a traceback."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.cli.exits import exit_code
from smoothx_tui.cli.output import Output


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def number(request: pytest.FixtureRequest) -> signal.Signals:
    found: signal.Signals = request.param
    return found


def ended(work: Any) -> tuple[int, str]:
    talk = StringIO()
    return exit_code(work, Output(StringIO(), talk)), talk.getvalue()


def said(number: signal.Signals) -> str:
    return "smoothx-tui: stopped\n" if number is signal.SIGINT else f"smoothx-tui: stopped ({number.name})\n"


def test_a_command_in_the_middle_of_its_work(number: signal.Signals) -> None:
    def work() -> int:
        os.kill(os.getpid(), number)
        signal.pause()
        return 0

    assert ended(work) == (128 + number, said(number))


def test_what_was_opened_is_closed(number: signal.Signals) -> None:
    import asyncio

    closed = []

    async def slow() -> None:
        try:
            asyncio.get_running_loop().call_later(0.01, os.kill, os.getpid(), number)
            await asyncio.sleep(60)
        finally:
            closed.append(1)

    def work() -> int:
        asyncio.run(slow())
        return 0

    assert ended(work) == (128 + number, said(number))
    assert closed == [1]


def test_afterwards_the_signals_are_as_they_were() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    ended(lambda: 0)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


def test_a_signal_that_was_set_aside_stays_so() -> None:
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert ended(partial(os.kill, os.getpid(), signal.SIGHUP)) == (0, "")
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.fixture
def serving(here: Path) -> Iterator["subprocess.Popen[str]"]:
    arguments = [sys.executable, "-m", "smoothx_tui", "sandbox", "serve", "--port", "0"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        assert child.stderr.readline().startswith("sandbox on ")
        yield child
        child.kill()


def test_a_served_sandbox_ends_in_one_line(serving: "subprocess.Popen[str]", number: signal.Signals) -> None:
    serving.send_signal(number)
    out, err = serving.communicate(timeout=30)
    assert (serving.returncode, out, err) == (128 + number, "", said(number))
