"""Flask-Security, as far as it fits (docs/decisions/0002-sign-in.md): its datastore, its sign-in, its hash settings."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, g
from flask_security import Security, UserMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import ColumnElement, select

from app.accounts.models import User
from app.core.web.db import get_session

CONFIG = {
    # The same hashes as app.accounts.passwords: plain argon2id, no pepper that a changed key would spoil.
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    "SECURITY_SEND_REGISTER_EMAIL": False,
    "SECURITY_DEFAULT_REMEMBER_ME": False,
}


class Person(UserMixin):
    """A user as Flask-Security wants one: our model stays plain. It has no roles here; ours are memberships."""

    roles: Any = ()

    def __init__(self, *, uniquifier: str, email: str = "", active: bool = True) -> None:
        self.fs_uniquifier = uniquifier
        self.email = email
        self.active = active


class NoRole:
    """Stands where Flask-Security wants a class of roles. It has no table and no rows."""


class RequestDatastore(UserDatastore):
    """Finds people in the request's session. `commit` only flushes: the edge commits, once."""

    def __init__(self) -> None:
        super().__init__(cast(Any, User), cast(Any, NoRole))

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Any:
        """The user with this one attribute, e.g. email="…" or fs_uniquifier="…"."""
        ((name, value),) = by.items()
        column: ColumnElement[Any] = getattr(User, name)
        return get_session().scalar(select(User).where(column == value))

    def find_role(self, role: str) -> None:
        """There are none."""

    def put(self, model: Any) -> Any:
        """Add a row to the request's session."""
        get_session().add(model)
        return model

    def delete(self, model: Any) -> None:
        """Delete a row in the request's session."""
        get_session().delete(model)

    def commit(self) -> None:
        """Flush."""
        get_session().flush()


def install(app: Flask) -> None:
    """Set Flask-Security up without its pages. Whoever holds a live server-side session is its current user."""
    for name, value in CONFIG.items():
        app.config.setdefault(name, value)
    Security(app, RequestDatastore(), register_blueprint=False)
    manager: Any = cast(Any, app).login_manager
    manager.session_protection = None  # our own session rows do this
    manager.user_loader(_current_person)
    manager.request_loader(lambda _request: None)  # no tokens in addresses or headers


def _current_person(uniquifier: str) -> Person | None:
    """Asks no database: the guard has already found out who this is, or nobody asked."""
    known = g.get("signed_in")
    return Person(uniquifier=uniquifier) if known is not None and known.uniquifier == uniquifier else None
