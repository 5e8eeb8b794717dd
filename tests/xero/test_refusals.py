from typing import Any

import pytest

from smoothx_tui.base.answers import Answer
from smoothx_tui.base.errors import ConnectionFailed, ServiceError, SignInNeeded, SmoothxError
from smoothx_tui.xero.refusals import ScopeMissing, error_of, read_written, said, scope_missing

VALIDATION = {
    "ErrorNumber": 10,
    "Type": "ValidationException",
    "Message": "A validation exception occurred",
    "Elements": [{"InvoiceNumber": "A", "ValidationErrors": [{"Message": "Account code must be specified\x1b[2J"}]}],
}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (VALIDATION, "Account code must be specified<U+001B>[2J"),
        ({"ErrorNumber": 14, "Message": "Error converting value"}, "Error converting value"),
        ({"Title": "Forbidden", "Detail": "AuthenticationUnsuccessful"}, "AuthenticationUnsuccessful"),
        ({"title": "An error occurred", "detail": None}, "An error occurred"),
        ({"error": "invalid_grant"}, "invalid_grant"),
        ({"Message": "<html><body>oops"}, ""),
        ({"Elements": [{"ValidationErrors": None}], "Message": "m"}, "m"),
        ([1], ""),
        (None, ""),
    ],
)
def test_xeros_own_words(body: Any, words: str) -> None:
    assert said(Answer(400, body=body)) == words


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (Answer(400, body=VALIDATION), ServiceError, "Account code must be specified"),
        (Answer(401, body={"Detail": "TokenExpired: token expired at 04/09/2023"}), SignInNeeded, "sign-in"),
        (Answer(401, body={"Detail": "AuthorizationUnsuccessful"}), ScopeMissing, "consent"),
        (Answer(403, body={"Detail": "AuthenticationUnsuccessful"}), SignInNeeded, "no longer connected"),
        (Answer(403, body=None, problem="text/html instead of JSON"), ServiceError, "not allowed"),
        (Answer(404, problem="text/html instead of JSON"), ServiceError, "not found"),
        (Answer(429, problem="an empty answer"), ServiceError, "too many calls"),
        (Answer(500, body={"Title": "An error occurred"}), ServiceError, "An error occurred"),
        (Answer(503, problem="text/plain instead of JSON"), ConnectionFailed, "not available"),
        (Answer(200, problem="text/html instead of JSON"), ConnectionFailed, "text/html instead of JSON"),
        (Answer(302, problem="a redirect, which is never followed"), ConnectionFailed, "redirect"),
    ],
)
def test_the_error_for_each_kind_of_answer(answer: Answer, kind: type[SmoothxError], words: str) -> None:
    error = error_of(answer, "read accounts")
    assert type(error) is kind
    assert words in error.line()


def test_a_missing_scope_is_told_apart() -> None:
    assert scope_missing(Answer(401, body={"detail": "AuthorizationUnsuccessful"}))
    assert not scope_missing(Answer(401, body={"detail": "TokenExpired: x"}))
    assert not scope_missing(Answer(403, body={"detail": "AuthorizationUnsuccessful"}))


def test_the_elements_of_a_batch_each_have_their_result() -> None:
    good = {"Type": "ACCPAY", "InvoiceID": "i1", "InvoiceNumber": "A", "StatusAttributeString": "OK"}
    warned = good | {"StatusAttributeString": "WARNING", "Warnings": [{"Message": "odd rate"}]}
    bad = good | {"InvoiceID": "00000000-0000-0000-0000-000000000000", "HasErrors": True}
    told = bad | {"ValidationErrors": [{"Message": "one"}, {"Message": "one"}, {"Message": "two"}]}
    first, second, third, fourth = read_written({"Invoices": [good, warned, bad, told]})
    assert (first.id, first.errors) == ("i1", ())
    assert first.document is not None
    assert second.warnings == ("odd rate",)
    assert (third.id, third.errors, third.document) == ("", ("refused without a reason",), None)
    assert fourth.errors == ("one", "two")


def test_the_elements_of_a_refused_request() -> None:
    (element,) = read_written(VALIDATION)
    assert (element.id, element.number, len(element.errors)) == ("", "A", 1)


def test_contacts_and_options_are_written_too() -> None:
    assert read_written({"Contacts": [{"ContactID": "c"}]}, "Contacts")[0].id == "c"
    assert read_written({"Options": [{"TrackingOptionID": "o"}]}, "Options")[0].id == "o"
    assert read_written("nothing") == []
