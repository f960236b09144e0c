"""Spreadsheets in: what becomes of each row, what is taken, what a second send does, and undoing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import xlsxwriter
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.activities.content import read_content
from app.activities.deliveries import Delivery, add_delivery
from app.activities.models import Activity, ActivityRevision, Counterpart
from app.activities.models_review import ActivityKeeper
from app.activities.services import save_activity
from app.core import clock
from app.core.audit import AuditEvent
from app.core.errors import Forbidden, Invalid, Refused, Stale
from app.core.permissions import SYSTEM, Actor
from app.coverage.keeping import verify
from app.exchange import services
from app.exchange.models import Import, ImportRow
from app.exchange.rules import Scope
from app.offices.queries import actor_for
from config import ROOT
from tests.factories.activities import approved, drafted, proposed, quick, submitted
from tests.factories.people import make_person
from tests.integration.activities.kept import drift
from tests.integration.exchange.sheets import Sheets, csv_text, row, xlsx_bytes

pytestmark = pytest.mark.both_engines


def one(session: Session) -> Activity:
    return session.scalars(select(Activity)).one()


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Activity)) or 0


def test_a_good_row_becomes_a_draft(sheets: Sheets, session: Session, staff: Actor) -> None:
    imported = sheets.take(sheets.check(csv_text([row()]), staff), staff)
    made = one(session)
    content = read_content(made.current)
    assert (made.lead_office, made.origin, made.current.state) == ("0060", "spreadsheet", "draft")
    assert (content.title, content.status, content.actual_start) == ("Course for judges", "active", "2025-03-10")
    assert [t.code for t in content.types] == ["training"]
    assert [(p.code, p.role) for p in content.provisions] == [("E1997-30-8", "mandated_by")]
    assert [(c.name, c.kind) for c in content.counterparts] == [("Ministry of Justice", "government")]
    assert made.approved is None
    assert made.submitted is None
    assert session.scalar(select(ActivityKeeper)) is None
    assert imported.state == "taken"
    assert drift(session) == []
    assert list(verify(session)) == []


def test_an_import_sets_no_owner_workflow_or_approval(sheets: Sheets, session: Session, staff: Actor) -> None:
    told = row(workflow="approved", owner="Somebody", approved_revision="3", self_approved="yes", origin="form",
               created_at="2001-01-01T00:00:00Z", confirmations="2001:start", term="long")  # fmt: skip
    sheets.take(sheets.check(csv_text([told]), staff), staff)
    made = one(session)
    assert (made.current.state, made.approved, made.origin) == ("draft", None, "spreadsheet")
    assert made.created_at == clock.now()
    assert made.confirmations == []
    assert made.created_by == staff.user_id


def test_the_same_file_again_changes_nothing(sheets: Sheets, session: Session, staff: Actor) -> None:
    text = csv_text([row(), row(title="Another", original_identifier="A-7")])
    first = sheets.check(text, staff)
    sheets.take(first, staff, take_id="11111111-1111-4111-8111-111111111111")
    state = (count(session), session.scalar(select(func.count()).select_from(AuditEvent)))
    sent = session.get_one(Import, first.id)
    services.take(session, staff, sent, sheets.path(sent), Scope.ALL, "11111111-1111-4111-8111-111111111111")
    assert (count(session), session.scalar(select(func.count()).select_from(AuditEvent))) == state
    again = sheets.check(text, staff)
    assert sheets.outcomes(again) == ["unchanged", "unchanged"]
    with pytest.raises(Refused):
        sheets.take(again, staff)


def test_a_known_identifier_of_the_sheet_is_changed_where_it_says_so(
    sheets: Sheets, session: Session, staff: Actor
) -> None:
    sheets.take(sheets.check(csv_text([row(original_identifier="A-7")]), staff), staff)
    later = sheets.check(csv_text([row(original_identifier="A-7", title="Course for more judges")]), staff)
    assert sheets.outcomes(later) == ["changed"]
    assert sheets.rows(later)[0].fields == "title"
    sheets.take(later, staff)
    assert one(session).current.title == "Course for more judges"


def test_another_offices_rows_are_refused(sheets: Sheets, session: Session, staff: Actor) -> None:
    theirs = approved(session, "2040", visibility="all_staff")
    imported = sheets.check(
        csv_text([
            row(lead_office="2040"),
            row(reference=theirs.reference, lead_office="", title="Mine now"),
            row(uuid=theirs.client_id, title="Mine now"),
            row(reference="ROSA-1999-0001"),
            row(title="Good"),
        ]),
        staff,
    )  # fmt: skip
    assert sheets.outcomes(imported) == ["wrong"] * 4 + ["new"]
    assert [column for _row, column in sheets.errors(imported)] == [
        "lead_office", "reference", "reference", "reference",
    ]  # fmt: skip
    with pytest.raises(Invalid):
        sheets.take(imported, staff)
    sheets.take(imported, staff, Scope.GOOD)
    assert session.get_one(Activity, theirs.id).current.title == "Course for judges"
    assert count(session) == 2


def test_an_approved_record_gets_a_proposed_version(sheets: Sheets, session: Session, staff: Actor) -> None:
    made = approved(session)
    imported = sheets.check(csv_text([{"reference": made.reference, "title": "Other", "workflow": "draft"}]), staff)
    assert sheets.outcomes(imported) == ["changed"]
    sheets.take(imported, staff)
    made = session.get_one(Activity, made.id)
    assert made.approved is not None
    assert (made.approved.title, made.current.title, made.current.state) == ("Course for judges", "Other", "draft")
    assert drift(session) == []
    assert list(verify(session)) == []


def test_a_blank_cell_clears_and_an_absent_column_stays(sheets: Sheets, session: Session, staff: Actor) -> None:
    made = drafted(session, summary="Long", delivered="Much")
    imported = sheets.check(
        csv_text([{"reference": made.reference, "title": made.current.title, "summary": ""}]), staff
    )
    assert sheets.rows(imported)[0].fields == "summary"
    sheets.take(imported, staff)
    made = session.get_one(Activity, made.id)
    assert (made.current.summary, made.current.delivered) == ("", "Much")


def test_who_works_on_a_newer_version_is_not_overwritten(sheets: Sheets, session: Session, staff: Actor) -> None:
    made = approved(session)
    proposed(session, made, title="In review")
    old = {"reference": made.reference, "revision": "1"}
    same = sheets.check(csv_text([{**old, "title": "Course for judges"}]), staff)
    assert sheets.outcomes(same) == ["unchanged"]
    late = sheets.check(csv_text([{**old, "title": "Too late"}]), staff)
    assert sheets.errors(late) == [(2, "reference")]


def test_what_was_saved_after_the_file_was_made_is_not_overwritten(
    sheets: Sheets, session: Session, staff: Actor
) -> None:
    made = drafted(session)
    told = {"reference": made.reference, "revision": "1", "changed_at": clock.now().isoformat()[:19] + "Z"}
    with clock.pretending(datetime(2026, 11, 24, tzinfo=UTC)):
        save_activity(session, SYSTEM, made, quick(title="Saved since"), made.version)
        late = sheets.check(csv_text([{**told, "title": "Too late"}]), staff)
    assert sheets.errors(late) == [(2, "reference")]


def test_both_rows_of_a_duplicate_are_named(sheets: Sheets, session: Session, staff: Actor) -> None:
    made = drafted(session)
    rows = [row(), row(), row(original_identifier="X"), row(original_identifier="X", title="Other"),
            {"reference": made.reference, "title": "A"}, {"uuid": made.client_id, "title": "B"}]  # fmt: skip
    imported = sheets.check(csv_text(rows), staff)
    assert sheets.outcomes(imported) == ["wrong"] * 6
    said = [(number, text) for number, severity, _c, text in sheets.findings(imported) if "about the same" in text]
    assert [(number, int(text.split("row ")[2].split()[0])) for number, text in said] == [
        (2, 3), (3, 2), (4, 5), (5, 4), (6, 7), (7, 6),
    ]  # fmt: skip


def test_likely_duplicates_are_warned_of(sheets: Sheets, session: Session, staff: Actor) -> None:
    made = drafted(session, title="Course for judges")
    imported = sheets.check(csv_text([row(summary="a"), row(summary="b")]), staff)
    assert sheets.outcomes(imported) == ["new", "new"]
    texts = [text for _n, severity, _c, text in sheets.findings(imported) if severity == "warning"]
    assert sum(made.reference in text for text in texts) == 2
    assert sum("has the same office, title and start" in text for text in texts) == 2


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"lead_office": "60"}, "0060"),
        ({"lead_office": "Afghanistan"}, None),
    ],
)
def test_a_lost_zero_is_mended_and_a_name_never_guessed(
    sheets: Sheets, staff: Actor, cells: dict[str, str], expected: str | None
) -> None:
    imported = sheets.check(csv_text([row(**cells)]), staff)
    if expected:
        assert sheets.rows(imported)[0].office == expected
        assert any(s == "warning" and "leading zero" in t for _n, s, _c, t in sheets.findings(imported))
    wrong = sheets.check(csv_text([row(lead_office="Afganistan")]), staff)
    assert sheets.errors(wrong) == [(2, "lead_office")]


def test_codes_labels_and_old_names_are_understood(sheets: Sheets, session: Session, staff: Actor) -> None:
    from app.codelists.queries import labels

    name = labels(session).of("support_type", "training")
    country = labels(session).of("country", "AFG", "fr")
    told = row(how=name.upper(), countries=country)
    told["Fin effective"] = "31/12/2025"
    told["Qui a demandé"] = labels(session).of("request_source", "government_request")
    imported = sheets.check(csv_text([told]), staff)
    assert sheets.outcomes(imported) == ["new"]
    sheets.take(imported, staff)
    content = read_content(one(session).current)
    assert content.types[0].code == "training"
    assert content.countries == ("AFG",)
    assert content.actual_end == "2025-12-31"
    assert content.request_source == "government_request"


def test_the_order_of_dates_is_found_and_can_be_corrected(sheets: Sheets, staff: Actor) -> None:
    american = csv_text([row(actual_start="03/27/2025"), row(actual_start="04/05/2025", title="B")])
    imported = sheets.check(american, staff)
    assert services.chosen_of(imported).order == "mdy"
    assert sheets.outcomes(imported) == ["new", "new"]
    corrected = sheets.check(american, staff, order="dmy")
    assert sheets.errors(corrected) == [(2, "actual_start")]


def test_typed_cells_of_xlsx(sheets: Sheets, session: Session, staff: Actor) -> None:
    told = [["Lead office", "Title", "Actual start", "Sensitive", "funding_amount_usd"],
            [60, "Course", date(2025, 3, 27), True, 1500.5]]  # fmt: skip
    imported = sheets.check(xlsx_bytes(told), staff, name="a.xlsx")
    sheets.take(imported, staff)
    content = read_content(one(session).current)
    assert (content.actual_start, content.sensitive, content.funding_amount_usd) == ("2025-03-27", True, "1500.50")


def test_json_is_read_with_the_same_columns(sheets: Sheets, session: Session, staff: Actor) -> None:
    listed = [{**row(), "how": ["training", "law_reform"], "sensitive": False, "summary": None}]
    for data in (listed, {"about": "x", "rows": listed}):
        imported = sheets.check(json.dumps(data), staff, name="a.json")
        assert sheets.outcomes(imported) == ["new"], sheets.findings(imported)


def test_undone_as_a_whole(sheets: Sheets, session: Session, staff: Actor) -> None:
    old, draft = approved(session), drafted(session, summary="Before")
    state = (count(session), session.scalar(select(func.count()).select_from(Counterpart)))
    imported = sheets.check(
        csv_text([
            row(counterparts="A new body (civil_society)"),
            {"reference": old.reference, "title": "Other"},
            {"reference": draft.reference, "title": "Draft", "summary": "After"},
        ]),
        staff,
    )  # fmt: skip
    sheets.take(imported, staff)
    assert count(session) == 3
    sheets.undo(imported, staff)
    session.expire_all()
    old, draft = session.get_one(Activity, old.id), session.get_one(Activity, draft.id)
    assert (count(session), session.scalar(select(func.count()).select_from(Counterpart))) == state
    assert old.current is old.approved
    assert len(old.revisions) == 1
    assert (draft.current.title, draft.current.summary) == ("Course for judges", "Before")
    assert drift(session) == []
    assert list(verify(session)) == []
    assert session.scalar(select(func.count()).select_from(ActivityRevision)) == 2
    with pytest.raises(Refused):
        sheets.undo(imported, staff)
    again = sheets.check(csv_text([row(counterparts="A new body (civil_society)")]), staff)
    assert sheets.outcomes(again) == ["new"]


@pytest.mark.parametrize("built", ["saved", "delivery", "submitted"])
def test_not_undone_once_something_is_built_on_it(sheets: Sheets, session: Session, staff: Actor, built: str) -> None:
    imported = sheets.take(sheets.check(csv_text([row(), row(title="Another")]), staff), staff)
    made = session.scalars(select(Activity).order_by(Activity.id)).first()
    assert made is not None
    acts: dict[str, Callable[[], object]] = {
        "saved": lambda: save_activity(session, staff, made, quick(title="Mine"), made.version),
        "delivery": lambda: add_delivery(session, staff, made, Delivery(on="2025-03-11", what="Second")),
        "submitted": lambda: proposed(session, made),
    }
    acts[built]()
    with pytest.raises(Refused, match=made.reference):
        sheets.undo(imported, staff)
    assert count(session) == 2


def test_nothing_is_taken_if_a_row_is_not_what_it_was(sheets: Sheets, session: Session, staff: Actor) -> None:
    made = drafted(session)
    imported = sheets.check(csv_text([row(title="New"), {"reference": made.reference, "title": "Mine"}]), staff)
    save_activity(session, SYSTEM, made, quick(title="Mine"), made.version)
    with session.begin_nested() as savepoint:
        with pytest.raises(Refused, match="Row 3"):
            sheets.take(imported, staff)
        savepoint.rollback()
    assert count(session) == 1


def test_an_import_of_somebody_else_is_not_open(sheets: Sheets, session: Session, staff: Actor) -> None:
    imported = sheets.send(csv_text([row()]), staff)
    other = actor_for(session, make_person(session).id)
    assert other is not None
    with pytest.raises(services.NotFound):
        services.find_import(session, other, imported.client_id)
    with pytest.raises(Stale):
        services.may_take(session, imported, Scope.ALL, imported.version + 1)
    nobody = Actor(user_id=other.user_id, name="Nobody")
    with pytest.raises(Forbidden):
        sheets.send(csv_text([row()]), nobody)


def test_submitted_records_keep_what_waits(sheets: Sheets, session: Session, staff: Actor) -> None:
    made = submitted(session)
    imported = sheets.check(csv_text([{"reference": made.reference, "title": "Better"}]), staff)
    sheets.take(imported, staff)
    made = session.get_one(Activity, made.id)
    assert made.submitted is not None
    assert (made.submitted.title, made.current.title) == ("Course for judges", "Better")


def test_all_that_is_wrong_with_a_row_is_told_at_once(sheets: Sheets, staff: Actor) -> None:
    bad = row(lead_office="", how="dancing", actual_start="13/14/2026")
    assert set(sheets.errors(sheets.check(csv_text([bad]), staff))) == {
        (2, "lead_office"), (2, "how"), (2, "actual_start"),
    }  # fmt: skip


def test_error_cells_are_no_blanks(sheets: Sheets, session: Session, staff: Actor) -> None:
    """What a spreadsheet shows as #N/A, or has no result of, clears nothing."""
    sheets.take(sheets.check(csv_text([row(original_identifier="A-7", summary="Of it")]), staff), staff)
    reference = one(session).reference
    book = io.BytesIO()
    made = xlsxwriter.Workbook(book, {"in_memory": True})
    page = made.add_worksheet("A & B")
    page.write_row(0, 0, ["reference", "summary", "actual_start"])
    page.write(1, 0, reference)
    page.write_formula(1, 1, "=VLOOKUP(1,A1:B2,2)", None, "#N/A")
    page.write_formula(1, 2, "=A1", None, "")  # as some programs write it: without its result
    made.close()
    imported = sheets.check(book.getvalue(), staff, name="a.xlsx")
    found = [(n, s, column, found) for n, s, column, found in kept_findings(sheets, imported)]
    assert found == [(2, "error", "summary", "#N/A"), (2, "error", "actual_start", "#NO VALUE!")]
    assert one(session).current.summary == "Of it"
    assert sheets.errors(sheets.check(csv_text([row(summary="#REF!")]), staff)) == [(2, "summary")]


