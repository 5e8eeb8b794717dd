"""What Xero has to allow (facts: xero.md, scopes). Apps made since March 2026 get these granular ones only."""

from typing import Final

from smoothx_tui.accounts.profile import Service
from smoothx_tui.base.errors import SignInNeeded

XERO_SCOPES: Final = ("accounting.invoices", "accounting.contacts", "accounting.settings")
"""What a sync needs. Settings in full and not `.read`, as missing tracking options are made."""
OFFLINE: Final = "offline_access"
_BROAD: Final = {"accounting.invoices": "accounting.transactions"}
"""Older apps have a broad scope that stands for it (until September 2027)."""


def missing_scopes(service: Service, granted: str) -> tuple[str, ...]:
    """What a sync needs and was not granted; none where the service did not say what it granted."""
    if service is not Service.XERO or not granted.split():
        return ()
    given = set(granted.split())
    return tuple(one for one in XERO_SCOPES if one not in given and _BROAD.get(one) not in given)


def check_scopes(service: Service, granted: str) -> None:
    """Raises SignInNeeded that names what is missing."""
    if missing := missing_scopes(service, granted):
        raise SignInNeeded(
            f"{service.title} did not grant {', '.join(missing)}", "grant the app these scopes, then connect again"
        )
