"""A terminal that is gone: nothing more can be written, and the exit code stays what it is."""

import errno
import io
import os
import pty
from collections.abc import Iterator
from contextlib import suppress

import pytest

from smoothx_tui.base.streams import empty, terminal_gone


@pytest.fixture
def line() -> Iterator[tuple[int, io.TextIOWrapper]]:
    """The terminal's end, and a stream to it that holds what it was given."""
    master, slave = pty.openpty()
    stream = io.TextIOWrapper(io.BufferedWriter(io.FileIO(slave, "w", closefd=False)), encoding="utf-8")
    yield master, stream
    stream.close()
    for end in (master, slave):
        with suppress(OSError):
            os.close(end)


def test_what_is_left_goes_nowhere_once_the_terminal_is_gone(line: tuple[int, io.TextIOWrapper]) -> None:
    master, stream = line
    stream.write("a last word")
    os.close(master)
    empty([None, stream])
    stream.write("and another\n")
    stream.flush()


def test_a_terminal_that_is_there_gets_it(line: tuple[int, io.TextIOWrapper]) -> None:
    master, stream = line
    stream.write("a last word")
    empty([stream])
    assert os.read(master, 100) == b"a last word"


def test_another_error_is_not_taken_for_it() -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "full")

    with pytest.raises(OSError, match="full"):
        empty([Full()])
    assert not terminal_gone(io.StringIO(), OSError(errno.ENOSPC, "full"))


def test_a_closed_stream_has_nothing_left() -> None:
    stream = io.StringIO()
    stream.close()
    empty([stream])
