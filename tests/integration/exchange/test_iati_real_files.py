"""The real files, imported from first to last: what is taken, what is left, and that twice is once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.content import read_content
from app.activities.models import Activity, ActivityRevision
from app.activities.review import approve_activity
from app.activities.rules import ProvisionTag
from app.activities.services import save_activity, submit_activity
from app.core.permissions import SYSTEM
from app.coverage.queries import facts_of_years
from app.coverage.rules import Basis, Slice, figure
from tests.integration.exchange.conftest import Everything, Import, last_line, told
from tests.unit.exchange.iati_files import REAL, needs_shared

pytestmark = [needs_shared, pytest.mark.both_engines]
UNICEF = REAL / "unicef_activities_dev.xml"
OTHERS = REAL / "other_publishers_dev.xml"
YEARS = range(2008, 2027)


def activities(session: Session) -> list[Activity]:
    return list(session.scalars(select(Activity).order_by(Activity.id)))


def test_unicefs_file_gives_three_drafts_and_the_same_again_changes_nothing(
    take: Import, everything: Callable[[], Everything]
) -> None:
    first = take(UNICEF)
    assert last_line(first).endswith(": 3 new, 0 unchanged, 0 changed at source, 34 outside the subject, 0 refused.")
    assert re.findall(r"^\d+\. (\S.*): new \(office (\w{4}) ", told(first), re.MULTILINE) == [
        ("XM-DAC-41122-Bangladesh-5070/A0/05/106/005", "5070"),
        ("XM-DAC-41122-Dominican Republic-1260/A0/05/802/004", "1260"),
        ("XM-DAC-41122-India-2040/A0/06/400/404", "2040"),
    ]
    kept = everything()
    again = take(UNICEF)
    assert last_line(again).endswith(": 0 new, 3 unchanged, 0 changed at source, 34 outside the subject, 0 refused.")
    assert everything() == kept


def test_a_dry_run_says_the_same_and_keeps_nothing(take: Import, everything: Callable[[], Everything]) -> None:
    before = everything()
    tried = take(UNICEF, "--dry-run")
    assert told(tried).splitlines()[-2] == "Dry run: nothing was kept."
    assert everything() == before  # the counter of references too
    assert last_line(take(UNICEF)) == last_line(tried)


def test_all_takes_what_is_outside_the_subject_too(take: Import, session: Session) -> None:
    take(UNICEF)
    more = take(UNICEF, "--all")
    assert last_line(more).endswith(": 34 new, 3 unchanged, 0 changed at source, 0 outside the subject, 0 refused.")
    assert len(activities(session)) == 37


def test_publishers_without_an_office_come_in_by_country_or_by_the_office_asked_for(
    take: Import, session: Session
) -> None:
    first = take(OTHERS)
    assert last_line(first).endswith(": 7 new, 0 unchanged, 0 changed at source, 35 outside the subject, 8 refused.")
    assert told(first).count("taken for the only office of the recipient country") >= 7
    assert "do not point to one office. Use --office." in told(first)
    second = take(OTHERS, "--office", "2040")
    assert last_line(second).endswith(": 8 new, 7 unchanged, 0 changed at source, 35 outside the subject, 0 refused.")
    assert [a.lead_office for a in activities(session)[7:]] == ["2040"] * 8


def test_a_changed_activity_is_told_and_left_alone(take: Import, everything: Callable[[], Everything]) -> None:
    told(take(OTHERS))
    kept = everything()
    other_edition = take(REAL / "dportal_raw_dev.xml")
    assert last_line(other_edition).endswith(
        ": 0 new, 0 unchanged, 3 changed at source, 2 outside the subject, 0 refused."
    )
    assert everything() == kept


def test_drafts_count_in_no_figure(take: Import, session: Session) -> None:
    def figures() -> list[object]:
        facts = facts_of_years(session, YEARS).values()
        return [figure(of_year, basis, Slice()) for of_year in facts for basis in Basis]

    before = figures()
    told(take(UNICEF, "--all"))
    session.rollback()
    assert figures() == before
    assert set(session.scalars(select(ActivityRevision.state))) == {"draft"}
    assert all(a.approved_revision_id is None and not a.confirmations for a in activities(session))


def test_an_office_completes_a_draft_with_little_and_it_counts(take: Import, session: Session) -> None:
    """Mandate and concerns are asked for; what no file could know stays "not recorded"."""
    told(take(UNICEF))
    for activity in activities(session):
        content = read_content(activity.current)
        assert content.request_source is None
        assert (content.delivered, content.counterparts, content.provisions) == ("", (), ())
        complete = replace(content, provisions=(ProvisionTag("CRC-4", "mandated_by"),), concerns="also")
        save_activity(session, SYSTEM, activity, complete, activity.version)
        submit_activity(session, SYSTEM, activity, activity.version)
        approve_activity(session, SYSTEM, activity, activity.version)
    found = figure(facts_of_years(session, [2021])[2021], Basis.APPROVED, Slice())
    assert len(found.activity_ids) == 3
    assert {(c.year, c.how) for c in activities(session)[1].confirmations} == {
        (2020, "start"),
        (2021, "dates"),
        (2022, "dates"),
    }
