from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.coverage.rules import YearFacts, figure, percent

fractions = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(fractions)
def test_half_up_to_one_decimal(fraction):
    k, n = fraction
    assert percent(k, n) == (Decimal(100 * k) / n).quantize(Decimal("0.1"), ROUND_HALF_UP)


@given(fractions)
def test_always_one_decimal_from_0_to_100(fraction):
    found = percent(*fraction)
    assert found.as_tuple().exponent == -1
    assert 0 <= found <= 100


@pytest.mark.parametrize(
    ("k", "n", "text"),
    [
        (110, 130, "84.6"),
        (109, 128, "85.2"),
        (1, 8, "12.5"),
        (1, 2000, "0.1"),  # 0.05 exactly: up
        (1, 2001, "0.0"),
        (3, 2000, "0.2"),  # 0.15, which binary floats round down
        (1999, 2000, "100.0"),
        (0, 7, "0.0"),
        (7, 7, "100.0"),
    ],
)
def test_examples(k, n, text):
    assert str(percent(k, n)) == text


def test_without_an_office_expected_there_is_no_percentage_and_no_range():
    found = figure(YearFacts(year=2025, offices={}, regions={}))
    assert (found.k, found.n, found.percent, found.range_low, found.range_high) == (0, 0, None, None, None)
