"""The one way in and the one way out of a browser session: cookie, row and Flask-Security together."""

from __future__ import annotations

from enum import Enum

import structlog
from flask import g, request, session
from flask_security import login_user, logout_user

from app.accounts import factors, passkeys, queries, services
from app.accounts.house import site
from app.accounts.loader import TOKEN
from app.accounts.models import User
from app.accounts.security import Person
from app.core.db import unit_of_work
from app.core.i18n import N_
from app.core.web import logs
from app.core.web.db import session_factory

NOT_RIGHT = N_("The email address or the password is not right.")
CODE_NOT_RIGHT = N_("The code is not right, or it was used already.")
PASSKEY_NOT_RIGHT = N_("The passkey was not accepted. Try again, or use your password.")
TOO_LATE = N_("That took more than ten minutes. Begin again with your password.")
HALF = "second"


class Door(Enum):
    """What became of somebody who knocked."""

    SHUT = "shut"
    SECOND = "second"
    OPEN = "open"


def open_door(email: str, password: str) -> Door:
    """Sign the browser in if the password is right; who has a second factor is asked for it next.

    Raises:
        services.Throttled: too many failures.
    """
    user = services.authenticate(session_factory(), email=email, password=password, address=request.remote_addr)
    _log("password", user)
    if user is None:
        return Door.SHUT
    return let_in(user, strong=False)


def let_in(user: User, *, strong: bool) -> Door:
    """Somebody proved who they are, `strong` with two factors."""
    with session_factory()() as reading:
        owes = not strong and queries.has_second_factor(reading, user.id)
    if owes:
        token = _start(user, stage="second")
        _forget()
        session[HALF] = token
        return Door.SECOND
    _let_in(user, strong)
    return Door.OPEN


def half_in() -> User | None:
    """Who gave the password in this browser and owes the second factor."""
    token = session.get(HALF)
    if not isinstance(token, str):
        return None
    with session_factory()() as reading:
        found = queries.half_signed_in(reading, services.token_hash(token))
    return found[1] if found else None


def second_step(code: str, answer: str = "") -> Door:
    """The second factor: a code of the app, a recovery code, or what a passkey answered.

    Raises:
        services.Throttled: too many codes.
    """
    user = half_in()
    if user is None:
        return Door.SHUT
    right = proves(user, code, answer)
    _log("second factor", user if right else None)
    if not right:
        return Door.SECOND
    _end_half()
    _let_in(user, True)
    return Door.OPEN


def proves(user: User, code: str, answer: str = "") -> bool:
    """A second factor of this person."""
    if answer:
        with unit_of_work(session_factory()) as writing:
            return passkeys.proved_by(writing, site(), answer, user.id) is not None
    return factors.check_code(session_factory(), user, code, request.remote_addr)


def open_by_passkey(answer: str) -> bool:
    """Sign in by a passkey alone, which is two factors."""
    with unit_of_work(session_factory()) as writing:
        user = passkeys.proved_by(writing, site(), answer)
        if user is not None:
            services.note_sign_in(writing, user, request.remote_addr)
    _log("passkey", user)
    if user is None:
        return False
    _let_in(user, True)
    return True


def close_door() -> None:
    """Empty the cookie. The row is ended by the caller, through the services."""
    logout_user()
    _forget()
    session.modified = True


def _log(how: str, user: User | None) -> None:
    """One line for each try: how, and whether it was right. Never what was typed; the address is in the database."""
    taken = {"result": "taken", "user": user.id} if user else {"result": "refused"}
    structlog.get_logger().info("sign-in", how=how, request_id=logs.request_id(), **taken)


def _let_in(user: User, strong: bool) -> None:
    """What the cookie held before is gone (session fixation)."""
    token = _start(user, strong=strong)
    _forget()
    login_user(Person(uniquifier=user.fs_uniquifier, email=user.email), remember=False, authn_via=["password"])
    session[TOKEN] = token
    session.permanent = True


def _start(user: User, stage: str = "open", strong: bool = False) -> str:
    # Session bookkeeping has a transaction of its own: the page that answers may already ask who is signed in.
    where, agent = request.remote_addr, request.user_agent.string
    with unit_of_work(session_factory()) as writing:
        return services.start_session(writing, user, address=where, agent=agent, stage=stage, strong=strong)


def _end_half() -> None:
    with unit_of_work(session_factory()) as writing:
        found = queries.half_signed_in(writing, services.token_hash(session[HALF]))
        if found is not None:
            services.end_session(writing, found[0].id, user_id=found[1].id)


def _forget() -> None:
    session.clear()
    for name in ("csrf_token", "csrf_valid", "actor", "signed_in", "user_language", "locale_code"):
        g.pop(name, None)
