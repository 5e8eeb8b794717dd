"""The table "answer to a write" of docs/sync-protocol.md, as code that reads like it.

| answer to a write                                             | goes to                                          |
|---------------------------------------------------------------|--------------------------------------------------|
| 2xx, element without errors, id present                       | sent                                             |
| 2xx element with errors, 400 validation                       | refused (a batch refused whole: each alone)      |
| 400 key used with another body                                | held: a fault of ours                            |
| 401, 403                                                      | held: sign in again (a 401 was renewed once)     |
| 429                                                           | waiting until Retry-After                        |
| 500                                                           | unknown at once                                  |
| 408, 502-504, reset, time-out, not JSON, cut, over 8 MB, 3xx  | stays sending; after 240 s unknown               |
| never left                                                    | not sent                                         |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from smoothx_tui.base.answers import Answer, NotSent, Unknown
from smoothx_tui.base.errors import ServiceError, SignInNeeded, SmoothxError
from smoothx_tui.xero.limits import DayLimitReached
from smoothx_tui.xero.refusals import Written, error_of, read_written, said


class Next(StrEnum):
    """Where an answer leads."""

    SENT = "sent"
    REFUSED = "refused"
    ALONE = "alone"
    """A batch that was refused whole: one element spoils it, so each is sent alone."""
    HELD = "held"
    WAIT = "wait"
    UNKNOWN = "unknown"
    UNCLEAR = "unclear"
    """May have happened: the same bytes and key again, for 240 s."""
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer says of one element. `seconds` is how long to wait; None: nobody said."""

    next: Next
    text: str = ""
    fix: str = ""
    written: Written | None = None
    seconds: float | None = None
    day: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """One verdict for each element that was sent, and what to record of the call."""

    verdicts: Sequence[Verdict]
    status: int = 0
    request_id: str = ""

    @property
    def outcome(self) -> str:
        """One word for the attempts table."""
        kinds = {verdict.next.value for verdict in self.verdicts}
        return kinds.pop() if len(kinds) == 1 else "mixed"


def judge(answer: Answer | SmoothxError, numbers: Sequence[str], seconds_asked: float | None = None) -> Judged:
    """What the answer to a write of these documents (by number, in order) means for each of them.

    `seconds_asked` is the wait that a 429 asks for, read by the caller, who has the clock.
    """
    if isinstance(answer, SmoothxError):
        status, request_id = getattr(answer, "status", 0), getattr(answer, "request_id", "")
        return Judged([_of_error(answer)] * len(numbers), status, request_id)
    if 200 <= answer.status < 300 and answer.ok:
        return Judged(_of_elements(read_written(answer.body), numbers), answer.status, answer.request_id)
    verdict = _of_status(answer, len(numbers), seconds_asked)
    return Judged([verdict] * len(numbers), answer.status, answer.request_id)


def _of_error(error: SmoothxError) -> Verdict:
    if isinstance(error, DayLimitReached):
        return Verdict(Next.WAIT, error.message, error.hint, seconds=error.seconds, day=True)
    if isinstance(error, NotSent):
        return Verdict(Next.NOT_SENT, error.message, error.hint)
    if isinstance(error, Unknown):
        return Verdict(Next.UNCLEAR, error.message, error.hint)
    if isinstance(error, SignInNeeded):
        return Verdict(Next.HELD, error.message, error.hint or "smoothx-tui connect xero")
    if isinstance(error, ServiceError) and error.status in {400, 404, 409, 422}:
        return Verdict(Next.REFUSED, error.message, error.hint)
    return Verdict(Next.HELD, error.message, error.hint)


def _of_status(answer: Answer, elements: int, seconds: float | None) -> Verdict:
    words = said(answer)
    if answer.status == 429:
        problem = answer.headers.get("x-rate-limit-problem", "").casefold()
        return Verdict(Next.WAIT, "Xero's limit is reached", seconds=seconds, day="day" in problem)
    if answer.status == 500:
        return Verdict(Next.UNKNOWN, words or "an error in Xero")
    if not answer.conclusive:
        return Verdict(Next.UNCLEAR, answer.problem or f"status {answer.status}")
    if answer.status == 400 and "different request" in words.casefold():
        return Verdict(Next.HELD, f"Xero: {words}", "a fault of this program: please report it with the history")
    if answer.status in {401, 403}:
        error = error_of(answer, "write a document")
        return Verdict(Next.HELD, error.message, error.hint or "smoothx-tui connect xero")
    if elements > 1:
        return Verdict(Next.ALONE, words)
    written = next(iter(read_written(answer.body)), None)
    messages = written.errors if written and written.errors else (words or f"Xero answered {answer.status}",)
    return Verdict(Next.REFUSED, "; ".join(messages), fix_for(messages), written)


def _of_elements(found: Sequence[Written], numbers: Sequence[str]) -> list[Verdict]:
    """Pair answers with requests by position, and check the number: a shifted answer must not be believed."""
    if len(found) != len(numbers):
        return [Verdict(Next.UNCLEAR, f"Xero answered {len(found)} elements for {len(numbers)}")] * len(numbers)
    return [_of_element(written, number) for written, number in zip(found, numbers, strict=True)]


def _of_element(written: Written, number: str) -> Verdict:
    if written.errors:
        return Verdict(Next.REFUSED, "; ".join(written.errors), fix_for(written.errors), written)
    if not written.id or (number and written.number and written.number != number):
        return Verdict(Next.UNCLEAR, "Xero's answer names no document for this element")
    return Verdict(Next.SENT, "", "", written)


_FIXES = (
    ("must be unique", "the number is taken: refresh, then see which document has it"),
    ("lock date", "the date is in a locked period: refresh and plan again"),
    ("not of valid status", "the document's status changed in Xero: refresh and plan again"),
    ("payment or credit note allocated", "take the payment off in Xero, or leave the document"),
    ("account code", "map another account ([mapping] in the settings)"),
    ("taxtype", "map another tax type ([mapping.bill.tax_codes])"),
    ("has been archived", "restore it in Xero or map another"),
    ("not subscribed to currency", "add the currency in Xero"),
    ("contact must be specified", "map a contact ([mapping.contacts])"),
    ("duedate", "set terms ([mapping.bill.terms], [mapping.sale.terms])"),
    ("limit of invoices", "the Xero plan's limit is reached: sync as draft or upgrade the plan"),
    ("cannot be less than zero", "Xero wants a credit note for a negative total"),
)


def fix_for(messages: Sequence[str]) -> str:
    """What a person can do about a refusal, where its words are known."""
    words = " ".join(messages).casefold()
    return next((fix for part, fix in _FIXES if part in words), "see Xero's message; mend it and plan again")