def kept_findings(sheets: Sheets, imported: Import) -> list[tuple[int, str, str, str]]:
    """(row, severity, column, value as found)."""
    return [(each.number, f[0], f[1], f[4]) for each in sheets.rows(imported) for f in json.loads(each.findings)]


def test_a_moment_that_a_spreadsheet_wrote_anew_tells_nothing(sheets: Sheets, session: Session, staff: Actor) -> None:
    made = drafted(session)
    told = {"reference": made.reference, "title": "Mended", "changed_at": "24/11/2026 18:00"}
    assert sheets.errors(sheets.check(csv_text([told]), staff)) == [(2, "changed_at")]
    told["changed_at"] = "2099-01-01T09:00:00Z"
    assert sheets.errors(sheets.check(csv_text([told]), staff)) == [(2, "changed_at")]
    told["changed_at"] = "2026-11-23T18:00:00Z"
    assert sheets.outcomes(sheets.check(csv_text([told]), staff)) == ["changed"]
    told["uuid"] = "11111111-1111-4111-8111-111111111111"
    assert sheets.errors(sheets.check(csv_text([told]), staff)) == [(2, "uuid")]


@pytest.mark.parametrize(
    "bodies", ["Min; Bar (government)", "Ministry (government), Bar (civil_society)", "Ministry\nBar (government)"]
)
def test_several_bodies_are_never_made_one(sheets: Sheets, staff: Actor, bodies: str) -> None:
    assert sheets.errors(sheets.check(csv_text([row(counterparts=bodies)]), staff)) == [(2, "counterparts")]


