"""Every check of a submission alone: one thing spoiled, one field named."""

from dataclasses import replace

import pytest

from app.activities.checks import draft_problems
from app.activities.rules import (
    Content,
    CounterpartTag,
    MilestoneTag,
    PartnerTag,
    ProvisionTag,
    TypeTag,
)  # fmt: skip
from tests.unit.activities.surroundings import ABOUT, GOOD, IMPORTED, faults

LONG = "x" * 2001
BLANK = Content(title="Only a title", concerns=None)


def test_the_quick_log_may_be_submitted_as_it_stands():
    assert faults() == set()


def test_a_draft_needs_a_title_only():
    assert draft_problems(BLANK, ABOUT) == ()
    assert {p.field for p in draft_problems(Content(title="  "), ABOUT)} == {"title"}


def test_an_empty_submission_names_everything_that_is_required():
    found = faults(content=BLANK)
    assert found == {"how", "request_source", "mandate", "status", "counterparts", "concerns", "countries"}


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("title", {"title": ""}),
        ("title", {"title": "x" * 151}),
        ("how", {"types": ()}),
        ("how", {"types": (TypeTag("diversion"),)}),
        ("how", {"types": (TypeTag("training"), TypeTag("juggling"))}),
        ("other_words", {"types": (TypeTag("other", "  "),)}),
        ("other_words", {"types": (TypeTag("other", "x" * 301),)}),
        ("request_source", {"request_source": None}),
        ("request_source", {"request_source": "nobody"}),
        ("source_symbol", {"source_symbol": "x" * 201}),
        ("source_date", {"source_date": "yesterday"}),
        ("mandate", {"provisions": ()}),
        ("mandate", {"provisions": (ProvisionTag("CRC-40", "applied"),)}),
        ("mandate", {"provisions": (ProvisionTag("CRC-40", "mandated_by"),)}),
        ("mandate", {"provisions": (ProvisionTag("E1997-30-8", "applied"),)}),
        ("mandate", {"provisions": (ProvisionTag("E1997-30-8", "sung_under"),)}),
        ("mandate", {"provisions": (ProvisionTag("UNCHECKED", "mandated_by"),)}),
        ("mandate", {"provisions": (ProvisionTag("NO-SUCH", "mandated_by"),)}),
        ("status", {"status": None}),
        ("status", {"status": "asleep"}),
        ("counterparts", {"counterparts": ()}),
        ("counterparts-0-name", {"counterparts": (CounterpartTag(" ", "government"),)}),
        ("counterparts-0-name", {"counterparts": (CounterpartTag("x" * 201, "government"),)}),
        ("counterparts-0-kind", {"counterparts": (CounterpartTag("Ministry", "club"),)}),
        ("concerns", {"concerns": None}),
        ("concerns", {"concerns": "perhaps"}),
        ("scope", {"scope": "galactic"}),
        ("countries", {"countries": ()}),
        ("countries", {"countries": ("AFG", "XXX")}),
        ("countries", {"countries": ("FRA",)}),
        ("term_override", {"term_override": "endless", "term_reason": "It is."}),
        ("term_reason", {"term_override": "known"}),
        ("summary", {"summary": LONG}),
        ("delivered", {"delivered": LONG}),
        ("lessons", {"lessons": LONG}),
        ("modalities", {"modalities": ("known", "unknown")}),
        ("target_groups", {"target_groups": ("unknown",)}),
        ("obstacles", {"obstacles": ("unknown",)}),
        ("quality", {"quality": ("unknown",)}),
        ("funding", {"funding": "unknown"}),
        ("funding_amount_usd", {"funding_amount_usd": "plenty"}),
        ("funding_amount_usd", {"funding_amount_usd": "-1"}),
        ("funding_amount_usd", {"funding_amount_usd": "NaN"}),
        ("funding_amount_usd", {"funding_amount_usd": "1000000000000"}),
        ("visibility", {"visibility": "secret"}),
        ("co_offices", {"co_offices": ("0060",)}),
        ("co_offices", {"co_offices": ("9999",)}),
        ("partners", {"partners": (PartnerTag("unodc", ""),)}),
        ("partners", {"partners": (PartnerTag("acme", "co_provider"),)}),
        ("milestones-0-kind", {"milestones": (MilestoneTag("sung", "An act"),)}),
        ("milestones-0-law", {"milestones": (MilestoneTag("drafted", " "),)}),
        ("milestones-0-on", {"milestones": (MilestoneTag("drafted", "An act", "soon"),)}),
        ("milestones-0-link", {"milestones": (MilestoneTag("drafted", "An act", None, "javascript:alert(1)"),)}),
        ("milestones-0-contribution", {"milestones": (MilestoneTag("drafted", "An act", None, "", "watched"),)}),
    ],
)  # fmt: skip
def test_one_thing_wrong_is_named_at_its_field(field, changes):
    assert faults(**changes) == {field}


@pytest.mark.parametrize("amount", [None, "0", "0.01", "999999999999.99"])
def test_an_amount_that_can_be(amount):
    assert faults(funding_amount_usd=amount) == set()


def test_a_provision_cited_before_may_stay_though_it_is_no_longer_offered():
    assert faults(provisions=(ProvisionTag("RETIRED", "mandated_by"),)) == set()


def test_a_standard_beside_a_mandate_is_welcome():
    assert faults(provisions=(*GOOD.provisions, ProvisionTag("CRC-40", "applied"))) == set()


def test_an_imported_record_may_leave_required_fields_not_recorded():
    bare = Content(
        title="From a file",
        provisions=(ProvisionTag("CRC-40", "applied"),),
        status="closed",
        actual_start="2008",
        concerns="mainly",
        countries=("AFG",),
        partners=(PartnerTag("unodc", ""),),
    )
    assert faults(IMPORTED, bare) == set()
    assert faults(IMPORTED, bare, provisions=(ProvisionTag("UNCHECKED", "mandated_by"),)) == set()


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("mandate", {"provisions": ()}),
        ("mandate", {"provisions": (ProvisionTag("NO-SUCH", "applied"),)}),
        ("status", {"status": None}),
        ("concerns", {"concerns": None}),
        ("actual_start", {"actual_start": None}),
        ("actual_start", {"actual_start": "2027"}),
        ("actual_end", {"actual_end": "2020"}),
        ("countries", {"countries": ("FRA",)}),
    ],
)
def test_an_imported_record_needs_what_the_figures_need(field, changes):
    assert faults(IMPORTED, replace(GOOD, counterparts=(), request_source=None), **changes) == {field}
