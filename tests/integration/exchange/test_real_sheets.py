"""Real humanitarian 3W sheets. They are not our template: a plain refusal, or findings row by row; never a crash."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.core.errors import Invalid, Refused
from app.exchange import services
from app.exchange.models import Import, ImportRow
from app.exchange.rules import Scope
from app.exchange.sheet_columns import columns
from tests.integration.activities.kept import drift
from tests.integration.exchange.sheets import Sheets
from tests.unit.exchange.iati_files import SHARED

HXL = SHARED / "real" / "hxl"
OCHA, UNHCR, SIERRA_LEONE = (f"{name}_dev.csv" for name in ("ocha_rowca_3w", "unhcr_3w", "iati_sierraleone"))
SIERRA_LEONE_OFFICE = "3900"

pytestmark = pytest.mark.skipif(not HXL.is_dir(), reason=f"no real humanitarian sheets at {HXL}")


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Activity)) or 0


def by_hand(sheets: Sheets, name: str, office: str, **matches: str) -> Import:
    """Looked at with these headings matched to our columns, beside what was recognised; every row is told."""
    imported = sheets.send((HXL / name).read_bytes(), name=name, office=office)
    found, chosen = services.look_of(imported), services.chosen_of(imported)
    wanted = {heading: key for key, heading in matches.items()}
    keys = tuple(
        wanted.get(column.heading, "" if key in matches else key)
        for column, key in zip(found.columns, chosen.keys, strict=True)
    )
    made = sheets.check((HXL / name).read_bytes(), name=name, office=office, keys=keys)
    rows = sheets.rows(made)
    assert len(rows) == found.rows
    assert {column for _n, _s, column, _t in sheets.findings(made)} <= {*columns(), ""}
    return made


def outcomes(sheets: Sheets, imported: Import) -> dict[str, int]:
    told = sheets.outcomes(imported)
    return {outcome: told.count(outcome) for outcome in sorted(set(told))}


def test_a_sheet_without_a_title_is_refused_in_words(sheets: Sheets, session: Session) -> None:
    with pytest.raises(Invalid, match="No column says the title"):
        sheets.check((HXL / UNHCR).read_bytes(), name=UNHCR)
    assert session.scalar(select(func.count()).select_from(ImportRow)) == 0


@pytest.mark.parametrize("name", [OCHA, SIERRA_LEONE])
def test_rows_without_an_office_are_wrong_at_that_column(sheets: Sheets, session: Session, name: str) -> None:
    imported = sheets.check((HXL / name).read_bytes(), name=name)
    assert set(sheets.outcomes(imported)) == {"wrong"}
    assert {row.number for row in sheets.rows(imported)} == {
        number for number, column in sheets.errors(imported) if column == "lead_office"
    }
    with pytest.raises(Refused, match="nothing to take"):
        sheets.take(imported, scope=Scope.GOOD)
    assert count(session) == 0


@pytest.mark.both_engines
def test_columns_matched_by_hand_give_drafts_or_findings(sheets: Sheets, session: Session) -> None:
    imported = by_hand(sheets, SIERRA_LEONE, SIERRA_LEONE_OFFICE, title="title", countries="recipient-country")
    told = outcomes(sheets, imported)
    assert told == {"new": 243, "wrong": 17}
    assert {column for _number, column in sheets.errors(imported)} == {"title", "summary", "language"}
    sheets.take(imported, scope=Scope.GOOD)
    assert count(session) == told["new"]
    assert drift(session) == []


def test_many_rows_of_one_activity_are_told_as_one(sheets: Sheets) -> None:
    """A 3W sheet has a row for each month and place; with the columns that we have they are the same."""
    for name, title, expected in (
        (OCHA, "Indicator", {"new": 1, "wrong": 29}),
        (UNHCR, "Sector (English)", {"new": 9, "wrong": 1661}),
    ):
        imported = by_hand(sheets, name, SIERRA_LEONE_OFFICE, title=title)
        assert outcomes(sheets, imported) == expected
        told = sheets.findings(imported)
        same = {number for number, _s, _c, text in told if "about the same record" in text}
        elsewhere = {number for number, severity, column, _t in told if (severity, column) == ("error", "countries")}
        assert same | elsewhere == {row.number for row in sheets.rows(imported) if row.outcome == "wrong"}
        assert len(same) > len(elsewhere)


def test_a_table_of_iati_activities_says_whose_country_it_is(sheets: Sheets) -> None:
    """Its codes of countries and of status are understood, so that foreign work is told as in a sheet with HXL tags."""
    made = sheets.check((HXL / SIERRA_LEONE).read_bytes(), name=SIERRA_LEONE, office="0060")
    assert outcomes(sheets, made) == {"new": 243, "wrong": 17}
    told = sheets.findings(made)
    elsewhere = {n for n, severity, column, _t in told if (severity, column) == ("warning", "countries")}
    assert elsewhere == {row.number for row in sheets.rows(made) if row.outcome == "new"}
    status = {text for _n, severity, column, text in told if (severity, column) == ("note", "delivery_status")}
    assert status == {
        f"“{theirs}” is IATI’s code; taken for {ours}."
        for theirs, ours in (("1", "planned"), ("2", "active"), ("3", "finalising"), ("4", "closed"))
    }


@pytest.mark.parametrize(
    ("heading", "cell", "outcome"),
    [
        ("activity-status-code", "6", "new"),
        ("activity-status-code", "7", "wrong"),
        ("activity-scope-code", "4", "new"),
        ("activity-scope-code", "9", "wrong"),
        ("recipient-country-code", "af", "new"),
        ("recipient-country", "Afghanistan", "new"),
        ("recipient-country", "The land of the Afghans", "wrong"),
    ],
)
def test_codes_of_iati_are_understood_and_nothing_is_guessed(
    sheets: Sheets, heading: str, cell: str, outcome: str
) -> None:
    made = sheets.check(f"title,{heading}\nCourse for judges,{cell}\n", office="0060")
    assert outcomes(sheets, made) == {outcome: 1}
