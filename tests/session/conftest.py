"""Sessions on a sandbox in this process, with a ledger on disk: one start after the other, as a person would."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from smoothx_tui.base.clock import SystemClock
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.composition.sandboxed import Target, signed_in
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.procore.items import Kind
from smoothx_tui.sandbox.clock import SandboxClock
from smoothx_tui.sandbox.faults import FaultPlan
from smoothx_tui.sandbox.scenario import Scenario, default_scenario
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.session.history import LedgerHistory
from smoothx_tui.session.place import Environment, Place
from smoothx_tui.session.session import Parts, Session
from smoothx_tui.session.sharing import Sharing
from smoothx_tui.settings.file import LoadedSettings, load
from smoothx_tui.syncing.adapters import ProcoreAdapter, XeroAdapter
from smoothx_tui.syncing.engine import Engine

_LISTS: Final = {"requisitions": 14, "direct_costs": 14, "payment_applications": 6}
BASE: Final = "http://127.0.0.1"


def small_scenario() -> Scenario:
    """The default scenario with a few items of each kind, and the documents of those."""
    whole = default_scenario()
    lists = {name: _some(whole.procore[name], many) for name, many in _LISTS.items()}
    ids = {str(item["id"]) for items in lists.values() for item in items}
    ours = [one for one in whole.xero["Invoices"] if str(one.get("Url") or "").rpartition("/")[2] in ids]
    others = [one for one in whole.xero["Invoices"] if not one.get("Url")][:6]
    return replace(whole, procore={**whole.procore, **lists}, xero={**whole.xero, "Invoices": [*ours, *others]})


def _some(items: list[dict[str, Any]], many: int) -> list[dict[str, Any]]:
    """Half of them synced earlier, in their order."""
    synced = [one for one in items if str(one.get("origin_id") or "").startswith("xero:")][: many // 2]
    pending = [one for one in items if not one.get("origin_id")][: many - len(synced)]
    return sorted([*synced, *pending], key=items.index)


@dataclass
class World:
    """One sandbox, and what was asked of it since `asked.clear()`: method and path with its query."""

    sandbox: Sandbox
    folder: Path
    stack: AsyncExitStack
    clock: SandboxClock
    asked: list[str] = field(default_factory=list)
    sessions: int = 0

    @property
    def details(self) -> list[str]:
        """The items that were asked for one by one."""
        return [one for one in self.asked if one.partition("?")[0].rpartition("/")[2].isdigit()]

    async def session(
        self, *, kept_as: str = "here", ledger: str = "ledger.sqlite3", who: str = "me", settings: Path | None = None
    ) -> Session:
        """A start: new clients, the same ledger on disk. With a file of `settings` they are shared on that ledger."""
        clock, requests = SystemClock(), RequestLog()
        target = Target(BASE, _Listening(self.sandbox.transport(), self.asked))
        services = await signed_in(target, clock, requests, self.stack)
        book = Ledger.open(str(self.folder / ledger))
        self.stack.callback(book.close)
        engine = Engine(
            book, XeroAdapter(services.xero, services.limiter), ProcoreAdapter(services.procore), clock, owner=who
        )
        self.stack.callback(engine.close)
        below = self.sandbox.scenario.settings

        async def close() -> None:
            engine.close()
            book.close()

        tenant = services.xero.tenant_id
        sharing = Sharing(book, tenant, who) if settings is not None else None

        def loaded() -> LoadedSettings:
            return load(settings, environ={}, below=below, version=sharing.newest() if sharing else None)

        parts = Parts(
            place=Place("sandbox", Environment.SANDBOX, services.organisation, tenant),
            operator=who,
            procore=services.procore,
            xero=services.xero,
            ledger=book,
            engine=engine,
            requests=requests,
            history=LedgerHistory(book),
            load_settings=loaded,
            close=close,
            kept_as=kept_as,
            sharing=sharing,
        )
        self.asked.clear()
        return Session(parts, loaded())

    async def admin(self, path: str, *, later: float = 1, **body: Any) -> Any:
        """What a project manager or bookkeeper does meanwhile: a second later, as times are to the second."""
        self.clock.advance(later)
        async with httpx.AsyncClient(transport=self.sandbox.transport(), base_url=BASE) as client:
            answer = await client.post(f"/admin/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()


class _Listening(httpx.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport, asked: list[str]) -> None:
        self._inner = inner
        self._asked = asked

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._asked.append(f"{request.method} {request.url.raw_path.decode()}")
        return await self._inner.handle_async_request(request)


MakeWorld = Callable[..., World]


@pytest.fixture
async def make_world(tmp_path: Path) -> AsyncIterator[MakeWorld]:
    async with AsyncExitStack() as stack:

        def make(scenario: Scenario | None = None, faults: FaultPlan | None = None) -> World:
            start = scenario or small_scenario()
            clock = SandboxClock(start.clock, 1.0)
            return World(Sandbox.from_scenario(start, clock=clock, faults=faults), tmp_path, stack, clock)

        yield make


@pytest.fixture
def small() -> Scenario:
    return small_scenario()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world()


def seen(session: Session) -> dict[str, Any]:
    """Everything that plans are made from, to be compared."""
    return {
        "items": dict(session.items),
        "documents": dict(session.books.documents),
        "organisation": session.books.organisation,
        "plans": {key: plan.digest for key, plan in session.plans().items()},
    }


@pytest.fixture
def read_of() -> Callable[[Session], dict[str, Any]]:
    return seen


@pytest.fixture
def keys_of() -> Callable[[Session, Kind], Iterable[str]]:
    return lambda session, kind: [key for key, item in session.items.items() if item.kind is kind and not item.gone]
