"""One session a request, one commit at the edge.

GET and HEAD always roll back; under test a GET that changed something fails loudly. Every other method commits once,
if its answer is below 400. Exports that stream own a session of their own, closed when the stream ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, has_app_context, request
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from app.core.db import writing

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_EXTENSION = "tracker.sessions"
_SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_FULL = 5, 6, 13

Chunk = TypeVar("Chunk")


class DirtyGet(AssertionError):
    """A page that only shows something changed something. Raised under test only."""


def install(app: Flask, sessions: sessionmaker[Session]) -> None:
    """Give `app` its sessions. Installed last of all `after_request` hooks, so that the commit comes first."""
    app.extensions[_EXTENSION] = sessions
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
        session = session_factory()()
        g.db_session = session
        if request.method in SAFE_METHODS:
            _watch(session)
        else:
            with writing():
                session.connection()
    return session


def streaming_session() -> Session:
    """A session for a generator, which must close it: `with session: yield …`. Opens nothing until it is used."""
    return session_factory()()


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
