"""Standard input, output and error that are closed, full, or at a terminal that is gone."""

import errno
import os
import sys
from collections.abc import Iterable
from typing import TextIO


def terminal_gone(stream: TextIO, error: OSError) -> bool:
    """Whether a write failed because its terminal was closed; what else is written then goes nowhere.

    The SIGHUP that came with it ends the program in order. Python would otherwise fail to empty the stream at the end,
    and turn every exit code into 120.
    """
    if error.errno != errno.EIO:
        return False
    leave(stream)
    return True


def leave(stream: TextIO) -> None:
    """What is still written to the stream goes nowhere: it cannot be written, and Python would try again at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def open_closed() -> None:
    """Standard streams that this process was started without (`2>&-`) read and write nothing.

    Python leaves them None. And the next file to be opened would get the number: what a library writes to standard
    error would be written into the ledger.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is not None:
            continue
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, so this one
        setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def empty(streams: Iterable[TextIO | None]) -> None:
    """Write out what the streams still hold, before the exit code is given. Raises OSError but for a lost terminal."""
    for stream in streams:
        if stream is None or stream.closed:
            continue
        try:
            stream.flush()
        except OSError as error:
            if not terminal_gone(stream, error):
                raise
