"""The sandbox as a place to work: the embedded one, in this process, or one that is served at an address."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from smoothx_tui.base.clock import Clock
from smoothx_tui.base.errors import ConfigurationError, ConnectionFailed
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.text import clean
from smoothx_tui.composition.services import Connected
from smoothx_tui.session.options import Options

if TYPE_CHECKING:
    import httpx

    from smoothx_tui.base.requestlog import RequestLog
    from smoothx_tui.sandbox.scenario import Scenario
    from smoothx_tui.xero.limits import Limiter

    LimiterFor = Callable[[str], Awaitable[Limiter]]

SANDBOX: Final = "sandbox"
"""The profile's name, and client id and secret of the sandbox on both sides."""
_IN_PROCESS: Final = "http://127.0.0.1"


@dataclass(frozen=True)
class Target:
    """Where the two services are. `transport` replaces the network; `below` are settings that stand below the file."""

    base: str
    transport: "httpx.AsyncBaseTransport | None" = None
    below: Mapping[str, Any] = field(default_factory=dict)
    tenant: str = ""
    """The organisation's id, as the scenario says."""
    company: str = ""
    """The id of Procore's company; "": the sandbox is asked, as its service account cannot list what it reaches."""
    instance: str = ""
    """Which served sandbox this is, in its own words: one that starts anew starts a new ledger."""


def scenario_of(path: Path | None) -> "Scenario":
    """The scenario in a file, else the default one. Raises ConfigurationError."""
    from smoothx_tui.sandbox.scenario import default_scenario, load_scenario

    return load_scenario(path) if path else default_scenario()


async def target_of(options: Options, clock: Clock, requests: "RequestLog") -> Target:
    """A served sandbox where the options name one, else a new embedded one. Raises SmoothxError."""
    if options.sandbox:
        return await _served(options.sandbox, clock, requests)
    from smoothx_tui.sandbox.server import Sandbox

    scenario = await asyncio.to_thread(scenario_of, options.scenario)
    sandbox = await asyncio.to_thread(Sandbox.from_scenario, scenario)
    return Target(_IN_PROCESS, sandbox.transport(), scenario.settings, scenario.tenant, scenario.company)


async def _served(base: str, clock: Clock, requests: "RequestLog") -> Target:
    return await _told(Target(base), clock, requests)


async def _told(target: Target, clock: Clock, requests: "RequestLog") -> Target:
    """A sandbox says which instance it is, whose it is, and which settings come with its scenario."""
    from smoothx_tui.base.http import Call, Host

    base = target.base
    host = Host(base, name="the sandbox", clock=clock, log=requests, transport=target.transport)
    try:
        answer = await host.send(Call("GET", "/admin/about"))
    except ConnectionFailed as error:
        raise ConnectionFailed(
            f"there is no sandbox at {clean(base)}: {error.message}", "start one with: smoothx-tui sandbox serve"
        ) from None
    finally:
        await host.aclose()
    if not answer.ok or not isinstance(answer.body, dict) or "instance" not in answer.body:
        raise ConnectionFailed(f"what answers at {clean(base)} is no sandbox", "check the address")
    about = answer.body
    instance, tenant, company = (clean(str(about.get(name) or "")) for name in ("instance", "tenant", "company"))
    below = about.get("settings") or {}
    return replace(target, below=below, tenant=tenant, company=company, instance=instance)


async def signed_in(
    target: Target,
    clock: Clock,
    requests: "RequestLog",
    stack: AsyncExitStack,
    limiter_for: "LimiterFor | None" = None,
) -> Connected:
    """Both clients, with the sandbox's own credentials.

    `limiter_for` makes the limiter for the organisation that was found; without it the calls are counted for this
    process alone. Raises SmoothxError.
    """
    from smoothx_tui.base.http import Host
    from smoothx_tui.base.tokens import ClientCredentials
    from smoothx_tui.procore.client import ProcoreClient
    from smoothx_tui.procore.endpoints import ProcoreEndpoints
    from smoothx_tui.syncing.limiter import GuardedLimiter
    from smoothx_tui.xero.client import XeroClient
    from smoothx_tui.xero.endpoints import XeroEndpoints
    from smoothx_tui.xero.limits import LocalLimiter

    procore_at, xero_at = ProcoreEndpoints.sandbox(target.base), XeroEndpoints.sandbox(target.base)
    secret = Secret(SANDBOX)

    def host(base: str, name: str) -> Host:
        made = Host(base, name=name, clock=clock, log=requests, transport=target.transport)
        stack.push_async_callback(made.aclose)
        return made

    procore_host, xero_host = host(procore_at.api, "Procore"), host(xero_at.api, "Xero")
    procore_tokens = ClientCredentials(procore_host, procore_at.token_path, SANDBOX, secret, clock=clock)
    xero_tokens = ClientCredentials(xero_host, xero_at.token_path, SANDBOX, secret, clock=clock, basic=True)
    company = target.company or (await _told(target, clock, requests)).company
    companies = await ProcoreClient(procore_host, company, procore_tokens, clock).companies()
    connections = await XeroClient(xero_host, "", xero_tokens, clock).connections()
    if len(companies) != 1 or len(connections) != 1:
        raise ConfigurationError("the sandbox does not have just one company and one organisation")
    tenant = connections[0].tenant_id
    limiter = GuardedLimiter(await limiter_for(tenant) if limiter_for else LocalLimiter(clock))
    return Connected(
        ProcoreClient(procore_host, str(companies[0]["id"]), procore_tokens, clock, web=procore_at.web),
        XeroClient(xero_host, tenant, xero_tokens, clock, limiter=limiter),
        limiter,
        clean(connections[0].tenant_name),
    )
