"""Whose secrets go where: every host gets its own, and a profile never reaches two worlds."""

import asyncio
import json
import os
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from smoothx_tui.accounts.accounts import Accounts, api_of, place_of
from smoothx_tui.accounts.connecting import Wanted, connect
from smoothx_tui.accounts.profile import OTHER, Account, Method, Profile, Service
from smoothx_tui.accounts.scopes import missing_scopes
from smoothx_tui.accounts.vault import Keeping
from smoothx_tui.base.errors import SignInNeeded, UsageError
from smoothx_tui.base.secret import Secret
from smoothx_tui.composition.connected import placed
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.session.options import Options

GIVEN = {"SMOOTHX_XERO_CLIENT_ID": "given", "SMOOTHX_XERO_CLIENT_SECRET": "s3cret"}


def account(service: Service = Service.XERO, environment: str = "production", **more: Any) -> Account:
    method = more.pop("method", Method.CLIENT_CREDENTIALS)
    return Account(service, environment, method, more.pop("store", Keeping.FILE), "one", "1", **more)


class Nobody:
    def say(self, text: str) -> None: ...

    def choose(self, what: str, names: Sequence[str]) -> int | None:
        return None

    def ask(self, what: str) -> str:
        return ""


@pytest.fixture
def place(here: Path, serve: Any, consent: Callable[..., None]) -> Iterator[Any]:
    with serve(Sandbox.from_scenario(default_scenario())) as served:
        consent(served)
        yield served


def test_the_services_own_hosts() -> None:
    assert [api_of(account(Service.PROCORE, name)) for name in ("production", "sandbox", "monthly")] == [
        "https://api.procore.com",
        "https://sandbox.procore.com",
        "https://api-monthly.procore.com",
    ]
    assert [place_of(account(Service.PROCORE, name)).origin for name in ("production", "sandbox", "monthly")] == [
        "https://login.procore.com/oauth/token",
        "https://login-sandbox.procore.com/oauth/token",
        "https://login-sandbox-monthly.procore.com/oauth/token",
    ]
    assert (api_of(account()), place_of(account()).origin) == (
        "https://api.xero.com",
        "https://identity.xero.com/connect/token",
    )
    other = account(environment=OTHER, base_url="https://gateway.example/xero/")
    assert (api_of(other), place_of(other).authorize) == (
        "https://gateway.example/xero",
        "https://gateway.example/xero/identity/connect/authorize",
    )


def test_the_environments_secret_is_for_the_service_itself(here: Path) -> None:
    accounts = Accounts({**os.environ, **GIVEN})
    assert accounts.client(account(), "one").secret == Secret("s3cret")
    foreign = account(environment=OTHER, base_url="https://gateway.example")
    with pytest.raises(SignInNeeded, match="Xero is not signed in"):
        accounts.client(foreign, "one")
    assert accounts.client(replace(foreign, store=Keeping.ENVIRONMENT), "one").id == "given", (
        "where the profile says so"
    )
    with pytest.raises(SignInNeeded, match="the environment does not give Xero's client id and secret"):
        Accounts(os.environ).client(account(store=Keeping.ENVIRONMENT), "one")


def test_a_stored_sign_in_goes_to_no_other_host(command: Any, place: Any, here: Path) -> None:
    """Even where somebody edits the profile: a token of a real host would be worth stealing."""
    file = here / "config" / "smoothx-tui" / "profiles.toml"
    tables = tomllib.loads(file.read_text())
    tables["profiles"]["far"]["xero"]["base_url"] = place.xero + "/other"
    file.write_text(tomli_w.dumps(tables))
    code, _, err = command("plan")
    assert (code, "is for another address than this profile's Xero" in err) == (4, True)


async def test_a_profile_never_reaches_two_worlds(here: Path) -> None:
    accounts = Accounts(os.environ)
    foreign = account(Service.PROCORE, OTHER, base_url="https://gateway.example")
    accounts.change(lambda found: found.with_profile(Profile("one", procore=foreign)))
    secret = {"client_id": "id", "secret": Secret("s"), "method": Method.CLIENT_CREDENTIALS}
    with pytest.raises(UsageError, match="one side at the service's own host and one elsewhere"):
        await connect(accounts, Wanted(Service.XERO, "one", **secret), Nobody())  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"has its Procore at https://gateway\.example"):
        await connect(accounts, Wanted(Service.PROCORE, "one", **secret), Nobody())  # type: ignore[arg-type]


def test_each_world_has_its_own_ledger(here: Path) -> None:
    accounts = Accounts(os.environ)
    places = {"live": account(), "far": account(environment=OTHER, base_url="https://gateway.example")}
    for name, xero in places.items():
        accounts.change(lambda found, name=name, xero=xero: found.with_profile(Profile(name, xero=xero)))  # type: ignore[misc]
    ledgers = {name: placed(Options(profile=name), os.environ).ledger or "" for name in places}
    assert Path(ledgers["live"]).name == "xero-1.sqlite3"
    assert Path(ledgers["far"]).name.startswith("other-")
    odd = Profile("live", xero=replace(account(), id="../../etc"))
    accounts.change(lambda found: found.with_profile(odd))
    assert Path(placed(Options(profile="live"), os.environ).ledger or "").parent == Path(ledgers["live"]).parent
    assert placed(Options(profile="sandbox"), os.environ) == Options()


