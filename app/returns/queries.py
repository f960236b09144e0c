"""Reads of rounds and annual returns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from app.accounts.models import User
from app.activities.models import Activity
from app.core import clock
from app.core.permissions import Role
from app.core.versions import REFERENCE, RETURNS, shared
from app.offices.directory import RosterEntry
from app.offices.models import Membership, Office
from app.offices.queries import directory
from app.returns.models import AnnualReturn, OfficeSentence, Round
from app.returns.rules import State, days_late, due_moment, is_on_time


@dataclass(frozen=True)
class SignedReturn:
    """A signed return's answer (support or nil) and whether it came by the due moment."""

    answer: str
    on_time: bool


@dataclass(frozen=True)
class ReturnRow:
    """A return as files show it. `ticked` are references."""

    office: str
    year: int
    answer: str | None
    state: str
    signed_at: datetime | None
    due_at: datetime | None
    on_time: bool | None
    recorded_by: str
    words: str
    ticked: tuple[str, ...]


def signed_returns(session: Session) -> Mapping[int, Mapping[str, SignedReturn]]:
    """{year: {office: signed return}}; drafts and reopened ones are no answer."""
    return shared(session, "signed returns", lambda: _load_signed(session), REFERENCE, RETURNS)


def _load_signed(session: Session) -> Mapping[int, Mapping[str, SignedReturn]]:
    a = AnnualReturn
    statement = (
        select(a.year, a.office, a.answer, a.signed_at, Office.time_zone, Round.due_on)
        .join(Office, Office.code == a.office)
        .outerjoin(Round, Round.year == a.year)
        .where(a.state == State.SIGNED, a.answer.is_not(None))
    )
    found: dict[int, dict[str, SignedReturn]] = defaultdict(dict)
    for year, office, answer, signed_at, time_zone, due_on in session.execute(statement):
        due = due_moment(due_on, time_zone) if due_on else None
        found[year][office] = SignedReturn(str(answer), bool(is_on_time(signed_at, due)))
    return dict(found)


@dataclass(frozen=True)
class RoundDays:
    """Until when a year's returns were due, and when its round froze."""

    due_on: date
    frozen_on: date | None


def rounds_by_year(session: Session) -> Mapping[int, RoundDays]:
    """The rounds by their years."""
    statement = select(Round.year, Round.due_on, Round.frozen_on)
    return shared(
        session,
        "rounds",
        lambda: {year: RoundDays(due_on, frozen_on) for year, due_on, frozen_on in session.execute(statement)},
        RETURNS,
    )


def return_rows(session: Session, years: Iterable[int] | None = None) -> list[ReturnRow]:
    """All returns (of these years), by year and office."""
    statement = (
        select(AnnualReturn, Office.time_zone, Round.due_on)
        .join(Office, Office.code == AnnualReturn.office)
        .outerjoin(Round, Round.year == AnnualReturn.year)
        .options(selectinload(AnnualReturn.ticks))
        .order_by(AnnualReturn.year, AnnualReturn.office)
    )
    if years is not None:
        statement = statement.where(AnnualReturn.year.in_(list(years)))
    rows = session.execute(statement).all()
    references = _references(session, [tick.activity_id for row in rows for tick in row[0].ticks])
    found = []
    for annual, time_zone, due_on in rows:
        due = due_moment(due_on, time_zone) if due_on else None
        signed_at = annual.signed_at if annual.state == "signed" else None
        found.append(
            ReturnRow(
                office=annual.office,
                year=annual.year,
                answer=annual.answer,
                state=annual.state,
                signed_at=annual.signed_at,
                due_at=due,
                on_time=is_on_time(signed_at, due),
                recorded_by=annual.recorded_by,
                words=annual.words,
                ticked=tuple(references[tick.activity_id] for tick in annual.ticks),
            )
        )
    return found


