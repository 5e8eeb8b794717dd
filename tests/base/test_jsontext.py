import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.base.jsontext import BadJson, dumps, loads

scalars = (
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False, places=4)
)
documents = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(documents, st.sampled_from([None, 1, 2]))
def test_what_is_written_reads_back_equal(value: Any, indent: int | None) -> None:
    assert loads(dumps(value, indent=indent)) == value


@given(documents)
def test_what_is_written_has_bytes(value: Any) -> None:
    assert loads(dumps(value).encode()) == value


def test_half_a_surrogate_pair_is_written_as_its_escape() -> None:
    assert dumps("€\ud83d") == '"€\\ud83d"'
    assert loads(dumps({"€\udc00": "\ud83d"}).encode()) == {"€\udc00": "\ud83d"}


@given(documents)
def test_any_other_reader_understands_what_is_written(value: Any) -> None:
    assert json.loads(dumps(value), parse_float=Decimal) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("13050.00"), "13050.00"),
        (Decimal("0.000029104"), "0.000029104"),
        (Decimal("1E+3"), "1000"),
        ({"a": [], "b": {}}, '{"a":[],"b":{}}'),
    ],
)
def test_numbers_keep_their_digits_and_never_have_an_exponent(value: Any, text: str) -> None:
    assert dumps(value) == text


def test_fractions_are_read_exactly() -> None:
    assert loads(b'{"Total": 0.1}') == {"Total": Decimal("0.1")}


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":2}', "NaN", "[Infinity]", "-Infinity", "{", "", "[1,]", "[" * 100_000, b"\xff\xfe{"]
)
def test_refuses_what_two_readers_would_understand_differently(text: str | bytes) -> None:
    with pytest.raises(BadJson):
        loads(text)


def test_a_repeated_member_is_named() -> None:
    with pytest.raises(BadJson, match="'Total' appears twice"):
        loads('{"Total":1,"Total":2}')


@pytest.mark.parametrize("value", [1.5, Decimal("NaN"), {"a": [Decimal("Infinity")]}])
def test_a_float_or_no_number_is_never_written(value: Any) -> None:
    with pytest.raises(BadJson):
        dumps(value)
