"""Four eyes: plans are put up instead of sent, and what colleagues have put up is looked at and approved here."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import SmoothxError, UsageError
from smoothx_tui.console.control.prompt import Prompt
from smoothx_tui.console.glyphs import SIGNS
from smoothx_tui.console.model import approval
from smoothx_tui.console.model.edit import LineEdit
from smoothx_tui.console.model.items import Live
from smoothx_tui.console.model.sheet import Mode, SheetModel, reading
from smoothx_tui.planning.actions import Action
from smoothx_tui.planning.plan import Plan

if TYPE_CHECKING:
    from smoothx_tui.console.port import Session
    from smoothx_tui.console.port_approvals import Waiting
    from smoothx_tui.console.screens.main import MainScreen


TITLE: Final = "Waiting for approval"


class Approving:
    """`sync.approvals`, and what a sync does where a second person is required."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk
        self.required = False
        """As the ledger said last; it is asked again before anything is sent."""
        self._told = 0

    def commands(self) -> dict[str, Callable[[str], None]]:
        return {"sync.approvals": lambda _: self.show()}

    async def look(self, session: "Session") -> None:
        """Whether a second person is required, and how much waits for one. Raises LedgerError."""
        self.required = await session.approvals.required()
        if not self.required:
            self._told = 0
            self._mark([], session)
            return
        found = await session.approvals.waiting()
        self._mark(found, session)
        operator = session.approvals.operator
        others = sum(1 for one in found if one.planned_by != operator)
        if others > self._told and not session.place.read_only:
            key = self.desk.keymap.first("sync.approvals")
            waits = "waits" if others == 1 else "wait"
            self.desk.say(f"{others} {waits} for your approval: {key} shows what", "note")
        self._told = others

    def _mark(self, found: "Sequence[Waiting]", session: "Session") -> None:
        """What waits is seen in its row: it looked as new as before, and would have been submitted again."""
        operator = session.approvals.operator
        submitted = {
            one.item: Live(
                SIGNS[Action(one.action)],
                "waits",
                one.action,
                f"submitted by {'you' if one.planned_by == operator else one.planned_by}, for approval",
            )
            for one in found
        }
        if submitted != self.desk.items.submitted:
            self.desk.items.submitted = submitted
            self.desk.table.refresh()

    # -- putting up ---------------------------------------------------------------------------------------------------

    async def put_up(self, session: "Session", plans: Sequence[Plan]) -> None:
        """Into the ledger, for a colleague. Nothing is sent."""
        desk = self.desk
        done = await session.approvals.put_up(plans)
        self._mark(await session.approvals.waiting(), session)
        for one in done.busy:
            who = one.owner or "somebody"
            desk.say(f"{desk.name_of(one.item)} is not submitted: {who} is working on it", "error", quiet=True)
        desk.items.unmark_all()
        desk.table.refresh()
        key = desk.keymap.first("sync.approvals")
        next_step = (
            "a worker sends them"
            if done.approved
            else f"a colleague approves with {key} (or smoothx-tui approvals approve), a worker sends"
        )
        left_out = f", {len(done.busy)} left out ({desk.keymap.first('pane.log')} says why)" if done.busy else ""
        desk.say(
            f"{len(done.made)} submitted, nothing sent{left_out}", "done" if done.made else "error", hint=next_step
        )

    # -- approving ----------------------------------------------------------------------------------------------------

    def show(self) -> None:
        """What waits. The list is there at once, so that no key goes past it; its entries come from the ledger."""
        session = self.desk.require_session()
        empty = SheetModel(TITLE, [], Mode.TICK, empty="reading the ledger")
        self.desk.sheets.open(empty, full=True, keep_open=True)
        self.desk.jobs.start("approvals", self._show(session, empty))

    async def _show(self, session: "Session", opened: SheetModel) -> None:
        desk = self.desk
        found = await session.approvals.waiting()
        self._mark(found, session)
        self.required = await session.approvals.required()
        self._told = sum(1 for one in found if one.planned_by != session.approvals.operator)
        by_id = {one.id: one for one in found}
        rule = "" if self.required else "no second person is required here; "
        if desk.sheet.model is not opened:
            return  # left meanwhile
        model = SheetModel(
            TITLE,
            approval.entries(found, session.approvals.operator),
            Mode.TICK,
            empty="nothing waits for approval",
            note=f"{rule}space ticks, enter shows the documents and asks, esc leaves",
        )

        def take(entry_id: str) -> None:
            chosen = [by_id[each] for each in by_id if each in (model.ticked or {entry_id})]
            if chosen:
                self._ask(session, chosen)

        desk.sheets.open(model, take=take, full=True, keep_open=True)

    def _ask(self, session: "Session", chosen: "Sequence[Waiting]") -> None:
        """What is approved is on the screen while it is asked about; only a typed word does it."""
        desk, operator = self.desk, session.approvals.operator
        text = approval.document_lines(chosen, operator)
        note = "exactly this is sent; what has changed by then is not sent but reported"
        desk.sheets.open(reading("What is approved", text, note=note), leave=self.show, full=True, nested=True)
        if session.place.read_only:
            desk.say("this session is read-only: nothing can be approved", "note")
            return
        place = session.place
        above, label = approval.question(chosen, operator, f"{place.organisation} {place.environment}")

        def enter(typed: str) -> bool:
            word = typed.strip().casefold()
            others = [one for one in chosen if one.planned_by != operator]
            if word == approval.WITHDRAW:
                self._settle(session, chosen, approve=False)
            elif word == approval.APPROVE and others:
                self._settle(session, others, approve=True)
            return False

        desk.prompting.open(
            Prompt(label, enter, LineEdit(), above=above, over_list=True, cancel=desk.sheets.leave),
        )

    def _settle(self, session: "Session", chosen: "Sequence[Waiting]", *, approve: bool) -> None:
        self.desk.prompting.close()
        self.desk.sheets.close()
        self.desk.jobs.start("approve", self._settled(session, chosen, approve=approve))

    async def _settled(self, session: "Session", chosen: "Sequence[Waiting]", *, approve: bool) -> None:
        desk = self.desk
        try:
            if approve:
                count, words = await session.approvals.approve(chosen), "approved; a worker sends what is approved"
            else:
                count, words = await session.approvals.withdraw(chosen), "withdrawn; nothing of it is sent"
        except SmoothxError as error:
            desk.fail(error)
            return
        self._mark(await session.approvals.waiting(), session)
        self._told = max(0, self._told - count)
        desk.say(f"{count} {words}", "done")


def may_ask(session: "Session") -> None:
    """Raises UsageError where no sync can be asked for now, saying what it waits for."""
    if session.place.read_only:
        raise UsageError("this session is read-only: nothing can be sent", "start without --read-only to sync")
    if session.old:
        raise UsageError("what is shown is from an earlier start", "it is being read now; sync when that has ended")
    if session.partial:
        raise UsageError("not everything is read yet", "sync when the reading has ended")
