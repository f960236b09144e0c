"""Rows of deliveries, and what became of them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.activities.deliveries import Delivery, read_delivery
from app.activities.lines import live_deliveries
from app.activities.models import Activity
from app.coverage.keeping import verify
from app.operation.replay import compare
from tests.integration.activities.kept import drift

ONE = {"on": "2025-04-03", "what": "Second session", "place": "Herat", "hours": "6.5", "profession": "judges",
       "women": "12", "men": "0", "not_recorded": "", "people_basis": "counted"}  # fmt: skip


def held(activity: Activity, **changes: str) -> dict[str, str]:
    """A good row of a delivery of the activity."""
    return {"reference": activity.reference, **ONE, **changes}


def lines_of(session: Session, activity: Activity) -> list[Delivery]:
    """Its deliveries as they are now, without their ids."""
    found = session.get_one(Activity, activity.id, populate_existing=True)
    session.refresh(found, ["deliveries", "confirmations"])
    blank = "00000000-0000-4000-8000-000000000000"
    return [Delivery(**{**vars(read_delivery(line)), "client_id": blank}) for line in live_deliveries(found)]


def years(session: Session, activity: Activity) -> set[int]:
    """The years that a delivery confirms."""
    return {c.year for c in session.get_one(Activity, activity.id).confirmations if c.how == "delivery"}


def whole(session: Session) -> None:
    """What is kept beside the records agrees with them."""
    session.expire_all()
    assert drift(session) == []
    assert list(verify(session)) == []
    assert [each for each in compare(session) if each.subject[0] == "activity"] == []
