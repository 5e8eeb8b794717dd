"""Standard output and error when the terminal is gone: the line was lost, nobody reads any more."""

import errno
import os
from collections.abc import Iterable
from typing import TextIO


def terminal_gone(stream: TextIO, error: OSError) -> bool:
    """Whether a write failed because its terminal was closed; what else is written then goes nowhere.

    The SIGHUP that came with it ends the program in order. Python would otherwise fail to empty the stream at the end,
    and turn every exit code into 120.
    """
    if error.errno != errno.EIO:
        return False
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
    return True


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
