"""What an import decides about one activity: its office, its identity, its text. Small files made here."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.activities.content import read_content
from app.activities.models import Activity, ImportBatch, ImportedOriginal, ReferenceCounter
from app.activities.models_line import ActivityLine
from app.activities.services import save_activity
from app.core.audit import AuditEvent
from app.core.permissions import SYSTEM
from app.offices.queries import directory
from tests.integration.exchange.conftest import Everything, Import, last_line, refusal, told
from tests.unit.exchange.iati_files import activity_xml

NOWHERE = '<recipient-region code="998" vocabulary="1"/>'


def ident(text: str) -> str:
    return f"<iati-identifier>{text}</iati-identifier>"


def country(code: str) -> str:
    return f'<recipient-country code="{code}"/>'


def line(session: Session) -> ActivityLine:
    """The one record there is, as lists show it."""
    return session.scalars(select(ActivityLine)).one()


def lone_office(session: Session, iso3: str = "GTM") -> str:
    """The only office that serves a country now."""
    found = [
        o.code for o in directory(session).offices.values() if o.reports and any(c.target == iso3 for c in o.countries)
    ]
    session.rollback()
    assert len(found) == 1
    return found[0]


@pytest.mark.both_engines
def test_the_office_of_the_identifier_comes_before_all_others(take: Import, session: Session) -> None:
    unicef = activity_xml(iati_identifier=ident("XM-DAC-41122-India-2040/A0/1"), recipient_country=country("GT"))
    text = told(take(unicef, "--office", "5070"))
    assert line(session).lead_office == "2040"
    assert "No office is named" not in text
    assert "Office 2040, which the identifier names, serves none of the recipient countries. Found: GTM" in text


def test_the_office_asked_for_comes_before_the_recipient_country(take: Import, session: Session) -> None:
    text = told(take(activity_xml(recipient_country=country("GT")), "--office", "5070"))
    assert line(session).lead_office == "5070"
    assert "No office is named" not in text


def test_the_only_office_of_the_country_is_taken_with_a_warning(take: Import, session: Session) -> None:
    office = lone_office(session)
    text = told(take(activity_xml(recipient_country=country("GT"))))
    assert line(session).lead_office == office
    guess = f"No office is named; taken for the only office of the recipient country ({office})."
    assert f"warning at iati-activity[1]: {guess}" in text


def test_an_unknown_office_in_the_identifier_is_told(take: Import, session: Session) -> None:
    lost = activity_xml(iati_identifier=ident("XM-DAC-41122-Nowhere-9998/A0/1"), recipient_country=country("GT"))
    text = told(take(lost))
    assert line(session).lead_office == lone_office(session)
    assert "The identifier names an office that is not on the list. Found: 9998" in text


@pytest.mark.parametrize(
    "places",
    [
        {"recipient_country": country("GT") + country("KE")},
        {"recipient_country": "", "recipient_region": NOWHERE},
        {"recipient_country": country("FR")},
    ],
    ids=["two countries", "a region", "no office there"],
)
def test_without_one_office_it_is_refused(
    take: Import, everything: Callable[[], Everything], places: dict[str, str]
) -> None:
    before = everything()
    text = told(take(activity_xml(**places)))
    assert "1. XX-1-A: refused" in text
    assert "error at iati-activity[1]: It names no office" in text
    assert everything() == before


def test_an_unknown_office_is_refused_in_plain_words(take: Import, everything: Callable[[], Everything]) -> None:
    before = everything()
    assert refusal(take(activity_xml(), "--office", "9ZZZ")) == "There is no office 9ZZZ."
    assert everything() == before


def test_outside_the_subject_is_skipped_unless_all_is_asked_for(take: Import, session: Session) -> None:
    well = activity_xml(sector='<sector vocabulary="1" code="14030"/>')
    assert last_line(take(well)).endswith("0 new, 0 unchanged, 0 changed at source, 1 outside the subject, 0 refused.")
    assert session.scalar(select(func.count()).select_from(Activity)) == 0
    session.rollback()
    assert last_line(take(well, "--all")).endswith(
        "1 new, 0 unchanged, 0 changed at source, 0 outside the subject, 0 refused."
    )
    assert (line(session).how, line(session).about) == ("", "")


def test_an_identifier_that_stands_twice_names_both_places_and_comes_in_once(take: Import, session: Session) -> None:
    first, second = activity_xml(), activity_xml(title="<title><narrative>Another</narrative></title>")
    text = told(take(first + "\n" + second))
    assert "The same identifier stands also at activity 2 (line 4). Found: XX-1-A" in text
    assert "The same identifier stands also at activity 1 (line 3). Found: XX-1-A" in text
    assert "2. XX-1-A: refused" in text
    assert "The same identifier as activity 1 of this file." in text
    assert line(session).title == "Diversion for children"


def test_an_activity_without_identifier_is_known_again_by_its_text(
    take: Import, session: Session, everything: Callable[[], Everything]
) -> None:
    nameless = activity_xml(iati_identifier="")
    assert "1 new" in last_line(take(nameless))
    known = line(session).original_identifier
    assert known is not None
    assert known.startswith("sha256:")
    kept = everything()
    assert "0 new, 1 unchanged" in last_line(take(nameless))
    assert everything() == kept


@pytest.mark.both_engines
def test_a_long_title_is_shortened_and_the_original_kept_whole_without_contact_data(
    take: Import, session: Session, everything: Callable[[], Everything]
) -> None:
    title = "Justice for children " * 20
    secret = activity_xml(
        title=f"<title><narrative>{title}</narrative></title>",
        description="<description><narrative>Ask jane.doe@example.org or John.</narrative></description>",
        contact_info="<contact-info><person-name><narrative>Jane Doe</narrative></person-name>"
        "<telephone>+254 700 000001</telephone><email>jane.doe@example.org</email></contact-info>",
    )
    text = told(take(secret))
    assert "warning at iati-activity[1]/title: The title had 419 characters and was shortened to 150" in text
    row = line(session)
    assert len(row.title) <= 150
    assert row.title.endswith("…")
    original = session.scalars(select(ImportedOriginal)).one()
    assert title in original.text
    assert any("shortened" in fault["message"] for fault in json.loads(original.faults))
    kept = repr(everything()) + text
    for private in ("jane.doe", "Jane Doe", "700 000001"):
        assert private not in kept
    assert "Ask [e-mail address removed] or John." in row.summary


def test_a_record_says_where_it_came_from(take: Import, session: Session) -> None:
    told(take(activity_xml()))
    activity = session.scalars(select(Activity)).one()
    batch = session.scalars(select(ImportBatch)).one()
    assert (activity.origin, activity.original_identifier, activity.batch_id) == ("iati", "XX-1-A", batch.id)
    assert (batch.kind, batch.file_name, batch.rows, len(batch.sha256)) == ("iati", "file.xml", 1, 64)
    assert (activity.source_first_year, activity.source_last_year) == (2020, 2020)
    events = session.scalars(select(AuditEvent).where(AuditEvent.subject_key == activity.reference)).all()
    assert [e.action for e in events] == ["activity.recorded"]


def test_dates_that_cannot_be_are_left_out_with_a_warning(take: Import, session: Session) -> None:
    dates = "".join(
        f'<activity-date iso-date="{day}" type="{kind}"/>'
        for kind, day in (("1", "1900-01-01"), ("2", "2020-05-01"), ("3", "9999-12-31"), ("4", "2027-01-01"))
    )
    text = told(take(activity_xml(activity_date=dates)))
    row = line(session)
    assert (row.planned_start, row.planned_end) == (None, None)
    assert (row.actual_start, row.actual_end) == ("2020-05-01", None)
    assert text.count("cannot be right; it was left aside") == 2
    assert "The actual end is still to come; it was left out. Found: 2027-01-01" in text


def test_a_refused_activity_uses_up_no_reference(
    take: Import, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a draft be refused after its reference was given, the number must not be lost."""
    from app.activities import services
    from app.core.errors import Problem

    real = services.draft_problems
    monkeypatch.setattr(
        services,
        "draft_problems",
        lambda content, about: (Problem("title", "No."),) if "Bad" in content.title else real(content, about),
    )
    bad = activity_xml(title="<title><narrative>Bad</narrative></title>")
    good = activity_xml(iati_identifier=ident("XX-1-B"))
    text = told(take(bad + good))
    assert "error at iati-activity[1]: No. Found: XX-1-A" in text
    assert line(session).reference.endswith("-0001")
    assert session.scalars(select(ReferenceCounter.last)).one() == 1


