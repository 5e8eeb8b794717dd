"""The emulated Procore: its state, its paths, and what a project manager does there."""

from starlette.routing import Route

from smoothx_tui.base.clock import Clock
from smoothx_tui.sandbox.limits import Limits
from smoothx_tui.sandbox.procore.files import file_routes, storage_routes
from smoothx_tui.sandbox.procore.gate import Gate
from smoothx_tui.sandbox.procore.oauth import oauth_routes
from smoothx_tui.sandbox.procore.routes import rest_routes
from smoothx_tui.sandbox.procore.state import ProcoreState
from smoothx_tui.sandbox.tokens import Tokens

__all__ = ["ProcoreState", "procore_routes", "storage_routes"]


def procore_routes(state: ProcoreState, clock: Clock, limits: Limits, tokens: Tokens) -> list[Route]:
    """All paths below the mount: /oauth/..., /fas/... and /rest/..., and a page of HTML for any other."""
    gate = Gate(clock, limits, tokens.procore)
    return [*oauth_routes(tokens.procore, gate), *file_routes(state, gate), *rest_routes(state, gate)]
