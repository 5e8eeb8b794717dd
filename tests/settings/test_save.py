"""Saving: no lost edit, no torn file, nothing overwritten, a clear line where it cannot be done."""

import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.settings import save as saving
from smoothx_tui.settings.edit import Difference
from smoothx_tui.settings.file import digest_of, load
from smoothx_tui.settings.problems import InvalidSettings
from smoothx_tui.settings.save import ChangedMeanwhile, write
from tests.settings.saving import save


def digest(path: Path) -> str:
    return load(path, environ={}).digest


def test_a_save_is_read_back(persons: Path) -> None:
    new = save(persons, {"procore_to_xero.sync_as_draft": True}, digest(persons))
    loaded = load(persons, environ={})
    assert loaded.settings.sync_as_draft
    assert loaded.digest == new
    assert "# approved by hand" in loaded.text


def test_a_first_save_makes_the_file_and_its_directory(tmp_path: Path) -> None:
    file = tmp_path / "config" / "smoothx-tui" / "settings.toml"
    save(file, {"advanced.multi_currency": True}, "")
    assert tomllib.loads(file.read_text()) == {"advanced": {"multi_currency": True}}
    assert [entry.name for entry in file.parent.iterdir()] == ["settings.toml"]


def test_a_save_that_changes_nothing_touches_nothing(persons: Path) -> None:
    before = persons.stat().st_mtime_ns, persons.stat().st_ino
    save(persons, {"procore_to_xero.sync_as_draft": False}, digest(persons))
    assert (persons.stat().st_mtime_ns, persons.stat().st_ino) == before


def test_somebody_elses_change_is_shown_and_not_overwritten(persons: Path) -> None:
    mine = load(persons, environ={})
    theirs = mine.text.replace('default_account = "310"', 'default_account = "999"')
    persons.write_text(theirs)
    with pytest.raises(ChangedMeanwhile) as caught:
        save(persons, {"procore_to_xero.sync_as_draft": True}, mine.digest, known=mine.text)
    assert caught.value.theirs == (Difference("mapping.bill.default_account", "310", "999"),)
    assert 'mapping.bill.default_account: "310" -> "999"' in caught.value.message
    assert persons.read_text() == theirs
    save(persons, {"procore_to_xero.sync_as_draft": True}, caught.value.digest)


def test_a_file_that_appeared_or_went_meanwhile_is_a_change_too(persons: Path) -> None:
    with pytest.raises(ChangedMeanwhile):
        save(persons, {"advanced.multi_currency": True}, "")
    seen = digest(persons)
    persons.unlink()
    with pytest.raises(ChangedMeanwhile):
        save(persons, {"advanced.multi_currency": True}, seen)
    assert not persons.exists()