def test_signs_that_nobody_sees_do_not_matter(sheets: Sheets, session: Session, staff: Actor) -> None:
    made = drafted(session)
    told = {"\u200freference": f"\u200e{made.reference.lower()}\u200b", "title": "Mended"}
    assert sheets.outcomes(sheets.check(csv_text([told]), staff)) == ["changed"]
    assert sheets.outcomes(sheets.check(csv_text([row(lead_office="\u200e٠٠٦٠")]), staff)) == ["new"]


def test_rows_of_nothing_but_spaces_are_blank(sheets: Sheets, staff: Actor) -> None:
    text = csv_text([row()]) + " ,\u00a0,,\r\n"
    assert sheets.outcomes(sheets.check(text, staff)) == ["new"]
    cells = [list(row()), list(row().values()), [" ", "\u00a0"]]
    assert sheets.outcomes(sheets.check(xlsx_bytes(cells), staff, name="a.xlsx")) == ["new"]


def test_half_a_letter_in_json_breaks_nothing(sheets: Sheets, staff: Actor) -> None:
    rows = [row(title=f"Course {n}", how="\ud800" if n == 8 else "training") for n in range(9)]
    text = json.dumps([{**each, "\ud800": "x"} for each in rows])
    assert sheets.errors(sheets.check(text, staff, name="a.json")) == [(9, "how")]


