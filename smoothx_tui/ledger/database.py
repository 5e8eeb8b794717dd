"""Opening the ledger's database: where it may live, how durable it is, and whose clock counts."""

import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from smoothx_tui.base.errors import LedgerError, LedgerUnreachable
from smoothx_tui.base.text import clean

MEMORY: Final = ":memory:"
_BUSY_SECONDS: Final = 15
_PAGES_KIB: Final = 256
"""What a connection may hold of the file. SQLite's own 2 MB fill with the copy of the last reading, which is read once;
the system keeps the file in memory anyway.
"""
_NETWORK_FILE_SYSTEMS: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "fuse.glusterfs", "lustre"}
)

DatabaseClock = Callable[[], float]

_NO_ANSWER: Final = frozenset({"57P01", "57P02", "57P03", "08000", "08001", "08003", "08006"})
"""SQLSTATEs of a server that is not there, shuts down or starts up; libpq gives none where it could not connect."""

_POSTGRES_NOW: Final = sa.text("select extract(epoch from clock_timestamp())")


class Database:
    """Short transactions, one error type. Blocking; the syncing engine calls it in one worker thread.

    SQLite: a writer's transaction begins with BEGIN IMMEDIATE, so that two consoles can not both read "free" and both
    write "mine". `clock` stands in for the database's clock in tests; seconds since 1970.
    """

    def __init__(self, url: str, clock: DatabaseClock | None = None) -> None:
        self.url: Final = url
        self._clock = clock
        self.postgres: Final = url.startswith("postgresql")
        self.path: Final = None if self.postgres or _is_memory(url) else sqlite_path(url)
        self.shared: Final = self.postgres or self.path is not None
        """Whether another process can have it open too."""
        self._turn = threading.RLock()
        self.engine: Final = self._make_engine(relaxed=False)
        self._relaxed = self._make_engine(relaxed=True) if self.path or self.postgres else self.engine

    def _make_engine(self, *, relaxed: bool) -> sa.Engine:
        if self.postgres:
            made = sa.create_engine(self.url, pool_pre_ping=True, pool_size=3, connect_args={"connect_timeout": 10})
            if relaxed:
                sa.event.listen(made, "connect", _relax_postgres)
            return made
        if self.path is None:
            made = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        else:
            made = sa.create_engine(
                f"sqlite:///{self.path}", connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS}
            )
        _configure_sqlite(made, synchronous="NORMAL" if relaxed else "FULL")
        return made

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[sa.Connection]:
        """One transaction. Raises LedgerError.

        `durable=False`: no flush of its own. Everybody sees it at once and no killed process takes it along, but a
        power cut can lose it. Both databases write one log: the next durable commit flushes what stands before it.
        """
        with self._turn if self.path is None and not self.postgres else _NO_TURN:
            try:
                with (self.engine if durable else self._relaxed).begin() as connection:
                    yield connection
            except sa.exc.IntegrityError:
                raise
            except (sa.exc.DBAPIError, OSError) as error:
                raise self.error(error) from None

    def now(self, connection: sa.Connection) -> float:
        """Seconds since 1970 by the database's clock, which all consoles of this ledger share."""
        if self.postgres and self._clock is None:
            return float(connection.scalar(_POSTGRES_NOW) or 0)
        return self.own_now()

    def own_now(self) -> float:
        """SQLite's clock is the machine's: it runs in the process, and never over a network."""
        return self._clock() if self._clock is not None else time.time()

    def error(self, error: Exception) -> LedgerError:
        """What happened to the database, in a line; the driver's text without statement and parameters."""
        text = clean(str(getattr(error, "orig", None) or error).strip().splitlines()[0] if str(error) else repr(error))
        where = "PostgreSQL" if self.postgres else str(self.path or "the ledger in memory")
        low = text.casefold()
        if "disk is full" in low or "no space left" in low:
            return LedgerError(f"ledger {where}: the disk is full", "make room, then start again; nothing was lost")
        if "readonly" in low or "read-only" in low or "permission denied" in low:
            return LedgerError(f"ledger {where} can not be written: {text}", "check its owner and mode, and the disk's")
        if "locked" in low and not self.postgres:
            return LedgerError(f"ledger {where} is busy: another program holds it", "close it, then start again")
        if "malformed" in low or "not a database" in low:
            return LedgerError(f"ledger {where} is damaged: {text}", "restore the last copy; links are found again")
        if self.postgres and _no_connection(error):
            hint = "check that its server runs, and the ledger's address; nothing is sent that cannot be recorded"
            return LedgerUnreachable(f"ledger {where}: {text}", hint)
        return LedgerError(f"ledger {where}: {text}", "nothing is sent that cannot be recorded")

    def close(self) -> None:
        self.engine.dispose()
        if self._relaxed is not self.engine:
            self._relaxed.dispose()


