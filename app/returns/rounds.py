"""Dates of rounds, exemptions, and the office's sentence. Part of the room's services.

`seen` is what the form showed when it was opened (`round_text`, `sentence_text`, an end date): these rows carry no
version of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.db import new_client_id
from app.core.errors import Invalid, NotFound, Problem, Stale
from app.core.events import Changed, announce
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand
from app.offices.models import Exemption
from app.offices.queries import directory
from app.offices.rules import overlaps
from app.returns.models import OfficeSentence, Round
from app.returns.queries import sentence_of
from app.returns.rules import FIRST_YEAR, SENTENCE_LIMIT, default_inform

REASON_LIMIT = 500
NO_OFFICE = N_("Choose a country office or a multi-country office from the list.")


@dataclass(frozen=True)
class RoundDates:
    """The command for a round: all its days. Without `inform_on`, a freeze is announced ten working days before."""

    year: int
    opens_on: date | None
    due_on: date | None
    inform_on: date | None = None
    frozen_on: date | None = None


def save_round(session: Session, actor: Actor, command: RoundDates, seen: str) -> Round:
    """Open the round of a year, or move its days. A later due day makes late returns timely: the audit event tells.

    Raises:
        Invalid: a day is missing, or they are not in order. Stale: somebody moved them in between. NotFound, Forbidden.
    """
    demand(Permission.ROUND_EDIT, actor)
    if not FIRST_YEAR <= command.year <= clock.today().year + 1:
        raise NotFound(N_("There can be no round for this year yet."))
    if command.frozen_on and not command.inform_on:
        command = RoundDates(**{**asdict(command), "inform_on": default_inform(command.frozen_on)})
    problems = list(_round_problems(command))
    if problems:
        raise Invalid(problems)
    assert command.opens_on is not None
    assert command.due_on is not None
    found = session.get(Round, command.year, with_for_update=True)
    if found is not None and _dates(found) == command:
        return found
    if round_text(found) != seen:
        raise Stale(0, 1)
    if found is None:
        found = Round(**asdict(command))
        if not _inserted(session, found):
            raise Stale(0, 1)
    found.opens_on, found.due_on = command.opens_on, command.due_on
    found.inform_on, found.frozen_on = command.inform_on, command.frozen_on
    session.flush()
    _audit(session, actor, "round.saved", ("round", str(command.year)), asdict(command))
    announce(session, Changed("round", command.year))
    return found


def round_text(found: Round | None) -> str:
    """The days of a round as one text; "" of none. Two that differ were saved at different times."""
    if found is None:
        return ""
    return " ".join(str(day or "-") for day in (found.opens_on, found.due_on, found.inform_on, found.frozen_on))


@dataclass(frozen=True)
class NewExemption:
    """The command for an exemption: an office on the roster is not expected to report from a day on, and why."""

    office: str
    valid_from: date | None
    valid_to: date | None
    reason: str
    client_id: str = field(default_factory=new_client_id)


def add_exemption(session: Session, actor: Actor, command: NewExemption) -> Exemption:
    """Exempt an office. It covers a year if it covers its 31 December (METHODOLOGY, State).

    Raises:
        Invalid: no such office, no first day, no reason, or it is exempt in these days already. Forbidden.
    """
    demand(Permission.EXEMPTION_EDIT, actor)
    sent_before = session.scalar(select(Exemption).where(Exemption.client_id == command.client_id))
    if sent_before is not None:
        return sent_before
    problems = list(_exemption_problems(session, command))
    if problems:
        raise Invalid(problems)
    made = Exemption(**{**asdict(command), "reason": command.reason.strip()})
    if not _inserted(session, made):  # the same form, sent twice at the same moment
        return session.scalars(select(Exemption).where(Exemption.client_id == command.client_id)).one()
    _exempted(session, actor, "exemption.added", made)
    return made


def end_exemption(session: Session, actor: Actor, key: int, valid_to: date | None, seen: str) -> Exemption:
    """Say until when (inclusive) an exemption holds. It is never deleted.

    Raises:
        NotFound: no such exemption. Invalid: no day, or before its first. Stale, Forbidden.
    """
    demand(Permission.EXEMPTION_EDIT, actor)
    found = session.get(Exemption, key, with_for_update=True)
    if found is None:
        raise NotFound(N_("There is no such exemption."))
    if valid_to is None:
        raise Invalid.at("valid_to", N_("Give the last day on which the office is exempt."))
    if valid_to < found.valid_from:
        raise Invalid.at("valid_to", N_("This is before the exemption begins."))
    if found.valid_to == valid_to:
        return found
    if str(found.valid_to or "") != seen:
        raise Stale(0, 1)
    if _exempt_already(session, found.office, found.valid_from, valid_to, found.id):
        raise Invalid.at("valid_to", N_("The office has another exemption in these days. End that one first."))
    found.valid_to = valid_to
    session.flush()
    _exempted(session, actor, "exemption.ended", found)
    return found


def write_sentence(session: Session, actor: Actor, office: str, year: int, sentence: str, seen: str) -> None:
    """Put a sentence of the office beside its state in a year (crisis, vacancy); a blank one takes it away.

    Raises:
        Invalid: more than 300 characters. Stale: somebody wrote another in between. NotFound, Forbidden.
    """
    demand(Permission.OFFICE_SENTENCE_WRITE, actor, office)
    _check_office_year(session, office, year)
    words = " ".join(sentence.split())
    if len(words) > SENTENCE_LIMIT:
        raise Invalid.at("sentence", N_("This text has more than 300 characters."))
    session.flush()
    found = sentence_of(session, office, year, lock=True)
    if words == (found.sentence if found else ""):
        return
    if sentence_text(found) != seen:
        raise Stale(0, 1)
    assert actor.user_id is not None
    written = {"sentence": words, "written_by": actor.user_id, "written_at": clock.now()}
    if found is None:
        if not _inserted(session, OfficeSentence(office=office, year=year, **written)):
            raise Stale(0, 1)
    elif words:
        found.sentence, found.written_by, found.written_at = words, actor.user_id, clock.now()
    else:
        session.delete(found)
    session.flush()
    _audit(session, actor, "office.sentence", ("office_sentence", f"{office}-{year}"), {"sentence": words})
    announce(session, Changed("office_sentence", f"{office}-{year}"))


def sentence_text(found: OfficeSentence | None) -> str:
    """When the sentence was written, as text; "" of none."""
    return found.written_at.isoformat() if found else ""


def _inserted(session: Session, row: object) -> bool:
    """Insert the row; False if somebody inserted its like at the same moment."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def _check_office_year(session: Session, office: str, year: int) -> None:
    found = directory(session).offices.get(office)
    if found is None or not found.reports or not FIRST_YEAR <= year <= clock.today().year + 1:
        raise NotFound(N_("There is no annual return of this office for this year."))


