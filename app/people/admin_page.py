"""What the pages of administering people show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from app.accounts.factors import factors_of
from app.accounts.models import User
from app.accounts.queries import live_sessions
from app.accounts.tokens import count_live
from app.activities.words import day
from app.codelists.queries import labels
from app.core import clock
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _, current_locale
from app.offices.models import Membership
from app.offices.queries import directory
from app.people.admin import idle_people, open_invitation
from app.people.queries_access import (
    PAGE,
    REVIEW_EVERY,
    Access,
    Asked,
    find_people,
    history_of,
    last_reviews,
    memberships_of,
    reviews_of,
    who_can,
)
from app.people.words import ROLES, place_words, role_words

STATES = {
    "active": N_("Active"),
    "invited": N_("Never signed in"),
    "inactive": N_("Deactivated"),
    "all": N_("All"),
}
ACTIONS = {
    "account.create": N_("Account made"),
    "account.change": N_("Name or address changed"),
    "account.password": N_("Password set"),
    "account.language": N_("Language chosen"),
    "account.activate": N_("Let in again"),
    "account.deactivate": N_("Deactivated"),
    "account.invitation": N_("Invited"),
    "account.reset": N_("New password asked for"),
    "account.link-used": N_("Answered the mail"),
    "account.sign-out-everywhere": N_("Signed out everywhere"),
    "account.authenticator": N_("Authenticator app added"),
    "account.authenticator-removed": N_("Authenticator app removed"),
    "account.passkey": N_("Passkey added"),
    "account.passkey-removed": N_("Passkey removed"),
    "account.recovery-codes": N_("Recovery codes made"),
    "account.recovery-used": N_("Recovery code used"),
    "account.factors-reset": N_("Second factor removed by an administrator"),
    "account.identity": N_("Connected with a sign-in elsewhere"),
    "account.identity-removed": N_("Disconnected from a sign-in elsewhere"),
    "account.token": N_("Access token made"),
    "account.token-revoked": N_("Access token revoked"),
    "mail.chosen": N_("Rhythm of mail chosen"),
    "membership.add": N_("Role given"),
    "membership.end": N_("Role ended"),
    "membership.home": N_("Home changed"),
    "membership.acting": N_("Stands in for a lead"),
}


@dataclass(frozen=True)
class PersonLine:
    """One person of the list."""

    url: str
    name: str
    email: str
    roles: Sequence[str]
    last: datetime | None
    active: bool


@dataclass(frozen=True)
class PeopleList:
    """A page of people; `idle` of them will be disabled by the next run of the command."""

    asked: Asked
    count: int
    lines: Sequence[PersonLine]
    idle: Sequence[PersonLine]
    idle_days: int
    places: Sequence[tuple[str, str]]
    previous: str
    following: str


def people_list(session: Session, asked: Asked, idle_days: int) -> PeopleList:
    """Who fits, by name."""
    found = find_people(session, asked)
    idle = idle_people(session, idle_days) if asked == Asked() else []
    everybody = [*found.people, *(each.user for each in idle)]
    held = memberships_of(session, [user.id for user in everybody])
    return PeopleList(
        asked=asked,
        count=found.count,
        lines=[_line(session, user, held[user.id]) for user in found.people],
        idle=[_line(session, each.user, held[each.user.id]) for each in idle],
        idle_days=idle_days,
        places=_places(session),
        previous=_page_url(asked, asked.page - 1) if asked.page > 1 else "",
        following=_page_url(asked, asked.page + 1) if found.count > asked.page * PAGE else "",
    )


def _line(session: Session, user: User, held: Sequence[Membership]) -> PersonLine:
    today = clock.today()
    live = [each for each in held if each.valid_to is None or each.valid_to >= today]
    roles = [f"{role_words(each)}, {place_words(session, each)}" for each in live]
    url = url_for("people.person", key=user.id)
    return PersonLine(url, user.name, user.email, roles, user.last_sign_in_at, user.active)


def _page_url(asked: Asked, page: int) -> str:
    given: dict[str, Any] = {"q": asked.words, "state": asked.state, "role": asked.role, "place": asked.place}
    return url_for("people.administer", **{name: value for name, value in given.items() if value}, page=page)


def _places(session: Session) -> list[tuple[str, str]]:
    names, language = labels(session), current_locale().code
    offices = [(code, names.of("office", code, language)) for code in directory(session).offices]
    return sorted(offices, key=lambda pair: pair[1].casefold())


@dataclass(frozen=True)
class HeldLine:
    """A membership in words; `state` is past, now or to come."""

    key: int
    role: str
    place: str
    since: str
    until: str
    state: str
    home: bool
    group: bool


@dataclass(frozen=True)
class EventLine:
    """An event in words."""

    at: datetime
    what: str
    by: str
    reason: str


@dataclass(frozen=True)
class PersonPage:
    """All about one person that an administrator needs."""

    user: User
    held: Sequence[HeldLine]
    sessions: int
    tokens: int
    factors: Sequence[str]
    invited_until: date | None
    events: Sequence[EventLine]


def person_page(session: Session, user: User) -> PersonPage:
    """One person."""
    found = factors_of(session, user.id)
    named = [_("Authenticator app")] if found.authenticator else []
    return PersonPage(
        user=user,
        held=[_held(session, each) for each in memberships_of(session, [user.id])[user.id]],
        sessions=len(live_sessions(session, user.id)),
        tokens=count_live(session, user.id),
        factors=[*named, *(_("Passkey “%(name)s”", name=each.name) for each in found.passkeys)],
        invited_until=open_invitation(session, user.id),
        events=[
            EventLine(each.at, _(ACTIONS.get(each.action, each.action)), each.by, each.reason)
            for each in history_of(session, user.id)
        ],
    )


def _held(session: Session, each: Membership) -> HeldLine:
    today = clock.today()
    over = each.valid_to is not None and each.valid_to < today
    state = "past" if over else "to come" if each.valid_from > today else "now"
    until = day(str(each.valid_to)) if each.valid_to else ""
    place, since = place_words(session, each), day(str(each.valid_from))
    return HeldLine(each.id, role_words(each), place, since, until, state, each.home, each.origin == "group")


@dataclass(frozen=True)
class AccessLine:
    """Somebody who can see, and perhaps sign for, the office."""

    name: str
    role: str
    place: str
    until: str
    last: datetime | None
    second_factor: bool
    end_url: str


@dataclass(frozen=True)
class AccessPage:
    """Who can see and sign for an office, and who said that it is right."""

    office: str
    place: str
    signs: Sequence[AccessLine]
    sees: Sequence[AccessLine]
    seen: str
    reviews: Sequence[tuple[datetime, str]]


def access_page(session: Session, actor: Actor, office: str) -> AccessPage:
    """One office."""
    found = who_can(session, office)
    return AccessPage(
        office=office,
        place=labels(session).of("office", office, current_locale().code),
        signs=[_access(session, actor, each) for each in found if each.signs],
        sees=[_access(session, actor, each) for each in found if not each.signs],
        seen=",".join(str(each.key) for each in found),
        reviews=reviews_of(session, office),
    )


def _access(session: Session, actor: Actor, each: Access) -> AccessLine:
    ends = can(Permission.MEMBERSHIP_END, actor, each.office or "")
    return AccessLine(
        name=each.name,
        role=role_words(each),
        place=place_words(session, each),
        until=day(str(each.valid_to)) if each.valid_to else "",
        last=each.last_sign_in,
        second_factor=each.second_factor,
        end_url=url_for("people.edit_end", key=each.key) if ends else "",
    )


@dataclass(frozen=True)
class OfficeLine:
    """An office whose access the reader looks over; `due`: it was half a year ago, or never."""

    url: str
    name: str
    last: datetime | None
    due: bool


def access_list(session: Session, actor: Actor) -> list[OfficeLine]:
    """Offices that the reader may look over: those that wait longest first."""
    names, language, last = labels(session), current_locale().code, last_reviews(session)
    mine = [code for code in directory(session).offices if can(Permission.ACCESS_REVIEW, actor, code)]
    limit = clock.now() - REVIEW_EVERY
    lines = [
        OfficeLine(
            url_for("people.access", code=code),
            names.of("office", code, language),
            last.get(code),
            last.get(code) is None or last[code] < limit,
        )
        for code in mine
    ]
    return sorted(
        lines, key=lambda line: (line.last is not None, line.last.isoformat() if line.last else "", line.name)
    )


def role_choices() -> list[tuple[str, str]]:
    """Roles for the filter."""
    return [(role.value, _(words)) for role, words in ROLES.items()]
