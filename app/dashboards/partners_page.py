"""Who else works in a country: offices and partners, roles, kinds of support, years; gaps and overlaps.

Source: Vienna Guidelines 27 and 38.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.filters import NOT_RECORDED
from app.activities.queries_who import (
    ALL_OF_THEM,
    LEADS,
    OFFICE,
    Work,
    approved_lines,
    closed_lines,
    gaps,
    overlaps,
    told_of,
    works_of,
)
from app.activities.reference import reference_data
from app.activities.rules import OTHER_TYPE
from app.activities.words import Words
from app.codelists.queries import support_types
from app.core import clock
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.web.locale import _, ngettext, number
from app.dashboards.listing import list_url
from app.dashboards.names import Names

YEARS = 5
ROLES = {"lead": N_("Leads"), "joined": N_("Takes part")}
ANSWERS = (("yes", N_("Yes")), ("no", N_("No")), ("unknown", N_("Not known")), (NOT_RECORDED, N_("Not recorded")))


@dataclass(frozen=True)
class Line:
    """A body in one role."""

    who: str
    url: str
    role: str
    types: str
    years: str
    activities: str
    activities_url: str


@dataclass(frozen=True)
class Shared:
    """A kind of support on which several worked in one year."""

    name: str
    years: str
    who: str


@dataclass(frozen=True)
class PartnersPage:
    """Everything that the page shows."""

    iso3: str
    name: str
    sentence: str
    lines: list[Line]
    closed: int
    coordinator: list[tuple[str, str, str]]
    plan: list[tuple[str, str, str]]
    gaps: list[str]
    since: int
    overlaps: list[Shared]
    csv_url: str


def partners_page(session: Session, actor: Actor, names: Names, iso3: str, today: date | None = None) -> PartnersPage:
    """The page of one country."""
    words, since = Words(reference_data(session)), (today or clock.today()).year - YEARS + 1
    rows = approved_lines(session, actor, iso3)
    works = works_of(rows, {iso3})
    # "Other" is what fits no kind: nobody could miss it.
    every = [t.code for t in support_types(session) if t.code != OTHER_TYPE]
    bodies = len({(work.kind, work.who) for work in works})
    return PartnersPage(
        iso3=iso3,
        name=names.country(iso3),
        sentence=ngettext("%(num)s office or partner works or worked in %(country)s on justice for children",
                          "%(num)s offices and partners work or worked in %(country)s on justice for children",
                          bodies, country=names.country(iso3)),
        lines=[_line(words, work) for work in works],
        closed=closed_lines(session, actor, iso3),
        coordinator=_told(told_of(rows, "coordinator_involved"), "coordinator_involved", iso3),
        plan=_told(told_of(rows, "in_country_plan"), "in_country_plan", iso3),
        gaps=[words.of("support_type", code) for code in gaps(rows, every, since)],
        since=since,
        overlaps=[
            Shared(words.of("support_type", each.support_type), _years(each.years),
                   ", ".join(words.of(kind, who) for kind, who in each.who))
            for each in overlaps(rows)
        ],
        csv_url=url_for("reports.report_csv", key="who-works-where", country=iso3),
    )  # fmt: skip


def _line(words: Words, work: Work) -> Line:
    is_office = work.kind == OFFICE
    if not is_office:
        coded = {"partner": (work.who,), "partner_role": (work.role or NOT_RECORDED,)}
    elif work.role == LEADS:
        coded = {"office": (work.who,)}
    else:
        coded = {"co_office": (work.who,), "co_office_answer": ("accepted",)}
    return Line(
        who=words.of(work.kind, work.who),
        url=url_for("dashboards.office", code=work.who) if is_office else "",
        role=_(ROLES[work.role]) if is_office else words.of("partner_role", work.role),
        types=", ".join(words.of("support_type", code) for code in work.types),
        years=_years(work.years),
        activities=number(len(work.activities)),
        activities_url=_records_url(work.country, **coded),
    )


def _records_url(iso3: str, **coded: tuple[str, ...]) -> str:
    """The list of exactly the records of a country from which a number here comes."""
    return list_url(replace(ALL_OF_THEM, coded={**ALL_OF_THEM.coded, "country": (iso3,), **coded}))


def _years(years: tuple[int, ...]) -> str:
    """ "2021–2023, 2025" of 2021, 2022, 2023, 2025."""
    spans: list[list[int]] = []
    for year in years:
        if spans and spans[-1][1] == year - 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)


def _told(counts: Counter[str], name: str, iso3: str) -> list[tuple[str, str, str]]:
    """(answer, records, the list of them) of a question."""
    total = sum(counts.values())
    return [
        (_(label), _("%(k)s of %(n)s", k=number(counts[code]), n=number(total)),
         _records_url(iso3, **{name: (code,)}))
        for code, label in ANSWERS
        if counts[code]
    ]  # fmt: skip
