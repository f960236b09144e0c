"""What the page of an office's year shows to one reader: where the return stands, its lists, and what may be done."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.activities.queries import lines_by_ids
from app.activities.queries_record import names_of
from app.activities.reference import reference_data
from app.activities.rules import How
from app.activities.words import Words, span
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _
from app.offices.directory import OfficeRecord
from app.returns import words
from app.returns.models import AnnualReturn, OfficeSentence, Round
from app.returns.queries import OfficeYear, annual_of, office_years, references_of, sentence_of
from app.returns.rules import FIRST_YEAR, State
from app.returns.year_of_work import Work, year_of_work


@dataclass(frozen=True)
class Row:
    """An activity in words. `why`: why it counts, or would count, in the year."""

    reference: str
    title: str
    office: str
    status: str
    dates: str
    why: tuple[str, ...]

    @property
    def told(self) -> str:
        """One line under its title."""
        return " · ".join(part for part in (self.reference, self.status, self.dates, *self.why) if part)


@dataclass(frozen=True)
class Rows:
    """Those that the reader may open, and how many more there are."""

    rows: tuple[Row, ...]
    closed: int

    @property
    def total(self) -> int:
        """All of them."""
        return len(self.rows) + self.closed


@dataclass(frozen=True)
class May:
    """What the reader may do to the return as it is now."""

    draft: bool
    sign: bool
    record: bool
    reopen: bool
    confirm: bool
    sentence: bool
    remind: bool

    @property
    def write(self) -> bool:
        """Any of the buttons of the form."""
        return self.draft or self.sign or self.record


@dataclass(frozen=True)
class AnnualPage:
    """Everything that the page shows."""

    office: str
    name: str
    year: int
    round: Round | None
    annual: AnnualReturn | None
    line: OfficeYear | None
    standing: str
    due: str
    not_yet: str
    not_expected: str
    early: str
    last_year: str
    sentence: OfficeSentence | None
    counting: Rows
    tickable: Rows
    joint: Rows
    submitted: Rows
    drafts: Rows
    ticked: Rows
    contradiction: bool
    who: dict[int, str]
    time_zone: str
    may: May

    @property
    def signed(self) -> bool:
        """It answers."""
        return self.annual is not None and self.annual.state == State.SIGNED

    def day(self, instant: Any) -> str:
        """The day of an instant where the office is; "" of none."""
        return words.moment(instant, self.time_zone) if instant else ""


def annual_page(session: Session, actor: Actor, code: str, year: int) -> AnnualPage:
    """The page of one office and year.

    Raises:
        NotFound: there is no such office, it does not report, or nothing can be returned for this year.
    """
    data = reference_data(session)
    office = data.offices.get(code)
    if office is None or not office.reports or not FIRST_YEAR <= year <= clock.today().year + 1:
        raise NotFound(N_("There is no annual return of this office for this year."))
    vocabulary = Words(data)
    name = vocabulary.of("office", code)
    collection, annual = session.get(Round, year), annual_of(session, code, year)
    line = next(iter(office_years(session, [year], [code])), None)
    work = year_of_work(session, code, year)
    ticks = [Work(tick.activity_id, "", "") for tick in annual.ticks] if annual else []
    not_yet = _not_yet(office, collection, year)
    shown = _Shown(session, actor, vocabulary)
    return AnnualPage(
        office=code,
        name=name,
        year=year,
        round=collection,
        annual=annual,
        line=line,
        standing=words.standing(annual, actor, code, name, year),
        due=words.due(line) if line else "",
        not_yet=not_yet,
        not_expected=_not_expected(line),
        early=_early(collection, clock.office_today(office.time_zone)),
        last_year=words.answer(annual_of(session, code, year - 1)),
        sentence=sentence_of(session, code, year),
        counting=shown.rows(work.counting, "approved"),
        tickable=shown.rows(work.tickable, "provisional"),
        joint=shown.rows(work.joint, "provisional"),
        submitted=shown.rows(work.submitted, "provisional"),
        drafts=shown.rows(work.drafts, "provisional"),
        ticked=shown.rows(ticks, "provisional"),
        contradiction=work.contradicts_nil,
        who=names_of(session, [annual.signed_by] if annual else []),
        time_zone=office.time_zone,
        may=_may(actor, code, annual, open_=not not_yet),
    )


def waiting_joint(session: Session, code: str, year: int) -> frozenset[str]:
    """References of joint activities that wait for the office's answer."""
    return frozenset(work.reference for work in year_of_work(session, code, year).joint)


