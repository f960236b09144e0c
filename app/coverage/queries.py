"""The facts that figures rest on, read from the database. Few statements, whatever the number of years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, bindparam, exists, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.activities.models import (
    Activity,
    ActivityRevision,
    Confirmation,
    CoOfficeAnswer,
    RevisionCoOffice,
    RevisionCountry,
    RevisionProvision,
    RevisionType,
)
from app.activities.rules import COUNTING, How
from app.core import clock
from app.core.db import AnySelect
from app.core.versions import REFERENCE, RETURNS, shared
from app.coverage.rules import OfficeYear, RoundState, Support, YearFacts
from app.offices.directory import Directory
from app.offices.queries import directory
from app.offices.rules import figure_day
from app.returns.models import Round
from app.returns.queries import RoundDays, SignedReturn, rounds_by_year, signed_returns

BARE = (REFERENCE, RETURNS)
"""What the years rest on, beside the support."""


def year_facts(session: Session, year: int, today: date | None = None) -> YearFacts:
    """The facts of one year as of `today` (UTC, the present day by default), with the ids of its activities."""
    return facts_of_years(session, [year], today)[year]


def facts_of_years(session: Session, years: Iterable[int], today: date | None = None) -> dict[int, YearFacts]:
    """The facts of several years with the ids of their activities, {year: facts}; from the records themselves."""
    wanted = sorted(set(years))
    in_these = Confirmation.year.in_(wanted)
    approved = read_supports(session, Activity.approved_revision_id, in_these)
    submitted = read_supports(session, Activity.submitted_revision_id, in_these)
    bare = bare_years(session, wanted, today or clock.today())
    return {
        year: replace(facts, approved=tuple(approved[year]), submitted=tuple(submitted[year]))
        for year, facts in bare.items()
    }


def bare_years(session: Session, years: Iterable[int], today: date) -> dict[int, YearFacts]:
    """Offices, returns and rounds of several years, without the support; kept while none of them changes."""

    def year_of(year: int) -> YearFacts:
        return shared(session, ("year", year, today), lambda: _bare_year(session, year, today), *BARE)

    return {year: year_of(year) for year in years}


def _bare_year(session: Session, year: int, today: date) -> YearFacts:
    offices = directory(session)
    return YearFacts(
        year=year,
        offices=_offices(offices, year, today, signed_returns(session).get(year, {})),
        regions={o.code: o.region for o in offices.on(figure_day(year, today)) if o.region},
        round_state=round_state(rounds_by_year(session).get(year), today),
        running=year == today.year,
    )


def years_on_record(session: Session, today: date | None = None) -> tuple[int, ...]:
    """Every year with a confirmation or a round, and the running year; ascending."""
    today = today or clock.today()
    years = set(session.scalars(select(Confirmation.year).distinct())) | set(session.scalars(select(Round.year)))
    return tuple(sorted({y for y in years if y <= today.year} | {today.year}))


def round_state(collection: RoundDays | None, today: date) -> RoundState:
    """How far the year's round is on a day."""
    if collection is None:
        return RoundState.NOT_COLLECTED
    if collection.frozen_on is not None and collection.frozen_on <= today:
        return RoundState.FROZEN
    return RoundState.CLOSED if today > collection.due_on else RoundState.OPEN


def _offices(known: Directory, year: int, today: date, returns: Mapping[str, SignedReturn]) -> dict[str, OfficeYear]:
    found = {}
    for entry in known.roster(year, today).offices:
        answer = returns.get(entry.code)
        found[entry.code] = OfficeYear(
            code=entry.code,
            region=entry.region or "",
            countries=frozenset(entry.countries),
            on_roster=entry.on_roster,
            exempt_reason=entry.exempt_reason,
            unknown_opening=entry.unknown_opening,
            opened_or_closed=entry.opened_or_closed_in_year,
            signed_answer=answer.answer if answer else None,
            signed_on_time=bool(answer and answer.on_time),
        )
    return found


def qualifies(revision_id: InstrumentedAttribute[int | None]) -> AnySelect:
    """Activities whose revision (the approved or the submitted one) qualifies, one row a confirmation.

    Source: METHODOLOGY, Qualifying. Columns: activity, revision, lead office, year, how.
    """
    cites = exists().where(RevisionProvision.revision_id == ActivityRevision.id)
    return (
        select(Activity.id, ActivityRevision.id, Activity.lead_office, Confirmation.year, Confirmation.how)
        .join(ActivityRevision, ActivityRevision.id == revision_id)
        .join(Confirmation, _confirms())
        .where(
            Activity.withdrawn_at.is_(None),
            Activity.set_aside_at.is_(None),
            ActivityRevision.status.in_(COUNTING),
            ActivityRevision.concerns.in_(("mainly", "also")),
            cites,
        )
    )


