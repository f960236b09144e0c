"""Which States asked and got nothing, and why: a sheet for a desk, and for paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.reference import reference_data
from app.activities.words import Words, day, whole_day
from app.asked.counting import Part, balance, of_countries
from app.asked.filters import RequestFilters, year_pairs
from app.asked.listing import load
from app.asked.models import SupportRequest
from app.asked.queries import facts, told_links
from app.asked.rules import Answer
from app.asked.words import SIGNS
from app.core import clock
from app.core.web.locale import _, ngettext, number
from app.coverage.rules import percent

MOST = 160
"""So many letters of what is asked: the sheet is read on paper; the whole stands one link away."""
YEARS = 5


@dataclass(frozen=True)
class Line:
    """One request, and why nothing was given."""

    reference: str
    url: str
    asked: str
    when: str
    source: str
    sign: str
    why: str


@dataclass(frozen=True)
class State:
    """A State that asked and got nothing."""

    name: str
    url: str
    count: str
    last_support: str
    lines: list[Line]
    more: int
    more_url: str


@dataclass(frozen=True)
class NothingPage:
    """Everything that the sheet shows."""

    heading: str
    sentence: str
    years: str
    region: str
    states: list[State]
    csv_url: str
    options: list[tuple[str, str, bool]]
    regions: list[tuple[str, str, bool]]


def with_years(filters: RequestFilters) -> Part:
    """The part that is asked for; without years, the last five."""
    part = filters.part
    if part.first is None and part.last is None:
        first = clock.today().year - YEARS + 1
        return Part(first, None, part.region, part.office, part.country, part.support_type, part.source)
    return part


def nothing_page(session: Session, filters: RequestFilters, regions: list[str], most: int = 3) -> NothingPage:
    """The sheet of a part. `most`: so many requests of each State; the others are counted, and one link away."""
    words, part = Words(reference_data(session)), with_years(filters)
    known = facts(session)
    found = balance(known, part)
    wanted = {country: own for country, own in of_countries(found.asked).items()
              if country in set(found.states_with_nothing)}  # fmt: skip
    shown = {c: sorted(own, key=lambda e: e.asked_on or "", reverse=True)[:most] for c, own in wanted.items()}
    requests = {r.reference: r for r in load(session, [e.reference for own in shown.values() for e in own])}
    k, n = len(wanted), len(found.states)
    told = told_links(session, [each.id for each in requests.values()])
    states = []
    for country, own in sorted(wanted.items(), key=lambda pair: words.of("country", pair[0]).casefold()):
        last = known.years_given.get(country)
        states.append(
            State(
                name=words.of("country", country),
                url=url_for("dashboards.country", iso3=country),
                count=ngettext("%(num)s request", "%(num)s requests", len(own)),
                last_support=_("other support last in %(year)s", year=str(last)) if last else _("no support on record"),
                lines=[_line(words, requests[e.reference], clock.today(), told) for e in shown[country]],
                more=len(own) - len(shown[country]),
                more_url=_list_url(part, country),
            )
        )
    pairs = [*year_pairs(part), *((("region", part.region),) if part.region else ())]
    query = "&".join(f"{name}={value}" for name, value in pairs)
    return NothingPage(
        heading=_("States that asked and got nothing"),
        sentence=_("%(k)s of %(n)s States that asked have no support for any of their requests (%(percent)s%%)",
                   k=number(k), n=number(n), percent=percent(k, n)) if n else _("No State asked in these years."),
        years=_years(part),
        region=words.of("region", part.region) if part.region else _("All regions"),
        states=states,
        csv_url=f"{url_for('reports.report_csv', key='asked-nothing-given')}?{query}",
        options=[(str(y), str(y), y == part.first) for y in range(clock.today().year, 2007, -1)],
        regions=[(code, words.of("region", code), code == part.region) for code in regions],
    )  # fmt: skip


def why(request: SupportRequest, today: date, linked: int) -> str:
    """Why nothing was given, in words."""
    if request.answer == Answer.DECLINED:
        return _("Declined: %(reason)s", reason=request.declined_reason)
    if request.answer == Answer.REFERRED:
        return _("Referred to %(whom)s", whom=request.referred_to)
    waits = _("work on it is recorded, but does not count yet") if linked else _("no work on it is recorded")
    if request.answer == Answer.OPEN:
        return _("Nobody has answered; %(waits)s", waits=waits)
    if request.target_on and request.target_on < today:
        return _("Accepted for %(day)s, which has passed; %(waits)s", day=whole_day(request.target_on), waits=waits)
    return _("Accepted; %(waits)s", waits=waits)


def _line(words: Words, request: SupportRequest, today: date, told: Mapping[int, frozenset[int]]) -> Line:
    text = request.asked
    return Line(
        reference=request.reference,
        url=url_for("asked.request_page", reference=request.reference),
        asked=text if len(text) <= MOST else text[:MOST].rsplit(" ", 1)[0] + "…",
        when=day(request.asked_on) or _("no date known"),
        source=words.of("request_source", request.source),
        sign=SIGNS[request.answer],
        why=why(request, today, len(told[request.id])),
    )


def _list_url(part: Part, country: str) -> str:
    pairs = [("show", "without_support"), *year_pairs(part), ("country", country)]
    return f"{url_for('asked.index')}?" + "&".join(f"{name}={value}" for name, value in pairs)


def _years(part: Part) -> str:
    if part.first == part.last:
        return str(part.first)
    if part.last is None:
        return _("Since %(year)s", year=str(part.first))
    if part.first is None:
        return _("Until %(year)s", year=str(part.last))
    return _("%(first)s to %(last)s", first=str(part.first), last=str(part.last))