def contradicted(session: Session, code: str, year: int) -> bool:
    """A nil return stands, or would stand, beside a qualifying or submitted activity."""
    return year_of_work(session, code, year).contradicts_nil


def drafted_ticks(session: Session, annual: AnnualReturn | None) -> tuple[str, ...]:
    """What was ticked when the return was last saved."""
    return references_of(session, annual) if annual else ()


class _Shown:
    """Activities as one reader may see them."""

    def __init__(self, session: Session, actor: Actor, vocabulary: Words) -> None:
        self._session, self._actor, self._words = session, actor, vocabulary

    def rows(self, works: Collection[Work], basis: str) -> Rows:
        """In words; titles withheld where the text is not open to the reader."""
        why = {work.activity_id: work.hows for work in works}
        lines = lines_by_ids(self._session, self._actor, why.keys(), basis)
        rows = tuple(self._row(line, why[line.activity_id]) for line in lines)
        return Rows(rows, len(why) - len(rows))

    def _row(self, line: Any, hows: Iterable[str]) -> Row:
        return Row(
            reference=line.reference,
            title=line.title or _("Title withheld (sensitive)"),
            office=self._words.of("office", line.lead_office),
            status=self._words.of("activity_status", line.status),
            dates=span(line.actual_start or line.planned_start, line.actual_end or line.planned_end),
            why=tuple(_(words.WHY[How(how)]) for how in hows),
        )


def _not_yet(office: OfficeRecord, collection: Round | None, year: int) -> str:
    """Why nothing can be signed, in words; "" if it can."""
    if clock.office_today(office.time_zone).year < year:
        return _("%(year)s has not begun yet, so nobody can say what was done in it.", year=str(year))
    if collection is None:
        return _("No returns are collected for %(year)s: it has no round.", year=str(year))
    return ""


def _not_expected(line: OfficeYear | None) -> str:
    if line is None or line.expected:
        return ""
    if line.exempt_reason:
        return _("No return is expected for this year. The office is exempt: %(reason)s", reason=line.exempt_reason)
    return _("No return is expected for this year: the office is not on the roster.")


def _early(collection: Round | None, today: date) -> str:
    """The year is still running and its round is not open: what is signed now says nothing of the rest of it."""
    if collection is None or today >= collection.opens_on:
        return ""
    return _(
        "The round opens on %(day)s. You can prepare the return now; sign it when you know the whole year.",
        day=words.day(collection.opens_on),
    )


def _may(actor: Actor, code: str, annual: AnnualReturn | None, *, open_: bool) -> May:
    signed = annual is not None and annual.state == State.SIGNED
    heard = annual is not None and annual.recorded_by == "adviser" and annual.confirmed_at is None
    return May(
        draft=not signed and open_ and can(Permission.RETURN_DRAFT, actor, code),
        sign=not signed and open_ and can(Permission.RETURN_SIGN, actor, code),
        record=not signed and open_ and can(Permission.RETURN_RECORD, actor, code),
        reopen=signed and can(Permission.RETURN_REOPEN, actor, code),
        confirm=signed and heard and can(Permission.RETURN_SIGN, actor, code),
        sentence=can(Permission.OFFICE_SENTENCE_WRITE, actor, code),
        remind=not signed and open_ and can(Permission.RETURN_REMIND, actor, code),
    )
