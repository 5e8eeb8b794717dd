"""What a session is made on: both clients, signed in."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoothx_tui.procore.client import ProcoreClient
    from smoothx_tui.syncing.adapters import GuardedLimiter
    from smoothx_tui.xero.client import XeroClient


@dataclass(frozen=True)
class Connected:
    """`organisation` is its name, cleaned."""

    procore: "ProcoreClient"
    xero: "XeroClient"
    limiter: "GuardedLimiter"
    organisation: str
