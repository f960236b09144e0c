"""The demonstration data: the expected answers of 2008, and law 6 over every year."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.activities.models import Activity
from app.activities.queries import DEMONSTRATION
from app.coverage.keeping import verify
from app.demo.services import AS_OF, DEMO_FILE, load_file
from tests.downloads import download
from tests.integration.coverage.files import files_of
from tests.oracle import disagreements

EXPECTED = json.loads((Path(__file__).parents[2] / "data" / "expected_2008_demo.json").read_text())
CELLS = {
    "numerator": "offices_with_support",
    "denominator": "offices_open",
    "percent": "share_percent",
    "countries": "countries",
    "activities": "activities",
}


def expected_figures():
    """{(dimension, code, code2): numbers} of the file that came with the demonstration data."""
    found = {("world", "", ""): EXPECTED["by_year"]["2008"]}
    for name, dimension in (("by_region", "region"), ("by_type", "support_type"), ("by_provision", "provision")):
        found |= {(dimension, code, ""): numbers for code, numbers in EXPECTED[name]["2008"].items()}
    for region, types in EXPECTED["by_region_type"]["2008"].items():
        found |= {("region_support_type", region, code): numbers for code, numbers in types.items()}
    return found


@pytest.mark.both_engines
@pytest.mark.parametrize("basis", ["approved", "provisional"])
def test_2008_is_as_expected_in_every_dimension(demo, basis):
    rows = download(demo, "coverage", year=2008, basis=basis)
    ours = {(r["dimension"], r["code"], r["code2"]): r for r in rows}
    expected = expected_figures()
    assert len(expected) > 80
    wrong = {
        (place, cell): (ours[place][cell], numbers[name])
        for place, numbers in expected.items()
        for cell, name in CELLS.items()
        if ours[place][cell] != str(numbers[name])
    }
    assert wrong == {}


@pytest.mark.both_engines
def test_slices_that_the_file_does_not_name_are_zero(demo):
    expected = expected_figures()
    others = [
        r for r in download(demo, "coverage", year=2008, basis="approved")
        if (r["dimension"], r["code"], r["code2"]) not in expected
    ]  # fmt: skip
    assert others
    assert {r["numerator"] for r in others} == {"0"}


def test_the_files_give_every_figure_of_every_year(demo):
    oracle, coverage = files_of(demo)
    assert {int(r["year"]) for r in coverage} >= {2006, 2007, 2008, 2009, *range(2021, 2027)}
    assert disagreements(oracle, coverage) == []
    assert list(verify(demo)) == []


def test_the_home_office_has_no_qualifying_activity_in_the_running_year(demo):
    (row,) = [r for r in download(demo, "offices", year=2026) if r["code"] == "0060"]
    assert row["on_roster"] == "yes"
    assert row["state"] == row["state_provisional"] == "unanswered"


def test_every_kind_of_answer_is_there(demo):
    world = {r["year"]: r for r in download(demo, "coverage") if r["dimension"] == "world" and r["basis"] == "approved"}
    assert {"2021", "2022", "2023", "2024", "2025", "2026"} <= set(world)
    for state in ("provided", "declared", "nil", "unanswered", "not_expected"):
        assert int(world["2025"][state]) > 0, state
    assert world["2026"]["round"] == "open"
    assert world["2008"]["round"] == "not_collected"


def test_every_workflow_state_is_there(demo):
    rows = download(demo, "activities", basis="provisional")
    assert {r["workflow"] for r in rows} >= {"submitted", "returned", "approved"}
    for mark in ("withdrawn", "questioned", "set_aside"):
        assert "yes" in {r[mark] for r in rows}, mark
    assert {r["demonstration"] for r in rows} == {"yes"}
    assert any("accepted" in r["co_offices"] for r in rows)
    assert any("named" in r["co_offices"] for r in rows)


@pytest.mark.both_engines
def test_loading_again_adds_nothing(demo):
    count = select(func.count()).select_from(Activity).where(Activity.origin == DEMONSTRATION)
    before = demo.scalar(count)
    again = load_file(demo, DEMO_FILE, AS_OF, lambda rows: _no_steps(rows))
    assert (again.added, again.known) == (0, 208)
    assert demo.scalar(count) == before


class _no_steps:
    def __init__(self, rows):
        self.rows = list(rows)
        assert self.rows == []

    def __enter__(self):
        return self.rows

    def __exit__(self, *error):
        return None
