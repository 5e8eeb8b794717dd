"""`connect` at a terminal: it asks for what is missing, shows no secret, and takes a pasted address."""

import os
import re
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from smoothx_tui.sandbox import tokens
from smoothx_tui.sandbox.default_scenario.reference import COMPANY_ID
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox

SECRET = "kanari-vogel"


class Terminal:
    """A program at a pseudo-terminal of its own."""

    def __init__(self, outside: int, process: "subprocess.Popen[bytes]") -> None:
        self.shown = ""
        self.process = process
        self._outside = outside

    def until(self, pattern: str) -> "re.Match[str]":
        """Read until this is shown."""
        until = time.monotonic() + 60
        while not (found := re.search(pattern, self.shown)):
            assert time.monotonic() < until, self.shown
            if select.select([self._outside], [], [], 0.2)[0]:
                try:
                    self.shown += os.read(self._outside, 4096).decode()
                except OSError:
                    assert re.search(pattern, self.shown), self.shown
        return found

    def type(self, text: str) -> None:
        os.write(self._outside, text.encode() + b"\n")


@contextmanager
def at_a_terminal(*arguments: str) -> Iterator[Terminal]:
    outside, inside = os.openpty()
    command = [sys.executable, "-m", "smoothx_tui", *arguments]
    with subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, start_new_session=True) as process:
        os.close(inside)
        yield Terminal(outside, process)
        assert process.wait(60) == 0
    os.close(outside)


@pytest.fixture
def place(here: Path, serve: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(tokens, "CLIENT_SECRET", SECRET)
    with serve(Sandbox.from_scenario(default_scenario())) as served:
        yield served


def test_what_is_missing_is_asked_for_and_no_secret_is_shown(place: Any, here: Path) -> None:
    with at_a_terminal("connect", "procore", "--service-account", "--base-url", place.procore) as terminal:
        terminal.until("Procore client id: ")
        terminal.type("sandbox")
        terminal.until("Procore client secret: ")
        terminal.type(SECRET)
        terminal.until("Procore company id .*: ")
        terminal.type(str(COMPANY_ID))
        terminal.until("profile live: Procore Harbourline Pty Ltd is connected")
    assert SECRET not in terminal.shown

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = str(one.getsockname()[1])
    arguments = ("connect", "xero", "--client-id", "sandbox", "--base-url", place.xero, "--port", port)
    with at_a_terminal(*arguments) as terminal:
        address = terminal.until(r"(http://\S+/authorize\S+)\r?\n")[1]
        terminal.type(httpx.get(address).headers["location"])
        terminal.until("profile live: Xero .* is connected")
    assert "?code=" not in terminal.shown
