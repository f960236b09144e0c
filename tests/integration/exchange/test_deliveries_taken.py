"""Deliveries from spreadsheets: what taking them changes, sent again, undone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.deliveries import Delivery, People, add_delivery, remove_delivery
from app.activities.models import Activity, DeliveryLine
from app.activities.services import withdraw_activity
from app.core.audit import AuditEvent
from app.core.errors import Refused
from app.core.permissions import SYSTEM, Actor
from app.exchange import services
from app.exchange.sheet_columns import DELIVERIES
from tests.factories.activities import approved
from tests.integration.exchange.delivered import ONE, held, lines_of, whole, years
from tests.integration.exchange.sheets import Sheets, csv_text, row


@pytest.mark.both_engines
def test_rows_become_deliveries_that_count_at_once(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    rows = [
        held(activity),
        held(activity, profession="Police", women="", men="1 200", people_basis="", hours=""),
        held(activity, on="03/2024", what="First", profession="", women="", men="", not_recorded="", hours="6,5"),
    ]
    imported = sheets.check(csv_text(rows), staff, decimal="dot")
    assert sheets.errors(imported) == [(4, "hours")]
    rows[2]["hours"] = "6.5"
    imported = sheets.check(csv_text(rows), staff)
    assert services.chosen_of(imported).of == DELIVERIES
    assert sheets.outcomes(imported) == ["new"] * 3
    assert lines_of(session, activity) == []
    before = session.get_one(Activity, activity.id).version
    sheets.take(imported, staff)
    first, second = lines_of(session, activity)
    assert (first.on, first.what, first.people, first.people_basis) == ("2024-03", "First", (), "counted")
    assert (second.on, second.place, second.hours) == ("2025-04-03", "Herat", Decimal("6.5"))
    assert second.people == (People("judges", 12, 0), People("police", None, 1200))
    assert {2024, 2025} <= years(session, activity)
    assert session.get_one(Activity, activity.id).version == before  # an open form stays good
    done = session.scalars(select(AuditEvent.action).where(AuditEvent.subject_key == activity.reference)).all()
    assert done.count("activity.deliveries-imported") == 1
    whole(session)


@pytest.mark.both_engines
def test_the_same_file_again_changes_nothing(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    text = csv_text([held(activity), held(activity, profession="police"), held(activity, what="Third")])
    sheets.take(sheets.check(text, staff), staff)
    again = sheets.check(text, staff)
    assert sheets.outcomes(again) == ["unchanged"] * 3
    with pytest.raises(Refused):
        sheets.take(again, staff)
    assert len(lines_of(session, activity)) == 2


@pytest.mark.both_engines
def test_what_a_file_says_otherwise_takes_the_place_of_the_line(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    sheets.take(sheets.check(csv_text([held(activity)]), staff), staff)
    line = session.scalars(select(DeliveryLine)).one()
    mended = csv_text([held(activity, line=line.client_id.upper(), on="2024-04-03", women="14", what="Mended")])
    imported = sheets.check(mended, staff)
    assert [(each.outcome, each.fields) for each in sheets.rows(imported)] == [("changed", "on;what;women")]
    sheets.take(imported, staff)
    (after,) = lines_of(session, activity)
    assert (after.on, after.what, after.place) == ("2024-04-03", "Mended", "Herat")
    assert after.people == (People("judges", 14, 0),)
    assert years(session, activity) == {2024}
    assert len(session.scalars(select(DeliveryLine)).all()) == 2  # the history keeps both
    assert sheets.outcomes(sheets.check(mended, staff)) == ["unchanged"]
    old = sheets.check(csv_text([held(activity)]), staff)  # the first file would put it back beside the mended one
    assert sheets.errors(old) == [(2, "what")]
    whole(session)


def test_columns_that_are_not_there_stay(sheets: Sheets, session: Session, staff: Actor, activity: Activity) -> None:
    said = Delivery("2025-04-03", "A session", "Herat", Decimal(6), "counted", (People("judges", 3),))
    made = add_delivery(session, SYSTEM, activity, said)
    only = [{"reference": activity.reference, "line": made.client_id, "on": "2025-04-04"}]
    sheets.take(sheets.check(csv_text(only), staff), staff)
    (after,) = lines_of(session, activity)
    assert (after.on, after.what, after.place, after.hours) == ("2025-04-04", "A session", "Herat", 6)
    assert after.people == (People("judges", 3),)


@pytest.mark.both_engines
def test_undone_as_a_whole(sheets: Sheets, session: Session, staff: Actor, activity: Activity) -> None:
    other = approved(session, title="Another")
    kept = add_delivery(session, SYSTEM, other, Delivery("2025-04-03", "Kept", people=(People("judges", 3),)))
    before = {each.id: lines_of(session, each) for each in (activity, other)}
    text = csv_text([held(activity), held(activity, profession="police"),
                     {**held(other), "line": kept.client_id, "women": "30"}, held(other, what="New")])  # fmt: skip
    imported = sheets.take(sheets.check(text, staff), staff)
    assert {each.id: lines_of(session, each) for each in (activity, other)} != before
    sheets.undo(imported, staff)
    assert {each.id: lines_of(session, each) for each in (activity, other)} == before
    assert [r.activity_id for r in sheets.rows(imported)] == [None] * 4
    whole(session)
    again = sheets.check(text, staff)  # as if it had never been
    assert sheets.outcomes(again) == ["new", "new", "changed", "new"]
    sheets.take(again, staff)
    whole(session)


@pytest.mark.both_engines
@pytest.mark.parametrize("built", ["removed", "withdrawn", "corrected by another file"])
def test_not_undone_once_something_is_built_on_it(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity, built: str
) -> None:
    imported = sheets.take(sheets.check(csv_text([held(activity)]), staff), staff)
    found = session.get_one(Activity, activity.id)
    line = session.scalars(select(DeliveryLine)).one()
    if built == "removed":
        remove_delivery(session, staff, found, line.id)
    elif built == "withdrawn":
        withdraw_activity(session, SYSTEM, found, "Made twice", found.version)
    else:
        again = sheets.check(csv_text([held(activity, line=line.client_id, women="9")]), staff)
        sheets.take(again, staff)
    with pytest.raises(Refused, match=activity.reference):
        sheets.undo(imported, staff)


@pytest.mark.both_engines
def test_the_activities_of_a_file_are_not_undone_before_their_deliveries(
    sheets: Sheets, session: Session, staff: Actor
) -> None:
    first = sheets.take(sheets.check(csv_text([row(original_identifier="A-7")]), staff), staff)
    named = {"original_identifier": "A-7", "lead_office": "0060", **ONE}
    second = sheets.take(sheets.check(csv_text([named]), staff), staff)
    with pytest.raises(Refused):
        sheets.undo(first, staff)
    sheets.undo(second, staff)
    sheets.undo(first, staff)
    assert session.scalars(select(Activity)).all() == []


@pytest.mark.both_engines
def test_nothing_is_taken_if_a_row_is_not_what_it_was(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    line = add_delivery(session, SYSTEM, activity, Delivery("2025-04-03", "A session"))
    rows = [held(activity, line="", what="New"), held(activity, line=line.client_id)]
    imported = sheets.check(csv_text(rows), staff)
    assert sheets.outcomes(imported) == ["new", "changed"]
    remove_delivery(session, SYSTEM, session.get_one(Activity, activity.id), line.id)
    with pytest.raises(Refused, match="3"):
        sheets.take(imported, staff)


@pytest.mark.both_engines
def test_a_delivery_is_not_parted_by_the_end_of_a_batch(
    sheets: Sheets, session: Session, staff: Actor, activity: Activity
) -> None:
    rows = [held(activity, what=f"Session {n // 3}", profession=("judges", "police", "prosecutors")[n % 3])
            for n in range(3 * 400)]  # fmt: skip
    sheets.take(sheets.check(csv_text(rows), staff), staff)
    found = lines_of(session, activity)
    assert len(found) == 400
    assert {len(line.people) for line in found} == {3}
