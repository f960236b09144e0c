"""Entry points, the whole system, the change since a year before, the last year with support: on plain facts."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.coverage.further import change, entry_points, last_support
from app.coverage.rules import Basis, OfficeYear, Slice, State, Support, YearFacts, figure, narrowed

OFFICES = {code: OfficeYear(code, "ROSA", frozenset({"AFG"})) for code in ("0010", "0020", "0030")}
OFFICES["0040"] = OfficeYear("0040", "ROSA", exempt_reason="Flood")


def support(office, *types, dates_only=False):
    return Support(
        1, 1, office, frozenset({office}), frozenset({"AFG"}), frozenset(types), frozenset({"CRC-4"}), dates_only
    )


def facts(year, *supports, running=False):
    return YearFacts(year, OFFICES, dict.fromkeys(OFFICES, "ROSA"), approved=supports, running=running)


def test_the_whole_system_is_of_the_office_not_of_one_activity():
    year = facts(
        2025,
        support("0010", "diversion"),
        support("0010", "legal_aid"),
        support("0010", "reintegration"),
        support("0020", "prevention", "legal_aid"),
        support("0030", "reintegration"),
        support("0040", "diversion", "legal_aid", "reintegration"),  # not expected: in no k
    )
    found = entry_points(year, Basis.APPROVED, Slice())
    assert found.entry == ("0010", "0020")
    assert found.system == ("0010",)


def test_entry_points_in_a_slice_of_a_type_are_of_the_same_activity():
    year = facts(
        2025, support("0010", "training", "diversion"), support("0020", "training"), support("0020", "diversion")
    )
    found = entry_points(year, Basis.APPROVED, Slice(support_type="training"))
    assert found.entry == ("0010",)
    assert entry_points(year, Basis.APPROVED, Slice(support_type="training", with_type="diversion")) is None


def test_change_is_the_difference_of_the_printed_percentages():
    before, now = figure(facts(2024, support("0010"))), figure(facts(2025, support("0020"), support("0030")))
    found = change(now, before)
    assert found.points == Decimal("66.7") - Decimal("33.3")
    assert found.gained == ("0020", "0030")
    assert found.lost == ("0010",)


@pytest.mark.parametrize("running", [True, False])
def test_a_running_year_has_no_change(running):
    now = figure(facts(2026, support("0010"), running=running))
    assert (change(now, figure(facts(2025))) is None) == running


def test_no_change_where_a_year_expected_nobody():
    nobody = figure(YearFacts(2024, {}, {}))
    assert change(figure(facts(2025)), nobody) is None
    assert change(nobody, figure(facts(2023))) is None


def test_last_support_is_the_latest_year_whatever_the_order():
    years = [facts(2025, support("0020")), facts(2023, support("0010"), support("0020"))]
    assert last_support(years) == {"0010": 2023, "0020": 2025}


def test_a_country_narrows_the_support_and_not_the_roster():
    found = figure(facts(2025, support("0010")), part=Slice(country="BTN"))
    assert (found.k, found.n) == (0, 3)
    assert found.by_state[State.ANSWERED_NONE] == ("0010",)


def test_other_support_takes_no_memory_along():
    """A report that filters facts of the process must not be given the figure of the whole."""
    seen = {}

    def memory(key, make):
        return seen.setdefault(key, make())

    whole = replace(facts(2025, support("0010")), memory=memory)
    assert figure(whole).k == 1
    none = figure(narrowed(whole, lambda _support: False))
    assert (none.k, none.by_state[State.ANSWERED_NONE]) == (0, ("0010",))
    with pytest.raises(ValueError, match="kept cells"):
        narrowed(replace(whole, cells=lambda *_key: ()), lambda _support: True)
