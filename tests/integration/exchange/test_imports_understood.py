"""What a file of activities means: names, kinds, sheets, merged cells; and what is said of it beside the record."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.core.permissions import Actor
from app.exchange import services
from app.exchange.doubts import MERGED, doubts
from app.exchange.rules import Scope
from config import ROOT
from tests.integration.exchange.sheets import Sheets, csv_text, row

pytestmark = pytest.mark.both_engines


def test_everyday_names_of_countries_are_understood(sheets: Sheets, session: Session, staff: Actor) -> None:
    said = {
        "Turkey": "TUR", "Turquie": "TUR", "سوريا": "SYR", "Laos": "LAO", "DR Congo": "COD", "Congo (Kinshasa)": "COD",
        "Tanzania, United Republic of": "TZA", "The Gambia": "GMB", "Birmanie": "MMR", "UK": "GBR", "Burma": "MMR",
        "Russia": "RUS", "Ivory Coast": "CIV", "South Korea": "KOR", "États-Unis": "USA",
    }  # fmt: skip
    rows = [row(title=f"In {name}", countries=name) for name in said]
    imported = sheets.check(csv_text(rows), staff)
    assert sheets.errors(imported) == []
    sheets.take(imported, staff)
    made = session.scalars(select(Activity)).all()
    told = {each.current.title.removeprefix("In "): each.current.countries[0].country for each in made}
    assert told == said


def test_a_body_that_the_office_knows_needs_no_kind(sheets: Sheets, session: Session, staff: Actor) -> None:
    sheets.take(sheets.check(csv_text([row(counterparts="Ministry of Justice (government)")]), staff), staff)
    again = [
        row(title="B", counterparts="ministry of justice; Bar (civil_society)"),
        row(title="C", counterparts="Bar"),
    ]
    imported = sheets.check(csv_text(again), staff)
    assert sheets.errors(imported) == [(3, "counterparts")]
    sheets.take(imported, staff, scope=Scope.GOOD)
    made = session.scalars(select(Activity).order_by(Activity.id.desc())).first()
    assert made is not None
    bodies = [(each.counterpart.name, each.counterpart.kind) for each in made.current.counterparts]
    assert bodies == [("Ministry of Justice", "government"), ("Bar", "civil_society")]


def test_letters_that_a_program_lost_are_warned_of(sheets: Sheets, staff: Actor) -> None:
    imported = sheets.check(csv_text([row(title="????? ??????")]), staff)
    assert sheets.outcomes(imported) == ["new"]
    assert [t for _n, s, c, t in sheets.findings(imported) if (s, c) == ("warning", "title")] != []


@pytest.mark.both_engines
def test_whoever_imports_is_warned_of_records_alike(sheets: Sheets, session: Session, staff: Actor) -> None:
    """Also a command, which acts for no office of its own."""
    sheets.take(sheets.check(csv_text([row(original_identifier="A-1")]), staff), staff)
    reference = session.scalars(select(Activity)).one().reference
    imported = sheets.check(csv_text([row(original_identifier="a-1", title="COURSE for judges")]))
    assert sheets.outcomes(imported) == ["new"]
    assert [reference in t for _n, s, _c, t in sheets.findings(imported) if s == "warning"].count(True) == 1


def test_of_a_template_the_sheet_with_rows_is_read_and_the_others_are_told(sheets: Sheets, staff: Actor) -> None:
    def filled(*names: str) -> bytes:
        book = io.BytesIO()
        made = xlsxwriter.Workbook(book, {"in_memory": True})
        heads = {
            "Activities": list(row()),
            "Deliveries": ["reference", "on", "what"],
            "Lists": ["office", "", "support_type"],
        }
        for name, head in heads.items():
            page = made.add_worksheet(name)
            page.write_row(0, 0, head)
            if name in names or name == "Lists":
                page.write_row(1, 0, ["x"] * len(head))
        made.close()
        return book.getvalue()

    for names, expected in (
        ((), ("Activities", [])),
        (("Deliveries",), ("Deliveries", ["Deliveries"])),
        (("Activities", "Deliveries"), ("Activities", ["Activities", "Deliveries"])),
    ):
        found = services.look_of(sheets.send(filled(*names), staff, name="a.xlsx"))
        assert (found.sheet, [name for name in found.tables if name != "Lists"]) == expected


@pytest.mark.parametrize("name", ["merged.xlsx", "merged.ods", "flat.xlsx"])
def test_cells_that_are_merged_are_told(sheets: Sheets, staff: Actor, name: str) -> None:
    """A title over the table is none of its cells."""
    if name == "merged.ods":  # made by a spreadsheet program
        data = (ROOT / "tests" / "data" / name).read_bytes()
    else:
        book = io.BytesIO()
        made = xlsxwriter.Workbook(book, {"in_memory": True})
        page = made.add_worksheet("A")
        page.merge_range("A1:C2", "Our list")
        page.write_row(2, 0, ["lead_office", "title", "how"])
        for y, title in enumerate("ABC", 3):
            page.write_row(y, 0, ["0060", title, "training"])
        if name == "merged.xlsx":
            page.merge_range("A5:A6", "0060")
        made.close()
        data = book.getvalue()
    imported = sheets.send(data, staff, name=name)
    told = doubts(services.look_of(imported), services.chosen_of(imported))
    assert (MERGED in told) == (name != "flat.xlsx")


def test_what_is_recorded_stands_beside_what_a_row_would_make_of_it(
    sheets: Sheets, session: Session, staff: Actor
) -> None:
    sheets.take(sheets.check(csv_text([row(original_identifier="A-7", summary="")]), staff), staff)
    told = row(original_identifier="A-7", title="Course for prosecutors", summary="For a week", how="research",
               counterparts="")  # fmt: skip
    imported = sheets.check(csv_text([told]), staff)
    assert sheets.outcomes(imported) == ["changed"]
    said = {(c, t) for _n, severity, c, t in sheets.findings(imported) if severity == "note"}
    assert {("title", "Recorded now: Course for judges"), ("summary", "Recorded now: nothing."),
            ("how", "Recorded now: training"),
            ("counterparts", "Recorded now: Ministry of Justice (government)"
             " – the row is blank here, which clears it."),
            } <= said  # fmt: skip


def test_rows_that_say_it_otherwise_are_compared_by_the_batch(sheets: Sheets, session: Session, staff: Actor) -> None:
    """A list that people keep writes "Training" where our files have "training": nothing asks list by list of each."""
    rows = [row(original_identifier=f"A-{n}", title=f"Course {n}", how="Training; Law reform") for n in range(60)]
    sheets.take(sheets.check(csv_text(rows), staff), staff)
    session.expire_all()
    asked: list[str] = []
    bind = session.get_bind()
    listener = lambda _c, _cursor, statement, *_more: asked.append(statement)  # noqa: E731
    event.listen(bind, "before_cursor_execute", listener)
    try:
        imported = sheets.check(csv_text(rows), staff)
    finally:
        event.remove(bind, "before_cursor_execute", listener)
    assert sheets.outcomes(imported) == ["unchanged"] * 60
    assert len(asked) < 60, len(asked)
