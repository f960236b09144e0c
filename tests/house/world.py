"""A small world for the house tests: one browser for every kind of person, and records in every state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.activities.routes_evidence import EXTENSION
from app.core import clock
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM, Role
from app.exchange.routes import EXTENSION as IMPORTS
from app.figures.services import Freeze, freeze_figure
from app.offices.queries import actor_for
from app.returns.services import open_round, sign_return
from app.saved_filters.services import Save, save_filter
from config import Settings
from tests.compiled import share_templates
from tests.databases import PostgresServer, SqliteServer
from tests.factories.people import PASSWORD, add_role, make_person
from tests.house.records import BYTES, CO_OFFICE, KINDS, OFFICE, Record, sheet_of, state_of

NEIGHBOUR, REGION, OTHER_REGION = "2040", "ROSA", "LACRO"
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
# The figure that headquarters froze: the world in 2025.
FROZEN_ROW = {"report": "trend", "row": "2025/approved/world//", "year": "2025"}


def email_of(who: str) -> str:
    """The address with which `who` signs in."""
    return f"{who}@demo.example"


@dataclass
class World:
    """The application on a database of its own, with people and records."""

    app: Flask
    sessions: sessionmaker[Session]
    _browsers: dict[str, FlaskClient] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)
    _records: dict[str, Record] = field(default_factory=dict)

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
        if who not in self._tokens:
            self._tokens[who] = token_of(self.browser(who).get("/sign-in" if who == NOBODY else "/me"))
        return self._tokens[who]

    def sign_in(self, whom: Iterable[str]) -> None:
        """Everybody of these has a browser that is signed in."""
        for who in whom:
            self.browser(who)

    def forget(self, who: str) -> None:
        """The session of this person's browser has ended."""
        self._browsers.pop(who, None)
        self._tokens.pop(who, None)

    def post(self, who: str, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        """Send a form with a good token."""
        return self.browser(who).post(path, data={**(data or {}), "csrf_token": self.token(who)})

    def make(self, kind: str) -> Record:
        """A fresh record of this kind; of those of which there is one only, it takes the place of the old one."""
        with unit_of_work(self.sessions) as session:
            self._records[kind] = KINDS[kind](session, kind)
            return self._records[kind]

    def unspoilt(self, kind: str) -> Record:
        """The record of this kind that was made last. Who changes it makes another."""
        return self._records.get(kind) or self.make(kind)

    def state(self, record: Record) -> tuple[Any, ...]:
        """What must be the same after a refusal."""
        with self.sessions() as session:
            return state_of(session, record)


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
    app = share_templates(create_app(Settings(**(vars(read) | {"testing": True}))))
    sessions = app.extensions["tracker.sessions"]
    store = app.extensions[EXTENSION].store
    with store.received([BYTES]) as taken:
        store.keep(taken)
    for kind in ("import-sent", "import-checked"):
        with app.extensions[IMPORTS].store.received([sheet_of(kind)]) as taken:
            app.extensions[IMPORTS].store.keep(taken)
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
    running = clock.today().year
    for year in (2025, running):
        open_round(session, year)
    sign_return(session, SYSTEM, "3300", 2025, "nil", words="Nobody asked.")
    sign_return(session, SYSTEM, CO_OFFICE, 2025, "support")
    headquarters = actor_for(session, people["hq"].id)
    assert headquarters is not None
    row = Freeze(FROZEN_ROW["report"], (("year", "2025"),), FROZEN_ROW["row"], "Coverage in 2025")
    freeze_figure(session, headquarters, row)
    save_filter(session, headquarters, Save("South Asia in 2025", "/reports/trend?year=2025&region=ROSA"))
