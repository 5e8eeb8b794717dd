"""What a session is made on: both clients, signed in."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from smoothx_tui.procore.client import ProcoreClient
    from smoothx_tui.syncing.limiter import GuardedLimiter
    from smoothx_tui.xero.client import XeroClient


_T = TypeVar("_T")


async def in_a_thread(work: Callable[[], _T]) -> _T:
    """The shared limiter's count waits for a disk or a database."""
    return await asyncio.to_thread(work)


@dataclass(frozen=True)
class Connected:
    """`organisation` is its name, cleaned."""

    procore: "ProcoreClient"
    xero: "XeroClient"
    limiter: "GuardedLimiter"
    organisation: str