def test_a_change_in_the_last_moment_is_seen(persons: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody saves after we looked and before we rename: the comparison under the lock finds it."""
    original = saving._temporary

    def meanwhile(*arguments: object) -> object:
        persons.write_text("# theirs\n")
        return original(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(saving, "_temporary", meanwhile)
    with pytest.raises(ChangedMeanwhile):
        save(persons, {"advanced.multi_currency": True}, digest(persons))
    assert persons.read_text() == "# theirs\n"


@pytest.mark.parametrize("changes", [{"advanced.multi_currency": "on"}, {"advanced.nothing": 1}, {"nothing": True}])
def test_a_wrong_value_does_not_get_in(persons: Path, changes: dict[str, object]) -> None:
    before = persons.read_text()
    with pytest.raises(InvalidSettings):
        save(persons, changes, digest(persons))
    assert persons.read_text() == before


def test_a_broken_file_is_not_built_upon(persons: Path) -> None:
    seen = digest(persons)
    persons.write_text("[advanced\n")
    with pytest.raises(ConfigurationError):
        save(persons, {"advanced.multi_currency": True}, seen)
    with pytest.raises(InvalidSettings):
        write(persons, lambda _: "[advanced\n", digest_of(persons.read_bytes()))


def test_mode_and_symbolic_link_stay(persons: Path) -> None:
    persons.chmod(0o640)
    link = persons.parent / "link.toml"
    link.symlink_to(persons.name)
    save(link, {"advanced.multi_currency": True}, digest(link))
    assert link.is_symlink()
    assert persons.stat().st_mode & 0o777 == 0o640
    assert load(persons, environ={}).settings.multi_currency


def test_a_dangling_link_is_filled(tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to("target.toml")
    save(link, {"advanced.multi_currency": True}, "")
    assert (tmp_path / "target.toml").is_file()


def test_byte_order_mark_and_line_ends_stay(persons: Path) -> None:
    persons.write_bytes(b"\xef\xbb\xbf[advanced]\r\nerp_locking = true\r\n")
    save(persons, {"advanced.erp_locking": False, "advanced.multi_currency": True}, digest(persons))
    assert persons.read_bytes() == b"\xef\xbb\xbf[advanced]\r\nerp_locking = false\r\nmulti_currency = true\r\n"


def test_a_file_marked_read_only_is_respected(persons: Path) -> None:
    persons.chmod(0o444)
    before = persons.read_text()
    with pytest.raises(ConfigurationError, match="cannot be saved: the file is marked read-only"):
        save(persons, {"advanced.multi_currency": True}, digest(persons))
    assert persons.read_text() == before


def test_a_directory_that_can_not_be_written_is_one_clear_line(persons: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    seen = digest(persons)
    monkeypatch.setattr("smoothx_tui.settings.save.os.open", refused)
    with pytest.raises(ConfigurationError) as caught:
        save(persons, {"advanced.multi_currency": True}, seen)
    assert caught.value.line() == (
        f"{persons}: cannot be saved: Permission denied "
        f"(nothing was changed; check {persons.parent}, or name another file with --settings)"
    )


def test_a_full_disk_leaves_the_old_file(persons: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = persons.read_text()
    monkeypatch.setattr("smoothx_tui.settings.save.os.fsync", full)
    with pytest.raises(ConfigurationError, match="No space left on device"):
        save(persons, {"advanced.multi_currency": True}, digest(persons))
    assert persons.read_text() == before
    assert [entry.name for entry in persons.parent.iterdir()] == ["settings.toml"]


def test_a_lock_that_is_never_given_up_is_said(persons: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "_LOCK_PATIENCE", 0.05)
    seen = digest(persons)
    with saving._locked(persons), pytest.raises(ConfigurationError, match="another program keeps it locked"):
        save(persons, {"advanced.multi_currency": True}, seen)


def test_what_a_killed_save_left_is_cleared(persons: Path) -> None:
    (persons.parent / ".settings.toml.abc.tmp").write_text("half")
    (persons.parent / ".settings.toml.lock").touch()
    save(persons, {"advanced.multi_currency": True}, digest(persons))
    assert [entry.name for entry in persons.parent.iterdir()] == ["settings.toml"]


SAVER = """
import sys
from pathlib import Path
from smoothx_tui.settings.file import load
from smoothx_tui.settings.edit import edited
from smoothx_tui.settings.save import ChangedMeanwhile, write
path, me, rows = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for row in range(rows):
    while True:
        seen = load(path, environ={})
        try:
            changes = {f'mapping.bill.cost_codes."{me}-{row}"': "311"}
            write(path, lambda text: edited(text, changes), seen.digest, known=seen.text)
        except ChangedMeanwhile:
            continue
        print(row, flush=True)
        break
"""


def _saver(path: Path, name: str, rows: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", SAVER, str(path), name, str(rows)], stdout=subprocess.PIPE, text=True
    )


def test_several_processes_at_once_lose_no_edit(persons: Path) -> None:
    savers = [_saver(persons, name, 12) for name in "abcd"]
    torn = 0
    while any(saver.poll() is None for saver in savers):
        torn += not _whole(persons)
    for saver in savers:
        saver.communicate()
        assert saver.returncode == 0
    rows = tomllib.loads(persons.read_text())["mapping"]["bill"]["cost_codes"]
    assert set(rows) == {f"{name}-{row}" for name in "abcd" for row in range(12)}
    assert torn == 0
    assert "# approved by hand" in persons.read_text()
    assert [entry.name for entry in persons.parent.iterdir()] == ["settings.toml"]


def test_killed_savers_lose_no_edit_and_tear_no_file(persons: Path) -> None:
    """What a saver said it saved is in the file, whenever it was killed; and the file is whole at every moment."""
    said: set[str] = set()
    for turn in range(6):
        savers = [_saver(persons, f"{turn}{name}", 1000) for name in "ab"]
        for saver, name in zip(savers, "ab", strict=True):
            assert saver.stdout is not None
            said.add(f"{turn}{name}-{saver.stdout.readline().strip()}")
            time.sleep(0.003 * turn)
        for saver in savers:
            saver.send_signal(signal.SIGKILL)
        for saver, name in zip(savers, "ab", strict=True):
            rest, _ = saver.communicate()
            said |= {f"{turn}{name}-{line}" for line in rest.split()}
        assert _whole(persons)
    rows = tomllib.loads(persons.read_text())["mapping"]["bill"]["cost_codes"]
    assert said <= set(rows)
    save(persons, {"advanced.multi_currency": True}, digest(persons))
    assert os.listdir(persons.parent) == ["settings.toml"]  # noqa: PTH208 - names are enough


def _whole(path: Path) -> bool:
    return "default_account" in path.read_text() and bool(load(path, environ={}).digest)
