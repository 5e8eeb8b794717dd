"""A fault plan: which requests go wrong, and how.

One JSON list of rules. A rule says which requests it means (`side`, `method`, `path`, `nth`, `every`, `times`), what
happens (`what`), and whether the request still takes effect (`effect`: `before` it would, so it does not, or `after`).
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, NoReturn

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.jsontext import BadJson, loads
from smoothx_tui.base.text import clean

Effect = Literal["before", "after"]

KINDS: Final[dict[str, Effect]] = {
    "refuse": "before",
    "drop": "before",
    "timeout": "before",
    "rate_limited": "before",
    "server_error": "before",
    "bad_gateway": "before",
    "unauthorized": "before",
    "unavailable": "before",
    "redirect": "before",
    "truncated": "after",
    "wrong_json": "after",
    "slow_drip": "after",
    "oversized": "after",
    "late": "before",
}
"""What can happen, and whether the request takes effect where the rule does not say."""

_EFFECT_FREE: Final = ("drop", "timeout", "server_error", "bad_gateway", "redirect")
_SIDES: Final = ("xero", "procore")
_THEN: Final = ("timeout", "drop", "bad_gateway")
_PROBLEMS: Final = ("minute", "day", "concurrent", "appminute")


@dataclass(slots=True)
class Rule:
    """One rule. `seen` counts the requests it could have meant, `done` those it has hit.

    Members for single kinds: `status` (bad_gateway: 408, 502, 503, 504; redirect: 3xx), `problem` and `retry_after`
    (rate_limited), `seconds` (slow_drip: between two pieces; late: until the effect), `bytes` (oversized),
    `then` (late: what the client sees), `location` (redirect).
    """

    what: str
    effect: Effect
    side: str | None = None
    method: str | None = None
    path: re.Pattern[str] | None = None
    nth: int | None = None
    every: int | None = None
    times: int | None = None
    status: int = 502
    problem: str = "minute"
    retry_after: int | None = 5
    seconds: float = 5.0
    bytes: int = 9_000_000
    then: str = "timeout"
    location: str = "https://example.invalid/elsewhere"
    seen: int = 0
    done: int = 0

    def hits(self, side: str, method: str, path: str) -> bool:
        """Whether this request is one to go wrong; counts it."""
        if self.side not in (None, side) or self.method not in (None, method):
            return False
        if self.path is not None and not self.path.search(path):
            return False
        self.seen += 1
        if self.times is not None and self.done >= self.times:
            return False
        if self.nth is not None and self.seen != self.nth:
            return False
        if self.every is not None and self.seen % self.every:
            return False
        self.done += 1
        return True


class FaultPlan:
    """The rules in order; the first that means a request has it."""

    def __init__(self, rules: list[Rule] | None = None) -> None:
        self.rules = rules or []

    def choose(self, side: str, method: str, path: str) -> Rule | None:
        """The rule for this request (the path as below its side's mount), or None."""
        return next((rule for rule in self.rules if rule.hits(side, method, path)), None)


def load_fault_plan(path: str | Path) -> FaultPlan:
    """Read a fault plan. Raises ConfigurationError naming the file, rule and member."""
    shown = clean(str(path))
    try:
        data = loads(Path(path).read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{shown}: {error.strerror or 'cannot be read'}", "name a fault plan") from None
    except (BadJson, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{shown}: not JSON: {clean(str(error))}") from None
    return fault_plan_from(data, shown)


def fault_plan_from(data: Any, source: str = "fault plan") -> FaultPlan:
    """Check a plan that has been parsed. Raises ConfigurationError."""
    if not isinstance(data, list):
        raise ConfigurationError(f"{source}: is not a list of rules")
    return FaultPlan([_Reader(source, number, rule).rule() for number, rule in enumerate(data, start=1)])


class _Reader:
    def __init__(self, source: str, number: int, data: Any) -> None:
        self._place = f"{source}: rule {number}"
        if not isinstance(data, dict):
            raise ConfigurationError(f"{self._place}: is not an object")
        self._left = dict(data)

    def rule(self) -> Rule:
        what = self._word("what", tuple(KINDS))
        if what is None:
            self._fail("what", f"is missing (one of {', '.join(KINDS)})")
        effect = self._word("effect", ("before", "after"))
        if effect is not None and effect != KINDS[what] and what not in _EFFECT_FREE:
            self._fail("effect", f"{effect!r} is not possible for {what}")
        rule = Rule(what, "after" if (effect or KINDS[what]) == "after" else "before")
        rule.side = self._word("side", _SIDES)
        method = self._text("method")
        rule.method = method.upper() if method else None
        rule.path = self._pattern()
        rule.nth, rule.every, rule.times = (self._whole(name) for name in ("nth", "every", "times"))
        self._particulars(rule)
        for name in self._left:
            self._fail(name, "is no member of a rule")
        return rule

    def _particulars(self, rule: Rule) -> None:
        if rule.what == "redirect":
            rule.status = 302
        rule.status = self._whole("status") or rule.status
        allowed = range(300, 400) if rule.what == "redirect" else (408, 502, 503, 504)
        if rule.status not in allowed:
            self._fail("status", f"{rule.status} is not possible for {rule.what}")
        rule.problem = self._word("problem", _PROBLEMS) or rule.problem
        if "retry_after" in self._left:
            rule.retry_after = self._whole("retry_after", 0)
        rule.seconds = self._seconds() or rule.seconds
        rule.bytes = self._whole("bytes") or rule.bytes
        rule.then = self._word("then", _THEN) or rule.then
        rule.location = self._text("location") or rule.location

    def _text(self, name: str) -> str | None:
        value = self._left.pop(name, None)
        if value is not None and not isinstance(value, str):
            self._fail(name, "is not text")
        return value

    def _word(self, name: str, words: tuple[str, ...]) -> str | None:
        value = self._text(name)
        if value is not None and value not in words:
            self._fail(name, f"{value!r} is none of {', '.join(words)}")
        return value

    def _whole(self, name: str, least: int = 1) -> int | None:
        value = self._left.pop(name, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self._fail(name, f"is not a whole number from {least}")
        return value

    def _seconds(self) -> float | None:
        value = self._left.pop("seconds", None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
            self._fail("seconds", "is not a number from 0")
        return float(value)

    def _pattern(self) -> re.Pattern[str] | None:
        source = self._text("path")
        try:
            return None if source is None else re.compile(source)
        except re.error as error:
            self._fail("path", f"is no regular expression: {error}")

    def _fail(self, name: str, problem: str) -> NoReturn:
        raise ConfigurationError(f"{self._place}: {clean(name)}: {clean(problem)}")
