"""The settings history as the settings package wants it, kept in a ledger. Its calls run in a thread: they wait for a
disk or a database.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from smoothx_tui.ledger.records import SettingsChange
    from smoothx_tui.ledger.store import Ledger


class LedgerHistory:
    """`settings.history.History` on a ledger."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger: Final = ledger

    async def record_settings(self, who: str, before: str, after: str, changes: Sequence[str]) -> int:
        return await asyncio.to_thread(self._ledger.record_settings_change, who, before, after, changes)

    async def settings_history(self) -> "Sequence[SettingsChange]":
        return await asyncio.to_thread(self._ledger.settings_history)
