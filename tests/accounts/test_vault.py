"""Where secrets are kept: files with owner and mode checked, sealed under a passphrase; a keyring where it is real."""

import stat
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.accounts.sealing import Sealer, is_sealed, passphrase_from
from smoothx_tui.accounts.signin import Grant, NotASignIn, SignIn
from smoothx_tui.accounts.vault import FileVault, Keeping, KeyringVault, best_keeping, keyring_works, open_vault
from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.secret import Secret

TEXT = Secret('{"token": "canary-1"}')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sign-ins"


def test_a_file_for_each_name(folder: Path) -> None:
    vault = FileVault(folder, Sealer(None))
    assert vault.read("one.xero") is None
    vault.write("one.xero", TEXT)
    assert vault.read("one.xero") == TEXT
    assert stat.S_IMODE(vault.path("one.xero").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    vault.forget("one.xero")
    vault.forget("one.xero")
    assert vault.read("one.xero") is None


@pytest.mark.parametrize("what", ["file", "directory"])
def test_what_others_can_read_is_refused_with_the_command_that_mends_it(folder: Path, what: str) -> None:
    vault = FileVault(folder, Sealer(None))
    vault.write("one.xero", TEXT)
    (vault.path("one.xero") if what == "file" else folder).chmod(0o644 if what == "file" else 0o755)
    with pytest.raises(ConfigurationError) as caught:
        vault.read("one.xero")
    assert caught.value.hint == (f"chmod 600 {vault.path('one.xero')}" if what == "file" else f"chmod 700 {folder}")
    assert "canary" not in caught.value.line()


def test_a_passphrase_seals(folder: Path) -> None:
    sealed = FileVault(folder, Sealer(Secret("correct horse")))
    sealed.write("one.xero", TEXT)
    data = sealed.path("one.xero").read_bytes()
    assert is_sealed(data)
    assert b"canary" not in data
    sealed.write("one.xero", TEXT)
    assert sealed.path("one.xero").read_bytes() != data, "a new nonce each time"
    assert FileVault(folder, Sealer(Secret("correct horse"))).read("one.xero") == TEXT
    for other, said in ((Sealer(None), "there is no passphrase"), (Sealer(Secret("wrong")), "does not open it")):
        with pytest.raises(ConfigurationError, match=said):
            FileVault(folder, other).read("one.xero")


def test_sealed_files_can_not_change_places_or_be_edited(folder: Path) -> None:
    sealed = FileVault(folder, Sealer(Secret("correct horse")))
    sealed.write("one.xero", TEXT)
    data = sealed.path("one.xero").read_bytes()
    sealed.path("two.xero").write_bytes(data)
    sealed.path("two.xero").chmod(0o600)
    with pytest.raises(ConfigurationError, match="does not open it"):
        sealed.read("two.xero")
    for wrong in (data.replace(b'"salt"', b'"sal"'), data.replace(b'"nonce":"', b'"nonce":"!'), data[:-9] + b'"}'):
        sealed.path("one.xero").write_bytes(wrong)
        with pytest.raises(ConfigurationError):
            sealed.read("one.xero")


def test_a_plain_file_is_sealed_when_it_is_next_written(folder: Path) -> None:
    FileVault(folder, Sealer(None)).write("one.xero", TEXT)
    sealed = FileVault(folder, Sealer(Secret("correct horse")))
    assert sealed.read("one.xero") == TEXT
    sealed.write("one.xero", TEXT)
    assert is_sealed(sealed.path("one.xero").read_bytes())


def test_where_a_passphrase_comes_from(tmp_path: Path) -> None:
    file, directory = tmp_path / "phrase", tmp_path / "credentials"
    file.write_text("from a file\n")
    directory.mkdir()
    (directory / "smoothx-passphrase").write_text("from systemd")
    assert passphrase_from({}) is None
    assert passphrase_from({"SMOOTHX_PASSPHRASE": "from here"}) == Secret("from here")
    assert passphrase_from({"CREDENTIALS_DIRECTORY": str(directory)}) == Secret("from systemd")
    assert passphrase_from({"CREDENTIALS_DIRECTORY": str(tmp_path)}) is None
    assert passphrase_from({"SMOOTHX_PASSPHRASE_FILE": str(file)}) == Secret("from a file")
    for wrong in (tmp_path / "nothing", tmp_path):
        with pytest.raises(ConfigurationError, match="the passphrase cannot be read"):
            passphrase_from({"SMOOTHX_PASSPHRASE_FILE": str(wrong)})
    file.write_text("\n")
    with pytest.raises(ConfigurationError, match="holds no passphrase"):
        passphrase_from({"SMOOTHX_PASSPHRASE_FILE": str(file)})


def test_a_sign_in_as_it_is_kept() -> None:
    grant = Grant(Secret("a"), 5, Secret("r"))
    sign_in = SignIn("https://x/t", "id", None, "s", grant.followed_by(Secret("b"), 9, Secret("q"), 7), 3)
    assert SignIn.from_text(sign_in.to_text()) == sign_in
    assert sign_in.grant is not None
    assert (sign_in.grant.generation, sign_in.grant.previous, sign_in.grant.replaced_at) == (2, Secret("r"), 7)
    assert grant.followed_by(Secret("b"), 9, Secret("r"), 7).previous is None, "the old token goes on"
    for text in ("", "[]", "{}", '{"version":2}', sign_in.to_text().reveal().replace('"b"', "null"), '{"version":1'):
        with pytest.raises(NotASignIn):
            SignIn.from_text(Secret(text))


class _Backend:
    """A keyring in memory; `priority` is its own opinion of itself."""

    def __init__(self, priority: float) -> None:
        self.priority = priority
        self.kept: dict[tuple[str, str], str] = {}
        self.error: Exception | None = None


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Any:
    keyring = pytest.importorskip("keyring")
    made = _Backend(5)

    def asked(what: Any) -> Any:
        if made.error:
            raise made.error
        return what

    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    monkeypatch.setattr(keyring, "get_password", lambda service, name: asked(made.kept.get((service, name))))
    monkeypatch.setattr(keyring, "set_password", lambda service, name, text: made.kept.update({(service, name): text}))
    monkeypatch.setattr(keyring, "delete_password", lambda service, name: made.kept.pop((service, name)))
    return made


def test_a_real_keyring_is_used(backend: Any, here: Path) -> None:
    assert best_keeping() is Keeping.KEYRING
    vault = open_vault(Keeping.KEYRING, {})
    assert isinstance(vault, KeyringVault)
    vault.write("one.xero", TEXT)
    assert vault.read("one.xero") == TEXT
    assert list(backend.kept) == [("smoothx-tui", "one.xero")]
    vault.forget("one.xero")
    vault.forget("one.xero")
    assert vault.read("one.xero") is None


def test_a_keyring_that_keeps_nothing_is_none(backend: Any) -> None:
    backend.priority = 0.5
    assert not keyring_works()
    assert best_keeping() is Keeping.FILE
    backend.backends = [_Backend(0), _Backend(5)]
    assert keyring_works(), "a chain with one real member"
    backend.backends = []
    with pytest.raises(ConfigurationError) as caught:
        open_vault(Keeping.KEYRING, {})
    assert "--store file" in caught.value.hint


def test_what_a_keyring_raises_is_one_line_without_its_text(backend: Any) -> None:
    import keyring.errors

    vault = open_vault(Keeping.KEYRING, {})
    for error in (
        keyring.errors.KeyringLocked("canary"),
        keyring.errors.KeyringError("canary"),
        RuntimeError("canary"),
    ):
        backend.error = error
        with pytest.raises(ConfigurationError) as caught:
            vault.read("one.xero")
        assert "canary" not in caught.value.line()
        assert "keyring" in caught.value.line()
