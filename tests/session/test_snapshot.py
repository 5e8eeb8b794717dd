"""The table kept for the next start: exact where it is whole, as good as none where anything about it is odd."""

import datetime as dt
import json
import os
import zlib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.base.text import clean
from smoothx_tui.planning.actions import Action
from smoothx_tui.procore.kinds import Kind
from smoothx_tui.session.rows import Row
from smoothx_tui.session.snapshot import PAGE, Snapshot, SnapshotFile, packed

AT = dt.datetime(2026, 7, 1, 9, 41, 7, 123456, tzinfo=dt.UTC)


def a_row(number: int, /, **other: object) -> Row:
    values: dict[str, object] = {
        "key": f"claim:{number}", "action": Action.CREATE, "kind": Kind.PROGRESS_CLAIM, "number": f"HC-{number:04}",
        "contact": "Harbour Concrete", "project": "2235 - Quay St", "date": dt.date(2026, 6, 30),
        "total": Decimal("13050.00"), "currency": "AUD", "why": "", "danger": False,
    }  # fmt: skip
    return Row(**(values | other))  # type: ignore[arg-type]


def pages_of(rows: list[Row]) -> list[bytes]:
    return [packed(rows[start : start + PAGE]) for start in range(0, len(rows), PAGE)]


@pytest.fixture
def file(tmp_path: Path) -> SnapshotFile:
    return SnapshotFile(tmp_path / "cache" / "table", "here", "abc", lambda: "abc")


def kept(file: SnapshotFile, rows: list[Row]) -> Snapshot:
    file.write(pages_of(rows), len(rows), AT)
    found = file.read()
    assert found is not None
    return found


def rewritten(file: SnapshotFile, **head: object) -> None:
    """The file with another head, its checksum right: as somebody would write it who wants it to be read."""
    _, old, body = file.path.read_bytes().split(b"\n", 2)
    sealed(file, json.dumps(json.loads(old) | head).encode() + b"\n" + body)


def sealed(file: SnapshotFile, rest: bytes) -> None:
    file.path.write_bytes(b"smoothx rows 1 %08x\n" % zlib.crc32(rest) + rest)


rows = st.builds(
    a_row,
    st.integers(0, 10**6),
    action=st.sampled_from(Action),
    kind=st.sampled_from(Kind),
    number=st.text(max_size=12).map(clean),
    contact=st.text(max_size=12).map(clean),
    why=st.text(max_size=20).map(clean),
    date=st.none() | st.dates(),
    total=st.decimals(-(10**9), 10**9, places=2) | st.just(Decimal("0.0001")),
    danger=st.booleans(),
)


@given(st.lists(rows, min_size=1, max_size=3 * PAGE))
def test_the_rows_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, found: list[Row]) -> None:
    file = SnapshotFile(tmp_path_factory.mktemp("cache") / "table", "here", "abc", lambda: "abc")
    last = kept(file, found)
    assert [last.at(place) for place in range(len(last.keys))] == found
    assert list(last.keys) == [row.key for row in found]
    assert (last.as_of, last.same_settings) == (AT, True)


def test_only_the_pages_that_are_looked_at_are_opened(file: SnapshotFile) -> None:
    many = [a_row(number) for number in range(10 * PAGE + 1)]
    last = kept(file, many)
    assert last.keys[5 * PAGE : 5 * PAGE + 2] == [row.key for row in many[5 * PAGE : 5 * PAGE + 2]]
    assert last.row(many[5 * PAGE].key) == many[5 * PAGE]
    with pytest.raises(KeyError):
        last.row(many[0].key)
    assert last.keys[-1] == many[-1].key
    with pytest.raises(IndexError):
        last.keys[len(many)]


def test_the_file_is_its_owners_alone(file: SnapshotFile) -> None:
    kept(file, [a_row(1)])
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700
    assert b"here" in file.path.read_bytes()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_reach_is_not_read(file: SnapshotFile, mode: int) -> None:
    kept(file, [a_row(1)])
    file.path.chmod(mode)
    assert file.read() is None


def test_a_link_a_pipe_and_a_directory_are_not_read(file: SnapshotFile, tmp_path: Path) -> None:
    kept(file, [a_row(1)])
    moved = tmp_path / "elsewhere"
    file.path.rename(moved)
    assert file.read() is None
    file.path.symlink_to(moved)
    assert file.read() is None
    file.path.unlink()
    os.mkfifo(file.path, 0o600)
    assert file.read() is None
    file.path.unlink()
    file.path.mkdir()
    assert file.read() is None


