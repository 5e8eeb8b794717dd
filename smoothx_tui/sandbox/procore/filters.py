"""The query of a list: filters, order and page (facts/procore.md, "Versions, paging, limits")."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import URL, QueryParams

from smoothx_tui.sandbox.procore.answers import Listing, bad_request

Row = dict[str, Any]
Test = Callable[[Row], bool]


def wanted(query: QueryParams, name: str) -> list[str]:
    """The values of `filters[name]` and `filters[name][]`, blank ones left out."""
    return [value for key in (f"filters[{name}]", f"filters[{name}][]") for value in query.getlist(key) if value]


def truth(query: QueryParams, name: str) -> bool | None:
    """A filter that is true or false; None where it is not given."""
    values = wanted(query, name)
    return values[-1].lower() in {"true", "1"} if values else None


def one_of(query: QueryParams, name: str) -> Test | None:
    """A test that a row's member, as text, is among the wanted values."""
    values = frozenset(wanted(query, name))
    return (lambda row: str(row.get(name)) in values) if values else None


def between(query: QueryParams, name: str) -> Callable[[str | None], bool] | None:
    """A test for a time or date in `from...to`, both ends in; either may be left out; a lone day is that day."""
    values = wanted(query, name)
    if not values:
        return None
    first, dots, last = values[-1].partition("...")
    low = _moment(first, end=False)
    high = _moment(last if dots else first, end=True)

    def test(value: str | None) -> bool:
        moment = _parse(value) if value else None
        return moment is not None and (low is None or moment >= low) and (high is None or moment <= high)

    return test


def within(query: QueryParams, name: str) -> Test | None:
    """`between` on a row's member."""
    test = between(query, name)
    return (lambda row: test(row.get(name))) if test else None


def matching(rows: Iterable[Row], tests: Iterable[Test | None]) -> list[Row]:
    """The rows that pass every test there is."""
    there = [test for test in tests if test]
    return [row for row in rows if all(test(row) for test in there)]


def ordered(rows: list[Row], query: QueryParams, members: Sequence[str]) -> list[Row]:
    """By `sort=member` or `sort=-member` where the list supports it; else as they are."""
    sort = query.get("sort", "")
    member = sort.removeprefix("-")
    if member not in members:
        return rows
    return sorted(rows, key=lambda row: (str(row.get(member) or ""), row["id"]), reverse=sort.startswith("-"))


def page_of(listing: Listing, url: URL, query: QueryParams) -> tuple[list[Any], dict[str, str]]:
    """The rows of the page asked for, and the headers Total, Per-Page and Link.

    Too large a page is cut to the list's largest. Link has `next` (absent on the last page) and `last`; `prev` is
    not reliable at Procore and is left out.
    """
    if not listing.paged:
        return [listing.shape(row) for row in listing.rows], {}
    size = min(max(_number(query, "per_page", listing.default), 1), listing.largest)
    page = max(_number(query, "page", 1), 1)
    total = len(listing.rows)
    last = max(-(-total // size), 1)
    rows = [listing.shape(row) for row in listing.rows[(page - 1) * size : page * size]]
    headers = {"Total": str(total), "Per-Page": str(size)}
    links = [("next", page + 1)] if page < last else []
    if page < last:
        links.append(("last", last))
        headers["Link"] = ", ".join(f'<{_at_page(url, query, number, size)}>; rel="{name}"' for name, number in links)
    return rows, headers


def _at_page(url: URL, query: QueryParams, page: int, size: int) -> str:
    kept = [(key, value) for key, value in query.multi_items() if key not in {"page", "per_page"}]
    return str(url.replace(query=urlencode([*kept, ("page", page), ("per_page", size)])))


def _number(query: QueryParams, name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    try:
        return int(text)
    except ValueError:
        raise bad_request(f"{name} must be a number") from None


def _moment(text: str, *, end: bool) -> datetime | None:
    if not text.strip():
        return None
    moment = _parse(text.strip())
    if moment is None:
        raise bad_request("filter is not a range of dates")
    return moment + timedelta(days=1, microseconds=-1) if end and len(text.strip()) == 10 else moment


def _parse(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
