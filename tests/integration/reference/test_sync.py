"""`sync_reference`: idempotent, retires and never deletes, leaves alone what was edited here."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.codelists.models import Code, Label
from app.codelists.queries import former_names, labels, reference_version
from app.core import clock
from app.core.audit import AuditEvent
from app.offices.models import Country, Office, OfficeCountry, OfficeRegion, RegionProposal, RosterInterval
from app.offices.queries import announced_changes, directory, region_of, roster
from app.provisions.models import Instrument, Provision
from app.reference import files
from app.reference.sync import sync_reference

pytestmark = pytest.mark.both_engines

TODAY = date(2026, 11, 23)
Rewrite = Callable[[str, str, str], None]


@pytest.fixture
def rewrite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rewrite:
    """Replace text in one of the files, in a copy of them that this test reads."""
    folder = tmp_path / "data"
    shutil.copytree(files.FOLDER, folder)
    monkeypatch.setattr(files, "FOLDER", folder)

    def replace(name: str, old: str, new: str) -> None:
        path = folder / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replace


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_again_changes_nothing(session: Session) -> None:
    version = reference_version(session)
    events = count(session, AuditEvent)
    report = sync_reference(session)
    assert report.touched == 0
    assert report.total("unchanged") > 2_000
    assert reference_version(session) == version == 1
    assert count(session, AuditEvent) == events


def test_every_list_is_loaded(session: Session) -> None:
    found = {model: count(session, model) for model in (Office, Country, Instrument, Provision, RegionProposal)}
    assert found == {Office: 162, Country: 249, Instrument: 20, Provision: 61, RegionProposal: 60}
    assert count(session, OfficeCountry) == 159
    assert count(session, RosterInterval) == 130
    keys = set(session.scalars(select(Code.list_key)))
    assert keys >= {
        "modality", "target_group", "partner_agency", "term", "request_source", "activity_status", "justice_stage",
        "scope", "concerns_children_in_conflict", "provision_role", "co_office_answer", "counterpart_kind",
        "partner_role", "government_agreement", "yes_no_unknown", "funding", "milestone", "contribution",
        "visibility", "people_basis", "date_precision", "obstacle", "quality", "confirmation", "request_kind",
        "request_answer", "unicef_intervention", "evidence_type",
    }  # fmt: skip


def test_129_offices_are_active_and_128_were_in_2008(session: Session) -> None:
    assert len(roster(session, 2023, TODAY).expected) == 129
    assert len(roster(session, 2008, TODAY).expected) == 128


def test_only_reporting_offices_are_on_the_roster(session: Session) -> None:
    types = select(Office.type).join(RosterInterval, RosterInterval.office == Office.code).distinct()
    assert set(session.scalars(types)) == {"country", "multi_country"}


def test_known_years_become_days(session: Session) -> None:
    russia = session.scalars(select(RosterInterval).where(RosterInterval.office == "3700")).one()
    assert (russia.valid_from, russia.valid_to) == (date(1997, 1, 1), date(2012, 12, 31))
    served = session.scalars(select(OfficeCountry).where(OfficeCountry.country == "RUS")).one()
    assert (served.valid_from, served.valid_to) == (None, date(2012, 12, 31))


def test_every_office_has_one_region_and_a_time_zone(session: Session) -> None:
    for office in directory(session).offices.values():
        assert len(office.regions) == 1, office.code
        assert clock.office_today(office.time_zone)


def test_announced_changes_are_proposals_only(session: Session) -> None:
    proposed = announced_changes(session, "0060")
    assert [p.region for p in proposed] == ["EAPRO+ROSA"]
    assert region_of(session, "0060", date(2027, 1, 1)) == "ROSA"


def test_provisions_without_high_confidence_are_unchecked(session: Session) -> None:
    unchecked = session.scalars(select(Provision.code).where(Provision.checked.is_(False)).order_by(Provision.code))
    assert list(unchecked) == ["E1997-30-7", "GC24-DIV", "RIYADH-58", "RIYADH-60", "VICTIMS-40"]
    mandating = session.scalars(select(Provision.code).where(Provision.mandating))
    assert len(list(mandating)) == 16


def test_names(session: Session) -> None:
    names = labels(session)
    assert names.of("office", "0060") == "Afghanistan Country Office"
    afghanistan = [names.of("country", "AFG", language) for language in ("en", "fr", "es", "ar")]
    assert afghanistan == ["Afghanistan", "Afghanistan", "Afganistán", "أفغانستان"]
    assert names.of("country", "XKX", "ar") == "Kosovo (UNSCR 1244)"
    assert names.of("provision", "CRC-4") == "CRC art. 4"
    assert names.of("partner_agency", "cpcjb") == "United Nations Office on Drugs and Crime"
    assert former_names(session, "region", "ECARO") == ("CEE/CIS",)
    assert former_names(session, "partner_agency", "cpcjb")[0].startswith(
        "Crime Prevention and Criminal Justice Branch"
    )


def test_a_changed_file_changes_its_row_and_the_version(session: Session, rewrite: Rewrite) -> None:
    rewrite("offices", "Afghanistan Country Office,Afghanistan,", "Afghanistan Office,Kabul,")
    report = sync_reference(session)
    assert (report.lists["office"].changed, report.lists["label"].changed, report.touched) == (1, 1, 2)
    assert session.get_one(Office, "0060").short_name == "Kabul"
    assert labels(session).of("office", "0060") == "Afghanistan Office"
    assert former_names(session, "office", "0060") == ("Afghanistan Country Office",)
    assert reference_version(session) == 2
    assert sync_reference(session).touched == 0


def test_an_added_row_is_added(session: Session, rewrite: Rewrite) -> None:
    rewrite("justice_stages", "prevention,Prevention,\n", "prevention,Prevention,\nstreet,On the street,\n")
    report = sync_reference(session)
    assert report.lists["code"].added == 1
    assert labels(session).of("justice_stage", "street") == "On the street"


def test_what_is_gone_is_retired_and_comes_back(
    session: Session, rewrite: Rewrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = "prevention,Prevention,\n"
    rewrite("justice_stages", row, "")
    assert sync_reference(session).lists["code"].retired == 1
    entry = session.scalars(select(Code).where(Code.list_key == "justice_stage", Code.code == "prevention")).one()
    assert entry.retired_on == clock.today()
    assert labels(session).of("justice_stage", "prevention") == "Prevention"
    monkeypatch.setattr(clock, "today", lambda: date(2030, 1, 1))
    assert sync_reference(session).touched == 0
    rewrite("justice_stages", "apprehension,", row + "apprehension,")
    sync_reference(session)
    assert entry.retired_on is None


def test_a_link_that_is_gone_ends(session: Session, rewrite: Rewrite) -> None:
    rewrite("office_countries", "0660,KHM,Cambodia,host,EAPRO,,\n", "")
    report = sync_reference(session)
    assert report.lists["office_country"].retired == 1
    link = session.scalars(select(OfficeCountry).where(OfficeCountry.country == "KHM")).one()
    assert link.valid_to is not None
    assert link.valid_to < clock.today()
    assert sync_reference(session).touched == 0


def test_a_corrected_year_moves_the_interval(session: Session, rewrite: Rewrite) -> None:
    rewrite("offices", "KHM,KHM,1,,,,1,", "KHM,KHM,1,1973,,high,1,")
    assert sync_reference(session).lists["roster"].changed == 1
    interval = session.scalars(select(RosterInterval).where(RosterInterval.office == "0660")).one()
    assert interval.valid_from == date(1973, 1, 1)


def test_a_confirmation_survives(session: Session, rewrite: Rewrite) -> None:
    provision = session.get_one(Provision, "RIYADH-58")
    provision.checked = True
    session.flush()
    rewrite("provisions", "RIYADH-58,RIYADH,", "RIYADH-58,RIYADH,")
    sync_reference(session)
    assert session.get_one(Provision, "RIYADH-58").checked


def test_names_edited_here_stay(session: Session, rewrite: Rewrite) -> None:
    name = session.scalars(
        select(Label).where(Label.kind == "office", Label.code == "0060", Label.former.is_(False))
    ).one()
    name.text = "UNICEF Afghanistan"
    session.flush()
    rewrite("offices", "Afghanistan Country Office", "Afghanistan Office")
    assert sync_reference(session).lists["label"].changed == 0
    assert name.text == "UNICEF Afghanistan"


def test_what_was_added_here_stays(session: Session) -> None:
    session.add(Code(list_key="obstacle", code="floods", position=99, attributes={}, retired_on=None))
    session.flush()
    assert sync_reference(session).touched == 0
    entry = session.scalars(select(Code).where(Code.code == "floods")).one()
    assert entry.retired_on is None


def test_what_was_retired_here_stays_retired(session: Session, rewrite: Rewrite) -> None:
    entry = session.scalars(select(Code).where(Code.list_key == "obstacle", Code.code == "law")).one()
    entry.retired_on = date(2026, 1, 1)
    session.flush()
    rewrite("choices", "obstacle,law,Law in the way or missing,1", "obstacle,law,Law in the way or missing,3")
    assert sync_reference(session).lists["code"].changed == 1
    assert (entry.position, entry.retired_on) == (3, date(2026, 1, 1))


def test_an_interval_of_a_region_is_data(session: Session) -> None:
    """Nothing in the program knows which office is in which region."""
    link = session.scalars(select(OfficeRegion).where(OfficeRegion.office == "4020")).one()
    link.valid_to = date(2026, 11, 30)
    session.add(OfficeRegion(office="4020", region="ESARO", valid_from=date(2026, 12, 1), valid_to=None, source="test"))
    session.flush()
    assert region_of(session, "4020", date(2026, 11, 30)) == "MENARO"
    assert region_of(session, "4020", date(2026, 12, 1)) == "ESARO"
    assert sync_reference(session).touched == 0
