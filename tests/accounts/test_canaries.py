"""Fifty and more secrets, every place that something is written to, and not one of them found there."""

import asyncio
import itertools
import json
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.accounts.accounts import Accounts
from smoothx_tui.accounts.connecting import Wanted
from smoothx_tui.accounts.oauth import Client, Given
from smoothx_tui.accounts.profile import Service
from smoothx_tui.accounts.sealing import Sealer
from smoothx_tui.accounts.signin import Grant, SignIn
from smoothx_tui.base.secret import Secret
from smoothx_tui.composition.application import Application
from smoothx_tui.sandbox import tokens
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.session.options import Options


class Sinks:
    """Everything that was written anywhere, and the secrets that may not be in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets: list[str] = []
        self.shown: list[tuple[str, str]] = []
        self._numbers = itertools.count(1)

    def make(self) -> str:
        """A new secret."""
        self.secrets.append(f"kanari-{next(self._numbers):04d}-vogel")
        return self.secrets[-1]

    def hits(self) -> list[tuple[str, str]]:
        """(secret, where) of every secret that came out, in whole or by its number."""
        files = [(str(one), one.read_bytes().decode("latin-1")) for one in self.folder.rglob("*") if one.is_file()]
        return [
            (secret, where)
            for where, text in (*files, *self.shown)
            for secret in self.secrets
            if secret.removesuffix("-vogel") in text
        ]


@pytest.fixture
def sinks(here: Path, monkeypatch: pytest.MonkeyPatch) -> Sinks:
    found = Sinks(here)
    monkeypatch.setattr(tokens, "CLIENT_SECRET", found.make())
    monkeypatch.setenv("SMOOTHX_PASSPHRASE", found.make())
    return found


def sandbox_of(sinks: Sinks) -> Sandbox:
    made = Sandbox.from_scenario(default_scenario())
    made.tokens.xero._make = made.tokens.procore._make = sinks.make
    return made


def test_fifty_secrets_in_no_sink(
    command: Any, sinks: Sinks, serve: Any, consent: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ran(*arguments: str, **variables: str) -> int:
        code, out, err = command(*arguments, **variables)
        sinks.shown.append((" ".join(arguments), out + err))
        return int(code)

    with serve(sandbox_of(sinks)) as served:
        ran("connect", "xero", "--custom-connection", "--base-url", served.xero, "--client-id", "sandbox",
            "--profile", "own", SMOOTHX_XERO_CLIENT_SECRET=tokens.CLIENT_SECRET)  # fmt: skip
        wrong = sinks.make()
        assert ran("connect", "procore", "--service-account", "--base-url", served.procore, "--client-id", "sandbox",
                   "--profile", "own", SMOOTHX_PROCORE_CLIENT_SECRET=wrong) == 4  # fmt: skip
        consent(served, secret=tokens.CLIENT_SECRET)
        asyncio.run(renewals(9))
        for _ in range(3):
            served.sandbox.tokens.xero.expire_access()
            served.sandbox.tokens.procore.expire_access()
            assert ran("doctor", "--profile", "far", "--json") in {0, 1}
            monkeypatch.setattr("smoothx_tui.cli.doctor_command._connected", _nothing)
        assert ran("profiles", "list", "--json") == ran("profiles") == 0
        assert ran("log", "--profile", "far", "--json") == 0

        def broken(self: Any, *_: Any, **__: Any) -> None:
            kept = self.keeper(self.profiles().get("far").xero).read()
            raise RuntimeError(kept.grant.refresh.reveal())

        with monkeypatch.context() as patched:
            patched.setattr(Accounts, "tokens", broken)
            assert ran("plan", "--profile", "far") == 70
        monkeypatch.delenv("SMOOTHX_PASSPHRASE")
        assert ran("plan", "--profile", "far") == 2
        assert "is encrypted, and there is no passphrase" in sinks.shown[-1][1]
    sys.stdout.write(f"{len(sinks.secrets)} secrets, {len(sinks.hits())} hits\n")  # for -rP
    assert len(sinks.secrets) >= 50
    assert len(list(sinks.folder.rglob("crash-*.txt"))) == 1
    assert list(sinks.folder.rglob("far.xero.json"))
    assert list(sinks.folder.rglob("*.sqlite3"))
    assert sinks.hits() == []
    sinks.shown.append(("planted", f"...{sinks.secrets[30]}..."))
    assert sinks.hits() == [(sinks.secrets[30], "planted")]


async def renewals(times: int) -> None:
    """Renew both consents so many times; each gives two secrets more."""
    accounts = Accounts(os.environ)
    profile = accounts.profiles().get("far")
    for account in profile.accounts:
        async with AsyncExitStack() as stack:
            source = accounts.tokens(profile, account, stack)
            for _ in range(times):
                await source.refresh(await source.token())


async def _nothing(_: Any) -> list[Any]:
    return []


async def test_the_request_log_of_a_session(sinks: Sinks, serve: Any, consent: Callable[..., None]) -> None:
    with serve(sandbox_of(sinks)) as served:
        consent(served, secret=tokens.CLIENT_SECRET, seconds=0)
        async with Application(dict(os.environ)).open_session(Options(profile="far")) as session:
            sinks.shown.append(("requests", repr(list(session.requests))))
            sinks.shown.append(("place", repr(session.place)))
            sinks.shown.append(("session", json.dumps(vars(session), default=repr)))
            assert any(entry.path == "/xero/connect/token" for entry in session.requests), "renewals are in the log"
    assert sinks.hits() == []


def test_reprs_and_tracebacks_with_locals(sinks: Sinks) -> None:
    secret = [Secret(sinks.make()) for _ in range(8)]
    grant = Grant(secret[0], 1, secret[1], 1, secret[2], 1)
    sign_in = SignIn("https://x", "id", secret[3], "", grant)
    things = (grant, sign_in, sign_in.to_text(), Client("id", secret[4]), Given(secret[5], 1, secret[6], ""))
    wanted = Wanted(Service.XERO, "one", secret=secret[7])
    sinks.shown.append(("reprs", f"{things!r} {wanted!r} {Sealer(secret[0])!r}"))
    try:
        _fail(sign_in, wanted)
    except ValueError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        sinks.shown.append(("traceback", "".join(told.format())))
    sinks.folder = sinks.folder / "nothing"
    hits = sinks.hits()
    assert hits == []


def _fail(sign_in: SignIn, wanted: Wanted) -> None:
    kept = SignIn.from_text(sign_in.to_text())
    raise ValueError(f"{kept} {wanted}")
