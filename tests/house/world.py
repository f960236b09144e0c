"""A small world for the house tests: one browser for every kind of person, and records in every state."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.activities.facts import Delivery, Step, add_delivery, add_link, add_next_step
from app.activities.models import Activity
from app.activities.review import question_activity, set_aside
from app.activities.services import withdraw_activity
from app.core.audit import AuditEvent
from app.core.db import Base, new_client_id, unit_of_work
from app.core.permissions import SYSTEM, Role
from app.figures.services import Freeze, freeze_figure
from app.offices.queries import actor_for
from app.returns.services import open_round, sign_return
from app.saved_filters.services import Save, save_filter
from config import Settings
from tests.databases import PostgresServer, SqliteServer
from tests.factories.activities import approved, drafted, proposed, returned, submitted
from tests.factories.people import PASSWORD, add_role, make_person

OFFICE, CO_OFFICE, NEIGHBOUR, REGION, OTHER_REGION = "0060", "0420", "2040", "ROSA", "LACRO"
NOBODY = "nobody"
# Everybody whom the matrix asks, in the order of its columns: name -> role and office or region.
PEOPLE: dict[str, tuple[Role | None, str]] = {
    "no-role": (None, ""),
    "staff": (Role.COUNTRY_STAFF, OFFICE),
    "lead": (Role.COUNTRY_LEAD, OFFICE),
    "neighbour": (Role.COUNTRY_STAFF, NEIGHBOUR),
    "elsewhere": (Role.COUNTRY_STAFF, CO_OFFICE),
    "adviser": (Role.REGIONAL_ADVISER, REGION),
    "adviser2": (Role.REGIONAL_ADVISER, OTHER_REGION),
    "hq": (Role.HEADQUARTERS, ""),
    "admin": (Role.ADMINISTRATOR, ""),
}
WHO = (NOBODY, *PEOPLE)
BOOKKEEPING = frozenset({"user_session", "sign_in_attempt", "audit_event"})
_numbers = itertools.count(1)
# The figure that headquarters froze: the world in 2025.
FROZEN_ROW = {"report": "trend", "row": "2025/approved/world//", "year": "2025"}


def email_of(who: str) -> str:
    """The address with which `who` signs in."""
    return f"{who}@demo.example"


@dataclass(frozen=True)
class Record:
    """A record of office 0060: its address, its version, and one delivery and one next step of it."""

    reference: str
    version: int
    line: int
    step: int


def _withdrawn(session: Session, **changes: Any) -> Activity:
    made = approved(session, OFFICE, **changes)
    _add_facts(session, made)
    return withdraw_activity(session, SYSTEM, made, "Logged twice.", made.version)


def _questioned(session: Session, **changes: Any) -> Activity:
    made = approved(session, OFFICE, **changes)
    return question_activity(session, SYSTEM, made, "Which body was it?", made.version)


def _set_aside(session: Session, **changes: Any) -> Activity:
    made = approved(session, OFFICE, **changes)
    return set_aside(session, SYSTEM, made, "No counterpart outside the office.", made.version)


# kind of record -> how it is made. All are of office 0060; unless told, they are open to the office and its region.
KINDS: dict[str, Callable[[Session], Activity]] = {
    "draft": lambda s: drafted(s, OFFICE),
    "submitted": lambda s: submitted(s, OFFICE),
    "returned": lambda s: returned(s, OFFICE),
    "approved": lambda s: approved(s, OFFICE),
    "office": lambda s: approved(s, OFFICE, visibility="office"),
    "all_staff": lambda s: approved(s, OFFICE, visibility="all_staff"),
    "sensitive": lambda s: approved(s, OFFICE, visibility="all_staff", sensitive=True),
    "joint": lambda s: approved(s, OFFICE, visibility="office", co_offices=(CO_OFFICE,)),
    "proposed": lambda s: proposed(s, approved(s, OFFICE), title="Course for judges and prosecutors"),
    "withdrawn": _withdrawn,
    "questioned": _questioned,
    "set-aside": _set_aside,
}


@dataclass
class World:
    """The application on a database of its own, with people and records."""

    app: Flask
    sessions: sessionmaker[Session]
    _browsers: dict[str, FlaskClient] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    def browser(self, who: str) -> FlaskClient:
        """The browser of this person, signed in once."""
        if who not in self._browsers:
            self._browsers[who] = self.fresh_browser(who)
        return self._browsers[who]

    def fresh_browser(self, who: str) -> FlaskClient:
        """Another browser of this person."""
        client = self.app.test_client()
        if who != NOBODY:
            token = token_of(client.get("/sign-in"))
            sent = {"csrf_token": token, "email": email_of(who), "password": PASSWORD}
            assert client.post("/sign-in", data=sent).status_code == 302, who
        return client

    def token(self, who: str) -> str:
        """A good CSRF token of this person's browser."""
        if who == NOBODY:  # whose token ends with each sign-out
            return token_of(self.browser(who).get("/sign-in"))
        if who not in self._tokens:
            self._tokens[who] = token_of(self.browser(who).get("/me"))
        return self._tokens[who]

    def forget(self, who: str) -> None:
        """The session of this person's browser has ended."""
        self._browsers.pop(who, None)
        self._tokens.pop(who, None)

    def post(self, who: str, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        """Send a form with a good token."""
        return self.browser(who).post(path, data={**(data or {}), "csrf_token": self.token(who)})

    def make(self, kind: str | Callable[[Session], Activity]) -> Record:
        """A fresh record of this kind, with a delivery, a next step and a link."""
        with unit_of_work(self.sessions) as session:
            activity = KINDS[kind](session) if isinstance(kind, str) else kind(session)
            if activity.withdrawn_at is None:
                _add_facts(session, activity)
            session.flush()
            line, step = activity.deliveries[0].id, activity.next_steps[0].id
            return Record(activity.reference, activity.version, line, step)

    def state(self, reference: str) -> tuple[Any, ...]:
        """What must be the same after a refusal: the version and how many times the record was written."""
        with self.sessions() as session:
            version = session.scalar(sa.select(Activity.version).where(Activity.reference == reference))
            written = sa.select(sa.func.count()).where(
                AuditEvent.subject_kind == "activity", AuditEvent.subject_key == reference
            )
            return version, session.scalar(written)

    def fingerprint(self) -> dict[str, int]:
        """A hash of every table but the bookkeeping of sessions, attempts and refusals."""
        with self.sessions() as session:
            return {
                table.name: hash(tuple(sorted(repr(tuple(row)) for row in session.execute(sa.select(table)))))
                for table in Base.metadata.sorted_tables
                if table.name not in BOOKKEEPING
            }

    def get_activity(self, reference: str) -> Activity:
        """The activity with what it holds, detached."""
        with self.sessions() as session:
            return session.scalars(sa.select(Activity).where(Activity.reference == reference)).one()


def _add_facts(session: Session, activity: Activity) -> None:
    held = Delivery(on="2025-03-11", what="Second session", place="Kabul")
    add_delivery(session, SYSTEM, activity, held)
    add_next_step(session, SYSTEM, activity, Step("Ask again", "The lead"))
    add_link(session, SYSTEM, activity, "https://example.org/report", "Report", new_client_id())


def token_of(page: TestResponse) -> str:
    """The CSRF token in a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, page.text[:500]
    return found.group(1)


@contextmanager
def new_world(server: SqliteServer | PostgresServer, folder: Path) -> Iterator[World]:
    """A world of its own on a fresh database; both go at the end."""
    from app.factory import create_app

    url = server.filled()
    env = {"TRACKER_ENV": "development", "TRACKER_DATA_DIR": str(folder), "TRACKER_DATABASE_URL": url}
    read = Settings.from_env(env | {"TRACKER_SECRET_KEY": "0123456789abcdef" * 4})
    app = create_app(Settings(**(vars(read) | {"testing": True})))
    sessions = app.extensions["tracker.sessions"]
    with unit_of_work(sessions) as session:
        _fill(session)
    yield World(app, sessions)
    sessions.kw["bind"].dispose()
    server.drop(url)


def _fill(session: Session) -> None:
    people = {}
    for who, (role, place) in PEOPLE.items():
        people[who] = person = make_person(session, email_of(who), role=None)
        if role is not None:
            add_role(session, person, role, office=place or OFFICE, region=place or REGION)
    running = date.today().year
    for year in (2025, running):
        open_round(session, year)
    sign_return(session, SYSTEM, "3300", 2025, "nil", words="Nobody asked.")
    sign_return(session, SYSTEM, CO_OFFICE, 2025, "support")
    headquarters = actor_for(session, people["hq"].id)
    assert headquarters is not None
    row = Freeze(FROZEN_ROW["report"], (("year", "2025"),), FROZEN_ROW["row"], "Coverage in 2025")
    freeze_figure(session, headquarters, row)
    save_filter(session, headquarters, Save("South Asia in 2025", "/reports/trend?year=2025&region=ROSA"))
