"""Spreadsheets of recommendations go through the reader of all files: every usual kind, or a refusal in words."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from app.exchange.requests_file import request_table
from app.exchange.sheet_limits import Unreadable
from tests.integration.exchange.hostile import Case, cases

TEXT = "State,Recommendation\r\nCôte d'Ivoire,Élever l'âge\r\n"
Rows = list[tuple[int, dict[str, str]]]


@pytest.fixture
def rows(tmp_path: Path) -> Callable[[bytes], Rows]:
    def read(data: bytes) -> Rows:
        path = tmp_path / "file"
        path.write_bytes(data)
        return [(row.number, row.cells) for row in request_table(path, "file").rows]

    return read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_western_letters_in_any_encoding(rows, encoding: str) -> None:
    assert rows(TEXT.encode(encoding)) == [(2, {"State": "Côte d'Ivoire", "Recommendation": "Élever l'âge"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1256"])
def test_arabic_letters_in_any_encoding(rows, encoding: str) -> None:
    text = "State,Recommendation\n" + "الأردن,رفع الحد الأدنى لسن المسؤولية الجنائية في جميع أنحاء البلد\n" * 5
    assert rows(text.encode(encoding))[0][1]["State"] == "الأردن"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters(rows, delimiter: str) -> None:
    text = f"State{delimiter}Text\nNepal{delimiter}Raise it, please\n"
    assert rows(text.encode()) == [(2, {"State": "Nepal", "Text": "Raise it, please"})]


def test_titles_blank_lines_and_a_row_of_hxl_tags_are_passed_over(rows) -> None:
    data = b"\nRecommendations of 2014,\n\nState,Text\n#country,#description\n,\nNepal,Raise it\n"
    assert rows(data) == [(7, {"State": "Nepal", "Text": "Raise it"})]


def test_the_sheet_that_has_recommendations_is_read(rows) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        about, table = book.add_worksheet("About"), book.add_worksheet("Data")
        about.write_row(0, 0, ["What this is", "A list"])
        table.write_row(0, 0, ["State", "Text", "Session"])
        table.write_row(1, 0, ["Nepal", "Raise it", 20])
    assert rows(out.getvalue()) == [(2, {"State": "Nepal", "Text": "Raise it", "Session": "20"})]


REFUSED = [case for case in cases() if case.refused]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_hostile_file_is_refused_as_everywhere(rows, case: Case) -> None:
    with pytest.raises(Unreadable) as told:
        rows(case.make())
    assert case.refused.casefold() in str(told.value).casefold()


def test_xml_is_told_what_is_read(rows) -> None:
    with pytest.raises(Unreadable, match="XML"):
        rows(b'<?xml version="1.0"?><iati-activities version="2.03"></iati-activities>')


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not there"):
        request_table(tmp_path / "none.csv", "none.csv")
