"""Saving settings.toml so that no edit is lost and no torn file is ever seen.

Read, validate whole, change, write a temporary file beside it, fsync, compare the file's digest once more under a lock,
rename. A reader sees the old file or the new one. Whoever saves must say which file they looked at (its digest); where
somebody else changed it since, nothing is written and `ChangedMeanwhile` shows what the other changed.
"""

import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.text import clean
from smoothx_tui.settings.edit import Difference, differences
from smoothx_tui.settings.file import decoded, digest_of, load_bytes, parsed, read

_BOM: Final = b"\xef\xbb\xbf"
_LOCK_PATIENCE: Final = 10.0
"""Seconds to wait for another save; one takes a few milliseconds."""


class ChangedMeanwhile(ConfigurationError):  # noqa: N818 - reads as what happened
    """Somebody else changed the file since it was read. `theirs` are their changes, `digest` the file as it is now."""

    def __init__(self, path: Path, theirs: tuple[Difference, ...], digest: str) -> None:
        self.path = path
        self.theirs = theirs
        self.digest = digest
        said = "; ".join(difference.line() for difference in theirs[:5])
        more = f" and {len(theirs) - 5} more" if len(theirs) > 5 else ""
        super().__init__(
            f"{clean(str(path))}: was changed by somebody else meanwhile{': ' if said else ''}{said}{more}",
            "nothing was overwritten; look at it, then save yours again on top of it",
        )


@dataclass(frozen=True, slots=True)
class Saved:
    """The file's text before and after a save, and its digest now."""

    before: str
    after: str
    digest: str


def write(path: Path, change: Callable[[str], str], expected: str, *, known: str | None = None) -> Saved:
    """Replace the file's text by what `change` makes of it.

    `expected` is `LoadedSettings.digest`, `known` its text, from which a ChangedMeanwhile tells the other's changes.
    Raises ConfigurationError (InvalidSettings for a value or a file that is wrong); then nothing was changed.
    """
    target = Path(os.path.realpath(path))
    before = read(target)
    _same(path, before, expected, known)
    old = decoded(path, before)
    text = change(old)
    new = (_BOM if (before or b"").startswith(_BOM) else b"") + text.encode()
    # Both are validated whole: a broken file is not built upon, and a wrong value does not get in.
    parsed(path, old)
    load_bytes(path, new)
    if new == before:
        return Saved(old, text, expected)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _writable(target)
        with _locked(target), _temporary(target, new) as temporary:
            _same(path, read(target), expected, known)
            temporary.replace(target)
            _sync_directory(target.parent)
    except OSError as error:
        raise ConfigurationError(
            f"{clean(str(path))}: cannot be saved: {error.strerror or error}",
            f"nothing was changed; check {clean(str(target.parent))}, or name another file with --settings",
        ) from None
    return Saved(old, text, digest_of(new))


def _same(path: Path, now: bytes | None, expected: str, known: str | None) -> None:
    if digest_of(now) == expected:
        return
    theirs: tuple[Difference, ...] = ()
    if known is not None:
        text = decoded(path, now)
        parsed(path, text)
        theirs = differences(known, text)
    raise ChangedMeanwhile(path, theirs, digest_of(now))


def _writable(target: Path) -> None:
    """A rename would replace a file that its owner has marked read-only; that mark is respected."""
    if target.exists() and not target.stat().st_mode & stat.S_IWUSR:
        raise PermissionError(13, "the file is marked read-only")


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    """One save at a time. The lock file is removed by its holder, and whoever then holds a removed one tries again."""
    name = target.with_name(f".{target.name}.lock")
    until = time.monotonic() + _LOCK_PATIENCE
    while True:
        lock = os.open(name, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            if _taken(lock, until) and _still(name, lock):
                try:
                    yield
                    return
                finally:
                    name.unlink()
        finally:
            os.close(lock)
        if time.monotonic() > until:
            raise TimeoutError(110, f"another program keeps it locked ({clean(name.name)})")


def _taken(lock: int, until: float) -> bool:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        else:
            return True


def _still(name: Path, lock: int) -> bool:
    """Whether the lock that is held is the one that others will find under this name."""
    try:
        return os.path.samestat(name.stat(), os.fstat(lock))
    except FileNotFoundError:
        return False


@contextmanager
def _temporary(target: Path, data: bytes) -> Iterator[Path]:
    """`data` in a synced file beside the target, with the target's mode and owner. Called under the lock only."""
    for left in target.parent.glob(f".{target.name}.*.tmp"):  # by a save that was killed
        left.unlink()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _as_before(target, handle)
            file.write(data)
            file.flush()
            os.fsync(handle)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _as_before(target: Path, handle: int) -> None:
    if not target.exists():
        umask = os.umask(0)
        os.umask(umask)
        os.fchmod(handle, 0o666 & ~umask)
        return
    before = target.stat()
    with suppress(PermissionError):  # only the superuser gives files away
        os.fchown(handle, before.st_uid, before.st_gid)
    os.fchmod(handle, stat.S_IMODE(before.st_mode))


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
