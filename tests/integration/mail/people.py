"""People around office 0060, as actors."""

from app.core import clock
from app.core.permissions import Role
from app.offices.queries import actor_for
from tests.factories.people import make_person


def person(session, name, role=Role.COUNTRY_STAFF, **more):
    """An actor with this role; the address begins with `name`."""
    made = make_person(session, f"{name}@demo.example", role=role, **more)
    return actor_for(session, made.id, clock.today())


def office_and_adviser(session):
    """Staff of 0060 and the adviser of its region."""
    return person(session, "staff"), person(session, "adviser", Role.REGIONAL_ADVISER)