def _confirms() -> ColumnElement[bool]:
    of_this_revision = or_(Confirmation.revision_id.is_(None), Confirmation.revision_id == ActivityRevision.id)
    return and_(Confirmation.activity_id == Activity.id, of_this_revision)


POINTERS = {"approved": Activity.approved_revision_id, "submitted": Activity.submitted_revision_id}
"""Which of an activity's revisions each basis of the kept facts reads."""
TAGS: dict[str, tuple[Any, Any]] = {
    "countries": (RevisionCountry, RevisionCountry.country),
    "types": (RevisionType, RevisionType.support_type),
    "provisions": (RevisionProvision, RevisionProvision.provision),
}


def read_supports(
    session: Session, revision_id: InstrumentedAttribute[int | None], *where: ColumnElement[bool]
) -> dict[int, list[Support]]:
    """The qualifying revisions from the records themselves, {year: supports}, narrowed by conditions on them."""
    heads = qualifies(revision_id).where(*where)
    # The ids stay in the database: a list of them could be a million long.
    tags = _tags_of(heads.with_only_columns(ActivityRevision.id))
    found: dict[int, list[Support]] = defaultdict(list)
    for _basis, year, support in _supports(session, heads.add_columns(literal("")), tags, {}):
        found[year].append(support)
    return found


def supports_of_one(session: Session, activity_id: int) -> Iterator[tuple[str, int, Support]]:
    """The qualifying revisions of one activity, (basis, year, support) each, in two statements: every save asks."""
    return _supports(session, HEADS_OF_ONE, TAGS_OF_ONE, {"activity": activity_id})


def _supports(
    session: Session, heads: Executable, tags: Executable, values: dict[str, Any]
) -> Iterator[tuple[str, int, Support]]:
    hows: dict[tuple[str, int, int], set[str]] = defaultdict(set)
    leads: dict[int, tuple[int, str]] = {}
    for activity, revision, lead, year, how, basis in session.execute(heads, values):
        hows[(basis, revision, year)].add(how)
        leads[revision] = (activity, lead)
    if not leads:
        return
    tagged: dict[tuple[str, int], set[str]] = defaultdict(set)
    for kind, revision, code in session.execute(tags, values):
        tagged[(kind, revision)].add(code)
    for (basis, revision, year), ways in hows.items():
        activity, lead = leads[revision]
        offices = frozenset(tagged[("accepted", revision)] | {lead})
        countries, types, provisions = (frozenset(tagged[(kind, revision)]) for kind in TAGS)
        dates_only = ways == {How.DATES}
        yield basis, year, Support(activity, revision, lead, offices, countries, types, provisions, dates_only)


def _tags_of(ids: AnySelect) -> Executable:
    """(kind, revision, code) of every tag that a figure asks for; an office that took part only where it accepted."""
    plain = (
        select(literal(kind), m.revision_id, code).where(m.revision_id.in_(ids)) for kind, (m, code) in TAGS.items()
    )
    accepted = (
        select(literal("accepted"), RevisionCoOffice.revision_id, RevisionCoOffice.office)
        .join(ActivityRevision, ActivityRevision.id == RevisionCoOffice.revision_id)
        .join(
            CoOfficeAnswer,
            and_(
                CoOfficeAnswer.activity_id == ActivityRevision.activity_id,
                CoOfficeAnswer.office == RevisionCoOffice.office,
                CoOfficeAnswer.answer == "accepted",
            ),
        )
        .where(RevisionCoOffice.revision_id.in_(ids))
    )
    return union_all(*plain, accepted)


# Made once: to put them together takes longer than to run them.
THE_ONE = Activity.id == bindparam("activity")
HEADS_OF_ONE = union_all(
    *(qualifies(pointer).add_columns(literal(basis)).where(THE_ONE) for basis, pointer in POINTERS.items())
)
TAGS_OF_ONE = _tags_of(
    select(ActivityRevision.id)
    .join(Activity, or_(*(pointer == ActivityRevision.id for pointer in POINTERS.values())))
    .where(THE_ONE)
)
