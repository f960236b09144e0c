"""What the checks must know, without a database: one office that serves Afghanistan, and short lists."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from app.activities.checks import CODED, CODED_LISTS, Surroundings, submit_problems
from app.activities.rules import Content, CounterpartTag, ProvisionTag, TypeTag

TODAY = date(2026, 11, 23)
MOVED = date(2020, 1, 1)


def served(first: date, last: date) -> frozenset[str]:
    """Afghanistan always; Pakistan until the end of 2019, Nepal from 2020."""
    return frozenset({"AFG"} | ({"PAK"} if first < MOVED else set()) | ({"NPL"} if last >= MOVED else set()))


CODES = {
    "request_source": {"government_request"},
    "activity_status": {"requested", "planned", "active", "finalising", "closed", "suspended", "cancelled"},
    "concerns_children_in_conflict": {"mainly", "also", "no"},
    "scope": {"national", "multi_country", "regional", "global"},
    "visibility": {"office_region", "all_staff", "office"},
    "provision_role": {"mandated_by", "asked_under", "applied"},
    "counterpart_kind": {"government", "civil_society"},
    "partner_agency": {"unodc"},
    "partner_role": {"co_provider"},
    "milestone": {"drafted"},
    "contribution": {"led"},
}
lists = defaultdict(frozenset, {name: frozenset({"known"}) for name in {**CODED, **CODED_LISTS}.values()})
ABOUT = Surroundings(
    office="0060",
    office_type="country",
    served=served,
    today=TODAY,
    codes=lists | {name: frozenset(codes) for name, codes in CODES.items()},
    facets={"training": "how", "other": "how", "diversion": "about"},
    mandating={"E1997-30-8": True, "CRC-40": False, "UNCHECKED": True, "RETIRED": True},
    offerable=frozenset({"E1997-30-8", "CRC-40"}),
    kept=frozenset({"RETIRED"}),
    offices=frozenset({"0060", "0420"}),
    countries=frozenset({"AFG", "PAK", "NPL", "FRA"}),
)
IMPORTED = replace(ABOUT, imported=True)
GOOD = Content(
    title="Course for judges",
    types=(TypeTag("training"),),
    request_source="government_request",
    provisions=(ProvisionTag("E1997-30-8", "mandated_by"),),
    status="active",
    actual_start="2021-03",
    delivered="A course.",
    counterparts=(CounterpartTag("Ministry of Justice", "government"),),
    concerns="mainly",
    countries=("AFG",),
)


def faults(about: Surroundings = ABOUT, content: Content = GOOD, **changes: Any) -> set[str]:
    """The fields at which `content` with `changes` may not be submitted."""
    return {problem.field for problem in submit_problems(replace(content, **changes), about)}
