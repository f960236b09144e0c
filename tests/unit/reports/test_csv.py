"""The one writer of CSV: every text comes back, no text runs, numbers are never touched."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.tables import Column, Kind, Table
from app.reports.renderers.csv import guard, unguard, write_csv

unicode = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
formulas = st.builds(lambda sign, rest: sign + rest, st.sampled_from(list("=+-@\t\r'＝＋－＠ ")), unicode)
texts = unicode | formulas


def read_back(values, kind):
    column = Column("value", "Value", kind, lambda row: row)
    data = b"".join(write_csv(Table([column], values)))
    assert data.startswith(b"\xef\xbb\xbfvalue\r\n")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    return [row[0] for row in rows[1:]]


@given(texts)
def test_unguard_gives_back_what_guard_was_given(text):
    assert unguard(guard(text)) == text


@given(texts)
def test_a_guarded_text_runs_nowhere(text):
    guarded = guard(text)
    number = guarded.strip("+-").replace(".", "", 1).replace(",", "", 1).isdigit()
    assert number or not guarded.lstrip().startswith(tuple("=+-@＝＋－＠"))


@given(st.lists(texts.filter(bool), min_size=1))
def test_every_text_comes_back_from_the_file(values):
    for kind in (Kind.TEXT, Kind.LIST, Kind.CODE):
        assert [unguard(cell) for cell in read_back(values, kind)] == values


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1))
def test_whole_numbers_are_never_touched(values):
    assert read_back(values, Kind.INTEGER) == [str(value) for value in values]
    assert read_back([str(value) for value in values], Kind.TEXT) == [str(value) for value in values]


@given(st.lists(st.decimals(-1000, 1000, places=1), min_size=1))
def test_decimals_have_a_dot_and_are_never_touched(values):
    assert [Decimal(cell) for cell in read_back(values, Kind.PERCENT)] == values
    assert not any("," in cell for cell in read_back(values, Kind.PERCENT))


@pytest.mark.parametrize("text", ["-5", "+3.5", "-1,5", "0060", "12", "3.14"])
def test_plain_numbers_stay(text):
    assert guard(text) == text


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1+1", "-2-3", " =1", "＝1", "'=1", "--5", "-5 "])
def test_formulas_get_one_quote(text):
    assert guard(text) == "'" + text


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("x;=2+2;y", "x;'=2+2;y"),
        ("\t=1", "'\t'=1"),
        ("a\n=HYPERLINK(B1)", "a\n'=HYPERLINK(B1)"),
        ("a; @SUM(A1)", "a; '@SUM(A1)"),
        ("a\n-2+3+cmd|' /C calc'!A0", "a\n'-2+3+cmd|' /C calc'!A0"),
        ("a;'=1", "a;''=1"),
        ("a\n- first (of two)\n- second", "a\n- first (of two)\n- second"),
        ("training;law_reform", "training;law_reform"),
        ("1 = 2; 3 = 4", "1 = 2; 3 = 4"),
    ],
)
def test_a_formula_inside_is_one_where_cells_are_parted_by_semicolons(text, guarded):
    assert guard(text) == guarded
    assert unguard(guarded) == text


def test_blank_is_not_zero():
    assert read_back([None, 0], Kind.INTEGER) == ["", "0"]
    assert read_back([None, False, True], Kind.YES_NO) == ["", "no", "yes"]
    assert read_back([None, Decimal("0.0")], Kind.PERCENT) == ["", "0.0"]


def test_instants_are_utc():
    instant = datetime.fromisoformat("2026-11-23T23:30:00-05:00")
    assert read_back([None, instant, datetime(2026, 1, 1, tzinfo=UTC)], Kind.INSTANT) == [
        "", "2026-11-24T04:30:00Z", "2026-01-01T00:00:00Z",
    ]  # fmt: skip


def test_a_long_table_has_every_row_once():
    assert read_back(range(1234), Kind.INTEGER) == [str(n) for n in range(1234)]
