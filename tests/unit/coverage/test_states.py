"""METHODOLOGY, State of an office in a year, and the figures in its own examples."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.coverage.rules import Basis, OfficeYear, Slice, State, Support, YearFacts, figure

APPROVED, PROVISIONAL = Basis.APPROVED, Basis.PROVISIONAL


def office(code="0060", **changes):
    return OfficeYear(code=code, region="ROSA", countries=frozenset({"AFG"}), **changes)


def support(lead="0060", *more, number=1, countries=("AFG",), types=("training",), dates_only=False):
    return Support(
        activity_id=number,
        revision_id=number,
        lead=lead,
        offices=frozenset({lead, *more}),
        countries=frozenset(countries),
        types=frozenset(types),
        provisions=frozenset({"CRC-4"}),
        dates_only=dates_only,
    )


def world(*offices, approved=(), submitted=(), **more):
    known = {o.code: o for o in offices}
    regions = {o.code: o.region for o in offices} | {"0001": "ROSA"}
    return YearFacts(2025, known, regions, tuple(approved), tuple(submitted), **more)


def state(facts, basis=APPROVED, part=None):
    (found,) = [s for s, codes in figure(facts, basis, part).by_state.items() if "0060" in codes]
    return found


@pytest.mark.parametrize(
    ("changes", "approved", "submitted", "expected", "provisional"),
    [
        ({}, 0, 0, "unanswered", "unanswered"),
        ({"signed_answer": "nil"}, 0, 0, "nil", "nil"),
        ({"signed_answer": "support"}, 0, 0, "declared", "declared"),
        ({}, 0, 1, "declared", "provided"),
        ({"signed_answer": "nil"}, 0, 1, "declared", "provided"),
        ({}, 1, 0, "provided", "provided"),
        ({"signed_answer": "nil"}, 1, 0, "provided", "provided"),
        ({"on_roster": False, "signed_answer": "nil"}, 1, 1, "not_expected", "not_expected"),
        ({"exempt_reason": "Evacuated."}, 1, 0, "not_expected", "not_expected"),
    ],
)
def test_the_first_state_that_fits(changes, approved, submitted, expected, provisional):
    facts = world(office(**changes), approved=[support()] * approved, submitted=[support()] * submitted)
    assert state(facts) == expected
    assert state(facts, PROVISIONAL) == provisional


def test_in_a_slice_provided_elsewhere_or_nil_is_answered_none_here():
    facts = world(office(), office("0420", signed_answer="nil"), approved=[support()])
    here = figure(facts, APPROVED, Slice(support_type="research"))
    assert here.by_state[State.ANSWERED_NONE] == ("0060",)
    assert here.by_state[State.NIL] == ("0420",)
    assert (here.k, here.answered_none, here.n) == (0, 2, 2)
    assert figure(facts).answered_none == 1


def test_a_joint_activity_is_one_and_covers_its_lead_and_who_accepted():
    facts = world(office(), office("0420"), office("0090"), approved=[support("0060", "0420")])
    found = figure(facts)
    assert found.by_state[State.PROVIDED] == ("0060", "0420")
    assert found.activity_ids == (1,)


def test_what_regional_offices_lead_covers_their_co_offices_and_reaches_no_country():
    facts = world(office(), approved=[support("0001", "0060")])
    found = figure(facts)
    assert (found.k, found.countries) == (1, ())
    assert figure(facts, APPROVED, Slice(region="ROSA")).activity_ids == (1,)


def test_what_an_office_not_expected_leads_reaches_no_country_and_is_named_outside():
    facts = world(office(), office("0090", exempt_reason="Evacuated."), approved=[support("0090", "0060")])
    found = figure(facts)
    assert (found.k, found.n, found.countries, found.outside) == (1, 1, (), ("0090",))


def test_countries_only_through_multi_country_records():
    wide = replace(office("0420"), countries=frozenset({"BRB", "DMA"}))
    both = support("0420", number=2, countries=("BRB", "DMA"))
    alone = support("0420", number=3, countries=("BRB",))
    found = figure(world(office(), wide, approved=[support(), both, alone]))
    assert found.countries == ("AFG", "BRB", "DMA")
    assert found.countries_only_multi == ("DMA",)


def test_a_country_named_but_not_served_is_not_reached():
    assert figure(world(office(), approved=[support(countries=("FRA",))])).countries == ()


def test_an_office_rests_on_dates_alone_if_all_its_support_does():
    by_dates = support(number=1, dates_only=True)
    assert figure(world(office(), approved=[by_dates])).dates_only == ("0060",)
    assert figure(world(office(), approved=[by_dates, support(number=2)])).dates_only == ()


def test_flags():
    facts = world(
        office(signed_answer="nil", unknown_opening=True, opened_or_closed=True), office("0090"),
        approved=[support("0090")], submitted=[support("0060")],
    )  # fmt: skip
    found = figure(facts)
    assert found.unsigned == ("0090",)
    assert found.contradictions == ("0060",)
    assert found.unknown_opening == found.opened_or_closed == ("0060",)


def test_the_example_of_the_methodology():
    offices = [office(f"{n:04}") for n in range(1000, 1110)]
    offices += [office(f"{n:04}", signed_answer="support") for n in range(2000, 2003)]
    offices += [office(f"{n:04}") for n in range(3000, 3009)]
    offices += [office(f"{n:04}", signed_answer="nil") for n in range(4000, 4008)]
    found = figure(world(*offices, approved=[support(o.code, number=i) for i, o in enumerate(offices[:110])]))
    assert (found.k, found.n, found.percent) == (110, 130, Decimal("84.6"))
    assert (found.count(State.UNANSWERED), found.count(State.DECLARED)) == (9, 3)
    assert (found.range_low, found.range_high) == (Decimal("84.6"), Decimal("93.8"))
    assert (found.declared_k, found.answered) == (113, 121)
