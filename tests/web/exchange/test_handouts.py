"""What the pages of imports hand out: the template, and the wrong rows to be mended."""

from __future__ import annotations

import re
from pathlib import Path

import xlsxwriter
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.activities.models import DeliveryLine
from app.exchange.reading import look
from app.exchange.sheet_cells import read_cells, sheet_names
from app.exchange.sheet_columns import DELIVERIES, matched, what_rows_are
from tests.integration.exchange.sheets import csv_text, row
from tests.web.exchange.sending import MIXED, Post, checked, fields


def test_the_template_is_read_again(staff: FlaskClient, post: Post, tmp_path: Path) -> None:
    for ending in ("xlsx", "csv"):
        path = tmp_path / f"t.{ending}"
        path.write_bytes(staff.get(f"/imports/template.{ending}").data)
        found = look(path)
        assert found.rows == 0
        assert "title" in matched([c.heading for c in found.columns])
        assert "" not in matched([c.heading for c in found.columns])
    path.write_bytes(staff.get("/imports/template.csv?rows=deliveries").data)
    headings = [c.heading for c in look(path).columns]
    assert what_rows_are(headings) == DELIVERIES
    assert "" not in matched(headings, of=DELIVERIES)


def test_what_is_handed_out_opens_in_any_language(staff: FlaskClient, post: Post, tmp_path: Path) -> None:
    post(staff, "/language", {"language": "qps", "next": "/imports"})
    page = checked(staff, post, MIXED)
    for place in ("/imports/template.xlsx", f"{page}/bad-rows.xlsx"):
        path = tmp_path / "t.xlsx"
        path.write_bytes(staff.get(place).data)
        name = sheet_names(path)[0]
        assert name.startswith("Àçt")
        assert next(iter(read_cells(path, name)))[0] == 1


def test_the_template_has_a_sheet_of_deliveries(
    staff: FlaskClient, post: Post, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    """Filled in as somebody does without a connection: activities on one sheet, their deliveries on the other."""
    path = tmp_path / "t.xlsx"
    path.write_bytes(staff.get("/imports/template.xlsx").data)
    sheets = {name: [list(row) for row in read_cells(path, name)] for name in sheet_names(path)}
    assert list(sheets) == ["Activities", "Deliveries", "Help", "Lists"]
    filled = {
        "Activities": {"Lead office *": "0060", "Title *": "Course", "Original identifier": "A-7",
                       "Status *": "active", "Actual start": "2025-03"},
        "Deliveries": {"Lead office": "0060", "Original identifier": "A-7", "Date *": "2025-04-03", "Women": 12,
                       "Profession": "Judges and magistrates"},
    }  # fmt: skip
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, cells in rows:
            sheet.write_row(number - 1, 0, cells)
        for heading, value in filled.get(name, {}).items():
            sheet.write(1, rows[0][1].index(heading), value)
    book.close()
    page = checked(staff, post, path.read_bytes(), name="t.xlsx")
    assert "Other sheets" not in staff.get(page).text
    assert post(staff, f"{page}/take", fields(staff.get(page), "take") | {"scope": "all"}).status_code == 303
    taken = staff.get(page).text
    assert re.findall(r'name="sheet" value="([^"]*)"', taken) == ["Deliveries"]
    others = [post(staff, f"{page}/sheet", {"sheet": "Deliveries"}).headers["Location"] for _ in range(2)]
    assert others[0] == others[1] != page  # pressed twice
    other = others[0]
    answer = post(staff, f"{other}/columns", fields(staff.get(other), "columns"))
    assert answer.status_code == 303, answer.text
    shown = staff.get(other).text
    assert "1 row would add or correct a delivery" in shown
    assert "2025-04-03" in shown
    answer = post(staff, f"{other}/take", fields(staff.get(other), "take") | {"scope": "all"})
    assert "Each delivery confirms its year" in staff.get(answer.headers["Location"]).text
    with sessions() as session:
        line = session.scalars(select(DeliveryLine)).one()
        assert (line.on, [(p.profession, p.women) for p in line.participations]) == ("2025-04-03", [("judges", 12)])
    assert post(staff, f"{other}/undo", fields(staff.get(other), "undo")).status_code == 303
    assert post(staff, f"{page}/sheet", {"sheet": "Budget"}).status_code == 422
    with sessions() as session:
        assert session.scalars(select(DeliveryLine)).all() == []


def test_rows_to_be_mended_do_not_turn_their_dates_and_numbers(staff: FlaskClient, post: Post, tmp_path: Path) -> None:
    """How the whole file was read is not known any more where a few rows of it come again."""
    good = row(title="Tells the order", actual_start="03/27/2025", funding_amount_usd="1.500,50")
    bad = row(title="", actual_start="03/04/2025", funding_amount_usd="2.000")
    page = checked(staff, post, csv_text([good, bad], ";"))
    path = tmp_path / "bad.xlsx"
    path.write_bytes(staff.get(f"{page}/bad-rows.xlsx").data)
    rows = list(read_cells(path, "Activities"))
    told = dict(zip(rows[0][1], rows[1][1], strict=False))
    assert (told["actual_start"], told["funding_amount_usd"]) == ("2025-03-04", "2000")


def test_wrong_deliveries_come_back_on_a_sheet_of_that_name(staff: FlaskClient, post: Post, tmp_path: Path) -> None:
    page = checked(staff, post, csv_text([{"reference": "ROSA-2025-9999", "on": "4/3/2025", "women": "1,0"}]))
    path = tmp_path / "bad.xlsx"
    path.write_bytes(staff.get(f"{page}/bad-rows.xlsx").data)
    assert sheet_names(path) == ["Deliveries"]
