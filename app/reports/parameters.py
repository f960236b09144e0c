"""The filters that reports take, told once: their names in an address, their labels, what they mean if not given."""

from __future__ import annotations

from dataclasses import replace

from app.core.i18n import N_
from app.coverage.rules import Basis
from app.reports.base import Parameter

BASES: dict[str, str] = {
    Basis.APPROVED: N_("approved records"),
    Basis.PROVISIONAL: N_("provisional: approved and submitted records, not yet reviewed"),
}
YEAR = Parameter("year", N_("Year"), N_("a year of four digits, such as 2025"), N_("the running year"))
EVERY_YEAR = replace(YEAR, empty=N_("every year on record"))
LAST_YEAR = replace(YEAR, empty=N_("the last complete year"), many=False)
FROM_YEAR = Parameter(
    "from", N_("Compared with"), N_("an earlier year of four digits"), N_("the year before"), many=False
)
BASIS = Parameter("basis", N_("Basis"), N_("approved or provisional"), N_("approved records"), words=BASES, many=False)
BOTH_BASES = replace(BASIS, empty=N_("both: approved, and provisional"), many=True)
REGION = Parameter("region", N_("Region"), N_("a region's code"), N_("all regions"), names="region", many=False)
COUNTRY = Parameter(
    "country", N_("Country"), N_("a country's three letters"), N_("all countries"), names="country", many=False
)
SUPPORT_TYPE = Parameter(
    "support_type",
    N_("Support type"),
    N_("a support type's code"),
    N_("all support types"),
    names="support_type",
    many=False,
)
PROVISION = Parameter(
    "provision", N_("Provision"), N_("a provision's code"), N_("all provisions"), names="provision", many=False
)
DEFINITION = Parameter(
    "definition",
    N_("Definition"),
    N_("the version of a definition, such as 2026-1"),
    N_("today's definition"),
    many=False,
)
SLICE = (YEAR, BASIS, REGION, COUNTRY, SUPPORT_TYPE, PROVISION, DEFINITION)
