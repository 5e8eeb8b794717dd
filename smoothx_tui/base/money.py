"""Amounts: Decimal from text to text. No float ever touches one."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

ZERO: Final = Decimal(0)
CENT: Final = Decimal("0.01")
_FOUR_PLACES: Final = Decimal("0.0001")
_LARGEST: Final = Decimal("1e15")


class NotAnAmount(ValueError):  # noqa: N818 - reads as what is wrong
    """The text or number is not a finite amount that fits a document."""


def amount(value: object) -> Decimal:
    """Read an amount or quantity as Procore and Xero write them: text, or a number that was parsed as Decimal or int.

    Raises NotAnAmount for floats, NaN, infinities, blanks, other types and absurd sizes (1e15 and more). Negative
    zero becomes zero.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise NotAnAmount(f"{value!r} is not an amount")
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise NotAnAmount(f"{value!r} is not an amount") from None
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise NotAnAmount(f"{value!r} is not an amount")
    return number or ZERO


def cents(value: Decimal) -> Decimal:
    """Half up to two places, as Xero rounds a line (away from zero at the half)."""
    return value.quantize(CENT, ROUND_HALF_UP) + ZERO


def four_places(value: Decimal) -> Decimal:
    """Half up to the four places that Xero keeps of quantities and, under `unitdp=4`, of unit amounts."""
    return value.quantize(_FOUR_PLACES, ROUND_HALF_UP) + ZERO


def show(value: Decimal) -> str:
    """For people: two places and thousands separators, `13,050.00`."""
    return f"{cents(value):,}"


def plain(value: Decimal) -> str:
    """For machines: no exponent, no trailing zeros beyond what the value has, `1375.50`."""
    return f"{value:f}"
