"""For the whole suite: our clients and the sandbox are held to the services' own descriptions; a PostgreSQL server."""

import functools
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, settings

from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.sandbox.transport import SandboxTransport
from tests.judging import FACTS, PROCORE, XERO, Description, Judging
from tests.ledger.postgres import Server, server, why_not

_judging = Judging()

# No test is about time: a slow machine, or several tests beside each other, must not fail one.
settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("untimed")

# A shell starts what runs in the background deaf to ctrl+c, `nohup` to a hang-up; programs started here inherit that.
for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)


@pytest.fixture(autouse=True)
def _fits_the_descriptions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test fails where it brought about an exchange that the descriptions do not allow."""
    if not FACTS.is_dir():
        yield
        return
    plain = SandboxTransport.handle_async_request

    @functools.wraps(plain)
    async def judged(self: SandboxTransport, asked: httpx.Request) -> httpx.Response:
        response = await plain(self, asked)
        if not _breaks_on_purpose(self):
            _judging.check(asked, response, await response.aread())
        return response

    before = len(_judging.violations)
    monkeypatch.setattr(SandboxTransport, "handle_async_request", judged)
    yield
    assert not _judging.violations[before:]


@pytest.fixture
def xero_description() -> Description:
    """Xero's own description of its API."""
    return _beside_the_checkout(XERO)


@pytest.fixture
def procore_description() -> Description:
    """Procore's own description of its API."""
    return _beside_the_checkout(PROCORE)


def _beside_the_checkout(description: Description) -> Description:
    if not description.file.exists():
        pytest.skip("the service's description of its API is not beside this checkout")
    return description


def _breaks_on_purpose(transport: SandboxTransport) -> bool:
    """Whether the sandbox behind it follows a fault plan: such answers are not meant to fit."""
    sandbox = getattr(transport._inner.app, "__self__", None)
    return isinstance(sandbox, Sandbox) and bool(sandbox.breaking.plan.rules)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of our own; skips with a reason where there is none."""
    if reason := why_not():
        pytest.skip(reason)
    # Not below pytest's own directory, which the server's user may not enter.
    with tempfile.TemporaryDirectory(prefix="smoothx-pg-") as directory, server(Path(directory)) as running:
        yield running


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much was judged, and which answers no description covers."""
    if not _judging.checked:
        return
    shapes, left = len(_judging.seen), ", ".join(sorted({one.rpartition(" ")[2] for one in _judging.uncovered}))
    terminalreporter.write_line(
        f"judged by the services' descriptions: {_judging.checked} exchanges of {shapes} shapes, "
        f"{len(_judging.violations)} violations; not described: status {left or 'none'}"
    )