def _dates(found: Round) -> RoundDates:
    return RoundDates(found.year, found.opens_on, found.due_on, found.inform_on, found.frozen_on)


def _round_problems(command: RoundDates) -> Iterator[Problem]:
    if command.opens_on is None:
        yield Problem("opens_on", N_("Give the day on which the round opens."))
    elif command.opens_on.year < command.year:
        yield Problem("opens_on", N_("A round cannot open before its year begins."))
    if command.due_on is None:
        yield Problem("due_on", N_("Give the day by which returns are due."))
    elif command.opens_on is not None and command.due_on < command.opens_on:
        yield Problem("due_on", N_("Returns cannot be due before the round opens."))
    yield from _freeze_problems(command)


def _freeze_problems(command: RoundDates) -> Iterator[Problem]:
    if command.frozen_on and command.due_on and command.frozen_on <= command.due_on:
        yield Problem("frozen_on", N_("The figures are frozen after the due day."))
    if command.inform_on and not command.frozen_on:
        yield Problem("inform_on", N_("Say first when the figures are frozen."))
    if command.inform_on and command.frozen_on and command.inform_on > command.frozen_on:
        yield Problem("inform_on", N_("Offices are informed before the figures are frozen."))


def _exemption_problems(session: Session, command: NewExemption) -> Iterator[Problem]:
    office = directory(session).offices.get(command.office)
    if office is None or not office.reports:
        yield Problem("office", NO_OFFICE)
    if not command.reason.strip():
        yield Problem("reason", N_("Give a reason in a sentence: it stands beside the office's name."))
    if len(command.reason.strip()) > REASON_LIMIT:
        yield Problem("reason", N_("This text has more than 500 characters."))
    yield from _day_problems(session, command)


def _day_problems(session: Session, command: NewExemption) -> Iterator[Problem]:
    first, last = command.valid_from, command.valid_to
    if first is None:
        yield Problem("valid_from", N_("Give the first day on which the office is exempt."))
    elif last is not None and last < first:
        yield Problem("valid_to", N_("The last day is before the first."))
    elif _exempt_already(session, command.office, first, last):
        yield Problem("valid_from", N_("The office has another exemption in these days. End that one first."))


def _exempt_already(session: Session, office: str, first: date, last: date | None, but: int | None = None) -> bool:
    others = session.scalars(select(Exemption).where(Exemption.office == office))
    return any(overlaps(e.valid_from, e.valid_to, first, last or date.max) for e in others if e.id != but)


def _exempted(session: Session, actor: Actor, action: str, exemption: Exemption) -> None:
    state = {c.key: getattr(exemption, c.key) for c in Exemption.__mapper__.column_attrs}
    _audit(session, actor, action, ("office", exemption.office), state, exemption.reason)
    announce(session, Changed("exemption", exemption.id))


def _audit(
    session: Session, actor: Actor, action: str, subject: tuple[str, str], state: dict[str, object], reason: str = ""
) -> None:
    audit.record(session, actor_id=actor.user_id, action=action, subject=subject, state=state, reason=reason)
    session.flush()