def test_an_amount_is_one_number(sheets: Sheets, session: Session, staff: Actor) -> None:
    good = {"1 500": "1500", "1'500.50": "1500.5", "USD 1,500": "1500", "١٬٥٠٠٫٥٠": "1500.5"}
    bad = ("1500²", "12 34", "6'30", "1500\n2000")
    rows = [row(title=f"Amount {n}", funding_amount_usd=amount) for n, amount in enumerate((*good, *bad))]
    imported = sheets.check(csv_text(rows), staff, decimal="dot")
    assert sheets.errors(imported) == [(n, "funding_amount_usd") for n in range(6, 10)]
    sheets.take(imported, staff, scope=Scope.GOOD)
    kept = [a.current.funding_amount_usd for a in session.scalars(select(Activity).order_by(Activity.id))]
    assert kept == [Decimal(text) for text in good.values()]


def test_imports_are_undone_the_last_first(sheets: Sheets, session: Session, staff: Actor) -> None:
    """What was undone is not built on what came before it."""
    first = sheets.take(sheets.check(csv_text([row(original_identifier="A-7")]), staff), staff)
    for summary in ("Second", "Third"):
        later = sheets.take(sheets.check(csv_text([row(original_identifier="A-7", summary=summary)]), staff), staff)
        with pytest.raises(Refused, match="Something was built on it"):
            sheets.undo(first, staff)
        sheets.undo(later, staff)
        session.expire_all()
        assert one(session).current.summary != summary
    sheets.undo(first, staff)
    assert count(session) == 0


