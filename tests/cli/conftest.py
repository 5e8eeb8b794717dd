"""A command line without a composition root: settings from a file in a directory of its own, history in memory."""

import os
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from smoothx_tui.cli.main import main
from smoothx_tui.cli.output import Output
from smoothx_tui.settings.file import load
from tests.cli.fakes import FakeServices, FakeSession
from tests.cli.small import Small, one_project
from tests.serving import served


class Ran(NamedTuple):
    """How a run ended: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def session(services: FakeServices) -> Iterator[FakeSession]:
    """The session that commands open."""
    found = FakeSession(loaded=load(None, environ={}))
    services.session = found
    yield found
    found.ledger.close()


GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare with tests/cli/golden/NAME; SMOOTHX_GOLDEN=1 writes it anew."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if os.environ.get("SMOOTHX_GOLDEN") == "1":
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, with the XDG directories inside it."""
    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("USER", "operator")
    monkeypatch.delenv("SUDO_USER", raising=False)
    return tmp_path


@pytest.fixture
def run(services: FakeServices, here: Path) -> Run:
    """Run one command line in the empty directory."""

    def ran(*arguments: str) -> Ran:
        data, talk = StringIO(), StringIO()
        code = main(arguments, services, Output(data, talk))
        return Ran(code, data.getvalue(), talk.getvalue())

    return ran


Command = Callable[..., Ran]


@pytest.fixture
def command(here: Path, capfd: pytest.CaptureFixture[str]) -> Command:
    """Run one command line of the real program in this process."""
    from smoothx_tui.composition.application import Application

    def ran(*arguments: str) -> Ran:
        capfd.readouterr()
        code = main(arguments, Application(dict(os.environ)), Output())
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return ran


@pytest.fixture(scope="session")
def small_scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a scenario with few items."""
    file = tmp_path_factory.mktemp("small") / "scenario.json"
    file.write_text(one_project(), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def small_sandbox(small_scenario: Path) -> Iterator[str]:
    """The address of a process that serves it."""
    with served("--scenario", str(small_scenario)) as address:
        yield address


@pytest.fixture
def small(small_sandbox: str, here: Path) -> Small:
    """The small sandbox as it begins, with a ledger of its own."""
    found = Small(small_sandbox)
    found = Small(small_sandbox)
    found.post("/admin/reset")
    return found
