"""What a session is made of, and who it works for."""

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from smoothx_tui.base.clock import Clock, SystemClock
from smoothx_tui.base.text import clean
from smoothx_tui.session.place import Place, Progress
from smoothx_tui.settings import history
from smoothx_tui.settings.file import LoadedSettings

if TYPE_CHECKING:
    from smoothx_tui.base.requestlog import RequestLog
    from smoothx_tui.ledger.store import Ledger
    from smoothx_tui.procore.client import ProcoreClient
    from smoothx_tui.session.sharing import Sharing
    from smoothx_tui.syncing.engine import Engine
    from smoothx_tui.xero.client import XeroClient


def silent(_: Progress) -> None:
    """For callers that show no progress."""


@dataclass
class Parts:
    """What the composition root gives a session.

    `load_settings` reads the file, and what the ledger shares, again, with the same layers; it blocks.
    """

    place: Place
    operator: str
    procore: "ProcoreClient"
    xero: "XeroClient"
    ledger: "Ledger"
    engine: "Engine"
    requests: "RequestLog"
    history: history.History
    load_settings: Callable[[], LoadedSettings]
    close: Callable[[], Awaitable[None]]
    kept_as: str = ""
    """Names this place among all that a ledger may keep readings of; "": nothing is kept."""
    clock: Clock = field(default_factory=SystemClock)
    sharing: "Sharing | None" = None
    """The settings that the ledger shares; None where the ledger is this machine's or this run's alone."""

    @property
    def scope(self) -> str:
        """What a kept reading belongs to: it is never shown for another place, organisation or company. "": to none."""
        if not self.kept_as:
            return ""
        names = (self.kept_as, self.place.environment.value, self.place.tenant_id, self.procore.company_id)
        return " ".join((*names, self.procore.web))


def operator_name(environ: Mapping[str, str]) -> str:
    """Who is at the keyboard: the login name, and behind sudo the person who called it."""
    return clean(environ.get("SUDO_USER") or environ.get("USER") or environ.get("LOGNAME") or _account_name())


def _account_name() -> str:
    """Of whoever runs this without a login, as a container or a timer does; the number where that has no name."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
