from datetime import UTC, datetime

import pytest

from smoothx_tui.base.answers import Answer

NOW = datetime(2026, 7, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 201, 400, 401, 403, 404, 409, 422, 429, 500, 501])
def test_an_answer_that_settles_a_write(status: int) -> None:
    assert Answer(status, body={}).conclusive


@pytest.mark.parametrize("status", [301, 302, 304, 408, 502, 503, 504, 520])
def test_an_answer_after_which_a_write_may_have_happened(status: int) -> None:
    assert not Answer(status, body={}).conclusive


def test_a_success_that_can_not_be_read_settles_nothing() -> None:
    assert not Answer(200, problem="text/html instead of JSON").conclusive


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "37"}, 37.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Fri, 03 Jul 2026 09:01:00 GMT"}, 60.0),
        ({"retry-after": "Fri, 03 Jul 2026 09:01:00 GMT", "date": "Fri, 03 Jul 2026 09:00:50 GMT"}, 10.0),
        ({"retry-after": "Fri, 03 Jul 2026 08:00:00 GMT"}, 0.0),
        ({"retry-after": "9" * 40}, 7 * 86_400.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "1-2"}, None),
        ({}, None),
    ],
)
def test_retry_after_in_all_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert Answer(429, headers).retry_after(NOW) == seconds


@pytest.mark.parametrize(("text", "number"), [("12", 12), (" 0 ", 0), ("-1", None), ("many", None), ("1" * 30, None)])
def test_a_number_in_a_header(text: str, number: int | None) -> None:
    assert Answer(200, {"x-left": text}).number("X-Left") == number


def test_the_request_id_of_either_service() -> None:
    assert Answer(200, {"xero-correlation-id": "x"}).request_id == "x"
    assert Answer(200, {"x-request-id": "p"}).request_id == "p"
    assert Answer(200).request_id == ""
