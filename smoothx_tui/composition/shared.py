"""Which ledger may share settings, for which organisation, and what it shares: asked without opening a session."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smoothx_tui.base.clock import SystemClock
from smoothx_tui.composition.sandboxed import scenario_of, target_of
from smoothx_tui.session.options import Options

if TYPE_CHECKING:
    from smoothx_tui.ledger.store import Ledger
    from smoothx_tui.session.sharing import Sharing


@dataclass(frozen=True)
class Beneath:
    """What stands below and beside a settings file. `tenant` is "" where no organisation is chosen yet."""

    below: Mapping[str, Any]
    tenant: str


def beneath(options: Options, environ: Mapping[str, str]) -> Beneath:
    """The settings that come with a sandbox's scenario (a profile has none), and the organisation. `options` placed."""
    if options.profile:
        from smoothx_tui.accounts.accounts import Accounts

        account = Accounts(environ).profiles().get(options.profile).xero
        return Beneath({}, account.id if account else "")
    if options.sandbox:
        from smoothx_tui.base.requestlog import RequestLog

        target = asyncio.run(target_of(options, SystemClock(), RequestLog()))
        return Beneath(target.below, target.tenant)
    scenario = scenario_of(options.scenario)
    return Beneath(scenario.settings, scenario.tenant)


def shares(options: Options) -> bool:
    """Whether the ledger outlives this run and can be another's too: a sandbox's own is neither."""
    return bool(options.ledger)


@contextmanager
def opened(options: Options, environ: Mapping[str, str], tenant: str) -> "Iterator[Sharing | None]":
    """What is shared on the ledger of these options; None where nothing can be. Blocking. Raises LedgerError."""
    if not shares(options) or not tenant:
        yield None
        return
    from smoothx_tui.ledger.store import Ledger

    ledger = Ledger.open(options.ledger or "")
    try:
        yield sharing_of(options, ledger, tenant, environ)
    finally:
        ledger.close()


def sharing_of(options: Options, ledger: "Ledger", tenant: str, environ: Mapping[str, str]) -> "Sharing | None":
    """As `opened`, on a ledger that is open already."""
    from smoothx_tui.session.parts import operator_name
    from smoothx_tui.session.sharing import Sharing

    return Sharing(ledger, tenant, operator_name(environ)) if shares(options) and tenant else None
