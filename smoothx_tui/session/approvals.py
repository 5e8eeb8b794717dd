"""Approving without sending: plans are put up in the ledger, somebody says yes to them, a worker sends them."""

import asyncio
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.money import ZERO
from smoothx_tui.base.text import clean
from smoothx_tui.ledger.audit import Note
from smoothx_tui.ledger.operations import new_id
from smoothx_tui.ledger.records import POSTED, Conflict, OperationRecord, State, moment
from smoothx_tui.planning.plan import Plan
from smoothx_tui.syncing.frozen import FrozenPlan, freeze, read

if TYPE_CHECKING:
    from smoothx_tui.session.session import Session

_SHORTEST_PREFIX = 4


@dataclass(frozen=True, slots=True)
class PutUp:
    """`approved`: a worker takes them as they are; else they wait for a colleague. `busy`: somebody is at these."""

    made: tuple[OperationRecord, ...]
    busy: tuple[Conflict, ...]
    approved: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """An operation that waits for approval. `total` is what would be booked, without tax; None where nothing would."""

    record: OperationRecord
    plan: FrozenPlan
    total: Decimal | None
    currency: str

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def item(self) -> str:
        return self.record.item

    @property
    def action(self) -> str:
        return self.record.action

    @property
    def number(self) -> str:
        return clean(self.plan.number)

    @property
    def planned_by(self) -> str:
        return clean(self.record.planned_by)

    @property
    def planned_at(self) -> dt.datetime:
        """UTC."""
        return moment(self.record.created_at)

    @property
    def request(self) -> str:
        """Where it goes: method and path."""
        return f"{self.plan.method} {self.plan.path}"

    @property
    def effect(self) -> Mapping[str, Any] | None:
        """The object that is sent, as it was approved to be."""
        return self.plan.effect


@dataclass(frozen=True, slots=True)
class Approvals:
    """The functions below for one session, as the console asks for them."""

    session: "Session"

    @property
    def operator(self) -> str:
        """Who would approve."""
        return self.session.operator

    async def required(self) -> bool:
        return await required(self.session)

    async def put_up(self, plans: Iterable[Plan]) -> PutUp:
        return await put_up(self.session, plans)

    async def waiting(self) -> Sequence[Waiting]:
        return await waiting(self.session)

    async def approve(self, found: Sequence[Waiting]) -> int:
        """How many were approved."""
        return len(await approve(self.session, [one.record for one in found]))

    async def withdraw(self, found: Sequence[Waiting]) -> int:
        """How many were withdrawn."""
        return len(await withdraw(self.session, [one.record for one in found]))


async def required(session: "Session") -> bool:
    """Whether nobody may approve what they planned themselves. A profile that wants it switched it on in the ledger."""
    return await asyncio.to_thread(session.ledger.approvals.required, session.place.tenant_id)


async def require(session: "Session", *, on: bool) -> bool:
    """Switch that rule for everybody on this ledger; whether it changed. Raises SmoothxError."""
    _may_write(session)
    return await asyncio.to_thread(
        session.ledger.approvals.require, session.place.tenant_id, on=on, who=session.operator
    )


async def put_up(session: "Session", plans: Iterable[Plan]) -> PutUp:
    """Freeze sendable plans in the ledger and send nothing. Where no second person is required this approves them too.

    Raises SmoothxError. What a plan stands on is compared again when it is sent.
    """
    _may_write(session)
    plans = list(plans)
    await session.same_settings(plans)
    alone = not await required(session)
    records = [_record(session, plan, approved=alone) for plan in plans]
    made, busy = await asyncio.to_thread(
        session.ledger.freeze_or_conflict, records, who=session.operator, supersede=_only_posted
    )
    return PutUp(tuple(made), tuple(busy), alone)


async def waiting(session: "Session") -> Sequence[Waiting]:
    """What waits for somebody's approval, oldest first."""
    records = await asyncio.to_thread(session.ledger.approvals.waiting, session.place.tenant_id)
    return [_waiting(record) for record in records]


async def approve(session: "Session", records: Sequence[OperationRecord]) -> Sequence[OperationRecord]:
    """Say yes to them, all or none. Raises LedgerError where the ledger refuses, naming the operation."""
    _may_write(session)
    return await asyncio.to_thread(session.ledger.approve, [one.id for one in records], who=session.operator)


async def withdraw(session: "Session", records: Sequence[OperationRecord]) -> Sequence[OperationRecord]:
    """Take them off the list; nothing was sent and nothing will be. Raises SmoothxError."""
    _may_write(session)
    text = f"withdrawn by {session.operator}"
    gone = [replace(one, state=State.REFUSED, open=False, text=text, fix="plan it again") for one in records]
    notes = [Note("withdrawn", session.operator, one.organisation, one.item, one.id) for one in records]
    written, lost = await asyncio.to_thread(session.ledger.save, gone, notes=notes)
    if lost:
        raise UsageError(f"{lost[0].item} was taken up meanwhile", "see smoothx-tui log")
    return written


def named(found: Sequence[Waiting], texts: Iterable[str]) -> Sequence[Waiting]:
    """Those that are meant by id, the beginning of it, or item. Raises UsageError."""
    meant: dict[str, Waiting] = {}
    for text in texts:
        word = text.strip().lower()
        fits = [
            one
            for one in found
            if one.record.item == text.strip() or (len(word) >= _SHORTEST_PREFIX and one.record.id.startswith(word))
        ]
        if not fits:
            raise UsageError(f"{clean(text)}: nothing by that name is waiting", "smoothx-tui approvals list names them")
        if len(fits) > 1:
            which = ", ".join(one.record.id for one in fits[:5])
            raise UsageError(f"{clean(text)}: names {len(fits)} operations", f"say which: {which}")
        meant[fits[0].record.id] = fits[0]
    return list(meant.values())


def _record(session: "Session", plan: Plan, *, approved: bool) -> OperationRecord:
    engine = session.engine
    frozen = freeze(plan, session.items[plan.item], session.books, engine.settings_revision())
    return OperationRecord(
        id=new_id(engine.random.getrandbits(128)),
        organisation=session.place.tenant_id,
        item=plan.item,
        action=plan.action.value,
        state=State.APPROVED if approved else State.PLANNED,
        open=approved,
        digest=plan.digest,
        frozen=frozen.text(),
        body=frozen.bytes_of_effect,
        planned_by=session.operator,
        approved_by=session.operator if approved else "",
    )


def _only_posted(record: OperationRecord) -> bool:
    return record.state in POSTED


def _waiting(record: OperationRecord) -> Waiting:
    plan = read(record.frozen)
    effect: Mapping[str, Any] = plan.effect or {}
    lines = effect.get("LineItems")
    total = sum((_amount(line) for line in lines), ZERO) if lines else None
    return Waiting(record, plan, total, str(effect.get("CurrencyCode", "")))


def _amount(line: Mapping[str, Any]) -> Decimal:
    if "LineAmount" in line:
        return Decimal(line["LineAmount"])
    return Decimal(line.get("Quantity", 1)) * Decimal(line.get("UnitAmount", 0))


def _may_write(session: "Session") -> None:
    if session.place.read_only:
        raise UsageError("this session is read-only", "start without --read-only to approve")
