"""What the pages about people show."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.activities.words import day
from app.codelists.queries import labels
from app.core import clock
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _, current_locale
from app.offices.models import Membership
from app.offices.queries import directory
from app.offices.reviewers import staff_of
from app.people.forms import TakeForm
from app.people.handing import takers
from app.people.models import Handover
from app.people.queries import Open, has_lead, how_much, memberships, open_parts
from app.people.rules import ASKED, Left
from app.people.words import left_words, place_words, role_words


@dataclass(frozen=True)
class PersonLine:
    """A membership in words; `end_url` is "" where the reader may not end it."""

    name: str
    role: str
    until: str
    end_url: str


@dataclass(frozen=True)
class OpenLine:
    """A part of a handover that waits for an answer."""

    text: str
    place: str
    since: str
    url: str


@dataclass(frozen=True)
class PeoplePage:
    """All that the page shows. `acting` is the form of who signs, None where there is a lead."""

    place: str
    office: str | None
    offices: list[tuple[str, str]]
    people: list[PersonLine]
    waiting: list[OpenLine]
    acting: TakeForm | None


def people_page(session: Session, actor: Actor, asked: str | None, form: TakeForm | None = None) -> PeoplePage:
    """The page of an office; of one's own where none is asked for; of regions and the world for administrators."""
    offices = _offices(session, actor)
    known = {code for code, _name in offices}
    office = asked if asked in known else None
    if office is None and not actor.administrator:
        office = min(actor.lead_of, default=offices[0][0] if offices else None)
    held = memberships(session, office) if office or actor.administrator else []
    ends = can(Permission.MEMBERSHIP_END, actor, office or "")
    return PeoplePage(
        place=labels(session).of("office", office, current_locale().code) if office else _("Regions and the world"),
        office=office,
        offices=offices if len(offices) > 1 else [],
        people=[
            PersonLine(
                name=each.name,
                role=_role(session, each),
                until=day(str(each.valid_to)) if each.valid_to else "",
                end_url=url_for("people.edit_end", key=each.key) if ends else "",
            )
            for each in held
        ],
        waiting=[_open(session, each) for each in open_parts(session, actor)],
        acting=_acting(session, actor, office, form),
    )


def _role(session: Session, held: object) -> str:
    role = role_words(held)
    return role if getattr(held, "office", None) else f"{role}, {place_words(session, held)}"


def _offices(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Offices that the reader looks after, by name."""
    mine = [code for code in directory(session).offices if can(Permission.HANDOVER_ANSWER, actor, code)]
    names, language = labels(session), current_locale().code
    return sorted(((code, names.of("office", code, language)) for code in mine), key=lambda pair: pair[1].casefold())


def _open(session: Session, left: Open) -> OpenLine:
    return OpenLine(
        text=f"{_(ASKED[left.kind])} {left.name}",
        place=place_words(session, left),
        since=day(left.ends_on.isoformat()),
        url=url_for("people.handover", key=left.handover) + f"#{left.kind}",
    )


def _acting(session: Session, actor: Actor, office: str | None, form: TakeForm | None) -> TakeForm | None:
    if form is None:
        vacant = office and not has_lead(session, office, clock.today())
        if not vacant or not can(Permission.ACTING_NAME, actor, office):
            return None
        form = TakeForm(formdata=None)
    form.person.offer(staff_of(session, office or ""), _("Choose somebody"))
    return form


@dataclass(frozen=True)
class EndPage:
    """Whose membership of what."""

    key: int
    name: str
    role: str
    place: str


def end_page(session: Session, found: Membership) -> EndPage:
    """What the form of an ending is about."""
    return EndPage(found.id, session.get_one(User, found.user_id).name, role_words(found), place_words(session, found))


@dataclass(frozen=True)
class PartLine:
    """One part: what is asked, how much there is, the form or the answer."""

    kind: str
    asked: str
    much: str
    form: TakeForm | None
    answer: str


@dataclass(frozen=True)
class HandoverPage:
    """All that the page shows."""

    key: int
    name: str
    place: str
    ends_on: str
    parts: list[PartLine]


def take_form(session: Session, handover: Handover, *, blank: bool = False, prefix: str = "") -> TakeForm:
    """The form of who takes a part."""
    form = TakeForm(formdata=None, prefix=prefix) if blank else TakeForm()
    keeps = _("Nobody: the office keeps it") if handover.office else _("Nobody: whoever advises the region")
    form.person.offer(takers(session, handover), keeps)
    return form


def handover_page(
    session: Session, actor: Actor, handover: Handover, refused: str = "", form: TakeForm | None = None
) -> HandoverPage:
    """A handover; the part that was refused with the form as it was typed."""
    parts = []
    for part in handover.parts:
        kind = Left(part.kind)
        own = form if form is not None and refused == part.kind else take_form(session, handover, blank=True)
        parts.append(
            PartLine(
                kind=part.kind,
                asked=_(ASKED[kind]),
                much=left_words(kind, how_much(session, handover, kind)) if part.answered_at is None else "",
                form=own if part.answered_at is None else None,
                answer=_answer(session, part.taken_by),
            )
        )
    name = session.get_one(User, handover.user_id).name
    return HandoverPage(handover.id, name, place_words(session, handover), day(handover.ends_on.isoformat()), parts)


def _answer(session: Session, taken_by: int | None) -> str:
    return session.get_one(User, taken_by).name if taken_by else _("The office keeps it")
