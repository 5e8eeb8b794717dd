"""The ledger's schema version: made, checked, and moved forward after a verified copy."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from smoothx_tui.base.errors import LedgerError
from smoothx_tui.base.text import clean
from smoothx_tui.ledger.database import Database
from smoothx_tui.ledger.tables import ONE_OPEN, metadata, operations

KNOWN: Final = ("0001", "0002")
"""Every schema version this program knows, oldest first; each is a script in `migrations/versions`."""
HEAD: Final = KNOWN[-1]

_VERSION: Final = sa.table("alembic_version", sa.column("version_num", sa.Text))


def prepare(database: Database) -> None:
    """Make the tables in a new ledger, bring an older one up to date. Raises LedgerError for a newer one."""
    with database.transaction() as connection:
        version = _version(connection)
        if version is None:
            _make(connection)
            return
    if version == HEAD:
        return
    if version not in KNOWN:
        raise LedgerError(
            f"the ledger was written by a newer smoothx-tui (its version is {clean(version)}, known up to {HEAD})",
            "update this program; nothing was changed",
        )
    if database.path is not None:
        _verified_copy(database.path, version)
    _migrate(database)


def _version(connection: sa.Connection) -> str | None:
    tables = set(sa.inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            raise LedgerError("the database holds other tables and is no ledger", "choose another file or database")
        return None
    return str(connection.scalar(sa.select(_VERSION.c.version_num)))


def _make(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Said in `tables`, it would load all that SQLAlchemy has for PostgreSQL at every start on SQLite.
        ONE_OPEN.dialect_options["postgresql"]["where"] = operations.c.open.is_(True)
    metadata.create_all(connection)
    connection.execute(sa.text("create table alembic_version (version_num varchar(32) not null primary key)"))
    connection.execute(sa.insert(_VERSION).values(version_num=HEAD))


def _migrate(database: Database) -> None:
    from alembic import command

    with database.transaction() as connection:
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: sa.Connection) -> Any:
    """Alembic's configuration, made here and not in a file: the scripts are part of the package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _verified_copy(path: Path, version: str) -> Path:
    """Copy the ledger beside itself before it is changed, and check that the copy is whole."""
    copy = path.with_name(f"{path.name}.before-{HEAD}-from-{version}")
    try:
        copy.touch(mode=0o600)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            verdict = target.execute("pragma integrity_check").fetchone()[0]
            counted = [_counts(source), _counts(target)]
    except (sqlite3.Error, OSError) as error:
        raise LedgerError(f"the ledger could not be copied before its upgrade: {error}", "make room there") from None
    if verdict != "ok" or counted[0] != counted[1]:
        raise LedgerError(f"the copy {copy} made before the upgrade is not whole", "check the disk; nothing changed")
    return copy


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    names = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
    return {name: connection.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names}  # noqa: S608 - its own tables
