"""One office: what it is, where it stands in each year as far as the reader may know it, and what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.codelists.queries import former_names
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.web.locale import _
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import State, YearFacts, figure
from app.dashboards import words
from app.dashboards.address import Ask
from app.dashboards.asked_panel import AskedPanel, asked_panel
from app.dashboards.listing import ActivityList, activity_list
from app.dashboards.names import OFFICE_TYPES, Names
from app.dashboards.naming import may_name
from app.offices.directory import Link, OfficeRecord
from app.offices.models import RegionProposal
from app.offices.queries import announced_changes, directory
from app.returns.queries import rounds_by_year

CONFIDENCE = {"high": N_("High"), "medium": N_("Medium"), "low": N_("Low")}


@dataclass(frozen=True)
class YearLine:
    """An office's year. `state` is None where the reader may not know it."""

    year: str
    state: State | None
    label: str
    activities: int
    url: str
    answer: str
    return_url: str


@dataclass(frozen=True)
class OfficePage:
    """Everything that the page shows."""

    code: str
    name: str
    former: tuple[str, ...]
    type_name: str
    region_code: str | None
    region: str
    reports: bool
    facts: list[tuple[str, str]]
    proposals: list[str]
    years: list[YearLine]
    all_years_open: bool
    led: ActivityList
    joined: ActivityList
    asked: AskedPanel


def office_page(session: Session, actor: Actor, names: Names, code: str, today: date | None = None) -> OfficePage:
    """The page of one office.

    Raises:
        NotFound: there is no office with this code.
    """
    today = today or clock.today()
    office = directory(session).offices.get(code)
    if office is None:
        raise NotFound(N_("There is no office with this code."))
    region = office.region_on(today)
    lines = _years(session, actor, office, today) if office.reports else []
    return OfficePage(
        code=code,
        name=names.office(code),
        former=former_names(session, "office", code),
        type_name=_(OFFICE_TYPES[office.type]),
        region_code=region,
        region=names.region(region or ""),
        reports=office.reports,
        facts=_facts(names, office, today),
        proposals=[_proposal(each) for each in announced_changes(session, code)],
        years=lines,
        all_years_open=may_name(actor, State.UNANSWERED, code),
        led=activity_list(session, actor, ActivityFilters(coded={"office": (code,)})),
        joined=activity_list(session, actor, ActivityFilters(coded={"co_office": (code,)})),
        asked=asked_panel(session, counts_given=False, office=code),
    )


def _facts(names: Names, office: OfficeRecord, today: date) -> list[tuple[str, str]]:
    rows = [
        (_("Office code"), office.code),
        (_("Type"), _(OFFICE_TYPES[office.type])),
        (_("Region"), _dated(office.regions, names.region)),
        (_("Host country"), names.country(office.host)),
        (_("Countries served"), words.joined(names.country(c) for c in office.countries_between(today, today))),
        (_("Confidence in its dates"), _(CONFIDENCE.get(office.dates_confidence, office.dates_confidence))),
        (_("Time zone"), office.time_zone),
        (_("Source"), office.source),
    ]
    if office.reports:
        rows.insert(5, (_("On the roster"), _dated(office.roster, lambda _target: "")))
    if office.exemptions:
        rows.insert(6, (_("Exempt"), _dated(office.exemptions, lambda reason: reason)))
    if office.note:
        rows.append((_("Note"), office.note))
    return rows


def _dated(links: tuple[Link, ...], name: Callable[[str], str]) -> str:
    return " · ".join(_interval(name(link.target), link) for link in links)


def _interval(name: str, link: Link) -> str:
    begins = words.day(link.valid_from) if link.valid_from else _("unknown")
    if link.valid_to is None:
        since = _("since %(day)s", day=begins) if link.valid_from else _("opening date unknown")
        if not name:
            return since
        return _("%(name)s, since %(day)s", name=name, day=begins) if link.valid_from else name
    ends = words.day(link.valid_to)
    if not name:
        return _("%(first)s to %(last)s", first=begins, last=ends)
    return _("%(name)s, %(first)s to %(last)s", name=name, first=begins, last=ends)


def _proposal(proposal: RegionProposal) -> str:
    return _(
        "Announced, and not yet a fact: region %(region)s from %(day)s (%(status)s; source %(source)s).",
        region=proposal.region,
        day=proposal.valid_from,
        status=proposal.status,
        source=proposal.source,
    )


def _years(session: Session, actor: Actor, office: OfficeRecord, today: date) -> list[YearLine]:
    all_facts = kept_facts(session, kept_years(session, today), today)
    collected = rounds_by_year(session)
    return [
        _year(facts, actor, office.code, year in collected) for year, facts in sorted(all_facts.items(), reverse=True)
    ]


def _year(facts: YearFacts, actor: Actor, code: str, collected: bool) -> YearLine:
    found = figure(facts)
    state = next(s for s, offices in found.by_state.items() if code in offices)
    shown = state if may_name(actor, state, code) else None
    own = sum(support.n for support in facts.supports(found.basis) if code in support.offices)
    office = facts.offices[code]
    answer = {"nil": _("Nil return"), "support": _("Support was given")}.get(office.signed_answer or "", "")
    if code in found.contradictions:
        answer = _("Nil return, beside an activity: a contradiction")
    return YearLine(
        year=words.when(found),
        state=shown,
        label=words.state_label(shown, found.round_state) if shown else "",
        activities=own,
        url=Ask(facts.year).behind_url(office=code),
        answer=answer if may_name(actor, State.NIL, code) else "",
        return_url=url_for("returns.annual", code=code, year=facts.year) if collected else "",
    )
