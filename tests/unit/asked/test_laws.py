"""METHODOLOGY's laws for requests, on plain facts, in every part."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.asked.counting import AGES, LABELS, MEASURES, Asked, Facts, Given, Part, balance, counted, share

TODAY = date(2026, 11, 24)
STATES = {"AFG": "ROSA", "NPL": "ROSA", "ALB": "ECARO", "CAN": ""}
OFFICES = ("0060", "2970", "0120")
TYPES = ("training", "diversion")
REGIONS = ("ROSA", "ECARO", "none")
PARTS = [
    Part(),
    *(Part(region=region) for region in REGIONS),
    Part(country="AFG"),
    Part(office="0060"),
    Part(support_type="training"),
    Part(first=2023, last=2024, region="ROSA"),
    Part(last=2023, support_type="training"),
]
days = st.dates(date(2019, 1, 1), TODAY)


@st.composite
def requests(draw, number):
    country = draw(st.sampled_from(sorted(STATES)))
    answer = draw(st.sampled_from(("open", "accepted", "referred", "declined")))
    asked_on = draw(st.none() | days.map(date.isoformat) | days.map(lambda d: d.isoformat()[:7]))
    promised = answer in ("accepted", "referred")
    return Asked(
        reference=f"REQ-{number:03d}",
        country=country,
        region=STATES[country],
        offices=frozenset(draw(st.sets(st.sampled_from(OFFICES), max_size=2))),
        source="upr",
        recommended=draw(st.booleans()),
        types=frozenset(draw(st.sets(st.sampled_from(TYPES)))),
        asked_on=asked_on,
        answer=answer,
        answered_on=None if answer == "open" else draw(days),
        target_on=draw(st.none() | days) if promised else None,
        met=draw(st.sampled_from((None, "met", "partly_met", "not_met"))) if promised else None,
        activities=frozenset(draw(st.sets(st.integers(1, 9), max_size=3))),
    )


@st.composite
def supports(draw, number):
    office = draw(st.sampled_from(OFFICES))
    return Given(
        activity_id=number,
        offices=frozenset({office}),
        regions=frozenset({"ECARO" if office == "0120" else "ROSA"}),
        countries=frozenset(draw(st.sets(st.sampled_from(sorted(STATES)), min_size=1))),
        types=frozenset(draw(st.sets(st.sampled_from(TYPES)))),
        years=frozenset(draw(st.sets(st.integers(2019, 2026), min_size=1))),
    )


@st.composite
def worlds(draw):
    asked = tuple(draw(requests(number)) for number in range(draw(st.integers(0, 5))))
    given_ = tuple(draw(supports(number)) for number in sorted(draw(st.sets(st.integers(1, 9), max_size=6))))
    return Facts(TODAY, asked, given_)


@given(worlds())
def test_law_1_each_numerator_is_a_subset_of_its_denominator(facts):
    for part in PARTS:
        found = balance(facts, part)
        for measure in LABELS:
            members, base = counted(found, measure)
            assert set(members) <= set(base)
            assert len(set(base)) == len(base)
        assert set(found.given_not_asked) <= set(found.given)
        assert len(found.days) <= len(share(found, "answered")[0])


@given(worlds())
def test_law_2_answers_ages_and_support_partition_the_requests(facts):
    for part in PARTS:
        found = balance(facts, part)
        every = [each.reference for each in found.asked]

        def of(*measures, found=found):
            return sorted(ref for measure in measures for ref in share(found, measure)[0])

        assert of("open", "accepted", "referred", "declined") == sorted(every)
        assert of("open", "answered") == sorted(every)
        assert of("supported", "without_support") == sorted(every)
        assert of(*AGES) == of("open")
        assert set(of("asked_not_given")) == set(of("open")) & set(of("without_support"))
        assert sorted([*of("met", "partly_met", "not_met")]) == sorted(e.reference for e in found.asked if e.met)


@given(worlds())
def test_law_4_regions_add_up_to_the_whole(facts):
    for cut in (Part(), Part(first=2022), Part(support_type="training")):
        whole = balance(facts, cut)
        parts = [balance(facts, replace(cut, region=region)) for region in REGIONS]
        for measure in MEASURES:
            k, n = share(whole, measure)
            assert sorted(r for p in parts for r in share(p, measure)[0]) == sorted(k)
            assert sorted(r for p in parts for r in share(p, measure)[1]) == sorted(n)
        assert sorted(s for p in parts for s in p.states) == list(whole.states)
        assert sorted(s for p in parts for s in p.states_with_nothing) == list(whole.states_with_nothing)


@given(worlds(), st.data())
def test_law_5_one_more_activity_that_qualifies_never_lowers_support(facts, data):
    new = replace(data.draw(supports(99)))
    linked = tuple(
        replace(each, activities=each.activities | {99}) if data.draw(st.booleans()) else each for each in facts.asked
    )
    before, after = replace(facts, asked=linked), replace(facts, asked=linked, given=(*facts.given, new))
    for part in PARTS:
        old, now = balance(before, part), balance(after, part)
        assert set(share(old, "supported")[0]) <= set(share(now, "supported")[0])
        assert set(share(old, "without_support")[0]) >= set(share(now, "without_support")[0])
        assert set(old.states_with_nothing) >= set(now.states_with_nothing)
        assert set(old.recommended_supported) <= set(now.recommended_supported)
        assert set(old.given) <= set(now.given)


@given(worlds())
def test_a_narrower_part_has_no_more(facts):
    whole = balance(facts)
    for part in PARTS:
        found = balance(facts, part)
        assert {e.reference for e in found.asked} <= {e.reference for e in whole.asked}
        assert set(found.given) <= set(whole.given)
        for measure in MEASURES:
            assert set(share(found, measure)[0]) <= set(share(whole, measure)[0])


@given(worlds())
def test_no_order_matters(facts):
    turned = replace(facts, asked=facts.asked[::-1], given=facts.given[::-1])
    for part in PARTS:
        one, other = balance(facts, part), balance(turned, part)
        assert [counted(one, m) for m in LABELS] == [counted(other, m) for m in LABELS]
        assert one.median_days == other.median_days


def test_the_median_is_half_up_and_unknown_without_days():
    def answered(number, days):
        return Asked(f"R{number}", "AFG", asked_on="2024-01-01", answer="declined",
                     answered_on=date(2024, 1, 1) + timedelta(days=days))  # fmt: skip

    assert balance(Facts(TODAY)).median_days is None
    assert balance(Facts(TODAY, (answered(1, 3), answered(2, 4)))).median_days == 4
    assert balance(Facts(TODAY, (answered(1, 3), answered(2, 4), answered(3, 100)))).median_days == 4
    month = replace(answered(4, 9), asked_on="2024-01")
    assert balance(Facts(TODAY, (month,))).days == ()


def test_it_is_asked_whether_it_was_met_a_year_after_the_answer_and_not_before():
    one = Asked("R1", "AFG", answer="accepted", answered_on=date(2025, 11, 24))
    assert share(balance(Facts(date(2026, 11, 23), (one,))), "met_overdue") == ((), ())
    assert share(balance(Facts(date(2026, 11, 24), (one,))), "met_overdue") == (("R1",), ("R1",))
    said = replace(one, met="not_met")
    assert share(balance(Facts(date(2026, 11, 24), (said,))), "met_overdue") == ((), ("R1",))
