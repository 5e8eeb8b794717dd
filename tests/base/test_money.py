from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.base.money import NotAnAmount, amount, cents, four_places, plain, show

amounts = st.decimals(min_value=Decimal("-1e12"), max_value=Decimal("1e12"), places=6)


@pytest.mark.parametrize(
    ("value", "read"),
    [("500.0", "500.0"), (" 13050.00 ", "13050.00"), (7, "7"), (Decimal("0.1"), "0.1"), ("-0.00", "0")],
)
def test_reads_the_forms_that_the_services_write(value: object, read: str) -> None:
    assert amount(value) == Decimal(read)


@pytest.mark.parametrize("value", [1.5, True, None, "", "12,5", "NaN", "Infinity", "1e15", [], "1" * 20])
def test_refuses_what_is_no_amount(value: object) -> None:
    with pytest.raises(NotAnAmount):
        amount(value)


def test_negative_zero_has_no_sign() -> None:
    assert plain(amount("-0")) == "0"
    assert plain(cents(Decimal("-0.004"))) == "0.00"


@pytest.mark.parametrize(("value", "rounded"), [("1.005", "1.01"), ("-1.005", "-1.01"), ("2.675", "2.68")])
def test_rounds_the_half_away_from_zero_as_xero_does(value: str, rounded: str) -> None:
    assert cents(Decimal(value)) == Decimal(rounded)


@given(amounts)
def test_text_and_back_loses_nothing(value: Decimal) -> None:
    assert amount(plain(value)) == value


@given(amounts)
def test_rounding_moves_by_at_most_half_a_step(value: Decimal) -> None:
    assert abs(cents(value) - value) <= Decimal("0.005")
    assert four_places(value) == value.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def test_amounts_for_people() -> None:
    assert show(Decimal("1234567.5")) == "1,234,567.50"