def test_what_scopes_are_missing() -> None:
    assert missing_scopes(Service.XERO, "") == missing_scopes(Service.PROCORE, "x") == ()
    assert missing_scopes(Service.XERO, "accounting.transactions accounting.contacts accounting.settings") == ()
    assert missing_scopes(Service.XERO, "accounting.settings.read accounting.invoices") == (
        "accounting.contacts",
        "accounting.settings",
    )


def test_one_consent_for_two_profiles(command: Any, place: Any, here: Path) -> None:
    folder = here / "state" / "smoothx-tui" / "sign-ins"
    code, _, err = command("connect", "xero", "--profile", "second", "--same-as", "far")
    assert code == 0, err
    listed = json.loads(command("profiles", "list", "--json")[1])["profiles"]
    assert {one["name"]: bool(one["xero"]) for one in listed} == {"far": True, "second": True}
    assert sorted(one.name for one in folder.glob("*.json")) == ["far.procore.json", "far.xero.json"]

    code, _, err = command("disconnect", "xero", "--profile", "second", "--yes")
    assert (code, "the consent stays for far" in err) == (0, True)
    assert (folder / "far.xero.json").exists()
    assert not place.sandbox.xero.connected, "that organisation's connection was ended, and the consent was not"
    place.sandbox.xero.connected = True
    code, _, err = command("disconnect", "xero", "--profile", "far", "--yes")
    assert (code, "the consent was revoked" in err) == (0, True)
    assert not (folder / "far.xero.json").exists()


def test_a_shared_consent_trusts_the_same_authority(
    command: Any, served: Any, authority: Any, consent: Callable[..., None]
) -> None:
    consent(served)
    Accounts(os.environ).change(lambda found: found.with_profile(replace(found.get("far"), ca_file=str(authority.ca))))
    code, _, err = command("connect", "xero", "--profile", "second", "--same-as", "far")
    assert code == 0, err
    assert Accounts(os.environ).profiles().get("second").ca_file == str(authority.ca)


def test_a_custom_connection_asks_for_the_scopes_that_were_named(command: Any, place: Any, here: Path) -> None:
    where = ("--profile", "own", "--custom-connection", "--base-url", place.xero, "--client-id", "sandbox")
    more = ("--scope", "accounting.attachments", "--scope", "accounting.invoices")
    code, _, err = command("connect", "xero", *where, *more, SMOOTHX_XERO_CLIENT_SECRET="sandbox")
    assert code == 0, err

    async def scopes() -> str:
        accounts = Accounts(os.environ)
        profile = accounts.profiles().get("own")
        assert profile.xero is not None
        async with AsyncExitStack() as stack:
            token = await accounts.tokens(profile, profile.xero, stack).token()
        return " ".join(sorted(place.sandbox.tokens.xero.check(f"Bearer {token.reveal()}").scopes))

    assert asyncio.run(scopes()) == (
        "accounting.attachments accounting.contacts accounting.invoices accounting.settings"
    )


def test_a_consent_that_can_not_be_given_back_is_kept_or_forgotten(command: Any, place: Any, here: Path) -> None:
    file = here / "state" / "smoothx-tui" / "sign-ins" / "far.xero.json"
    text = file.read_text()
    file.write_text(text.replace('"client_id":"sandbox"', '"client_id":"gone"'))
    code, _, err = command("disconnect", "xero", "--yes")
    assert (code, "disconnect with --forget" in err) == (4, True)
    assert file.exists()
    code, _, err = command("disconnect", "xero", "--yes", "--forget")
    assert (code, "forgotten here" in err) == (0, True)
    assert not file.exists()


async def test_a_company_that_a_service_account_can_not_list(
    place: Any, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smoothx_tui.base.errors import ServiceError
    from smoothx_tui.procore.client import ProcoreClient

    async def refused(_: ProcoreClient) -> None:
        raise ServiceError("Procore: list the companies: no permission", status=403)

    monkeypatch.setattr(ProcoreClient, "companies", refused)
    accounts = Accounts(os.environ)
    wanted = Wanted(
        Service.PROCORE, "third", OTHER, place.procore, Method.CLIENT_CREDENTIALS, "sandbox", Secret("sandbox")
    )
    with pytest.raises(UsageError, match="does not tell a service account which companies it reaches"):
        await connect(accounts, wanted, Nobody())
    own = str(place.sandbox.procore.company["id"])
    profile = await connect(accounts, replace(wanted, entity=own), Nobody())
    assert profile.procore is not None
    assert profile.procore.id == own
    with pytest.raises(ServiceError, match="You do not have access to this company"):
        await connect(accounts, replace(wanted, profile="fourth", entity="77"), Nobody())
    assert "fourth" not in accounts.profiles().by_name
