"""A sandbox in the place of both services at a foreign host: on a port, in a thread, over TLS."""

import asyncio
import datetime as dt
import ipaddress
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from smoothx_tui.accounts.accounts import Accounts, place_of
from smoothx_tui.accounts.profile import OTHER, Account, Method, Profile, Service
from smoothx_tui.accounts.signin import Grant, SignIn
from smoothx_tui.accounts.vault import Keeping
from smoothx_tui.base.secret import Secret
from smoothx_tui.cli.main import main
from smoothx_tui.cli.output import Output
from smoothx_tui.composition.application import Application
from smoothx_tui.sandbox import server
from smoothx_tui.sandbox.default_scenario.reference import COMPANY_ID
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox


@dataclass(frozen=True)
class Authority:
    """Files: the authority's certificate, and a server's certificate and key for this machine."""

    ca: Path
    certificate: Path
    key: Path


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A private authority, and a certificate of it for 127.0.0.1 and localhost."""
    folder = tmp_path_factory.mktemp("tls")
    root_key, root = _certificate("A private authority", None)
    key, leaf = _certificate("a served sandbox", (root_key, root))
    found = Authority(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    found.ca.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    found.certificate.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    found.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return found


def _certificate(
    name: str, issuer: tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[1].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer:
        names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return key, builder.sign(issuer[0] if issuer else key, hashes.SHA256())


@dataclass
class Served:
    """A running sandbox. `xero` and `procore` are the base URLs to connect to."""

    sandbox: Sandbox
    base: str

    @property
    def xero(self) -> str:
        return f"{self.base}/xero"

    @property
    def procore(self) -> str:
        return f"{self.base}/procore"


@contextmanager
def serving(sandbox: Sandbox, tls: tuple[Path, Path] | None = None) -> Iterator[Served]:
    """Serve in a thread of its own until the block ends."""
    listening = threading.Event()
    port: list[int] = []
    loop = asyncio.new_event_loop()
    task: list[asyncio.Task[None]] = []

    def ready(number: int) -> None:
        port.append(number)
        listening.set()

    def work() -> None:
        task.append(loop.create_task(server.serve(sandbox, ready=ready, tls=tls)))
        try:
            loop.run_until_complete(asyncio.gather(*task, return_exceptions=True))
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
            listening.set()

    thread = threading.Thread(target=work)
    thread.start()
    listening.wait(30)
    try:
        yield Served(sandbox, f"{'https' if tls else 'http'}://127.0.0.1:{port[0]}")
    finally:
        loop.call_soon_threadsafe(task[0].cancel)
        thread.join(30)


@pytest.fixture
def serve() -> Any:
    """`serving`, for tests that need a sandbox of their own kind."""
    return serving


@pytest.fixture
def served(authority: Authority) -> Iterator[Served]:
    """The default scenario over TLS."""
    with serving(Sandbox.from_scenario(default_scenario()), (authority.certificate, authority.key)) as found:
        yield found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, with the XDG directories inside it and none of our variables set."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("SMOOTHX_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("USER", "operator")
    monkeypatch.delenv("SUDO_USER", raising=False)
    return tmp_path


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(here: Path, capfd: pytest.CaptureFixture[str]) -> Command:
    """Run one command line of the real program in this process; keywords are environment variables."""

    def ran(*arguments: str, **variables: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(arguments, Application({**os.environ, **variables}), Output())
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return ran


@pytest.fixture
def connected(command: Command, served: Served, authority: Authority) -> Any:
    """A profile `far` on the served sandbox, by client credentials."""
    common = ("--profile", "far", "--client-id", "sandbox", "--store", "file", "--ca-file", str(authority.ca))
    for side, flag, url in (
        ("procore", "--service-account", served.procore),
        ("xero", "--custom-connection", served.xero),
    ):
        secret = {f"SMOOTHX_{side.upper()}_CLIENT_SECRET": "sandbox"}
        company = ("--company", str(COMPANY_ID)) if side == "procore" else ()
        code, _, err = command("connect", side, flag, "--base-url", url, *common, *company, **secret)
        assert code == 0, err
    return served


BACK = "http://localhost/callback"
SCOPE = "offline_access accounting.invoices accounting.contacts accounting.settings"


@pytest.fixture
def consent(here: Path) -> Callable[..., None]:
    """Puts a profile `far` with fresh consents of a served sandbox in place, as `connect` would."""

    def put(
        served: Served,
        *,
        scope: str = SCOPE,
        tenant: str = "",
        company: str = "",
        seconds: int = 1800,
        secret: str = "sandbox",
        **bases: str,
    ) -> None:
        own = {Service.XERO: served.sandbox.xero.tenant, Service.PROCORE: str(served.sandbox.procore.company["id"])}
        profile = Profile("far")
        for service in Service:
            store = getattr(served.sandbox.tokens, service.value)
            base = bases.get(service.value, getattr(served, service.value))
            given = store.for_code(store.new_code(BACK, scope), BACK)
            grant = Grant(Secret(given.access_token), int(time.time()) + seconds, Secret(given.refresh_token))
            entity = {Service.XERO: tenant, Service.PROCORE: company}[service] or own[service]
            way = (OTHER, Method.AUTHORIZATION_CODE, Keeping.FILE, "far", entity)
            account = Account(service, *way, client_id="sandbox", base_url=base)
            own_secret = Secret(secret) if service is Service.PROCORE else None
            Accounts(os.environ).keeper(account).write(
                SignIn(place_of(account).origin, "sandbox", own_secret, scope if service is Service.XERO else "", grant)
            )
            profile = profile.with_account(account)
        Accounts(os.environ).change(lambda found: found.with_profile(profile))

    return put