FOREIGN = '<reporting-org ref="GB-GOV-1" type="10"><narrative>Department</narrative></reporting-org>'


def test_foreign_work_in_another_country_is_told_where_an_office_was_chosen(take: Import) -> None:
    text = told(take(activity_xml(reporting_org=FOREIGN, recipient_country=country("SY")), "--office", "0060"))
    assert "1. XX-1-A: new (office 0060" in text
    assert "It is reported by another organisation than UNICEF." in text
    assert "Found: Department (GB-GOV-1)" in text
    assert "Office 0060, which was chosen for the file, serves none of the recipient countries. Found: SYR" in text


@pytest.mark.parametrize(
    ("who", "foreign"),
    [
        ('ref="XM-DAC-41122" type="40"><narrative>UNICEF</narrative>', False),
        ('ref="" type="40"><narrative>UNICEF Afghanistan</narrative>', False),
        ('ref="" type="10"><narrative>Department</narrative>', True),
        ('ref="" type="10">', False),
    ],
    ids=["UNICEF", "UNICEF by name", "another by name", "nobody"],
)
def test_only_who_is_not_unicef_is_another_organisation(take: Import, who: str, foreign: bool) -> None:
    home = activity_xml(reporting_org=f"<reporting-org {who}</reporting-org>", recipient_country=country("AF"))
    text = told(take(home, "--office", "0060"))
    assert ("another organisation" in text) == foreign
    assert "serves none of" not in text


