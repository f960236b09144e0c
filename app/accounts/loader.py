"""From the cookie to the actor: the session's row decides, and a row that is ended opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import structlog
from flask import g, session
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.accounts import queries, services
from app.core import clock, versions
from app.core.db import unit_of_work
from app.core.permissions import Actor
from app.core.web.db import session_factory

TOKEN = "token"  # noqa: S105 - the name of the cookie's entry, not a secret
PERSON = "_user_id"  # Flask-Login's entry: the person's mark, changed when every session ends

ActorFor = Callable[[Session, int, date], Actor | None]


def make_loader(actor_for: ActorFor) -> Callable[[], Actor | None]:
    """A loader for the guard. `actor_for` is the offices' query: this room is below them and may not import it."""

    def load() -> Actor | None:
        token = session.get(TOKEN)
        if not isinstance(token, str):
            return None
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
            _touch(found.session_id)
        return replace(actor, session_id=found.session_id)

    return load


def _touch(session_id: int) -> None:
    try:
        with unit_of_work(session_factory()) as writing:
            writing.connection(execution_options={"bookkeeping": True})
            services.touch_session(writing, session_id)
    except OperationalError:  # somebody writes for long: the next request will note it
        structlog.get_logger().warning("a visit could not be noted")
