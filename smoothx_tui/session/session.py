"""One profile at work: load both sides, plan, try settings, save them, sync. Console and commands share it.

A screen or a command asks a session and shows the answer; it holds no rule of its own. The clients, the ledger and the
clock are given by the composition root, so that the embedded sandbox, a served one and the real services look alike.
"""

import asyncio
import getpass
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.plan import Plan
from smoothx_tui.planning.planner import Planner
from smoothx_tui.procore.items import Item
from smoothx_tui.session.place import Budget, Offered, Place, Progress
from smoothx_tui.settings.file import LoadedSettings
from smoothx_tui.settings.schema import Offer, Settings
from smoothx_tui.settings.values import Trial

if TYPE_CHECKING:
    from smoothx_tui.base.http import RequestLog
    from smoothx_tui.ledger.store import Ledger, OperationRecord
    from smoothx_tui.procore.client import ProcoreClient
    from smoothx_tui.syncing.engine import Engine, SyncEvent, SyncReport
    from smoothx_tui.xero.client import XeroClient

Report = Callable[[Progress], None]


@dataclass
class Parts:
    """What the composition root gives a session."""

    place: Place
    procore: "ProcoreClient"
    xero: "XeroClient"
    ledger: "Ledger"
    engine: "Engine"
    requests: "RequestLog"
    loaded: LoadedSettings
    close: Callable[[], Any] = field(default=lambda: None)
