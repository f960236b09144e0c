"""METHODOLOGY's laws 1, 2, 4 and 5 on plain facts, in every slice and on both bases."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.coverage.rules import Basis, Slice, State, figure
from tests.unit.coverage.worlds import FIGURES, PROVISIONS, REGIONS, REPORTING, SLICES, TYPES, activities, worlds


@given(worlds())
def test_law_1_the_numerator_is_a_subset_of_the_denominator(facts):
    for basis, part in FIGURES:
        found = figure(facts, basis, part)
        expected = {o.code for o in facts.offices.values() if o.on_roster and o.exempt_reason is None}
        assert set(found.by_state[State.PROVIDED]) <= expected
        assert 0 <= found.k <= found.n <= len(expected)
        assert found.k <= found.answered <= found.n
        assert found.k <= found.high <= found.n
        assert set(found.dates_only) | set(found.unsigned) <= set(found.by_state[State.PROVIDED])
        assert set(found.signed_on_time) <= set(found.signed) <= expected


@given(worlds())
def test_law_2_the_states_partition_the_offices(facts):
    for basis, part in FIGURES:
        found = figure(facts, basis, part)
        listed = sorted(code for codes in found.by_state.values() for code in codes)
        assert listed == [c for c in REPORTING if part.region in (None, facts.offices[c].region)]
        assert found.n + found.count(State.NOT_EXPECTED) == len(listed)


@given(worlds())
def test_law_4_regions_add_up_to_the_whole(facts):
    for basis in Basis:
        for support_type in (None, *TYPES):
            whole = figure(facts, basis, Slice(support_type=support_type))
            parts = [figure(facts, basis, Slice(region=r, support_type=support_type)) for r in REGIONS]
            for name in ("k", "n", "high", "answered", "answered_none"):
                assert sum(getattr(p, name) for p in parts) == getattr(whole, name)
            for state in State:
                assert sorted(c for p in parts for c in p.by_state[state]) == sorted(whole.by_state[state])
            assert {c for p in parts for c in p.countries} <= set(whole.countries)
            assert {i for p in parts for i in p.activity_ids} <= set(whole.activity_ids)


def never_lower(before, after):
    """No figure of `after` has a lower k, another N, fewer countries or activities than `before` has."""
    for basis, part in FIGURES:
        old, new = figure(before, basis, part), figure(after, basis, part)
        assert new.n == old.n
        assert new.k >= old.k
        assert new.percent is None or new.percent >= old.percent
        assert set(old.by_state[State.PROVIDED]) <= set(new.by_state[State.PROVIDED])
        assert set(old.countries) <= set(new.countries)
        assert set(old.activity_ids) <= set(new.activity_ids)


@given(worlds(), activities(99), st.data())
def test_law_5_one_more_approval_never_lowers_and_its_withdrawal_never_raises(facts, made, data):
    revision = replace(made.approved or made.submitted)
    waiting = replace(facts, submitted=(*facts.submitted, revision))
    approved = replace(facts, approved=(*facts.approved, revision))
    never_lower(facts, waiting)
    never_lower(waiting, approved)
    never_lower(facts, approved)


@given(worlds())
def test_provisional_is_never_below_approved(facts):
    for part in SLICES:
        approved, provisional = figure(facts, Basis.APPROVED, part), figure(facts, Basis.PROVISIONAL, part)
        assert set(approved.by_state[State.PROVIDED]) <= set(provisional.by_state[State.PROVIDED])
        assert provisional.n == approved.n
        assert set(approved.countries) <= set(provisional.countries)
        assert set(approved.activity_ids) <= set(provisional.activity_ids)


@given(worlds())
def test_a_narrower_slice_has_no_more(facts):
    for basis in Basis:
        for region in (None, *REGIONS):
            whole = figure(facts, basis, Slice(region=region))
            for part in [Slice(region, t) for t in TYPES] + [Slice(region, None, p) for p in PROVISIONS]:
                found = figure(facts, basis, part)
                assert found.n == whole.n
                assert set(found.by_state[State.PROVIDED]) <= set(whole.by_state[State.PROVIDED])
                assert set(found.countries) <= set(whole.countries)
                assert set(found.activity_ids) <= set(whole.activity_ids)
                assert found.signed == whole.signed
                for state in (State.DECLARED, State.UNANSWERED, State.NOT_EXPECTED, State.NIL):
                    assert found.by_state[state] == whole.by_state[state]
                assert found.answered_none == whole.k - found.k + whole.count(State.NIL)


@given(worlds())
def test_countries_reached_are_programme_countries(facts):
    for basis, part in FIGURES:
        found = figure(facts, basis, part)
        assert set(found.countries_only_multi) <= set(found.countries) <= set(found.programme_countries)
        assert set(found.programme_countries) <= set(figure(facts, basis).programme_countries)


@given(worlds())
def test_the_figure_does_not_depend_on_any_order(facts):
    turned = replace(
        facts,
        offices=dict(reversed(facts.offices.items())),
        approved=facts.approved[::-1],
        submitted=facts.submitted[::-1],
    )
    for basis, part in FIGURES:
        assert figure(turned, basis, part) == figure(facts, basis, part)
