"""Files that belong to one person alone: read with owner and mode checked, written whole, locked across processes."""

import fcntl
import os
import shlex
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.text import clean

_LARGEST: Final = 1024 * 1024
_OTHERS: Final = 0o077
_OTHERS_WRITE: Final = 0o022
_POLL_SECONDS: Final = 0.02


class LockBusy(Exception):  # noqa: N818 - reads as what is the case
    """Another process holds the lock for too long. `holder` is its process id, "" where it left none."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


def read_private(path: Path) -> bytes | None:
    """The file's bytes; None where there is none. Raises ConfigurationError, with the command that mends it."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        why = "is a link; a file is expected" if path.is_symlink() else f"cannot be read: {error.strerror}"
        raise ConfigurationError(f"{shown(path)}: {why}", f"look at it: ls -l {quoted(path)}") from None
    with os.fdopen(handle, "rb") as file:
        if problem := problem_of(path, os.fstat(handle)):
            raise problem
        if problem := directory_problem(path.parent):
            raise problem
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ConfigurationError(f"{shown(path)}: is far too large", "move it away")
    return data


def problem_of(path: Path, found: os.stat_result) -> ConfigurationError | None:
    """What is wrong with a private file's kind, owner or mode; None where nothing is."""
    if not stat.S_ISREG(found.st_mode):
        return ConfigurationError(f"{shown(path)}: is not a file", f"look at it: ls -l {quoted(path)}")
    if found.st_uid != os.geteuid():
        return ConfigurationError(f"{shown(path)}: belongs to another user", f"sudo chown $USER {quoted(path)}")
    if stat.S_IMODE(found.st_mode) & _OTHERS:
        return ConfigurationError(f"{shown(path)}: others can read or write it", f"chmod 600 {quoted(path)}")
    return None


def directory_problem(directory: Path, *, secret: bool = False) -> ConfigurationError | None:
    """What is wrong with the directory of a private file: others could replace what is in it (or read its names)."""
    try:
        found = directory.stat()
    except OSError:
        return None
    if found.st_uid not in {os.geteuid(), 0}:
        return ConfigurationError(
            f"{shown(directory)}: belongs to another user", f"sudo chown $USER {quoted(directory)}"
        )
    if stat.S_IMODE(found.st_mode) & (_OTHERS if secret else _OTHERS_WRITE):
        verb = "use" if secret else "write to"
        return ConfigurationError(f"{shown(directory)}: others can {verb} it", f"chmod 700 {quoted(directory)}")
    return None


def write_private(path: Path, data: bytes) -> None:
    """Replace the file whole, on disk before this returns; 0600 in a directory of 0700. Call it under `locked`.

    Raises ConfigurationError; then the file is as it was.
    """
    try:
        make_directory(path.parent)
        for left in path.parent.glob(f".{path.name}.*.tmp"):  # by a process that was killed in the middle
            left.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)  # 0600
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        _sync(path.parent)
    except OSError as error:
        why = f"{shown(path)}: cannot be written: {error.strerror}"
        raise ConfigurationError(why, f"check the disk, and the owner of {shown(path.parent)}") from None


def remove_private(path: Path) -> bool:
    """Whether there was a file to remove. Raises ConfigurationError."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ConfigurationError(f"{shown(path)}: cannot be removed: {error.strerror}", "remove it by hand") from None
    return True


@contextmanager
def locked(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock file at `path`; it ends with the process, however that ends. Raises LockBusy after `seconds`."""
    try:
        make_directory(path.parent)
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        why = f"{shown(path)}: cannot be written: {error.strerror}"
        raise ConfigurationError(why, f"check the owner of {shown(path.parent)}") from None
    try:
        _take(handle, time.monotonic() + seconds)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def make_directory(directory: Path) -> None:
    """The directory, 0700, and those above it. Raises OSError."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)


def _take(handle: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                holder = os.pread(handle, 20, 0).decode("ascii", "replace")
                raise LockBusy(holder if holder.isdecimal() else "") from None
            time.sleep(_POLL_SECONDS)
        else:
            return


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def shown(path: Path) -> str:
    """The path as it may be shown."""
    return clean(str(path))


def quoted(path: Path) -> str:
    """The path for a command to copy."""
    return shlex.quote(clean(str(path)))
