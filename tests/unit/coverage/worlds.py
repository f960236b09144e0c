"""Made-up worlds for the laws: offices with regions, roster, exemptions and returns; support approved and submitted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from app.coverage.rules import Basis, OfficeYear, Slice, Support, YearFacts

REGIONS = ("EAPRO", "ESARO", "ROSA")
REPORTING = ("0010", "0020", "0030", "0040", "0050", "0060")
REGIONAL, HEADQUARTERS = "ROSA-RO", "HQ"
OTHERS = {REGIONAL: "ROSA", HEADQUARTERS: "HQ"}
COUNTRIES = ("AFG", "BTN", "FJI", "KEN", "TON")
TYPES = ("training", "research", "diversion")
PROVISIONS = ("CRC-4", "VG-27")
SLICES = [
    Slice(),
    *(Slice(region=r) for r in REGIONS),
    *(Slice(support_type=t) for t in TYPES),
    *(Slice(provision=p) for p in PROVISIONS),
    *(Slice(region=r, support_type=t) for r in REGIONS for t in TYPES),
    Slice(support_type="training", with_type="diversion"),
    Slice(region="ROSA", support_type="research", with_type="diversion"),
    Slice(country="FJI"),
    Slice(region="ESARO", country="KEN", provision="CRC-4"),
]
FIGURES = [(basis, part) for basis in Basis for part in SLICES]


def some(values, at_least=0):
    """A set of them."""
    return st.frozensets(st.sampled_from(values), min_size=at_least, max_size=3)


offices = st.fixed_dictionaries(
    {
        code: st.builds(
            OfficeYear,
            code=st.just(code),
            region=st.sampled_from(REGIONS),
            countries=some(COUNTRIES, 1),
            on_roster=st.sampled_from([True, True, True, False]),
            exempt_reason=st.sampled_from([None, None, None, "Evacuated."]),
            unknown_opening=st.booleans(),
            opened_or_closed=st.booleans(),
            signed_answer=st.sampled_from([None, "support", "nil"]),
            signed_on_time=st.booleans(),
        )
        for code in REPORTING
    }
)


@dataclass(frozen=True)
class Made:
    """An activity: its approved and its submitted revision, either of which may be missing."""

    approved: Support | None
    submitted: Support | None


@st.composite
def activities(draw, number):
    """One activity, led by any office, joint or not; its two revisions may differ in everything but the lead."""
    lead = draw(st.sampled_from((*REPORTING, REGIONAL, HEADQUARTERS)))
    accepted = draw(some((*REPORTING, REGIONAL)))

    def revision(offset):
        return Support(
            activity_id=number,
            revision_id=2 * number + offset,
            lead=lead,
            offices=draw(st.sampled_from([accepted, frozenset()])) | {lead},
            countries=draw(some(COUNTRIES)),
            types=draw(some(TYPES)),
            provisions=draw(some(PROVISIONS, 1)),
            dates_only=draw(st.booleans()),
        )

    which = draw(st.sampled_from(["approved", "submitted", "both"]))
    return Made(
        revision(0) if which != "submitted" else None,
        revision(1) if which != "approved" else None,
    )


@st.composite
def worlds(draw):
    """The facts of one year."""
    known = draw(offices)
    made = [draw(activities(number)) for number in range(draw(st.integers(0, 6)))]
    facts = YearFacts(year=2025, offices=known, regions={o.code: o.region for o in known.values()} | OTHERS)
    return with_activities(facts, made)


def with_activities(facts, made):
    """`facts` with these activities and no others."""
    return replace(
        facts,
        approved=tuple(m.approved for m in made if m.approved),
        submitted=tuple(m.submitted for m in made if m.submitted),
    )
