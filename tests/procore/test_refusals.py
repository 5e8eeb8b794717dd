from typing import Any

import pytest

from smoothx_tui.base.answers import Answer
from smoothx_tui.procore.refusals import said


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"errors": "plain"}, "plain"),
        ({"errors": ["one", "two", "one"]}, "one; two"),
        (
            {"errors": {"origin_id": ["has already been taken"], "base": "no"}},
            "origin_id: has already been taken; base: no",
        ),
        ({"errors": [], "error": "second"}, "second"),
        ({"error": {"message": "m", "details": ["d"]}}, "m; d"),
        ({"error": {"code": 1}, "error_description": "third"}, "third"),
        ({"message": "fourth\x1b[2J"}, "fourth<U+001B>[2J"),
        ({"errors": "<!DOCTYPE html><html>"}, ""),
        ({"errors": {"a": {"b": {"c": {"d": {"e": "deep"}}}}}}, ""),
        ("text", "text"),
        (["a", 1, None], "a"),
        (None, ""),
        ({}, ""),
    ],
)
def test_every_shape_of_a_refusal(body: Any, words: str) -> None:
    assert said(Answer(422, body=body)) == words


def test_long_texts_are_cut() -> None:
    assert len(said(Answer(422, body={"errors": ["x" * 5000] * 50}))) <= 600
