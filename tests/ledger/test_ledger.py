"""Links, history, audit, pacing, and what the ledger refuses."""

import datetime as dt
import os
import sqlite3
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from smoothx_tui.base.errors import LedgerError, LedgerUnreachable
from smoothx_tui.ledger import schema
from smoothx_tui.ledger.audit import Note
from smoothx_tui.ledger.database import Database, file_system_of, prepare_file
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.ledger.tables import metadata
from smoothx_tui.planning.link import Link, LinkSource
from tests.ledger.postgres import Server

ORG = "5ca1ab1e-0000-4000-8000-000000000001"


def test_a_link_comes_back_as_it_was(ledger: Ledger) -> None:
    link = Link(
        item="claim:1",
        document_id="d1",
        source=LinkSource.PERSON,
        sent='{"Total":1.10}',
        line_ids=("a", "b"),
        item_date=dt.date(2026, 6, 30),
        item_updated_at="2026-07-01",
        document_updated_at="/Date(1)/",
        line_keys=("7", "retention"),
        option_ids=(("101", "option"), ("101/5", "other")),
    )
    ledger.put_link(ORG, link, Note("link", "ann", ORG, "claim:1"))
    assert ledger.links(ORG) == {"claim:1": link}
    assert ledger.links("another") == {}
    assert ledger.remove_link(ORG, "claim:1", Note("unlink", "ann", ORG, "claim:1"))
    assert not ledger.remove_link(ORG, "claim:1", Note("unlink"))
    assert ledger.links(ORG) == {}


def test_the_settings_history_is_kept_in_order(ledger: Ledger) -> None:
    first = ledger.record_settings_change("ann", "a = 1", "a = 2", ["a: 1 -> 2"])
    second = ledger.record_settings_change("bob", "a = 2", "a = 3")
    changes = ledger.settings_history()
    assert [(c.revision, c.who, c.before, c.after) for c in changes] == [
        (first, "ann", "a = 1", "a = 2"),
        (second, "bob", "a = 2", "a = 3"),
    ]
    assert changes[0].changes == ("a: 1 -> 2",)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update audit set who = 'mallory' where number = 2", "was changed"),
        ("delete from audit where number = 2", "missing"),
        ("update audit set hash = previous where number = 3", "was changed"),
    ],
)
def test_verify_finds_an_edited_audit_row(ledger: Ledger, statement: str, told: str) -> None:
    for number in range(4):
        ledger.append(Note("done", "ann", ORG, f"claim:{number}", "Ünïcode \u202e"))
    head, faults = ledger.verify()
    assert (len(head), faults) == (64, [])
    with ledger.database.transaction() as connection:
        connection.execute(sa.text(statement))
    assert any(told in fault.text for fault in ledger.verify()[1])


def test_a_pause_holds_for_everybody_and_a_shorter_one_does_not_end_it(ledger: Ledger, time: Any) -> None:
    ledger.pacing.pause(ORG, 3600.0, "the day is used up")
    ledger.pacing.pause(ORG, 5.0, "the minute is used up")
    turn = ledger.pacing.take(ORG, "one")
    assert (turn.number, turn.paused, turn.text) == (0, True, "the day is used up")
    assert turn.wait == pytest.approx(3600.0)
    assert ledger.pacing.take("another", "one").number
    assert ledger.pacing.paused(ORG).text == "the day is used up"
    time.pass_by(3601.0)
    assert ledger.pacing.take(ORG, "one").number


def test_items_are_cached(ledger: Ledger) -> None:
    ledger.cache_items(ORG, [("claim:1", "v1", "{}"), ("claim:2", "v1", "{}")])
    ledger.cache_items(ORG, [("claim:1", "v2", '{"a":1}')])
    ledger.forget_items(ORG, ["claim:2"])
    assert ledger.cached_items(ORG) == {"claim:1": ("v2", '{"a":1}')}


def test_consoles_are_there_until_they_leave_or_fall_silent(ledger: Ledger, time: Any) -> None:
    ledger.consoles.present("one", ORG, "ann", "host1")
    ledger.consoles.present("two", ORG, "bob", "host2")
    ledger.consoles.leave("two")
    assert [(c.who, c.place) for c in ledger.consoles.there(ORG)] == [("ann", "host1")]
    time.pass_by(61)
    assert ledger.consoles.there(ORG) == []


def test_the_database_clock_is_near_the_wall(url: str) -> None:
    ledger = Ledger.open(url)
    try:
        assert abs(ledger.now() - dt.datetime.now(dt.UTC).timestamp()) < 60
    finally:
        ledger.close()


def test_a_newer_ledger_is_refused_and_left_alone(url: str) -> None:
    Ledger.open(url).close()
    database = Database(url)
    with database.transaction() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    database.close()
    with pytest.raises(LedgerError, match="newer smoothx-tui"):
        Ledger.open(url)


