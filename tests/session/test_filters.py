"""The filter language: what each form finds, and what a person is told where it cannot be read."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.base.text import clean
from smoothx_tui.session.filters import BadFilter, read_filter


@dataclass(frozen=True)
class FakeRow:
    act: str = "block"
    action: str = "blocked"
    type: str = "claim"
    kind: str = "progress_claim"
    number: str = "HC-0045"
    contact: str = "Harbour Concrete, Pty"
    project: str = "2235 - Quay St"
    date: dt.date | None = dt.date(2026, 6, 30)
    total: Decimal = Decimal("13050.00")
    currency: str = "AUD"
    why: str = "locked period to 31 May"
    alarm: str = ""


ROW = FakeRow()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "harbour",
        "HARBOUR quay",
        '"quay st"',
        "2026-06-30",
        "13,050.00",
        "13050",
        "!borex",
        '!"quay street"',
        "act:blocked",
        "act:block",
        "ACT:Blocked",
        "act:new,blocked",
        "type:claim",
        "type:progress_claim",
        "contact:harbour",
        'contact:"concrete, pty"',
        "number:hc-",
        "why:locked",
        "currency:aud",
        "total>1000",
        "total>=13050",
        "total<=13050.00",
        "total:13,050",
        "total=13050",
        "total<20000",
        "!total>20000",
        "date:2026",
        "date:2026-06",
        "date=2026-06-30",
        "date>2026-06-01",
        "date<=2026-06-30",
        "act:blocked !borex total>1000 date:2026-06",
    ],
)
def test_finds(text: str) -> None:
    assert read_filter(text).matches(ROW)


@pytest.mark.parametrize(
    "text",
    [
        "borex",
        "harbour borex",
        "!harbour",
        "act:lock",  # a fixed word is compared from its start
        "act:new",
        "type:direct",
        "contact:quay",
        "!act:blocked",
        "total>13050",
        "total<1000",
        "date:2025",
        "date>2026-06-30",
        '"concrete harbour"',
    ],
)
def test_leaves_out(text: str) -> None:
    assert not read_filter(text).matches(ROW)


def test_a_row_without_date_never_has_one() -> None:
    row = replace(ROW, date=None)
    assert not read_filter("date>2000-01-01").matches(row)
    assert read_filter("!date>2000-01-01").matches(row)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("quay colour:red", "filter: colour:red: no field colour (fields: act, type, number"),
        ("total>lots", "filter: total>lots: expected an amount after > (such as total>1000)"),
        ("total:", "filter: total:: expected a value after :"),
        ("date>june", "filter: date>june: expected a date after >"),
        ("date:2026-13", "filter: date:2026-13: expected a date after :"),
        ("contact>harbour", "filter: contact>harbour: contact is text, so it takes : and not >"),
        ('quay "st', 'filter: "st: a quote is not closed'),
        ("!", "filter: !: names nothing to look for"),
        ('""', 'filter: "": names nothing to look for'),
        ("act:foo", "filter: act:foo: no act foo (one of wait, new, upd, same, held, again, del, void, orphan, skip, "),
        ("quay !act:new,fo", "filter: !act:new,fo: no act fo (one of wait, new"),
        ('act:"new upd"', 'filter: act:"new upd": no act new upd (one of wait, new'),
        ("type:bill", "filter: type:bill: no type bill (one of claim, direct, head)"),
        ("x:\x1b[2J", "filter: x:<U+001B>[2J: no field x"),
    ],
)
def test_an_error_names_the_token(text: str, said: str) -> None:
    with pytest.raises(BadFilter) as caught:
        read_filter(text)
    assert caught.value.line().startswith(said)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    refused = ""
    try:
        found = read_filter(text)
    except BadFilter as error:
        refused = error.line()
    else:
        assert found.matches(ROW) == all(test.passes(ROW) for test in found.tests)
    assert clean(refused) == refused


@pytest.mark.parametrize("text", ["danger", "DANGER", "why:danger", "act:block danger"])
def test_the_word_before_the_why_of_a_dangerous_item_finds_it(text: str) -> None:
    assert read_filter(text).matches(replace(ROW, alarm="DANGER"))
    assert not read_filter(text).matches(ROW)
