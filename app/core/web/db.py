"""One session a request, one commit at the edge.

GET and HEAD always roll back; under test a GET that changed something fails loudly. Every other method commits once,
if its answer is below 400. Exports that stream own a session of their own, closed when the stream ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import structlog
from flask import Flask, Response, current_app, g, has_app_context, request
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from app.core import versions
from app.core.db import writing

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# Blueprints whose pages and files only read: a replica may serve them.
READ_ROOMS = frozenset({"dashboards", "reports", "figures"})
_EXTENSION, _COPY = "tracker.sessions", "tracker.read_sessions"
# A replica that does not answer is left alone for so many seconds.
AWAY_FOR = 10.0
_away_until: dict[int, float] = {}
_SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_FULL = 5, 6, 13

Chunk = TypeVar("Chunk")


class DirtyGet(AssertionError):
    """A page that only shows something changed something. Raised under test only."""


def install(app: Flask, sessions: sessionmaker[Session], copy: sessionmaker[Session] | None = None) -> None:
    """Give `app` its sessions. Installed last of all `after_request` hooks, so that the commit comes first.

    `copy` are those of a read replica, which serves the pages that only read (`READ_ROOMS`) while it is up to date.
    """
    app.extensions[_EXTENSION] = sessions
    app.extensions[_COPY] = copy
    app.after_request(_finish)
    app.teardown_appcontext(_close)


def session_factory() -> sessionmaker[Session]:
    """The application's sessionmaker: for the short transactions that `app.core.db` names, and for streams."""
    sessions: sessionmaker[Session] = current_app.extensions[_EXTENSION]
    return sessions


def get_session() -> Session:
    """The request's session, opened at the first call. A writing request takes SQLite's write lock here."""
    session: Session | None = g.get("db_session")
    if session is None:
        session = _copy_session() or session_factory()()
        g.db_session = session
        if request.method in SAFE_METHODS:
            _watch(session)
        else:
            with writing():
                session.connection()
    return session


def streaming_session() -> Session:
    """A session for a generator, which must close it: `with session: yield …`. Opens nothing until it is used."""
    return _copy_session() or session_factory()()


def _copy_session() -> Session | None:
    """A session on the replica, if it may serve this page and has everything that the primary has.

    Who asks was found in the primary, with the version of the data there. The replica serves only under the same one:
    so nobody misses what they just wrote, or is shown what was since taken away, however far it lags.
    """
    copy: sessionmaker[Session] | None = current_app.extensions.get(_COPY)
    wanted = g.get("data_version")
    if copy is None or wanted is None or request.method not in SAFE_METHODS or request.blueprint not in READ_ROOMS:
        return None
    if time.monotonic() < _away_until.get(id(copy), 0.0):
        return None
    session = copy()
    try:
        if versions.data_version(session) == wanted:
            return session
    except (OperationalError, PoolTimeout):
        _away_until[id(copy)] = time.monotonic() + AWAY_FOR
        structlog.get_logger().warning("the read replica does not answer")
    session.close()
    return None


def streamed(produce: Callable[[Session], Iterator[Chunk]]) -> Iterator[Chunk]:
    """`produce(session)` as a stream whose session lives exactly as long as the stream."""
    session = streaming_session()

    def run() -> Iterator[Chunk]:
        with session:
            yield from produce(session)

    return run()


def roll_back() -> None:
    """Give up what this request changed and let go of its locks, so that a short transaction may write."""
    session: Session | None = g.pop("db_session", None) if has_app_context() else None
    if session is not None:
        session.close()


def is_busy(error: BaseException | None) -> bool:
    """True where the database could not be reached or was locked: try again, nothing is broken."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code is None or code & 0xFF in (_SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_FULL)


def _finish(response: Response) -> Response:
    session: Session | None = g.get("db_session")
    if session is None:
        return response
    if request.method in SAFE_METHODS:
        _refuse_dirt(session)
    elif response.status_code < 400:
        return _commit(session, response)
    session.rollback()
    return response


def _commit(session: Session, response: Response) -> Response:
    try:
        session.commit()
    except (OperationalError, PoolTimeout) as error:
        session.rollback()
        # Here Flask would make a bare 500 of it; the handlers know better.
        return current_app.make_response(current_app.handle_user_exception(error))
    return response


def _watch(session: Session) -> None:
    if current_app.testing:
        event.listen(session, "after_flush", _note_flush)
        event.listen(session, "do_orm_execute", _note_statement)


def _note_flush(session: Session, _context: Any) -> None:
    session.info["wrote"] = True


def _note_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        state.session.info["wrote"] = True


def _refuse_dirt(session: Session) -> None:
    if not current_app.testing:
        return
    changed = any(session.is_modified(each) for each in session.dirty)
    if session.new or session.deleted or changed or session.info.get("wrote"):
        session.rollback()
        raise DirtyGet(f"GET {request.path} changed something")


def _close(_error: BaseException | None) -> None:
    roll_back()
