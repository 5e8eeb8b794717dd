"""Contacts and tracking options that payloads need: each is made once, before the documents, whoever needs it.

Their names are unique in Xero, so a look-up tells what became of a lost answer and a repeat can not make a second one.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from smoothx_tui.base import jsontext
from smoothx_tui.base.answers import Answer, NotSent, Unknown
from smoothx_tui.base.errors import ServiceError, SmoothxError
from smoothx_tui.base.text import clean
from smoothx_tui.planning.plan import FirstStep, Step
from smoothx_tui.syncing.answers import fix_for
from smoothx_tui.syncing.desk import Desk
from smoothx_tui.syncing.job import Job
from smoothx_tui.xero.organisation import Contact, TrackingCategory
from smoothx_tui.xero.refusals import read_written, said

_TRIES = 4
_ZERO_ID = "00000000-0000-0000-0000-000000000000"


class StepFailed(SmoothxError):  # noqa: N818 - reads as what happened
    """A first step could not be done: what needs it is not sent."""


@dataclass
class FirstSteps:
    """The steps of one run. Equal steps are one step; those that wait for it share its outcome."""

    desk: Desk
    contact_ids: dict[str, str] = field(default_factory=dict)
    """ContactNumber -> ContactID of contacts that were made or found here."""
    _done: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    _tracking: Sequence[TrackingCategory] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def make(self, job: Job) -> str:
        """Do what the job's payload needs first; "" or why it could not be done."""
        for step in job.plan.first:
            key = jsontext.dumps([step.step.value, step.body])
            if key not in self._done:
                self._done[key] = asyncio.ensure_future(self._do(step))
            task = self._done[key]
            try:
                await asyncio.shield(task)
            except StepFailed as error:
                self._done.pop(key, None)
                return error.line()
        return ""

    async def options(self) -> Mapping[tuple[str, str], str]:
        """(category, option name) -> TrackingOptionID, as last read; {} where nothing was read in this run."""
        return {(c.name, option.name): option.id for c in self._tracking or () for option in c.options}

    async def _do(self, step: FirstStep) -> None:
        async with self._turn:
            if step.step in {Step.CREATE_CONTACT, Step.UPDATE_CONTACT}:
                await self._contact(step)
            else:
                await self._option(step)

    async def _contact(self, step: FirstStep) -> None:
        body = step.body
        if step.step is Step.UPDATE_CONTACT:
            await self._write(f"update contact {body.get('Name', '')}", "POST", f"/Contacts/{body['ContactID']}", body)
            return
        number, name = str(body.get("ContactNumber", "")), str(body.get("Name", ""))
        for _ in range(_TRIES):
            if found := _matching(await self.desk.xero.contacts(), number, name):
                self._take_contact(number, found)
                return
            answer = await self._write(f"create contact {name}", "PUT", "/Contacts?summarizeErrors=false", body)
            written = next(iter(read_written(answer.body, "Contacts")), None) if answer is not None else None
            if written is not None and written.id and written.id != _ZERO_ID:
                self.contact_ids[number] = written.id
                return
        raise StepFailed(f"contact {clean(name)} could not be made", "make it in Xero, then refresh")

    def _take_contact(self, number: str, found: Contact) -> None:
        if number and found.number != number:
            text = f"contact {clean(found.name)} is in Xero without the number {clean(number)}"
            raise StepFailed(text, "refresh: the plan will use it")
        self.contact_ids[number] = found.id

    async def _option(self, step: FirstStep) -> None:
        body = step.body
        category, name = str(body["Category"]), str(body["Name"])
        for _ in range(_TRIES):
            found = await self._category(category)
            option = next((o for o in found.options if o.name.strip().casefold() == name.strip().casefold()), None)
            if option is not None:
                if option.status != "ACTIVE":
                    raise StepFailed(f"tracking option {clean(name)} is archived", "restore it in Xero")
                return
            if step.step is Step.RENAME_TRACKING_OPTION:
                path = f"/TrackingCategories/{found.id}/Options/{body['TrackingOptionID']}"
                await self._write(f"rename tracking option to {name}", "POST", path, {"Name": name}, key="")
            else:
                path = f"/TrackingCategories/{found.id}/Options"
                await self._write(f"create tracking option {name}", "PUT", path, {"Name": name}, key="")
            self._tracking = None
        raise StepFailed(f"tracking option {clean(name)} could not be made", "make it in Xero, then refresh")

    async def _category(self, name: str) -> TrackingCategory:
        if self._tracking is None:
            self._tracking = await self.desk.xero.tracking()
        wanted = name.strip().casefold()
        named = [c for c in self._tracking if c.name.strip().casefold() == wanted]
        found = next((c for c in named if c.status == "ACTIVE"), None)
        if found is None:
            raise StepFailed(f"Xero has no active tracking category {clean(name)}", "add it in Xero, then refresh")
        return found

    async def _write(
        self, doing: str, method: str, path: str, body: Mapping[str, Any], key: str = "x"
    ) -> Answer | None:
        """One write; None where what became of it has to be looked up. Raises StepFailed for a refusal."""
        whole = {"Contacts": [dict(body)]} if key else dict(body)
        text = jsontext.dumps(whole).encode()
        idempotency_key, delay = self.desk.new_key(), 2.0
        for _ in range(_TRIES):
            try:
                answer = await self.desk.xero.write(method, path, text, idempotency_key, _no_guard)
            except NotSent:
                await self.desk.clock.sleep(delay)
                delay *= 2
                continue
            except Unknown:
                return None
            if answer.status == 429:
                await self.desk.clock.sleep(answer.retry_after(self.desk.clock.now()) or delay)
                continue
            if answer.status == 500:
                return None
            self._refused(doing, answer)
            return answer
        raise StepFailed(f"{clean(doing)}: Xero can not be reached", "try again later")

    @staticmethod
    def _refused(doing: str, answer: Answer) -> None:
        elements = read_written(answer.body, "Contacts")
        errors = next((one.errors for one in elements if one.errors), ())
        if not 200 <= answer.status < 300 or errors:
            words = "; ".join(errors) or said(answer) or f"status {answer.status}"
            raise StepFailed(f"{clean(doing)}: {words}", fix_for([words]))


def _no_guard() -> None:
    """A step that is done twice changes nothing: it needs no lease."""


def _matching(contacts: Sequence[Contact], number: str, name: str) -> Contact | None:
    by_number = next((c for c in contacts if number and c.number == number), None)
    wanted = name.strip().casefold()
    return by_number or next((c for c in contacts if c.active and c.name.strip().casefold() == wanted), None)


async def prepare(steps: FirstSteps, jobs: Sequence[Job]) -> dict[str, str]:
    """Do the jobs' first steps; operation id -> why it could not be done, for those where one failed."""
    failed: dict[str, str] = {}
    for job in jobs:
        try:
            text = await steps.make(job)
        except ServiceError as error:
            text = error.line()
        if text:
            failed[job.record.id] = text
    return failed
