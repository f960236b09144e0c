"""The machine's clock steps back and forth, and nights of summer time come: nobody is thrown out, nothing is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import time_machine
from sqlalchemy import func, select

from app.activities.models import Activity
from app.core import clock
from app.core.db import new_client_id, unit_of_work
from app.core.leases import take
from app.factory import create_app
from app.operation.replay import compare
from config import Settings
from tests.chaos.scenarios import Told
from tests.chaos.site import FORM
from tests.factories.people import PASSWORD, make_person
from tests.house.world import token_of

# Spring and autumn nights of zones that offices are in, and 29 February.
NIGHTS = (
    ("Africa/Cairo", date(2026, 4, 24)), ("Africa/Cairo", date(2026, 10, 30)), ("Asia/Beirut", date(2026, 3, 29)),
    ("Europe/Chisinau", date(2026, 10, 25)), ("America/Santiago", date(2026, 4, 5)), ("Asia/Kabul", date(2028, 2, 29)),
)  # fmt: skip
STEPS = (timedelta(minutes=-90), timedelta(hours=3), timedelta(seconds=-1), timedelta(days=-1), timedelta(days=1))


def clock_steps(folder: Path, url: str) -> Told:
    """Save through every step and night; count what was refused, days that went backwards, and leases taken twice."""
    env = {"TRACKER_ENV": "development", "TRACKER_DATA_DIR": str(folder), "TRACKER_DATABASE_URL": url}
    read = Settings.from_env(env | {"TRACKER_SECRET_KEY": "0123456789abcdef" * 4})
    app = create_app(Settings(**(vars(read) | {"testing": True})))
    sessions = app.extensions["tracker.sessions"]
    refused, saved, backwards, twice = 0, 0, 0, 0
    with time_machine.travel(datetime(2026, 3, 28, 12, tzinfo=UTC), tick=False), unit_of_work(sessions) as session:
        make_person(session, "staff@demo.example", role=None)
        from app.accounts.models import User
        from app.core.permissions import SYSTEM, Role
        from app.offices.services import NewMembership, add_membership

        user = session.scalars(select(User)).one()
        add_membership(session, SYSTEM, NewMembership(user.id, Role.COUNTRY_STAFF, office="0060", home=True,
                                                      valid_from=date(2021, 1, 1)))  # fmt: skip
    for zone, night in NIGHTS:
        begin = datetime.combine(night - timedelta(days=1), datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
        with time_machine.travel(begin + timedelta(hours=20), tick=False) as now:
            before = clock.office_today(zone)
            for _quarter in range(12 * 4):
                now.shift(timedelta(minutes=15))
                backwards += clock.office_today(zone) < before
                before = clock.office_today(zone)
            client = app.test_client()
            sent = {"csrf_token": token_of(client.get("/sign-in")), "email": "staff@demo.example", "password": PASSWORD}
            assert client.post("/sign-in", data=sent).status_code == 302
            held = take(sessions, "clock")
            for step in STEPS:
                now.shift(step)
                twice += step == STEPS[0] and held is not None and take(sessions, "clock") is not None
                page = client.get("/me")
                if page.status_code != 200:
                    refused += 1
                    continue
                title = f"{zone} {night} {step}"
                form = FORM | {"csrf_token": token_of(page), "client_id": new_client_id(), "title": title,
                               "actual_start-year": "2024"}  # fmt: skip
                saved += client.post("/activities/new", data=form).status_code == 302
    with sessions() as session:
        rows = session.scalar(select(func.count()).select_from(Activity)) or 0
        apart = sum(1 for _each in compare(session))
    sessions.kw["bind"].dispose()
    told: Told = {"days backwards": backwards, "leases taken twice": twice, "facts apart": apart}
    told |= {"nights": len(NIGHTS), "steps": len(NIGHTS) * len(STEPS), "asked to sign in again": refused}
    return told | {"saved": saved, "acknowledged and lost": saved - rows}
