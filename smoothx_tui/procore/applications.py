"""Which application of a head contract came before another: its stored materials are what this one's grew from."""

from collections.abc import Iterable, Mapping

from smoothx_tui.procore.fields import Row, as_id


def contract_of(row: Row) -> str:
    """The head contract's id; "" where the row names none."""
    contract = row.get("contract")
    return as_id(contract.get("id")) if isinstance(contract, dict) else ""


def by_contract(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    """Rows of payment applications by their head contract."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(contract_of(row), []).append(row)
    return groups


def previous_of(row: Row, rows: Iterable[Row]) -> tuple[Row | None, str]:
    """The application with the next lower number of the same contract, and "" or why it cannot be told."""
    own = as_id(row.get("id"))
    others = [other for other in rows if as_id(other.get("id")) != own]
    if not others:
        return None, ""
    number = _number(row)
    numbers = [_number(other) for other in others]
    if number is None or None in numbers:
        return None, "the previous application is not known: one of them has no number"
    if number in numbers:
        return None, f"the previous application is not known: number {number} is there twice"
    earlier = [(found, other) for found, other in zip(numbers, others, strict=True) if found and found < number]
    if not earlier:
        return None, ""
    latest = max(found for found, _ in earlier)
    if sum(found == latest for found, _ in earlier) > 1:
        return None, f"the previous application is not known: number {latest} is there twice"
    return next(other for found, other in earlier if found == latest), ""


def _number(row: Row) -> int | None:
    value = row.get("number")
    return value if isinstance(value, int) and not isinstance(value, bool) else None
