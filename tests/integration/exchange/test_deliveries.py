"""Deliveries from spreadsheets: what each row is, and what is found in it."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.deliveries import Delivery, People, add_delivery
from app.activities.filters import ActivityFilters
from app.activities.models import Activity, DeliveryLine
from app.activities.services import withdraw_activity
from app.core.errors import Invalid, Refused
from app.core.permissions import SYSTEM, Actor
from app.exchange import services
from app.exchange.models import Import
from app.exchange.rules import Scope
from app.exchange.sheet_columns import ACTIVITIES, DELIVERIES, columns, what_rows_are
from app.reports.definitions.activity_deliveries import REPORT
from app.reports.renderers.csv import write_csv
from app.reports.renderers.json import write_json
from app.reports.renderers.xlsx import write_xlsx
from tests.factories.activities import approved, drafted, proposed
from tests.integration.exchange.delivered import ONE, held, lines_of, whole
from tests.integration.exchange.sheets import Sheets, csv_text, resaved, row, xlsx_bytes
from tests.integration.exchange.test_hostile import DEEP
from tests.integration.exchange.test_mutated import CELLS, NASTY, grid


def test_an_identifier_needs_its_office(sheets: Sheets, session: Session, staff: Actor) -> None:
    sheets.take(sheets.check(csv_text([row(original_identifier="A-7")]), staff), staff)
    bare = csv_text([{"original_identifier": "A-7", **ONE}])
    assert sheets.errors(sheets.check(bare, staff)) == [(2, "reference")]
    assert sheets.outcomes(sheets.check(bare, staff, office="0060")) == ["new"]
    unknown = csv_text([{"original_identifier": "A-8", "lead_office": "0060", **ONE}])
    assert sheets.errors(sheets.check(unknown, staff)) == [(2, "original_identifier")]


def test_the_records_of_other_offices_are_not_touched(sheets: Sheets, session: Session, staff: Actor) -> None:
    theirs = approved(session, "0420", countries=("BRB",))
    imported = sheets.check(csv_text([held(theirs), held(theirs, reference="ROSA-2026-9999", what="x")]), staff)
    assert sheets.errors(imported) == [(2, "reference"), (3, "reference")]
    said = {text for _row, _severity, _column, text in sheets.findings(imported)}
    assert len(said) == 1  # what may not be seen is as if it were not there
    with pytest.raises(Refused):
        sheets.take(imported, staff, scope=Scope.GOOD)


def test_the_office_beside_a_reference_must_be_its_own(sheets: Sheets, staff: Actor, activity: Activity) -> None:
    assert sheets.errors(sheets.check(csv_text([held(activity, lead_office="0420")]), staff)) == [(2, "lead_office")]


BAD: tuple[tuple[dict[str, str], str], ...] = (
    ({"on": ""}, "on"),
    ({"on": "soon"}, "on"),
    ({"on": "03/04/25"}, "on"),
    ({"on": "31/02/2025"}, "on"),
    ({"on": "2031-01-01"}, "on"),
    ({"on": "1999"}, "on"),
    ({"on": "2025-04-03 09:00 - 2025-04-07 17:00"}, "on"),
    ({"on": "2025.1"}, "on"),
    ({"on": "2025-04-0²"}, "on"),
    ({"hours": "many"}, "hours"),
    ({"hours": "6'30"}, "hours"),
    ({"hours": "6 30"}, "hours"),
    ({"hours": "6²"}, "hours"),
    ({"women": "12²"}, "women"),
    ({"women": "12\n15"}, "women"),
    ({"women": "3 4"}, "women"),
    ({"women": "#N/A"}, "women"),
    ({"what": "#REF!"}, "what"),
    ({"hours": "-2"}, "hours"),
    ({"hours": "1.25"}, "hours"),
    ({"hours": "1e9"}, "hours"),
    ({"hours": "999999"}, "hours"),
    ({"women": "some"}, "women"),
    ({"women": "-1"}, "women"),
    ({"women": "1.5"}, "women"),
    ({"men": "99999999"}, "men"),
    ({"not_recorded": "9" * 400}, "not_recorded"),
    ({"profession": "wizard"}, "profession"),
    ({"people_basis": "guessed"}, "people_basis"),
    ({"what": "x" * 301}, "what"),
    ({"place": "x" * 151}, "place"),
    ({"line": "11111111-1111-4111-8111-111111111111"}, "line"),
    ({"line": "'; DROP TABLE activity; --"}, "line"),
    ({"reference": ""}, "reference"),
)


@pytest.mark.both_engines
def test_every_finding_stands_at_its_row_and_column(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    rows = [held(activity, what="Good", line="")]
    rows += [held(activity, **{"what": f"Bad {n}", **changes}) for n, (changes, _column) in enumerate(BAD)]
    imported = sheets.check(csv_text(rows), staff)
    assert sheets.errors(imported) == [(place, column) for place, (_c, column) in enumerate(BAD, 3)]
    assert sheets.outcomes(imported) == ["new", *["wrong"] * len(BAD)]
    with pytest.raises(Invalid):
        sheets.take(imported, staff)
    sheets.take(imported, staff, scope=Scope.GOOD)
    assert [line.what for line in lines_of(session, activity)] == ["Good"]


def test_a_delivery_is_taken_whole_or_not_at_all(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    rows = [held(activity), held(activity, profession="police", women="few"), held(activity, what="Other")]
    imported = sheets.check(csv_text(rows), staff)
    assert sheets.outcomes(imported) == ["wrong", "wrong", "new"]
    assert sheets.errors(imported) == [(2, ""), (3, "women")]
    sheets.take(imported, staff, scope=Scope.GOOD)
    assert [line.what for line in lines_of(session, activity)] == ["Other"]


def test_rows_of_one_delivery_must_agree_and_stand_together(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    rows = [held(activity), held(activity, profession="police", hours="3"), held(activity, what="Other"),
            held(activity, what="Other again"), held(activity, what="Other", profession="police")]  # fmt: skip
    imported = sheets.check(csv_text(rows), staff)
    assert sheets.outcomes(imported) == ["wrong", "wrong", "wrong", "new", "wrong"]
    assert sheets.errors(imported) == [(2, ""), (3, "hours"), (4, ""), (6, "")]
    counts = json.loads(session.get_one(Import, imported.id).counts)
    assert (counts["new"], counts["wrong"], counts["rows"]) == (1, 4, 5)


def test_rows_of_one_line_name_one_activity(sheets: Sheets, session: Session, staff: Actor, activity: Activity) -> None:
    line = add_delivery(session, SYSTEM, activity, Delivery("2025-04-03", "A session")).client_id
    other = approved(session, title="Another")
    rows = [held(activity, line=line), held(other, line=line, profession="police")]
    imported = sheets.check(csv_text(rows), staff)
    assert sheets.errors(imported) == [(2, ""), (3, "reference")]


def test_one_delivery_named_in_two_ways_is_told(sheets: Sheets, session: Session, staff: Actor) -> None:
    sheets.take(sheets.check(csv_text([row(original_identifier="A-7")]), staff), staff)
    made = session.scalars(select(Activity)).one()
    rows = [held(made), {"original_identifier": "A-7", "lead_office": "0060", **ONE}]
    assert sheets.outcomes(sheets.check(csv_text(rows), staff)) == ["wrong", "wrong"]


def test_rows_that_say_the_same_are_both_named(sheets: Sheets, staff: Actor, activity: Activity) -> None:
    imported = sheets.check(csv_text([held(activity), held(activity)]), staff)
    assert sheets.errors(imported) == [(2, ""), (3, "")]


def test_what_can_be_taken_is_warned_of(sheets: Sheets, session: Session, staff: Actor, activity: Activity) -> None:
    add_delivery(session, SYSTEM, activity, Delivery("2025-04-03", "Typed by hand"))
    rows = [held(activity, what="Case no. 12/2024 of Amina Diallo"),
            held(activity, on="2025-05", women="", men="", what="Alone")]  # fmt: skip
    imported = sheets.check(csv_text(rows), staff)
    found = {(number, severity, column) for number, severity, column, _text in sheets.findings(imported)}
    assert found == {(2, "warning", "on"), (2, "warning", "what"), (2, "note", ""), (3, "note", "profession")}
    assert sheets.outcomes(imported) == ["new", "new"]


def test_nothing_was_delivered_of_what_has_not_begun_or_is_withdrawn(
    sheets: Sheets, session: Session, staff: Actor
) -> None:
    planned = drafted(session, status="planned", actual_start=None, delivered="")
    gone = approved(session, title="Gone")
    withdraw_activity(session, SYSTEM, gone, "Made twice", gone.version)
    imported = sheets.check(csv_text([held(planned), held(gone)]), staff)
    assert sheets.errors(imported) == [(2, "reference"), (3, "reference")]


@pytest.mark.parametrize(
    ("headings", "what"),
    [
        ("reference,on,women", DELIVERIES),
        ("Référence,Date,Femmes,Hommes", DELIVERIES),
        ("Referencia,Fecha,Qué", DELIVERIES),
        ("المرجع,التاريخ,نساء", DELIVERIES),
        ("Own number,Office,Event date,Venue", DELIVERIES),
        ("reference,title,on,women", ACTIVITIES),
        ("on,women,men", ACTIVITIES),
        ("reference,on", ACTIVITIES),
        ("reference,summary,actual_start", ACTIVITIES),
    ],
)
def test_what_the_rows_are_is_told_by_the_columns(headings: str, what: str) -> None:
    assert what_rows_are(headings.split(",")) == what


def test_without_a_date_or_a_record_nothing_is_judged(sheets: Sheets, staff: Actor, activity: Activity) -> None:
    with pytest.raises(Invalid):
        sheets.check(csv_text([held(activity)]), staff, keys=("reference", *[""] * 9))


def exported(session: Session) -> dict[str, bytes]:
    """Our own file of delivery lines, in each format that comes back."""
    filters = ActivityFilters(basis="provisional")
    csv_file = b"".join(write_csv(REPORT.table(session, SYSTEM, filters)))
    return {
        "csv": csv_file,
        "resaved.xlsx": resaved(csv_file),
        "json": b"".join(write_json({"title": "x"}, REPORT.table(session, SYSTEM, filters))),
        "xlsx": b"".join(write_xlsx("activity-deliveries", (("Title", "x"),), REPORT.table(session, SYSTEM, filters))),
    }


COUNT = st.one_of(st.none(), st.integers(0, 9_999_999))
PEOPLE = st.builds(People, st.sampled_from([None, "judges", "police"]), COUNT, COUNT, COUNT)
WORDS = st.text(max_size=40).map(lambda text: "".join(c for c in text if c not in "\x00"))


@pytest.mark.both_engines
@settings(max_examples=100 if DEEP else 4)
@given(
    st.lists(
        st.builds(
            Delivery,
            on=st.sampled_from(["2025", "2025-04", "2025-04-03", "2026-02-28"]),
            what=st.one_of(WORDS, st.sampled_from(["=1+1", "'=1", "_x0041_", "a\r\nb", "1e5", "0060", "+49"])),
            place=WORDS,
            hours=st.one_of(st.none(), st.decimals(0, 99_999, places=1)),
            people_basis=st.sampled_from([None, "counted", "estimated"]),
            people=st.lists(PEOPLE, max_size=3).map(tuple),
        ),
        min_size=1,
        max_size=3,
    ),
    st.booleans(),
)
def test_what_goes_out_comes_back_unchanged(
    standing: Session, tmp_path_factory: pytest.TempPathFactory, made: list[Delivery], sensitive: bool
) -> None:
    activity = approved(standing, sensitive=sensitive)
    for each in made:
        add_delivery(standing, SYSTEM, activity, each)
    sheets = Sheets(standing, tmp_path_factory.mktemp("round"))
    for ending, data in exported(standing).items():
        imported = sheets.check(data, SYSTEM, name=f"lines.{ending}")
        assert services.chosen_of(imported).of == DELIVERIES
        kept = sheets.rows(imported)
        assert {each.outcome for each in kept} == {"unchanged"}, (ending, [(r.fields, r.findings) for r in kept])


def test_a_change_in_the_exported_file_is_taken(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    add_delivery(session, SYSTEM, activity, Delivery("2025-04-03", "=1+1", people=(People("judges", 3, None, 2),)))
    text = exported(session)["csv"].decode("utf-8-sig")
    assert "'=1+1" in text
    sheets.take(sheets.check(text.replace(",3,,2", ",3,0,2"), staff), staff)
    (after,) = lines_of(session, activity)
    assert (after.what, after.people) == ("=1+1", (People("judges", 3, 0, 2),))


def test_the_lines_of_other_offices_come_back_unchanged_and_are_never_touched(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    """Decision 0161, for deliveries."""
    open_to_all = {"countries": ("BRB",), "visibility": "all_staff"}
    theirs, closed = approved(session, "0420", **open_to_all), approved(session, "0420", **open_to_all, sensitive=True)
    hidden = approved(session, "0420", countries=("BRB",), visibility="office")
    for each in (activity, theirs, closed, hidden):
        add_delivery(session, SYSTEM, each, Delivery("2025-04-03", "Said", people=(People("judges", 3, None, 2),)))
    rows = list(csv.DictReader(io.StringIO(exported(session)["csv"].decode("utf-8-sig"))))
    told = {row["reference"]: row for row in rows}
    again = sheets.check(csv_text(rows), staff)
    assert {r.reference: r.outcome for r in sheets.rows(again)} == {
        activity.reference: "unchanged", theirs.reference: "unchanged", closed.reference: "unchanged",
        hidden.reference: "wrong",
    }  # fmt: skip
    for changes in ({"women": "4"}, {"what": "Other"}, {"line": ""}, {"lead_office": "0060"}, {"on": "2025-04-04"}):
        imported = sheets.check(csv_text([{**told[theirs.reference], **changes}]), staff)
        assert sheets.outcomes(imported) == ["wrong"], changes
    guessed = sheets.check(csv_text([{**told[closed.reference], "what": "Said"}]), staff)
    assert sheets.outcomes(guessed) == ["wrong"]


@pytest.mark.both_engines
def test_a_changed_cell_is_told_at_its_row_and_nowhere_else(
    sheets: Sheets, session: Session, activity: Activity
) -> None:
    base = [held(activity, line="", original_identifier="", lead_office="0060", profession=profession, what=what)
            for what, profession in (("A", "judges"), ("B", "judges"), ("B", "police"), ("C", ""))]  # fmt: skip
    chance = random.Random(7)
    for number in range(CELLS):
        place, key = chance.randrange(4), chance.choice(list(base[0]))
        rows = [dict(each) for each in base]
        rows[place][key] = chance.choice(NASTY)
        with session.begin_nested() as savepoint:
            imported = sheets.check(csv_text(rows) if number % 2 else xlsx_bytes(grid(rows)), name="file")
            kept = sheets.rows(imported)
            wrong = [each.number for each in kept if each.outcome == "wrong"]
            errors = sheets.errors(imported)
            assert set(wrong) == {n for n, _column in errors}
            assert {column for _n, column in errors} <= {*columns(DELIVERIES), ""}, rows[place]
            good = {(each.title) for each in kept if each.outcome == "new"}
            if good:
                sheets.take(imported, scope=Scope.GOOD)
            assert len(lines_of(session, activity)) == len(good), rows[place]
            savepoint.rollback()
        session.expire_all()
    whole(session)


def said(sheets: Sheets, imported: Import) -> set[tuple[int, str, str]]:
    """(row, severity, column) of every finding that is more than a note."""
    return {(n, severity, column) for n, severity, column, _t in sheets.findings(imported) if severity != "note"}


def test_what_would_be_kept_is_shown_before_it_is(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    line = add_delivery(
        session, SYSTEM, activity, Delivery("2025-05-03", "Old", people=(People("judges", 3, None, 2),))
    )
    rows = [
        held(activity, line="", men=""),
        held(activity, line=line.client_id, on="2025-05-03", what="Old", women="4", men="0"),
    ]
    texts = {(n, text) for n, _s, _c, text in sheets.findings(sheets.check(csv_text(rows), staff))}
    assert (2, "Read as: women 12, men –, sex not recorded –.") in texts
    assert (3, "Read as: women 4, men 0, sex not recorded –.") in texts
    assert (3, "Recorded now: judges, women 3, men –, sex not recorded 2.") in texts


def test_a_row_that_was_copied_in_our_own_file_is_told(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    people = (People("judges", 3), People("police", 4), People("police", 4))
    line = add_delivery(session, SYSTEM, activity, Delivery("2025-05-03", "Old", people=people)).client_id
    own = [held(activity, line=line, on="2025-05-03", what="Old", place="", hours="", men="", people_basis="",
                profession=profession, women=women)
           for profession, women in (("judges", "3"), ("police", "4"), ("police", "4"))]  # fmt: skip
    assert sheets.outcomes(sheets.check(csv_text(own), staff)) == ["unchanged"] * 3
    copied = sheets.check(csv_text([*own, own[2], own[2]]), staff)
    assert {n for n, _c in sheets.errors(copied)} >= {5, 6}


def test_numbers_that_are_added_up_are_warned_of(sheets: Sheets, staff: Actor, activity: Activity) -> None:
    rows = [held(activity, women="12"), held(activity, women="3"), held(activity, profession="", women="15")]
    assert said(sheets, sheets.check(csv_text(rows), staff)) == {
        (3, "warning", "profession"),
        (4, "warning", "profession"),
    }


def test_people_whose_columns_are_not_there_stay(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    people = (People("judges", 3, 1, 2), People("police", 4, 5, 6))
    line = add_delivery(session, SYSTEM, activity, Delivery("2025-05-03", "Old", people=people)).client_id
    base = {"reference": activity.reference, "line": line, "on": "2025-05-03"}
    some = [{**base, "profession": "judges", "women": "30"}, {**base, "profession": "police", "women": "4"}]
    sheets.take(sheets.check(csv_text(some), staff), staff)
    (after,) = lines_of(session, activity)
    assert set(after.people) == {People("judges", 30, 1, 2), People("police", 4, 5, 6)}
    newest = next(x.client_id for x in session.scalars(select(DeliveryLine)) if x.removed_at is None)
    one = sheets.check(csv_text([{**base, "line": newest, "women": "14"}]), staff)
    assert sheets.errors(one) == [(2, "")]  # of whom?
    lost = sheets.check(csv_text([{**held(activity, line=newest, profession="police", women="4")}]), staff)
    assert (2, "warning", "profession") in said(sheets, lost)


@pytest.mark.both_engines
def test_a_list_without_ids_can_be_sent_as_often_as_it_changes(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    add_delivery(session, SYSTEM, activity, Delivery("2025-04-03", "second  Session", "herat"))  # typed by hand
    for women in ("12", "14", "15", "12"):
        sent = sheets.check(csv_text([held(activity, women=women)]), staff)
        assert sheets.outcomes(sent) == ["changed"]
        sheets.take(sent, staff)
        assert sheets.outcomes(sheets.check(csv_text([held(activity, women=women)]), staff)) == ["unchanged"]
    (after,) = lines_of(session, activity)
    assert after.people == (People("judges", 12, 0),)
    for _ in range(2):
        add_delivery(session, SYSTEM, session.get_one(Activity, activity.id), Delivery("2025-06", "Twin", "Herat"))
    assert sheets.errors(sheets.check(csv_text([held(activity, on="2025-06", what="Twin")]), staff)) == [(2, "what")]


def test_rows_of_one_delivery_are_found_however_they_are_written(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    line = add_delivery(
        session, SYSTEM, activity, Delivery("2025-05-03", "Old", people=(People("judges", 3),))
    ).client_id
    old = {"on": "2025-05-03", "what": "Old", "place": "", "hours": "", "men": "", "people_basis": ""}
    rows = [held(activity, line=line, women="3", **old), held(activity, line="", profession="police", women="9", **old)]
    sheets.take(sheets.check(csv_text(rows), staff), staff)
    (after,) = lines_of(session, activity)
    assert after.people == (People("judges", 3), People("police", 9))
    other = [held(activity, what="Round"), held(activity, what="round ", profession="police")]
    assert sheets.errors(sheets.check(csv_text(other), staff)) == [(2, ""), (3, "what")]


def test_a_file_of_what_has_a_newer_draft_comes_back_unchanged(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    add_delivery(session, SYSTEM, activity, Delivery("2025-04-03", "A session"))
    proposed(
        session, session.get_one(Activity, activity.id), submit=False, status="planned", actual_start=None, delivered=""
    )
    data = exported(session)["csv"]
    assert sheets.outcomes(sheets.check(data, staff)) == ["unchanged"]


def test_the_identifier_of_our_own_file_is_known(sheets: Sheets, session: Session, staff: Actor) -> None:
    sheets.take(sheets.check(csv_text([row(original_identifier="A-7")]), staff), staff)
    made = session.scalars(select(Activity)).one()
    assert made.original_identifier == "0060:A-7"
    again = sheets.check(csv_text([row(original_identifier="0060:A-7")]), staff)
    assert sheets.outcomes(again) == ["unchanged"]
    named = {"original_identifier": "0060:A-7", "lead_office": "0060", **ONE}
    assert sheets.outcomes(sheets.check(csv_text([named]), staff)) == ["new"]
    other = sheets.check(csv_text([held(made, original_identifier="B-9")]), staff)
    assert sheets.errors(other) == [(2, "original_identifier")]


def test_typed_cells_of_xlsx(sheets: Sheets, session: Session, staff: Actor, activity: Activity) -> None:
    cells = [["Reference", "Date", "What", "Hours", "Women"],
             [activity.reference, date(2025, 4, 3), "Session", 6.5, 12]]  # fmt: skip
    sheets.take(sheets.check(xlsx_bytes(cells), staff, name="a.xlsx"), staff)
    (line,) = lines_of(session, activity)
    assert (line.on, line.hours, line.people) == ("2025-04-03", Decimal("6.5"), (People(None, 12),))


def test_an_import_that_was_sent_before_there_were_deliveries_is_one_of_activities(session: Session) -> None:
    assert services.chosen_of(Import(how='{"order": "dmy", "keys": []}')).of == ACTIVITIES
