"""The one writer of JSON: null is not zero, shares keep their decimals, long tables stream in blocks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.core.tables import Column, Kind, Table
from app.reports.renderers.json import write_json


def written(values, kind):
    column = Column("value", "Value", kind, lambda row: row)
    return json.loads(b"".join(write_json({"report": "x"}, Table([column], values))), parse_float=Decimal)


def rows(values, kind):
    return [row["value"] for row in written(values, kind)["rows"]]


def test_the_head_comes_first_and_an_empty_table_is_an_empty_list():
    told = written([], Kind.INTEGER)
    assert list(told) == ["report", "columns", "rows"]
    assert told["columns"] == [{"key": "value", "label": "Value", "kind": "integer"}]
    assert told["rows"] == []


def test_blank_is_null_and_zero_is_zero():
    for kind in Kind:
        assert rows([None], kind) == [None]
    assert rows([0, 7], Kind.INTEGER) == [0, 7]
    assert rows([Decimal("84.6"), Decimal("0.0")], Kind.PERCENT) == [Decimal("84.6"), Decimal("0.0")]
    assert rows([True, False], Kind.YES_NO) == [True, False]
    assert rows(["a;b", ""], Kind.LIST) == [["a", "b"], []]


def test_instants_are_utc_whoever_wrote_them():
    moment = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)
    assert rows([moment, "2026-03-04T05:06:07Z"], Kind.INSTANT) == ["2026-03-04T05:06:07Z"] * 2


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_every_text_comes_back(texts):
    assert rows(texts, Kind.TEXT) == texts


def test_the_first_bytes_come_before_the_last_row_is_made():
    made = []
    blocks = write_json(
        {}, Table([Column("n", "N", Kind.INTEGER, lambda n: n)], (made.append(n) or n for n in range(2000)))
    )
    first = next(blocks)
    assert len(made) < 100
    assert len(json.loads(first + b"".join(blocks))["rows"]) == 2000
