"""Work beside the keys: long jobs, and small things that wait for a rest."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from textual.timer import Timer

from smoothx_tui.base.errors import SmoothxError

if TYPE_CHECKING:
    from smoothx_tui.console.screens.main import MainScreen

REST: Final = 0.1
"""Seconds the cursor has to rest before the preview follows: a held key does not pay for it."""
BEGIN_ANEW: Final = frozenset({"preview", "filter"})
"""These wait for a rest after the last asking; the others happen at most once in their time."""
CANCELLED_BY_HAND: Final = ("open", "read", "plan", "arrange", "settings")
"""What ctrl+c ends. A sync is never cancelled: it is told to begin nothing more."""


class Jobs:
    """One job of a name at a time."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk
        self.running: dict[str, asyncio.Task[None]] = {}
        self.waiting: dict[str, Timer] = {}

    def start(self, name: str, job: Coroutine[Any, Any, None]) -> None:
        """Run something long. A job of the same name that is still running is cancelled."""
        if (old := self.running.pop(name, None)) is not None:
            old.cancel()
        task = asyncio.get_running_loop().create_task(self._guard(job), name=f"console {name}")
        self.running[name] = task

        def ended(done: asyncio.Task[None]) -> None:
            job.close()  # one that was cancelled before it began
            if self.running.get(name) is done:
                del self.running[name]

        task.add_done_callback(ended)

    async def _guard(self, job: Coroutine[Any, Any, None]) -> None:
        try:
            await job
        except SmoothxError as error:
            self.desk.fail(error)
        except Exception as error:  # noqa: BLE001 - a bug of ours ends the console with its crash report
            self.desk.smoothx.handle(error)

    def cancel(self) -> bool:
        """Cancel reading, planning and comparing; whether there was any."""
        found = [name for name in CANCELLED_BY_HAND if name in self.running]
        for name in found:
            self.running.pop(name).cancel()
        self.desk.busy.clear()
        return bool(found)

    def later(self, name: str, what: Callable[[], object], delay: float | None = None) -> None:
        """Do something once, after a while (seconds; default a rest)."""
        if name in self.waiting:
            if name not in BEGIN_ANEW:
                return
            self.waiting.pop(name).stop()

        def due() -> None:
            self.waiting.pop(name, None)
            what()

        self.waiting[name] = self.desk.set_timer(REST if delay is None else delay, due)

    def drop(self, name: str) -> None:
        """Not to be done any more."""
        if name in self.waiting:
            self.waiting.pop(name).stop()
