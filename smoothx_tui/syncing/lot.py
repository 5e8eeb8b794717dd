"""A lot: up to a batch of operations that go the same way together, driven from state to state."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from smoothx_tui.base.clock import Clock
from smoothx_tui.base.errors import ConnectionFailed, LedgerError, ServiceError, SignInNeeded, SmoothxError
from smoothx_tui.base.tasks import task_group
from smoothx_tui.base.text import clean
from smoothx_tui.ledger.records import State
from smoothx_tui.syncing.attaching import attach
from smoothx_tui.syncing.checking import check, end
from smoothx_tui.syncing.desk import Desk, Rules
from smoothx_tui.syncing.firststeps import FirstSteps, prepare
from smoothx_tui.syncing.frozen import UNLOCK
from smoothx_tui.syncing.job import Job, batches, fewest_calls, may_have_been_sent
from smoothx_tui.syncing.locking import lock
from smoothx_tui.syncing.resolving import resolve
from smoothx_tui.syncing.sending import send
from smoothx_tui.syncing.verifying import read_back
from smoothx_tui.xero.lookup import calls_by_numbers
from smoothx_tui.xero.organisation import Organisation

_CHANGES_AT_ONCE: Final = 4
_READ_FAILURES: Final = 5
_NOT_IN_FLIGHT: Final = frozenset({State.APPROVED, State.CHECKING, State.WAITING, State.ATTACHING})
"""What is left as it is when a run is stopped; a file that is under way is finished first."""


def lots_of(jobs: Sequence[Job], rules: Rules) -> list[list[Job]]:
    """Jobs that go the same way together. A batch that may have been sent stays whole, and alone."""
    by_key: dict[str, list[Job]] = {}
    fresh: list[Job] = []
    for job in jobs:
        if may_have_been_sent(job.record):
            by_key.setdefault(job.record.key, []).append(job)
        else:
            fresh.append(job)
    creating = [job for job in fresh if job.plan.creating]
    others = [job for job in fresh if not job.plan.creating]
    lots = [sorted(lot, key=lambda job: job.record.position) for lot in by_key.values()]
    lots += fewest_calls(creating, rules.batch, rules.batch_bytes)
    return lots + [others[start : start + rules.batch] for start in range(0, len(others), rules.batch)]


@dataclass
class Lot:
    """Up to a batch of operations, driven from state to state until each has ended or has to wait too long."""

    desk: Desk
    jobs: Sequence[Job]
    organisation: Organisation
    steps: FirstSteps
    stop: asyncio.Event | None
    failures: int = 0

    async def drive(self) -> None:
        while active := [job for job in self.jobs if job.live]:
            if self._stopping():
                active = [job for job in active if job.state not in _NOT_IN_FLIGHT]
                if not active:
                    return
            now = await self.desk.now() if any(job.record.next_at for job in active) else 0.0
            due = [job for job in active if job.record.next_at <= now]
            if not due:
                if not await self._wait(active, now):
                    return
                continue
            try:
                await self._step(due)
            except SmoothxError as error:
                if not await self._failed(due, error):
                    return

    def _stopping(self) -> bool:
        return self.stop is not None and self.stop.is_set()

    async def _wait(self, active: Sequence[Job], now: float) -> bool:
        seconds = min(job.record.next_at for job in active) - now
        if seconds > self.desk.rules.patience or self._stopping():
            for job in active:
                job.given_up = True
            return False
        await _sleep(self.desk.clock, seconds, self.stop)
        return True

    async def _failed(self, due: Sequence[Job], error: SmoothxError) -> bool:
        """A read did not work. Nothing was changed by it: try again, then leave the operations as they are."""
        if isinstance(error, LedgerError):
            raise error
        self.failures += 1
        fatal = isinstance(error, SignInNeeded) or not isinstance(error, ConnectionFailed | ServiceError)
        if fatal or self.failures >= _READ_FAILURES:
            for job in due:
                job.record = replace(job.record, text=clean(error.message), fix=error.hint)
                job.given_up = True
            return True
        await _sleep(self.desk.clock, 2.0**self.failures, self.stop)
        return True

    async def _step(self, due: Sequence[Job]) -> None:
        """One state further, for each state that is there."""
        woken = [job for job in due if job.state is State.WAITING]
        for job in woken:
            job.record = replace(job.record, state=State(job.record.resume), resume="", next_at=0.0)
        by_state = {state: [job for job in due if job.state is state] for state in State}
        await self._send_again(by_state[State.SENDING])
        await resolve(self.desk, by_state[State.UNKNOWN], self.organisation)
        await self._begin([*by_state[State.APPROVED], *by_state[State.CHECKING]])
        sent = [job for job in self.jobs if job.live and job.state is State.SENT and not job.record.next_at]
        waited = [job for job in by_state[State.SENT] if job not in sent]
        await read_back(self.desk, [*sent, *waited], self.organisation, self.steps)
        verified = [job for job in self.jobs if job.live and job.state is State.VERIFIED]
        await lock(self.desk, [*verified, *(job for job in by_state[State.LOCKING] if job.live)])
        posted = [job for job in self.jobs if job.live and job.state is State.ATTACHING]
        await attach(self.desk, [job for job in posted if not job.record.next_at or job in due], self._stopping)

    async def _send_again(self, jobs: Sequence[Job]) -> None:
        by_key: dict[str, list[Job]] = {}
        for job in jobs:
            by_key.setdefault(job.record.key, []).append(job)
        for batch in by_key.values():
            await send(self.desk, sorted(batch, key=lambda job: job.record.position))

    async def _begin(self, jobs: Sequence[Job]) -> None:
        calls = _calls_to_send(jobs)
        if not calls:
            await self._check_and_send(jobs)
            return
        # What was read before a wait for the next minute would be too old to send by.
        async with self.desk.xero.room(calls, self._stopping) as there:
            if there:
                await self._check_and_send(jobs)

    async def _check_and_send(self, jobs: Sequence[Job]) -> None:
        await check(self.desk, jobs)
        ready = [job for job in jobs if job.live and job.state is State.CHECKING]
        unlocking = [job for job in ready if job.plan.action == UNLOCK]
        await self.desk.save([(job, replace(job.record, state=State.VERIFIED, next_at=0.0)) for job in unlocking])
        documents = [job for job in ready if job not in unlocking]
        failed = await prepare(self.steps, documents)
        held = [job for job in documents if job.record.id in failed]
        await self.desk.save([(job, end(job, State.REFUSED, failed[job.record.id], "plan it again")) for job in held])
        groups = batches(
            [job for job in documents if job not in held], self.desk.rules.batch, self.desk.rules.batch_bytes
        )
        gate = asyncio.Semaphore(_CHANGES_AT_ONCE)

        async def one(batch: Sequence[Job]) -> None:
            async with gate:
                await send(self.desk, batch)

        if len(groups) == 1:
            await send(self.desk, groups[0])
            return
        async with task_group() as group:
            for batch in groups:
                group.create_task(one(batch))


def _calls_to_send(jobs: Sequence[Job]) -> int:
    """Calls to Xero from the first look to the first write: look-up, lock date, documents."""
    numbers = [job.plan.marker.number for job in jobs if job.plan.creating]
    changing = any(not job.plan.creating and job.plan.action != UNLOCK for job in jobs)
    if not numbers and not changing:
        return 0
    return calls_by_numbers(numbers) + 1 + changing + 1


async def _sleep(clock: Clock, seconds: float, stop: asyncio.Event | None) -> None:
    """Sleep, or less where it is stopped."""
    if stop is None:
        await clock.sleep(seconds)
        return
    waits: list[Awaitable[object]] = [clock.sleep(seconds), stop.wait()]
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
