"""The second look of an open console: what was done a quarter of an hour ago, and approvals that nobody used."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smoothx_tui.syncing import sweep

if TYPE_CHECKING:
    from smoothx_tui.session.session import Session


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that a person has to know of an item. `wrong`: money may have moved twice; else it only ended."""

    item: str
    text: str
    fix: str
    wrong: bool


async def look_again(session: "Session") -> tuple[Seen, ...]:
    """Look once more at what is due; call it about once a minute. No call where nothing is due, none read-only.

    Raises SmoothxError; what was not looked at stays due.
    """
    if session.place.read_only:
        return ()
    expired = await asyncio.to_thread(session.ledger.sweeps.expire, session.place.tenant_id)
    found = await sweep.sweep(session.engine)
    wrong = tuple(Seen(one.item, one.text, one.fix, wrong=True) for one in found)
    return (*wrong, *(Seen(one.item, one.text, one.fix, wrong=False) for one in expired))