def _references(session: Session, ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(session.execute(select(Activity.id, Activity.reference).where(Activity.id.in_(ids))).all())


def rounds(session: Session) -> tuple[Round, ...]:
    """Every round, the newest year first."""
    return tuple(session.scalars(select(Round).order_by(Round.year.desc())))


def round_to_show(session: Session, today: date) -> int | None:
    """The year of the newest round that has opened; if none has, of the first to open; None without any round."""
    every = rounds(session)
    opened = next((r.year for r in every if r.opens_on <= today), None)
    return opened if opened is not None else every[-1].year if every else None


def annual_of(session: Session, office: str, year: int) -> AnnualReturn | None:
    """An office's return of a year, None where nobody has begun it."""
    return session.scalar(select(AnnualReturn).where(AnnualReturn.office == office, AnnualReturn.year == year))


def sentence_of(session: Session, office: str, year: int, *, lock: bool = False) -> OfficeSentence | None:
    """What the office says beside its state in a year. With `lock`, nobody changes it until the transaction ends."""
    found = select(OfficeSentence).where(OfficeSentence.office == office, OfficeSentence.year == year)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    return session.scalar(found)


def references_of(session: Session, annual: AnnualReturn) -> tuple[str, ...]:
    """References of the activities ticked in a return."""
    return tuple(sorted(_references(session, [tick.activity_id for tick in annual.ticks]).values()))


def leads_of(session: Session, office: str) -> tuple[User, ...]:
    """Today's country leads of an office: to whom a reminder goes."""
    day = clock.today()
    statement = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            User.active,
            Membership.role == Role.COUNTRY_LEAD,
            Membership.office == office,
            Membership.valid_from <= day,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= day),
        )
        .order_by(User.name, User.id)
    )
    return tuple(dict.fromkeys(session.scalars(statement)))


@dataclass(frozen=True)
class OfficeYear:
    """Where an office's return of a year is. `state` is None where nobody has begun it; `days_late` counts until the
    signature, or until now while there is none."""

    office: str
    year: int
    region: str | None
    expected: bool
    exempt_reason: str | None
    due_on: date
    state: str | None
    answer: str | None
    signed_at: datetime | None
    days_late: int
    recorded_by: str | None
    confirmed: bool

    @property
    def signed(self) -> bool:
        """It answers."""
        return self.state == State.SIGNED

    @property
    def unsigned(self) -> bool:
        """An answer is expected, and there is none."""
        return self.expected and not self.signed

    @property
    def late(self) -> bool:
        """An answer is expected, the due moment has passed, and there is none."""
        return self.unsigned and self.days_late > 0

    @property
    def unconfirmed(self) -> bool:
        """An adviser recorded the answer, and the office has not confirmed it."""
        return self.signed and self.recorded_by == "adviser" and not self.confirmed


def office_years(session: Session, years: Collection[int], offices: Collection[str] | None = None) -> list[OfficeYear]:
    """The returns of these years with a round, of these offices (all that report, by default), by year and code.

    What the reader may know of them is decided by the caller.
    """
    known = directory(session)
    collected = {r.year: r for r in rounds(session) if r.year in years}
    kept = {
        (row.office, row.year): row
        for row in session.scalars(select(AnnualReturn).where(AnnualReturn.year.in_(collected)))
    }
    found = []
    for year, collection in sorted(collected.items(), reverse=True):
        for entry in known.roster(year, clock.today()).offices:
            if offices is None or entry.code in offices:
                zone = known.offices[entry.code].time_zone
                found.append(_office_year(entry, collection, zone, kept.get((entry.code, year))))
    return found


def _office_year(entry: RosterEntry, collection: Round, zone: str, annual: AnnualReturn | None) -> OfficeYear:
    signed_at = annual.signed_at if annual is not None and annual.state == State.SIGNED else None
    return OfficeYear(
        office=entry.code,
        year=collection.year,
        region=entry.region,
        expected=entry.expected,
        exempt_reason=entry.exempt_reason,
        due_on=collection.due_on,
        state=annual.state if annual else None,
        answer=annual.answer if annual else None,
        signed_at=signed_at,
        days_late=days_late(collection.due_on, zone, signed_at or clock.now()),
        recorded_by=annual.recorded_by if annual else None,
        confirmed=annual is not None and annual.confirmed_at is not None,
    )


def sentences(session: Session, year: int) -> dict[str, str]:
    """{office: what it says beside its state in the year}."""
    found = select(OfficeSentence.office, OfficeSentence.sentence).where(OfficeSentence.year == year)
    return dict(session.execute(found).all())
