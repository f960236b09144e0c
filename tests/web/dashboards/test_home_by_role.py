"""What was asked of somebody stands on their home page until it is done, counted as its list is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.activities.comments import NewComment, write_comment
from app.activities.deliveries import Delivery, add_delivery
from app.activities.facts import Step, add_next_step
from app.core import clock
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM
from app.figures.services import Freeze, freeze_figure
from app.offices.models import Membership
from app.offices.queries import actor_for
from app.people.services import end_membership
from tests.factories.activities import approved, drafted, returned, submitted
from tests.web.conftest import SignIn
from tests.web.dashboards.conftest import See

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def asked(sessions: sessionmaker[Session], people: dict[str, User]) -> None:
    """Two next steps and a comment for staff, a draft and a returned record of theirs; a colleague who went."""
    with unit_of_work(sessions) as session:
        staff = actor_for(session, people["staff@demo.example"].id)
        went = actor_for(session, people["victim@demo.example"].id)
        assert staff is not None
        assert went is not None
        going_on = approved(session, actor=staff, title="Course in sessions")
        add_delivery(session, staff, going_on, Delivery("2026-01-12", "First session"))
        for what, due in (("Write to the court", date(2026, 1, 31)), ("Print the manual", None)):
            add_next_step(session, staff, going_on, Step(what, owner_id=staff.user_id, due_on=due))
        write_comment(session, SYSTEM, going_on, NewComment("Which court?", mentions=[people["staff@demo.example"].id]))
        drafted(session, actor=staff, title="Mine begun")
        returned(session, actor=staff, title="Mine returned")
        drafted(session, actor=went, title="Left behind")
        submitted(session, "2040", title="Names us", co_offices=("0060",))
        held = session.scalars(select(Membership).where(Membership.user_id == went.user_id)).one()
        end_membership(session, SYSTEM, held.id, clock.today(), "")


def tasks(see: See) -> dict[str, tuple[str, str]]:
    """name → (count, address) of what waits on the home page."""
    (section,) = see("/").xpath("//main//section[@aria-label='Waiting for you']")
    found = {}
    for box in section.xpath(".//div[h2]"):
        (link,) = box.xpath(".//p[@class='big']//a")
        found[" ".join(box.xpath("./h2")[0].text_content().split())] = (link.text_content(), link.get("href"))
    assert "0" not in {count for count, _url in found.values()}
    return found | {
        link.text_content(): ("0", link.get("href")) for link in section.xpath(".//p[contains(@class, 'idle')]/a")
    }


def listed(see: See, url: str) -> str:
    """How many the list at this address says that it shows."""
    path, _hash, anchor = url.partition("#")
    if path == "/":
        return str(len(see("/").xpath(f"//*[@id='{anchor}']//li")))
    return str(see(path).xpath("//*[contains(@class, 'count')]/@data-n")[0])


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("staff", {"My drafts": "1", "Returned to me": "1", "Next steps": "2", "Comments to you": "1",
                   "Drafts of colleagues": "2"}),
        ("lead", {"My drafts": "0", "To submit": "3", "Joint work to accept": "1", "To hand over": "1"}),
        ("adviser", {"To review": "2", "To hand over": "1"}),
        ("hq", {"Awaiting review": "2"}),
    ],
)  # fmt: skip
def test_each_count_is_that_of_its_list(
    client: FlaskClient, sign_in: SignIn, see: See, who: str, expected: dict[str, str]
) -> None:
    sign_in(client, f"{who}@demo.example")
    found = tasks(see)
    assert {name: found[name][0] for name in expected} == expected
    for name, (count, url) in found.items():
        if not url.startswith(("/coverage", "/provisions")):
            assert listed(see, url) == count, name


@pytest.mark.usefixtures("asked")
def test_a_next_step_goes_when_it_is_done(
    client: FlaskClient, sign_in: SignIn, see: See, post: Callable[..., TestResponse]
) -> None:
    sign_in(client)
    steps = see("/").xpath("//*[@id='next-steps']//li")
    assert [each.text_content().split()[0] for each in steps] == ["Write", "Print"]
    (again,) = see("/").xpath("//*[@id='go-on']//a/@href")
    assert "/deliveries/new?again=" in again
    for action in see("/next-steps").xpath("//form[contains(@action, '/next-steps/')]/@action"):
        assert post(client, action).status_code == 302
    assert see("/next-steps").xpath("//*[@data-n]/@data-n") == ["0"]
    assert "Next steps" not in tasks(see)


@pytest.mark.usefixtures("asked")
def test_a_handover_through_the_pages(
    client: FlaskClient, sign_in: SignIn, see: See, post: Callable[..., TestResponse], people: dict[str, User]
) -> None:
    sign_in(client, "lead@demo.example")
    page = see("/people").xpath("//*[@id='handovers']//a/@href")
    (action,) = see(page[0].partition("#")[0]).xpath("//form[contains(@action, '/handovers/')]/@action")
    refused = post(client, action, {"person": "99999"})
    assert refused.status_code == 422
    assert "Choose somebody of the list." in refused.text
    assert post(client, action, {"person": str(people["staff@demo.example"].id)}).status_code == 303
    assert "To hand over" not in tasks(see)
    sign_in_other = client.application.test_client()
    sign_in(sign_in_other, "staff@demo.example")
    assert "Left behind" in sign_in_other.get("/activities?mine=yes&workflow=draft").text


def test_figures_that_changed_since_they_were_frozen(
    client: FlaskClient, sign_in: SignIn, see: See, sessions: sessionmaker[Session], people: dict[str, User]
) -> None:
    with unit_of_work(sessions) as session:
        hq = actor_for(session, people["hq@demo.example"].id)
        assert hq is not None
        for year in ("2025", "2008"):
            pairs = (("year", year), ("basis", "approved"))
            freeze_figure(session, hq, Freeze("trend", pairs, f"{year}/approved/world//", f"Coverage in {year}"))
    sign_in(client, "hq@demo.example")
    assert tasks(see)["Figures changed"][0] == "0"
    with unit_of_work(sessions) as session:
        approved(session, "3300", title="Of 2025")
    count, url = tasks(see)["Figures changed"]
    assert (count, listed(see, url)) == ("1", "1")
    assert "Coverage in 2025" in see(url).xpath("//main")[0].text_content()
    assert "Coverage in 2008" not in see(url).xpath("//main")[0].text_content()
