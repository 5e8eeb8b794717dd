from datetime import UTC, datetime

import pytest

from smoothx_tui.base.requestlog import LogEntry, RequestLog, loggable


def entry(number: int) -> LogEntry:
    return LogEntry(datetime(2026, 7, 3, tzinfo=UTC), "Xero", "GET", f"/{number}", 200, 12)


def test_only_the_last_ones_are_kept() -> None:
    log = RequestLog(kept=3)
    for number in range(5):
        log.add(entry(number))
    assert [one.path for one in log] == ["/2", "/3", "/4"]
    assert len(log) == 3


def test_a_listener_that_stopped_is_not_told() -> None:
    log, told = RequestLog(), list[LogEntry]()
    stop = log.listen(told.append)
    log.add(entry(1))
    stop()
    stop()
    log.add(entry(2))
    assert [one.path for one in told] == ["/1"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h/a/b?page=2", "/a/b?page=2"),
        ("https://h/a?code=c1&State=c2&refresh_token=c3&x=", "/a?code=***&State=***&refresh_token=***&x="),
        ("https://h/a?where=Name%3D%3D%22x%22", '/a?where=Name=="x"'),
        ("https://h/a?x=%1B%5B2J", "/a?x=%1B[2J"),
        ("https://h/%E2%80%AE", "/%E2%80%AE"),
    ],
)
def test_what_of_an_address_is_shown(url: str, shown: str) -> None:
    assert loggable(url) == shown


def test_a_long_address_is_cut() -> None:
    assert len(loggable("https://h/" + "a" * 5000)) == 300
