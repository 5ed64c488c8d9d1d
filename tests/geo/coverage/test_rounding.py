"""Figures that anybody may ask for again and again tell of no small group."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage.disclosure import SHARE_STEPS, rounded_count, rounded_share


@given(st.floats(0, 1), st.floats(20, 100_000))
def test_one_step_of_a_share_is_at_least_ten_workers(share, workers):
    rounded = rounded_share(share, workers)

    step = next(step for step in SHARE_STEPS if step * workers >= 10)
    assert rounded / step == pytest.approx(round(rounded / step), abs=1e-6)
    assert abs(rounded - share) <= step / 2 + 1e-9
    assert 0 <= rounded <= 1


@given(st.floats(0, 1), st.floats(0, 1), st.floats(20, 100_000))
def test_a_larger_share_is_never_said_to_be_smaller(one, other, workers):
    low, high = sorted([one, other])

    assert rounded_share(low, workers) <= rounded_share(high, workers)


@pytest.mark.parametrize(
    ("count", "said"),
    [(0.0, 0), (1e-9, 0), (0.5, None), (9.9, None), (10, 10), (12.4, 10), (12.5, 15), (101, 100)],
)
def test_a_count_is_rounded_to_five_and_a_small_one_withheld(count, said):
    assert rounded_count(count) == said
