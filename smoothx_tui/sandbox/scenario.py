"""A scenario: both services and the time at the start, as one JSON file or as one object.

The objects have the shapes of the real answers, so that a recorded answer can be dropped in. What is missing is
filled with what the service would answer; what is unknown is kept and served; what cannot be (a reference to
nothing, an id twice, a wrong type) is one line that names the file, the object and the member.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.jsontext import BadJson, dumps, loads
from smoothx_tui.base.text import clean
from smoothx_tui.sandbox.scenario_check import Place, parse_instant, type_name, write_instant
from smoothx_tui.sandbox.scenario_procore import read_procore
from smoothx_tui.sandbox.scenario_xero import read_xero

_OWN_MEMBERS = ("clock", "procore", "xero", "rates", "settings")


@dataclass(slots=True)
class Scenario:
    """Where a sandbox starts.

    `clock` is aware, UTC. `procore` and `xero` have the lists of cli.md ("The sandbox"). In `xero` every object is
    complete (ids, statuses, totals), amounts are Decimal, and dates are ISO text (`2026-06-30`,
    `2026-06-30T02:00:00Z`) even where the file had `/Date(…)/`. `rates` are units of a currency for one of the base
    currency, `settings` the tables of settings.toml. `other` are members that this version does not know.
    """

    clock: datetime
    procore: dict[str, Any]
    xero: dict[str, Any]
    rates: dict[str, Decimal] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    other: dict[str, Any] = field(default_factory=dict)

    @property
    def tenant(self) -> str:
        """The id of Xero's organisation."""
        return str(self.xero["Organisation"]["OrganisationID"])

    @property
    def company(self) -> str:
        """The id of Procore's company."""
        return str(self.procore["company"]["id"])

    def to_data(self) -> dict[str, Any]:
        """The scenario as JSON data; `scenario_from` reads it back to an equal scenario."""
        return {
            "clock": write_instant(self.clock),
            "procore": _plain(self.procore),
            "xero": _plain(self.xero),
            "rates": {code: str(rate) for code, rate in self.rates.items()},
            "settings": _plain(self.settings),
            **_plain(self.other),
        }

    def to_json(self) -> str:
        """The scenario as the text of a scenario file."""
        return dumps(self.to_data(), indent=1)


def load_scenario(path: str | Path) -> Scenario:
    """Read a scenario file. Raises ConfigurationError with the one line a person needs."""
    shown = clean(str(path))
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{shown}: {error.strerror or 'cannot be read'}", "name a scenario file") from None
    try:
        data = loads(text)
    except (BadJson, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{shown}: not JSON: {clean(str(error))}") from None
    return scenario_from(data, str(path))


def scenario_from(data: Any, source: str) -> Scenario:
    """Check and complete a scenario that has been parsed (numbers as int or Decimal). `source` names it in errors.

    `data` is not changed. Raises ConfigurationError.
    """
    top = Place(source, "")
    if not isinstance(data, dict):
        top.fail("", f"is {type_name(data)}, expected an object with clock, procore and xero")
    copied = _plain(data)
    clock = _read_clock(top, copied)
    rates = _read_rates(top, copied)
    xero = read_xero(top.below("xero"), top.member(copied, "xero", dict, {}), clock, rates)
    procore = read_procore(top.below("procore"), top.member(copied, "procore", dict, {}), xero["Organisation"], clock)
    settings = top.member(copied, "settings", dict, {})
    other = {name: value for name, value in copied.items() if name not in _OWN_MEMBERS}
    return Scenario(clock, procore, xero, rates, settings, other)


def default_scenario() -> Scenario:
    """The builder in Sydney that a new user meets: every action, setting, finding and state at least once."""
    from smoothx_tui.sandbox.default_scenario import build

    return scenario_from(build(), "default scenario")


def _read_clock(top: Place, data: dict[str, Any]) -> datetime:
    moment = parse_instant(top.required(data, "clock", str))
    if moment is None:
        top.fail("clock", f"{data['clock']!r} is not a time with its zone, such as 2026-07-03T09:00:00Z")
    return moment


def _read_rates(top: Place, data: dict[str, Any]) -> dict[str, Decimal]:
    place = top.below("rates")
    rates = {code: place.amount(rates, code) for rates in (top.member(data, "rates", dict, {}),) for code in rates}
    for code, rate in rates.items():
        if rate <= 0:
            place.fail(code, f"{rate} is not a rate")
    return rates


def _plain(value: Any) -> Any:
    """A deep copy as plain dicts and lists (the generator's packed lists become lists)."""
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(member) for member in value]
    return value
