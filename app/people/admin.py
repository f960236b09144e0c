"""Inviting people, letting them in and out, and looking at who can see what. Part of the room's services."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts import links, services, tokens
from app.accounts.models import User
from app.accounts.models_proof import AccountLink
from app.core import audit, clock
from app.core.errors import Invalid, NotFound, Problem, Refused, Stale
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, Role, demand
from app.offices.models import Membership
from app.offices.services import NewMembership, add_membership, problems_of_place
from app.people.models import AccessReview
from app.people.queries_access import who_can
from app.people.services import end_membership

LAST_ADMINISTRATOR = N_("This is the last administrator. Make another one first.")
NOT_ONESELF = N_("You cannot deactivate your own account. Ask another administrator.")
REASON_MISSING = N_("Say why, for the history.")
NO_ROLE = N_("Choose a role.")


@dataclass(frozen=True)
class Invitation:
    """Whom to invite, and to what."""

    email: str
    name: str
    language: str
    membership: NewMembership
    client_id: str


def find_person(session: Session, actor: Actor, key: int, *, lock: bool = False) -> User:
    """A person, for an administrator.

    Raises:
        NotFound: there is none. Forbidden.
    """
    demand(Permission.PERSON_ADMINISTER, actor)
    found = session.get(User, key, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound(N_("There is no such person."))
    return found


def invitation_problems(
    session: Session, email: str, name: str, role: NewMembership | None, client_id: str
) -> list[Problem]:
    """All that keeps somebody from being invited; `role` None where none was chosen. Of a form that was sent before
    nothing does.
    """
    if session.scalar(select(User.id).where(User.client_id == client_id)) is not None:
        return []
    found = services.identity_problems(session, email, name)
    return found + ([Problem("role", NO_ROLE)] if role is None else list(problems_of_place(session, role)))


def invite(session: Session, actor: Actor, command: Invitation) -> User:
    """Make an account with its first role, and mail the link by which its person chooses a password. Twice is once.

    Raises:
        Invalid: anything wrong, each at its field. Forbidden.
    """
    demand(Permission.PERSON_ADMINISTER, actor)
    before = session.scalar(select(User).where(User.client_id == command.client_id))
    if before is not None:
        return before
    made = services.create_user(
        session, email=command.email, name=command.name, password=None, language=command.language,
        actor_id=actor.user_id, client_id=command.client_id,
    )  # fmt: skip
    add_membership(session, actor, replace(command.membership, user_id=made.id, home=True))
    links.make_link(session, made, "invitation", actor_id=actor.user_id)
    return made


def invite_again(session: Session, actor: Actor, user: User) -> None:
    """Mail a new link; the old one ends.

    Raises:
        Refused: the person has come in already, or is not active.
    """
    demand(Permission.PERSON_ADMINISTER, actor)
    if user.password is not None or not user.active:
        raise Refused(N_("Only somebody who is active and has no password yet is invited again."))
    links.make_link(session, user, "invitation", actor_id=actor.user_id)


def change_person(session: Session, actor: Actor, user: User, name: str, email: str, seen: str) -> None:
    """Write another name or address. `seen` is what the form showed.

    Raises:
        Invalid, Stale, Forbidden.
    """
    demand(Permission.PERSON_ADMINISTER, actor)
    if seen != seen_of(user):
        raise Stale(0, 1)
    services.change_person(session, user, name=name, email=email, actor_id=actor.user_id)


def seen_of(user: User) -> str:
    """What a form about the person showed."""
    return f"{user.name}|{user.email}|{int(user.active)}"


def deactivate(session: Session, actor: Actor, user: User, reason: str, *, roles_end: bool) -> None:
    """Let somebody in no more: sessions, tokens and links end; with `roles_end` the roles too, with their handovers.

    Raises:
        Invalid: no reason. Refused: oneself, or the last administrator. Forbidden.
    """
    demand(Permission.PERSON_ADMINISTER, actor)
    if not reason.strip():
        raise Invalid([Problem("reason", REASON_MISSING)])
    if user.id == actor.user_id:
        raise Refused(NOT_ONESELF)
    _shut(session, user, reason.strip(), actor.user_id)
    for each in lasting_memberships(session, user.id) if roles_end else ():
        end_membership(session, actor, each.id, max(each.valid_from, clock.today()), str(each.valid_to or ""))


def _shut(session: Session, user: User, reason: str, actor_id: int | None) -> None:
    if user.active and not _another_administrator(session, user.id):
        raise Refused(LAST_ADMINISTRATOR)
    services.set_active(session, user, False, actor_id=actor_id, reason=reason)
    tokens.revoke_all(session, user.id)


def _another_administrator(session: Session, user_id: int) -> bool:
    """The tracker has an administrator without this person, or this person is none."""
    today = clock.today()
    live = (
        Membership.role == Role.ADMINISTRATOR, Membership.valid_from <= today,
        or_(Membership.valid_to.is_(None), Membership.valid_to >= today), User.active,
    )  # fmt: skip
    found = set(session.scalars(select(Membership.user_id).join(User, User.id == Membership.user_id).where(*live)))
    return user_id not in found or len(found) > 1


def reactivate(session: Session, actor: Actor, user: User) -> None:
    """Let somebody in again, with the memberships that have not ended."""
    demand(Permission.PERSON_ADMINISTER, actor)
    services.set_active(session, user, True, actor_id=actor.user_id)


def lasting_memberships(session: Session, user_id: int) -> list[Membership]:
    """Those of today or later."""
    lasting = or_(Membership.valid_to.is_(None), Membership.valid_to > clock.today())
    return list(
        session.scalars(select(Membership).where(Membership.user_id == user_id, lasting).order_by(Membership.id))
    )


@dataclass(frozen=True)
class Idle:
    """Somebody who has not signed in for long. `since`: the last sign-in, or when the account was made or reopened."""

    user: User
    since: datetime


def idle_people(session: Session, days: int) -> list[Idle]:
    """Active people without a sign-in in so many days, the longest first. Demonstration accounts are nobody."""
    limit = clock.now() - timedelta(days=days)
    people = session.scalars(select(User).where(User.active, ~User.demonstration).order_by(User.id))
    found = [Idle(user, _last_sign(user)) for user in people]
    return sorted((each for each in found if each.since < limit), key=lambda each: (each.since, each.user.id))


def _last_sign(user: User) -> datetime:
    return max(each for each in (user.last_sign_in_at, user.activated_at, user.created_at) if each is not None)


def disable_idle(session: Session, days: int) -> tuple[list[User], list[User]]:
    """Deactivate whoever has been away so long; memberships stay, for the day they come back.

    Returns:
        Who was disabled; who was not, because nobody else is administrator.
    """
    done, kept = [], []
    for each in idle_people(session, days):
        try:
            _shut(session, each.user, f"No sign-in since {each.since.date().isoformat()}", None)
            done.append(each.user)
        except Refused:
            kept.append(each.user)
    return done, kept


def confirm_access(session: Session, actor: Actor, office: str, seen: str, client_id: str) -> None:
    """Say that the right people see and sign for the office, today. Sent twice it is said once.

    Raises:
        Stale: the list is another than the one shown. Forbidden.
    """
    demand(Permission.ACCESS_REVIEW, actor, office)
    if session.scalar(select(AccessReview.id).where(AccessReview.client_id == client_id)) is not None:
        return
    shown = [each.key for each in who_can(session, office)]
    if ",".join(map(str, shown)) != seen or actor.user_id is None:
        raise Stale(0, 1)
    made = AccessReview(client_id=client_id, office=office, made_by=actor.user_id, made_at=clock.now(), shown=shown)
    session.add(made)
    session.flush()
    subject, state = ("office", office), {"memberships": shown}
    audit.record(session, actor_id=actor.user_id, action="access.reviewed", subject=subject, state=state)
    session.flush()


def open_invitation(session: Session, user_id: int) -> date | None:
    """Until when the last invitation is good; None if there is none."""
    mine = (AccountLink.user_id == user_id, AccountLink.kind == "invitation", AccountLink.ended_at.is_(None))
    until = session.scalar(select(func.max(AccountLink.expires_at)).where(*mine, AccountLink.expires_at > clock.now()))
    return until.date() if until else None
