"""When a minute is over: never before it is, and known better with each that is seen to begin."""

import math

from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.ledger.minutes import MINUTE, Minutes

starts = st.floats(0.0, 59.9)
some_looks = st.lists(st.tuples(st.integers(0, 30), st.floats(0.0, 59.0), st.floats(0.1, 59.0)), min_size=1)
"""Which minute was seen to begin; seconds from a call before it to its beginning, and from there to an answer."""


@given(start=starts, looks=some_looks, moment=st.floats(0.0, 3000.0))
def test_a_minute_is_never_thought_over_before_it_is(
    start: float, looks: list[tuple[int, float, float]], moment: float
) -> None:
    known: Minutes | None = None
    for minute, before, after in sorted(looks):
        began = start + minute * MINUTE
        seen = Minutes.between(began - before - 0.001, began + after)
        known = seen if known is None else known.seen(seen)
    assert known is not None
    really = start + (math.floor((moment - start) / MINUTE) + 1) * MINUTE
    assert known.over(moment) >= really
    assert known.over(moment) <= moment + 2 * MINUTE + 1.0


@given(start=starts)
def test_it_is_known_to_the_margin_once_both_ends_were_close(start: float) -> None:
    known = Minutes.between(start - 40.0, start + 0.2).seen(Minutes.between(start + 59.9, start + 61.0))
    assert known.over(start + 70.0) <= start + 120.4


def test_what_does_not_fit_is_forgotten_for_what_was_seen_later() -> None:
    assert Minutes(10.0, 10.5).seen(Minutes(100.0, 101.0)) == Minutes(100.0, 101.0)