def test_another_place_has_none_of_it(file: SnapshotFile) -> None:
    kept(file, [a_row(1)])
    assert SnapshotFile(file.path, "elsewhere", "abc", lambda: "abc").read() is None


def test_other_settings_are_told(file: SnapshotFile) -> None:
    kept(file, [a_row(1)])
    last = SnapshotFile(file.path, "here", "another", lambda: "another").read()
    assert last is not None
    assert not last.same_settings


def test_it_is_written_under_the_settings_of_then(tmp_path: Path) -> None:
    file = SnapshotFile(tmp_path / "table", "here", "before", lambda: "after")
    file.write(pages_of([a_row(1)]), 1, AT)
    last = SnapshotFile(file.path, "here", "after", lambda: "").read()
    assert last is not None
    assert last.same_settings


def test_a_later_time_leaves_the_rest(file: SnapshotFile) -> None:
    kept(file, [a_row(1), a_row(2)])
    file.still_so(AT + dt.timedelta(hours=2))
    last = file.read()
    assert last is not None
    assert last.as_of == AT + dt.timedelta(hours=2)
    assert list(last.keys) == ["claim:1", "claim:2"]


def test_a_later_time_of_nothing_makes_nothing(file: SnapshotFile) -> None:
    file.still_so(AT)
    assert not file.path.exists()


def test_every_flipped_byte_is_seen(file: SnapshotFile) -> None:
    kept(file, [a_row(number) for number in range(3)])
    whole = file.path.read_bytes()
    for at in range(len(whole)):
        file.path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert file.read() is None, at


def test_every_cut_is_seen(file: SnapshotFile) -> None:
    kept(file, [a_row(number) for number in range(3)])
    whole = file.path.read_bytes()
    for length in range(len(whole)):
        file.path.write_bytes(whole[:length])
        assert file.read() is None, length


@pytest.mark.parametrize(
    "head",
    [
        {"count": 10**12}, {"count": -1}, {"count": 0}, {"count": "many"}, {"count": None}, {"pages": []},
        {"pages": [1]}, {"pages": [-1, 10]}, {"pages": 7}, {"as_of": "then"}, {"as_of": 5}, {"place": ["here"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_head_that_can_not_be_is_none(file: SnapshotFile, head: dict[str, object]) -> None:
    kept(file, [a_row(1)])
    rewritten(file, **head)
    assert file.read() is None


@pytest.mark.parametrize("rest", [b"", b"{}", b"{}\n", b"[]\n", b"[" * 100_000 + b"\n", b"\xff\n"], ids=repr)
def test_no_head_is_none(file: SnapshotFile, rest: bytes) -> None:
    kept(file, [a_row(1)])
    sealed(file, rest)
    assert file.read() is None


BOMB = json.dumps([["x" * 20_000_000]]).encode()
HOSTILE = [
    json.dumps([[]]).encode(),
    json.dumps({"a": 1}).encode(),
    json.dumps([["claim:1", "explode", "progress_claim", "", "", "", 0, "0", "", "", 0]]).encode(),
    json.dumps([["claim:1", "create", "progress_claim", "", "", "", 10**9, "0", "", "", 0]]).encode(),
    json.dumps([["claim:1", "create", "progress_claim", "", "", "", 0, "NaN", "", "", 0]]).encode(),
    json.dumps([["claim:1", "create", "progress_claim", "", "", "", 0, "1E+99999999", "", "", 0]]).encode(),
    json.dumps([["claim:1", "create", "progress_claim", 5, "", "", 0, "0", "", "", 0]]).encode(),
    b"[" * 100_000,
    BOMB,
]


@pytest.mark.parametrize("page", [*map(zlib.compress, HOSTILE), b"not packed"], ids=range(len(HOSTILE) + 1))
def test_a_page_that_somebody_wrote_is_shown_as_unreadable(file: SnapshotFile, page: bytes) -> None:
    file.write([page], 1, AT)
    last = file.read()
    assert last is not None
    assert last.at(0).why.startswith("this row cannot be read")
    assert last.row(last.keys[0]) == last.at(0)


def test_text_is_cleaned_whoever_wrote_it(file: SnapshotFile) -> None:
    nasty = "\x1b]2;owned\x1b\\\u202e"
    last = kept(file, [a_row(1, key=nasty, number=nasty, contact=nasty, project=nasty, currency=nasty, why=nasty)])
    row = last.at(0)
    for text in (row.key, row.number, row.contact, row.project, row.currency, row.why):
        assert text == clean(nasty)
        assert text.isprintable()
