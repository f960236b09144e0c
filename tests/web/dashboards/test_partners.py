"""Who works where: every number is that of the list it leads to."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from app.activities.rules import PartnerTag
from app.activities.services import withdraw_activity
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM
from tests.factories.activities import approved, drafted, submitted
from tests.web.conftest import SignIn
from tests.web.dashboards.conftest import See

PAGE = "/countries/AFG/partners"


@pytest.fixture
def records(sessions: sessionmaker[Session]) -> None:
    """Of each kind that could be counted here and not there."""
    with unit_of_work(sessions) as session:
        approved(
            session, partners=(PartnerTag("undp", "lead"), PartnerTag("unodc", "funds")), coordinator_involved="yes"
        )
        approved(
            session, partners=(PartnerTag("undp", "funds"), PartnerTag("unodc", "lead")), in_country_plan="unknown"
        )
        approved(session, co_offices=("2040",), in_country_plan="no")
        approved(session, status="cancelled", status_reason="No money", partners=(PartnerTag("undp", "lead"),))
        drafted(session, partners=(PartnerTag("undp", "lead"),))
        submitted(session, coordinator_involved="yes")
        gone = approved(session, partners=(PartnerTag("undp", "lead"),))
        withdraw_activity(session, SYSTEM, gone, "Logged twice.", gone.version)


@pytest.mark.both_engines
@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("who", ["staff", "adviser", "hq"])
def test_every_number_is_that_of_its_list(client: FlaskClient, sign_in: SignIn, see: See, who: str) -> None:
    sign_in(client, f"{who}@demo.example")
    page = see(PAGE)
    links = page.xpath("//main//td[contains(@class, 'num')]/a | //main//section//li/a[contains(@href, '/activities')]")
    told = {link.get("href"): re.match(r"\d+", link.text_content())[0] for link in links}  # type: ignore[index]
    assert len(told) >= 8
    for url, number in told.items():
        assert see(url).xpath("//*[contains(@class, 'count')]/@data-n")[:1] == [number], url
    text = " ".join(page.text_content().split())
    assert "Not known: 1 of 3" in text
    assert "Not recorded: 2 of 3" in text
    assert "Not recorded" in see("/activities?in_country_plan=not_recorded").text_content()
