"""The emulated Xero: sign-in and the accounting endpoints of facts/xero.md, with the service's own refusals."""

from smoothx_tui.sandbox.xero.gate import CALLS_A_DAY
from smoothx_tui.sandbox.xero.idempotency import IdempotencyStore
from smoothx_tui.sandbox.xero.routes import xero_routes
from smoothx_tui.sandbox.xero.state import XeroState

__all__ = ["CALLS_A_DAY", "IdempotencyStore", "XeroState", "xero_routes"]