def _no_connection(error: Exception) -> bool:
    """Whether the server is not there: refused, lost, starting up. One that refuses the log-in says FATAL."""
    if not isinstance(error, sa.exc.OperationalError):
        return False
    code, text = getattr(error.orig, "sqlstate", None), str(error.orig)
    refused = "FATAL:" in text and not any(word in text for word in ("starting up", "shutting down"))
    return code in _NO_ANSWER or (code is None and not refused)


class _NoTurn:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


_NO_TURN: Final = _NoTurn()


def _is_memory(url: str) -> bool:
    return url in {MEMORY, "sqlite://", "sqlite:///:memory:"}


def _relax_postgres(connection: Any, _: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit = off")
    connection.commit()


def _configure_sqlite(engine: sa.Engine, *, synchronous: str) -> None:
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver's own implicit BEGIN would be a deferred one
        connection.execute("pragma journal_mode = wal")
        connection.execute(f"pragma synchronous = {synchronous}")
        connection.execute("pragma foreign_keys = on")
        connection.execute(f"pragma cache_size = -{_PAGES_KIB}")

    def begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql("begin immediate")

    sa.event.listen(engine, "connect", connected)
    sa.event.listen(engine, "begin", begun)


def sqlite_path(url: str) -> Path:
    """The file of a `sqlite:///` address (or a bare path). Raises LedgerError for other addresses."""
    if "://" in url and not url.startswith("sqlite:///"):
        raise LedgerError(
            f"ledger address {clean(url.rsplit('@', maxsplit=1)[-1])!r} is not known",
            "use sqlite:///path or postgresql+psycopg://host/database",
        )
    return Path(url.removeprefix("sqlite:///")).expanduser()


def prepare_file(path: Path, mounts: Path = Path("/proc/mounts")) -> None:
    """Make the directory (0700) and file (0600); refuse a network file system, where SQLite's locks do not hold."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kind = file_system_of(path.parent.resolve(), mounts)
        if kind in _NETWORK_FILE_SYSTEMS:
            raise LedgerError(
                f"ledger {path} is on a network file system ({kind}), where SQLite can lose writes",
                "keep it on a local disk, or share a PostgreSQL ledger: postgresql+psycopg://host/database",
            )
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        _check_owner(path)
    except OSError as error:
        raise LedgerError(f"ledger {path}: {error.strerror}", "check the directory's owner and mode") from None


def _check_owner(path: Path) -> None:
    found = path.stat()
    if found.st_uid not in {os.getuid(), 0} and os.getuid() != 0:
        raise LedgerError(f"ledger {path} belongs to another user", f"sudo chown $USER {path}")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise LedgerError(f"ledger {path} can be read by others", f"chmod 600 {path}")


def file_system_of(directory: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The type of the file system that holds `directory`; "" where the machine does not say."""
    try:
        lines = mounts.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for line in lines:
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = parts[1].replace("\\040", " ")
        if (str(directory) + "/").startswith(point.rstrip("/") + "/") and len(point) >= len(best):
            best, kind = point, parts[2]
    return kind
