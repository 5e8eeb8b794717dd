"""The running console, its keys, and its screen as text."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from textual import events
from textual.pilot import Pilot

from smoothx_tui.console.app import SmoothxApp
from tests.console.hand_session import HandSession


@dataclass
class Desk:
    """The running console, its pilot and its session."""

    app: SmoothxApp
    pilot: Pilot[None]
    session: HandSession

    async def press(self, *keys: str) -> None:
        """Press keys and let everything they started come to rest."""
        for key in keys:
            character = " " if key == "space" else key if len(key) == 1 else None
            self.app.post_message(events.Key(key, character))
        await self.rest()

    async def type(self, text: str) -> None:
        await self.press(*("space" if ch == " " else ch for ch in text))

    async def rest(self) -> None:
        """Until nothing is going on but a sync that a test holds."""
        screen = self.app.main
        for _ in range(1000):
            await self._turn()
            held = {"sync"} if self.session.hold is not None else set()
            held |= {"recover", "sync"} if self.session.recovery_hold is not None else set()
            running = [name for name in screen.jobs.running if name not in held]
            if not running and not screen.jobs.waiting:
                break
            await asyncio.sleep(0.001)
        await self._turn()

    async def _turn(self) -> None:
        """Everything that is queued now is done, and painted. (Pilot.pause waits for the processor to be idle.)"""
        if not self.app.is_running:
            return
        done = asyncio.Event()
        self.app.call_later(lambda: self.app.main.call_after_refresh(done.set))
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), 2)

    def lines(self) -> list[str]:
        """The screen as text; Textual's compositor is asked here and nowhere else."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def text(self) -> str:
        return "\n".join(self.lines()) + "\n"
