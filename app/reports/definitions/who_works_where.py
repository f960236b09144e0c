"""who-works-where: the 4W sheet (who, what, where, when) with roles, resident coordinator and country plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.activities.queries_who import Work, approved_lines, told_of, works_of
from app.asked.filters import RequestFilters
from app.asked.listing import check_codes
from app.core.db import AnyRow
from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.tables import Column, Kind, Table
from app.reports.asked import COUNTRY
from app.reports.base import Report
from app.reports.marks import demonstration_mark


@dataclass(frozen=True)
class Row:
    """What one body does in one country, and what its records say of coordinator and plan."""

    work: Work
    coordinator: int
    plan: int


COLUMNS: tuple[Column[Any], ...] = (
    Column("country", N_("Country"), Kind.CODE, lambda r: r.work.country, "#country+code+v_iso3", "country"),
    Column("who", N_("Who"), Kind.CODE, lambda r: r.work.who, "#org+code", lambda r: r.work.kind),
    Column("kind", N_("Office or partner"), Kind.CODE, lambda r: r.work.kind, on_page=False),
    Column("role", N_("Role"), Kind.CODE, lambda r: r.work.role, "#org+role", "partner_role"),
    Column("types", N_("What"), Kind.LIST, lambda r: ";".join(r.work.types), "#sector+code", "support_type"),
    Column("years", N_("When"), Kind.LIST, lambda r: ";".join(map(str, r.work.years)), "#date+year"),
    Column("first_year", N_("First year"), Kind.YEAR, lambda r: min(r.work.years, default=None), on_page=False),
    Column("last_year", N_("Last year"), Kind.YEAR, lambda r: max(r.work.years, default=None), on_page=False),
    Column("activities", N_("Activities"), Kind.INTEGER, lambda r: len(r.work.activities), "#indicator+num"),
    Column("references", N_("Their references"), Kind.LIST, lambda r: ";".join(r.work.activities), on_page=False),
    Column("offices", N_("Lead offices"), Kind.LIST, lambda r: ";".join(r.work.offices), "#org+prog", "office"),
    Column("coordinator", N_("With the resident coordinator"), Kind.INTEGER, lambda r: r.coordinator),
    Column("in_plan", N_("In the country plan"), Kind.INTEGER, lambda r: r.plan),
)


def _rows(session: Session, actor: Actor, filters: RequestFilters) -> Iterator[Row]:
    country = filters.part.country
    found = approved_lines(session, actor, country)
    by_reference: dict[str, AnyRow] = {row.reference: row for row in found}
    for work in works_of(found, {country} if country else None):
        own = [by_reference[reference] for reference in work.activities]
        yes: dict[str, int] = defaultdict(int, {n: told_of(own, n)["yes"] for n in ("coordinator_involved",
                                                                                    "in_country_plan")})  # fmt: skip
        yield Row(work, yes["coordinator_involved"], yes["in_country_plan"])


def table(session: Session, actor: Actor, filters: RequestFilters) -> Table[Row]:
    """Who does what where; of the records that the reader may open."""
    return Table((*COLUMNS, demonstration_mark(session)), _rows(session, actor, filters))


REPORT = Report(
    key="who-works-where",
    title=N_("Who works where, on what, since when"),
    definition=N_(
        "A row for each body (office or partner), role and country in the approved records that you may open: the kinds"
        " of support, the confirmed years, how many activities, and in how many of them the resident coordinator was"
        " involved or the work stands in the country plan (Vienna Guidelines 27 and 38)."
    ),
    permission=Permission.ACTIVITY_LIST,
    parameters=(COUNTRY,),
    parse=RequestFilters.parse,
    pairs=RequestFilters.pairs,
    check=check_codes,
    table=table,
    describe=RequestFilters.describe,
    bases=lambda _filters: ("approved",),
)