CAPITALS = "differs from this one in its capitals only. Is it the same activity? Found: "


def test_identifiers_that_differ_in_capitals_only_name_each_other(take: Import) -> None:
    upper, lower = (activity_xml(iati_identifier=ident(name)) for name in ("XX-1-A", "xx-1-a"))
    text = told(take(upper + lower, "--office", "0060"))
    assert "2. xx-1-a: new" in text
    assert text.count(CAPITALS) == text.count(CAPITALS + "XX-1-A") == 1
    later = told(take(activity_xml(iati_identifier=ident("Xx-1-A")), "--office", "0060"))
    assert CAPITALS + "XX-1-A" in later


def test_signs_that_nobody_sees_make_no_other_identifier(take: Import, session: Session) -> None:
    told(take(activity_xml()))
    unseen = "\u202aXX-1\u200e-A\u202c\u200b"
    text = told(take(activity_xml(iati_identifier=ident(unseen))))
    assert "1. XX-1-A: changed at source" in text
    assert "signs that nobody sees; it was taken without" in text
    assert line(session).original_identifier == "XX-1-A"


def test_what_was_not_entered_is_told(take: Import) -> None:
    title = "<title><narrative>Course</narrative><narrative xml:lang='fr'>Cours</narrative></title>"
    bodies = (
        '<participating-org role="1" type="40" ref="XM-DAC-41122"><narrative>UNICEF</narrative></participating-org>'
        '<participating-org role="4" type="22"><narrative>Legal Aid</narrative></participating-org>'
        '<participating-org role="4" type="10" ref="XX-9"/>'
    )
    text = told(take(activity_xml(title=title, participating_org=bodies)))
    assert "note at iati-activity[1]/title: The title in other languages was not entered" in text
    assert "the original keeps it. Found: fr" in text
    assert (
        "These organisations were not entered. Add those that are counterparts or partners. Found: Legal Aid; XX-9"
        in text
    )


def test_a_sector_of_no_percent_makes_nothing_ours(take: Import) -> None:
    sectors = '<sector code="15130" percentage="0"/><sector code="14030" percentage="100"/>'
    assert "1. XX-1-A: outside the subject" in told(take(activity_xml(sector=sectors)))


def test_what_the_source_has_changed_of_an_untouched_draft_is_named(take: Import, session: Session) -> None:
    told(take(activity_xml()))
    other = {
        "title": "<title><narrative>Diversion of children</narrative></title>",
        "activity_date": '<activity-date iso-date="2020-02-01" type="2"/>',
    }
    assert "the source says otherwise now: title, actual_start\n" in told(take(activity_xml(**other)))
    not_ours = told(take(activity_xml(extra='<legacy-data name="a" value="b"/>')))
    assert "1. XX-1-A: changed at source" in not_ours
    assert "otherwise now" not in not_ours
    activity = session.scalars(select(Activity)).one()
    content = read_content(activity.current).but({"title": "Ours"})
    save_activity(session, SYSTEM, activity, content, activity.version)
    session.commit()
    assert "otherwise now" not in told(take(activity_xml(**other)))