def test_a_database_with_other_tables_is_refused(url: str) -> None:
    database = Database(url)
    if database.path:
        prepare_file(database.path)
    with database.transaction() as connection:
        connection.execute(sa.text("create table invoices (id integer)"))
    database.close()
    with pytest.raises(LedgerError, match="is no ledger"):
        Ledger.open(url)


def test_the_scripts_make_the_same_tables_as_the_program(tmp_path: Path) -> None:
    from alembic import command
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    database = Database(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    prepare_file(tmp_path / "ledger.sqlite3")
    with database.transaction() as connection:
        command.upgrade(schema.alembic_config(connection), "head")
    with database.transaction() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.scalar(sa.text("select version_num from alembic_version")) == schema.HEAD
    database.close()


def test_a_migration_begins_with_a_verified_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.sqlite3"
    Ledger.open(str(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("update alembic_version set version_num = '0000'")
    connection.close()
    monkeypatch.setattr(schema, "KNOWN", ("0000", schema.HEAD))
    moved: list[int] = []
    monkeypatch.setattr(schema, "_migrate", lambda _: moved.append(len(list(tmp_path.glob("*.before-*")))))
    Ledger.open(str(path)).close()
    assert moved == [1], "the copy was there before the migration began"


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "ledger.sqlite3"
    Ledger.open(f"sqlite:///{path}").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    with pytest.raises(LedgerError, match="can be read by others") as caught:
        Ledger.open(f"sqlite:///{path}")
    assert caught.value.hint == f"chmod 600 {path}"


def test_sqlite_commits_are_flushed(tmp_path: Path) -> None:
    ledger = Ledger.open(str(tmp_path / "ledger.sqlite3"))
    with ledger.database.transaction() as connection:
        assert connection.scalar(sa.text("pragma journal_mode")) == "wal"
        assert connection.scalar(sa.text("pragma synchronous")) == 2
    with ledger.database.transaction(durable=False) as connection:
        assert connection.scalar(sa.text("pragma synchronous")) == 1
    ledger.close()


def test_sqlite_on_a_network_file_system_is_refused(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/home {tmp_path} nfs4 rw 0 0\n")
    assert file_system_of(tmp_path / "state", mounts) == "nfs4"
    with pytest.raises(LedgerError, match=r"network file system \(nfs4\)") as caught:
        prepare_file(tmp_path / "state" / "ledger.sqlite3", mounts)
    assert "postgresql+psycopg" in caught.value.hint


def test_a_server_that_is_not_there_is_another_matter_than_one_that_refuses(postgres: Server) -> None:
    url = postgres.new_database()
    with pytest.raises(LedgerError, match="does not exist") as refused:
        Ledger.open(f"{url}x")
    with pytest.raises(LedgerUnreachable, match="ledger PostgreSQL: ") as away:
        Ledger.open("postgresql+psycopg://tester@127.0.0.1:9/x")
    assert (refused.value.exit_code, away.value.exit_code) == (2, 3)
    assert away.value.hint.startswith("check that its server runs")


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(LedgerError, match="is not known"):
        Ledger.open("mysql://user:pw@host/ledger")


def test_a_damaged_file_is_said_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(b"this is no database" * 100)
    path.chmod(0o600)
    with pytest.raises(LedgerError, match="is damaged"):
        Ledger.open(str(path))


def test_a_read_only_ledger_is_said_in_one_line(tmp_path: Path) -> None:
    ledger = Ledger.open(str(tmp_path / "ledger.sqlite3"))
    with ledger.database.engine.connect() as connection:
        connection.exec_driver_sql("pragma query_only = on")
        connection.rollback()
    with pytest.raises(LedgerError, match="can not be written"):
        ledger.append(Note("done"))
    ledger.close()


def test_a_full_disk_is_said_in_one_line(tmp_path: Path) -> None:
    ledger = Ledger.open(str(tmp_path / "ledger.sqlite3"))
    with ledger.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("pragma page_count").scalar_one()
        connection.exec_driver_sql(f"pragma max_page_count = {pages}")
        connection.rollback()
    with pytest.raises(LedgerError, match="the disk is full"):
        ledger.append(Note("done", detail="x" * 100_000))
    ledger.close()


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root can give a file away")
def test_root_may_use_the_ledger_of_another_user(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    Ledger.open(str(path)).close()
    os.chown(path, 65534, 65534)
    Ledger.open(str(path)).close()


def test_a_lost_postgresql_is_said_in_one_line_and_found_again(postgres: Any) -> None:
    ledger = Ledger.open(postgres.new_database())
    postgres.stop()
    try:
        with pytest.raises(LedgerError, match="ledger PostgreSQL"):
            ledger.append(Note("done"))
    finally:
        postgres.start()
    ledger.append(Note("done"))
    assert ledger.verify()[1] == []
    ledger.close()
