"""Renderers on plain tables and records: what no database is needed for."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.core.tables import Column, Kind, Table
from app.reports.renderers import xlsx
from app.reports.renderers.hxl import write_hxl
from app.reports.renderers.iati import Element, Record, Text, shares, write_iati
from app.reports.renderers.xlsx import write_xlsx
from app.reports.renderers.zip import write_zip
from tests.sheets import cells, formulas, sheet_names

ABOUT = [("Title", "A table"), ("Filters", "=none")]
text = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t"))
texts = text | st.builds(str.__add__, st.sampled_from(["=", "+", "@", "'=", "<r>", "_x0041_", "{="]), text)


def column(kind: Kind) -> Column:
    return Column("value", "Value", kind, lambda row: row, "#x")


def book(kind: Kind, values) -> bytes:
    return b"".join(write_xlsx("table", ABOUT, Table([column(kind)], values)))


@given(st.lists(texts.filter(bool), min_size=1, max_size=20))
def test_every_text_comes_back_from_a_workbook_and_none_runs(values) -> None:
    data = book(Kind.TEXT, values)
    assert [row[0] for row in cells(data, "table")[1:]] == values
    assert not formulas(data)


def test_cells_have_types_and_blank_is_no_cell() -> None:
    assert [row[0] for row in cells(book(Kind.INTEGER, [0, 7]), "table")[1:]] == [0, 7]
    assert cells(book(Kind.INTEGER, [None]), "table") == [["value"]]
    assert cells(book(Kind.PERCENT, [Decimal("84.6"), Decimal("0.0")]), "table")[1:] == [[84.6], [0]]
    assert cells(book(Kind.CODE, ["0060"]), "table")[1:] == [["0060"]]
    assert cells(book(Kind.YES_NO, [True, False]), "table")[1:] == [["yes"], ["no"]]
    days = ["2025-03-10", "2025-03", "2025", "1899-01-01"]
    assert [row[0] for row in cells(book(Kind.DATE, days), "table")[1:]] == days
    instants = [datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05Z"]
    assert [row[0] for row in cells(book(Kind.INSTANT, instants), "table")[1:]] == ["2026-01-02T03:04:05Z"] * 2


def test_a_workbook_has_head_filters_and_a_sheet_about_itself(monkeypatch) -> None:
    data = book(Kind.TEXT, ["a", "b"])
    assert sheet_names(data) == ["table", "About"]
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert '<autoFilter ref="A1:A3"' in sheet
    assert 'state="frozen"' in sheet
    said = {row[0]: row[1] for row in cells(data, "About") if row}
    assert (said["Filters"], said["Rows"], said["value"]) == ("=none", "2", "Value")
    monkeypatch.setattr(xlsx, "MOST_ROWS", 3)
    data = book(Kind.INTEGER, range(8))
    assert sheet_names(data) == ["table", "About", "table 2", "table 3"]
    assert [row[0] for name in ("table", "table 2", "table 3") for row in cells(data, name)[1:]] == list(range(8))


def test_a_cell_that_is_too_long_is_cut_and_told() -> None:
    data = book(Kind.TEXT, ["x" * 40_000])
    assert len(cells(data, "table")[1][0]) == 32_767
    assert "1: a cell holds no more" in {row[0]: row[1] for row in cells(data, "About") if row}["Cells cut"]


def test_an_archive_is_made_while_it_is_sent() -> None:
    asked = []

    def blocks():
        for number in range(40):
            asked.append(number)
            yield Random(number).randbytes(20_000)

    pieces = write_zip([("a.csv", blocks()), ("b.txt", [b"b"])], datetime(2026, 1, 2, tzinfo=UTC))
    first = next(pieces)
    assert len(asked) < 40
    archive = zipfile.ZipFile(io.BytesIO(first + b"".join(pieces)))
    assert archive.testzip() is None
    assert archive.namelist() == ["a.csv", "b.txt"]


def test_a_tagged_sheet_without_rows_has_its_tags() -> None:
    assert b"".join(write_hxl(Table([column(Kind.TEXT)], []))) == b"\xef\xbb\xbfValue\r\n#x\r\n"
    assert b"".join(write_hxl(Table([column(Kind.TEXT)], ["=1"]))).endswith(b"#x\r\n'=1\r\n")


@given(st.integers(1, 300))
def test_shares_add_up_to_a_hundred(count) -> None:
    assert sum(Decimal(each) for each in shares(count)) == 100


@given(texts, texts)
def test_an_iati_file_can_be_read_whatever_its_text(title, said) -> None:
    record = Record("X-1", "en", "2026-01-02T03:04:05Z", [
        Element("activity-status", {"code": "2"}), Element("title", {"none": None}, [Text(title), Text("fr", "fr")]),
    ])  # fmt: skip
    root = etree.fromstring(b"".join(write_iati([("Filters", said)], {"generated": "2026-01-02T03:04:05Z"}, [record])))
    assert [child.tag for child in root[0]] == ["iati-identifier", "title", "activity-status"]
    assert [n.get("{http://www.w3.org/XML/1998/namespace}lang") for n in root.iter("narrative")] == [None, "fr"]
    clean = "".join(c for c in title if c not in "\ufffe\uffff")
    assert root.find(".//narrative").text == (clean or None)
    assert root.get("version") == "2.03"
