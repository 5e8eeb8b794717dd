import pytest

from smoothx_tui.base import errors
from smoothx_tui.base.answers import NotSent, Unknown


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.UsageError, 2),
        (errors.ConfigurationError, 2),
        (errors.LedgerError, 2),
        (errors.ConnectionFailed, 3),
        (NotSent, 3),
        (Unknown, 3),
        (errors.SignInNeeded, 4),
        (errors.ServiceError, 1),
    ],
)
def test_every_error_has_its_exit_code(kind: type[errors.SmoothxError], code: int) -> None:
    assert kind("what").exit_code == code


def test_an_error_reads_as_one_line_with_its_hint() -> None:
    assert errors.UsageError("no such item", "see items").line() == "no such item (see items)"
    assert errors.UsageError("no such item").line() == "no such item"


def test_a_refusal_carries_the_service_s_own_request_id() -> None:
    error = errors.ServiceError("no", status=403, request_id="abc")
    assert (error.status, error.request_id, str(error)) == (403, "abc", "no")