@pytest.mark.parametrize("amount", ["1000", "1,000", "1500.5", "0", "1500.50"])
def test_an_amount_is_the_same_however_it_is_written(
    sheets: Sheets, session: Session, staff: Actor, amount: str
) -> None:
    text = csv_text([row(original_identifier="A-7", funding_amount_usd=amount)])
    sheets.take(sheets.check(text, staff), staff)
    assert sheets.outcomes(sheets.check(text, staff)) == ["unchanged"]


def test_the_sheet_with_headings_is_found_behind_a_cover(sheets: Sheets, session: Session, staff: Actor) -> None:
    book = io.BytesIO()
    made = xlsxwriter.Workbook(book, {"in_memory": True})
    made.add_worksheet("Empty")
    made.add_worksheet("Cover").write(0, 0, "Our activities")
    page = made.add_worksheet("2025")
    for x, (key, cell) in enumerate(row().items()):
        page.write(0, x, key)
        page.write(1, x, cell)
    made.close()
    imported = sheets.check(book.getvalue(), staff, name="a.xlsx")
    assert sheets.outcomes(imported) == ["new"]
    assert services.look_of(imported).sheet == "2025"


def test_an_old_workbook_is_read_and_its_error_cell_is_no_blank(sheets: Sheets, staff: Actor) -> None:
    imported = sheets.check((ROOT / "tests" / "data" / "errors.xls").read_bytes(), staff, name="a.xls")
    assert (sheets.outcomes(imported), sheets.errors(imported)) == (["new", "wrong"], [(3, "summary")])


def test_what_is_written_almost_like_a_code_is_asked_about_and_never_taken(sheets: Sheets, staff: Actor) -> None:
    imported = sheets.check(
        csv_text([row(how="Trainning"), row(how="dancing"), row(request_source="Government request")]), staff
    )
    assert sheets.outcomes(imported) == ["wrong", "wrong", "wrong"]
    assert [sentence for _number, _severity, _column, sentence in sheets.findings(imported)] == [
        "“Trainning” is not on the list. Did you mean training?",
        "“dancing” is not on the list. Codes, names in any language and earlier names are understood.",
        "“Government request” is not on the list."
        " Did you mean “Request of the Government / Member State” (government_request)?",
    ]


def test_rows_that_are_numbered_otherwise_than_at_the_dry_run_are_not_taken_in_part(
    sheets: Sheets, session: Session
) -> None:
    """As an older version of the program numbered them, where a cell has lines of its own."""
    imported = sheets.check(csv_text([row(summary="one\ntwo"), row(title="Second")]))
    last = sheets.rows(imported)[-1]
    session.execute(update(ImportRow).where(ImportRow.number == last.number).values(number=last.number + 1))
    with pytest.raises(Refused, match="counted otherwise"):
        sheets.take(imported)
