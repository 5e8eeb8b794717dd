"""`profiles.toml` in the config directory: written by the program, whole, 0600; read with every key checked."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from smoothx_tui.accounts.privatefile import LockBusy, locked, read_private, shown, write_private
from smoothx_tui.accounts.profile import (
    OTHER,
    PROCORE_HOSTS,
    SANDBOX,
    XERO_HOSTS,
    Account,
    Method,
    Profile,
    Service,
    checked_name,
)
from smoothx_tui.accounts.vault import Keeping
from smoothx_tui.base.errors import ConfigurationError, UsageError
from smoothx_tui.base.text import clean

VARIABLE: Final = "SMOOTHX_PROFILE"
_PATIENCE: Final = 10.0
_TEXTS: Final = ("ledger", "settings", "ca_file")
_ENTITY: Final = {Service.PROCORE: ("company_id", "company"), Service.XERO: ("tenant_id", "organisation")}
_ACCOUNT_TEXTS: Final = ("environment", "method", "store", "sign_in", "client_id", "base_url", "web", "scope")
_MEND: Final = "fix it, or remove it and connect again"


@dataclass(frozen=True, slots=True)
class Profiles:
    """All of them by name, and the one that is used where none is named ("" for none)."""

    by_name: Mapping[str, Profile] = field(default_factory=dict)
    default: str = ""

    def get(self, name: str) -> Profile:
        """Raises UsageError where there is none of that name."""
        if name not in self.by_name:
            known = ", ".join(sorted(self.by_name))
            hint = f"there is {known}" if known else "smoothx-tui connect --help says how to make one"
            raise UsageError(f"there is no profile {clean(name)}", hint)
        return self.by_name[name]

    def chosen(self, named: str | None, environ: Mapping[str, str]) -> Profile | None:
        """The profile to work with: `--profile`, else `$SMOOTHX_PROFILE`, else the default, else the only one.

        None is the sandbox: it was named, or there is no profile. Raises UsageError.
        """
        name = named or environ.get(VARIABLE) or self.default
        if name == SANDBOX:
            return None
        if name:
            return self.get(name)
        if len(self.by_name) > 1:
            names = ", ".join(sorted(self.by_name))
            raise UsageError(f"there are several profiles: {names}", "name one with --profile, or: profiles use NAME")
        return next(iter(self.by_name.values()), None)

    def with_profile(self, profile: Profile) -> "Profiles":
        """With this one put in place of the one of its name, or added."""
        return replace(self, by_name={**self.by_name, profile.name: profile})

    def without(self, name: str) -> "Profiles":
        """Without that one; it is no default any more."""
        kept = {key: one for key, one in self.by_name.items() if key != name}
        return Profiles(kept, "" if self.default == name else self.default)


def read_profiles(path: Path) -> Profiles:
    """What the file says; no file is no profile. Raises ConfigurationError, which names the file and the key."""
    data = read_private(path)
    if data is None:
        return Profiles()
    try:
        tables = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{shown(path)}: {clean(str(error))}", _MEND) from None
    return _Reader(path).profiles(tables)


def change_profiles(path: Path, change: Callable[[Profiles], Profiles]) -> Profiles:
    """Read, change, write, with nobody else in between. Raises ConfigurationError, and what `change` raises."""
    import tomli_w

    try:
        with locked(path.with_name(f".{path.name}.lock"), _PATIENCE):
            before = read_profiles(path)
            after = change(before)
            if after != before:
                write_private(path, tomli_w.dumps(_tables(after)).encode())
            return after
    except LockBusy as busy:
        raise ConfigurationError(
            f"{shown(path)}: another program is writing it", f"end process {busy.holder} if it hangs"
        ) from None


class _Reader:
    """Turns tables into profiles. An unknown key is an error: it may be a careful word that was misspelt."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def profiles(self, tables: Mapping[str, Any]) -> Profiles:
        self._only(tables, ("default", "profiles"), "")
        found = self._table(tables.get("profiles", {}), "profiles")
        by_name = {name: self._profile(name, found[name]) for name in found}
        default = self._text(tables, "default", "")
        if default not in {*by_name, "", SANDBOX}:
            raise self._wrong("default", f"there is no profile {clean(default)}")
        return Profiles(by_name, default)

    def _profile(self, name: str, data: Any) -> Profile:
        where = f"profiles.{clean(name)}"
        try:
            checked_name(name)
        except UsageError as error:
            raise self._wrong(where, error.message) from None
        table = self._table(data, where)
        self._only(table, (*_TEXTS, "read_only", "approvals", *(one.value for one in Service)), where)
        approvals = self._table(table.get("approvals", {}), f"{where}.approvals")
        self._only(approvals, ("required",), f"{where}.approvals")
        sides = {one: self._account(one, table[one.value], where) for one in Service if one.value in table}
        return Profile(
            name,
            sides.get(Service.PROCORE),
            sides.get(Service.XERO),
            ledger=self._text(table, "ledger", where),
            settings=self._text(table, "settings", where),
            read_only=self._switch(table, "read_only", where),
            approvals_required=self._switch(approvals, "required", f"{where}.approvals"),
            ca_file=self._text(table, "ca_file", where),
        )

    def _account(self, service: Service, data: Any, above: str) -> Account:
        where = f"{above}.{service.value}"
        table = self._table(data, where)
        id_key, name_key = _ENTITY[service]
        self._only(table, (*_ACCOUNT_TEXTS, id_key, name_key), where)
        texts = {key: self._text(table, key, where) for key in (*_ACCOUNT_TEXTS, id_key, name_key)}
        known = PROCORE_HOSTS if service is Service.PROCORE else XERO_HOSTS
        self._one_of(texts["environment"], (*known, OTHER), f"{where}.environment")
        self._one_of(texts["method"], tuple(Method), f"{where}.method")
        self._one_of(texts["store"], tuple(Keeping), f"{where}.store")
        if bool(texts["base_url"]) != (texts["environment"] == OTHER):
            raise self._wrong(f"{where}.base_url", f"goes with environment {OTHER}, and with no other")
        for key in ("sign_in", id_key):
            if not texts[key]:
                raise self._wrong(f"{where}.{key}", "is missing")
        checked_sign_in = texts["sign_in"]
        try:
            checked_name(checked_sign_in)
        except UsageError as error:
            raise self._wrong(f"{where}.sign_in", error.message) from None
        return Account(
            service,
            texts["environment"],
            Method(texts["method"]),
            Keeping(texts["store"]),
            checked_sign_in,
            texts[id_key],
            name=texts[name_key],
            client_id=texts["client_id"],
            base_url=texts["base_url"],
            web=texts["web"],
            scope=texts["scope"],
        )

    def _table(self, data: Any, where: str) -> Mapping[str, Any]:
        if not isinstance(data, dict):
            raise self._wrong(where, "is not a table")
        return data

    def _only(self, table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in known:
                raise self._wrong(f"{where}.{clean(key)}".lstrip("."), "unknown key")

    def _text(self, table: Mapping[str, Any], key: str, where: str) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            raise self._wrong(f"{where}.{key}".lstrip("."), "is not text")
        return value

    def _switch(self, table: Mapping[str, Any], key: str, where: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(f"{where}.{key}", "is neither true nor false")
        return value

    def _one_of(self, value: str, known: tuple[str, ...], where: str) -> None:
        if value not in known:
            raise self._wrong(where, f"{clean(value) or 'nothing'} is none of {', '.join(known)}")

    def _wrong(self, where: str, text: str) -> ConfigurationError:
        return ConfigurationError(f"{shown(self._path)}: {where}: {text}", _MEND)


def _tables(profiles: Profiles) -> dict[str, Any]:
    head = {"default": profiles.default} if profiles.default else {}
    return {**head, "profiles": {name: _profile_table(one) for name, one in sorted(profiles.by_name.items())}}


def _profile_table(profile: Profile) -> dict[str, Any]:
    texts = {key: value for key in _TEXTS if (value := getattr(profile, key))}
    switches: dict[str, Any] = {"read_only": True} if profile.read_only else {}
    if profile.approvals_required:
        switches["approvals"] = {"required": True}
    return {**texts, **switches, **{one.service.value: _account_table(one) for one in profile.accounts}}


def _account_table(account: Account) -> dict[str, str]:
    id_key, name_key = _ENTITY[account.service]
    texts = {key: str(getattr(account, key)) for key in _ACCOUNT_TEXTS}
    return {key: value for key, value in {**texts, id_key: account.id, name_key: account.name}.items() if value}
