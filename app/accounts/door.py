"""The one way in and the one way out of a browser session: cookie, row and Flask-Security together."""

from __future__ import annotations

from flask import g, request, session
from flask_security import login_user, logout_user

from app.accounts import services
from app.accounts.loader import TOKEN
from app.accounts.security import Person
from app.core.db import unit_of_work
from app.core.i18n import N_
from app.core.web.db import session_factory

NOT_RIGHT = N_("The email address or the password is not right.")


def open_door(email: str, password: str) -> bool:
    """Sign the browser in if the password is right. What the cookie held before is gone (session fixation).

    Raises:
        services.Throttled: too many failures.
    """
    where = request.remote_addr
    user = services.authenticate(session_factory(), email=email, password=password, address=where)
    if user is None:
        return False
    # Session bookkeeping has a transaction of its own: the page that answers may already ask who is signed in.
    with unit_of_work(session_factory()) as writing:
        token = services.start_session(writing, user, address=where, agent=request.user_agent.string)
    _forget()
    login_user(Person(uniquifier=user.fs_uniquifier, email=user.email), remember=False, authn_via=["password"])
    session[TOKEN] = token
    session.permanent = True
    return True


def close_door() -> None:
    """Empty the cookie. The row is ended by the caller, through the services."""
    logout_user()
    _forget()
    session.modified = True


def _forget() -> None:
    session.clear()
    for name in ("csrf_token", "csrf_valid", "actor", "signed_in", "user_language", "locale_code"):
        g.pop(name, None)
