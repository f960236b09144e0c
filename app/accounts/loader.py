"""From the cookie, or from a token, to the actor: a row decides, and a row that is ended opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import structlog
from flask import g, request, session
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.accounts import queries, services, tokens
from app.accounts.house import owes_second_factor
from app.core import clock, versions
from app.core.db import unit_of_work
from app.core.errors import TrackerError
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.web.db import session_factory

TOKEN = "token"  # noqa: S105 - the name of the cookie's entry, not a secret
PERSON = "_user_id"  # Flask-Login's entry: the person's mark, changed when every session ends
BEARER = "Bearer "
# Pages about people and accounts are never for programs, whatever their addresses end in.
NOT_FOR_TOKENS = frozenset({"accounts", "people"})

ActorFor = Callable[[Session, int, date], Actor | None]


class TokenRefused(TrackerError):
    """A token that opens nothing, or not this."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


UNKNOWN = N_("This access token is not known, or it was revoked, or it has expired.")
READS_ONLY = N_("An access token opens addresses that end in .csv or .json, to read. For all else, sign in.")


def make_loader(actor_for: ActorFor) -> Callable[[], Actor | None]:
    """A loader for the guard. `actor_for` is the offices' query: this room is below them and may not import it."""

    def load() -> Actor | None:
        given = request.headers.get("Authorization", "")
        if given[: len(BEARER)].casefold() == BEARER.casefold():
            g.actor = None  # an error page must not ask again
            if request.blueprint is None:  # no such address, or one of the program's own, which has its own token
                return None
            return _by_token(actor_for, given[len(BEARER) :].strip())
        token = session.get(TOKEN)
        return _by_cookie(actor_for, token) if isinstance(token, str) else None

    return load


def _by_cookie(actor_for: ActorFor, token: str) -> Actor | None:
    # A session of its own: a request that writes must not hold the write lock while we find out who it is.
    with session_factory()() as reading:
        found = queries.signed_in(reading, services.token_hash(token))
        if found is None or session.get(PERSON) != found.uniquifier:
            return None
        actor = actor_for(reading, found.user_id, clock.today())
        # Read before the page reads anything (app.core.web.unchanged).
        g.data_version = versions.data_version(reading)
    if actor is None:
        return None
    g.signed_in, g.user_language = found, found.language
    if found.touch_due:
        _note(lambda writing: services.touch_session(writing, found.session_id))
    owes = owes_second_factor(actor, enrolled=found.enrolled, demonstration=found.demonstration)
    return replace(actor, session_id=found.session_id, fresh=found.fresh, must_enrol=owes)


def _by_token(actor_for: ActorFor, token: str) -> Actor:
    """Who reads with this token, if it is for this address at all."""
    with session_factory()() as reading:
        found = tokens.bearer(reading, token)
        actor = actor_for(reading, found.user_id, clock.today()) if found else None
        g.data_version = versions.data_version(reading)
    if found is None or actor is None:
        raise TokenRefused(401, UNKNOWN)
    if not _is_for_programs():
        raise TokenRefused(403, READS_ONLY)
    g.user_language = found.language
    if found.touch_due:
        _note(lambda writing: tokens.touch_token(writing, found.token_id))
    owes = owes_second_factor(actor, enrolled=found.enrolled, demonstration=found.demonstration)
    return replace(actor, token_id=found.token_id, must_enrol=owes)


def _is_for_programs() -> bool:
    reads = request.method in ("GET", "HEAD") and request.path.endswith((".csv", ".json"))
    return reads and request.blueprint not in NOT_FOR_TOKENS


def _note(note: Callable[[Session], None]) -> None:
    try:
        with unit_of_work(session_factory()) as writing:
            writing.connection(execution_options={"bookkeeping": True})
            note(writing)
    except OperationalError:  # somebody writes for long: the next request will note it
        structlog.get_logger().warning("a visit could not be noted")
