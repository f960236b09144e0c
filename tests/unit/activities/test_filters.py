"""Filters: an address read and written again is the same address; broken ones are refused, never a crash."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.activities.filters import BASES, CODED, MARKS, SORTS, ActivityFilters, cursor, read_cursor
from app.activities.queries import _sort_value
from app.core.errors import Invalid

unicode = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
values = {
    "year": st.integers(1000, 9999).map(str),
    "basis": st.sampled_from(BASES),
    "sort": st.sampled_from(SORTS),
    "direction": st.sampled_from(["asc", "desc"]),
    **{name: st.sampled_from(["yes", "no"]) for name in MARKS},
}
names = sorted({"q", "year", "basis", "sort", "direction", "after", "before", *MARKS, *CODED})
pair = st.sampled_from(names).flatmap(lambda name: st.tuples(st.just(name), values.get(name, unicode)))
queries = st.lists(pair, max_size=12)


def parse(pairs):
    return ActivityFilters.parse(MultiDict(pairs))


@given(queries)
def test_parsed_written_and_parsed_again_is_the_same(pairs):
    filters = parse(pairs)
    assert parse(filters.pairs(paging=True)) == filters


@given(st.lists(st.tuples(st.sampled_from(names), unicode), max_size=8))
def test_any_address_is_read_or_refused(pairs):
    try:
        filters = parse(pairs)
    except Invalid as refusal:
        assert {p.field for p in refusal.problems} <= {"year", "basis", "sort", "direction", *MARKS}
    else:
        assert parse(filters.pairs(paging=True)) == filters


@given(queries)
def test_taking_one_away_narrows_less(pairs):
    filters = parse(pairs)
    for one in filters.pairs():
        assert one not in filters.pairs(without=one)
        assert len(filters.pairs(without=one)) == len(filters.pairs()) - 1


def test_a_long_search_is_cut_and_stays_the_same():
    filters = parse([("q", "a" * 199 + " b")])
    assert parse(filters.pairs()) == filters


@pytest.mark.parametrize("year", ["0000", "0999", "99", "20245", "two", "-200", "٢٠٢٤", "2024.0"])
def test_years_that_are_none(year):
    with pytest.raises(Invalid):
        parse([("year", year)])


def test_unknown_names_are_left_alone():
    assert parse([("utm_source", "x")]) == ActivityFilters()


def test_query_string_with_changes():
    filters = parse([("q", "a b"), ("sort", "title"), ("direction", "desc"), ("office", "0060")])
    assert filters.query_string(office="") == "q=a+b&sort=title&direction=desc"
    assert filters.query_string(after="x") == "q=a+b&office=0060&sort=title&direction=desc&after=x"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), st.integers(0, 2**62 - 1))
def test_a_cursor_is_read_as_it_was_written(value, key):
    word = cursor(value, key)
    assert read_cursor(word) == (value, key)
    assert word.isascii()
    assert "=" not in word


def written(thing):
    return base64.urlsafe_b64encode(json.dumps(thing).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "word",
    ["", "x", "é", "!!!!", "\x00", written(5), written(None), written([]), written(["a"]), written(["a", 1, 2]),
     written([1, "a"]), written(["a", -1]), written(["a", 2**62]), written(["a", 1.5]), written({"a": 1, "b": 2}),
     written(["\x00", 1]), written(["\ud800", 1]), "W" * 10_001, written("[" * 5000),
     base64.urlsafe_b64encode(b"[" * 100_000).decode()],
)  # fmt: skip
def test_a_broken_cursor_is_refused(word):
    with pytest.raises(Invalid):
        read_cursor(word)


@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_any_cursor_is_read_or_refused(word):
    try:
        value, key = read_cursor(word)
    except Invalid:
        return
    value.encode()
    assert key >= 0


@pytest.mark.parametrize("text", ["", "soon", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-13-01"])
def test_a_place_in_time_that_is_none_is_refused(text):
    with pytest.raises(Invalid):
        _sort_value(text, "changed")


def test_a_place_in_time():
    here = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert _sort_value(here.isoformat(), "changed").value == here
