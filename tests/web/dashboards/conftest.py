"""A small world whose figures are known by heart, and pages read as a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from app.activities.facts import answer_joint
from app.core import clock
from app.core.permissions import SYSTEM
from app.offices.models import Exemption
from app.returns.services import open_round, sign_return
from tests.databases import Prepared
from tests.factories.activities import approved, drafted, submitted
from tests.web.conftest import PEOPLE

TODAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
YEAR = 2025
# South Asia in 2025: three provided, two declared, one nil, one unanswered, one exempt.
PROVIDED = {"0060", "2040", "2970"}
DECLARED = {"3300", "5070"}
NIL = {"0490"}
UNANSWERED = {"0780"}
EXEMPT = {"2740"}

See = Callable[..., html.HtmlElement]


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with clock.pretending(TODAY):
        yield


def make_world(session: Session) -> None:
    """Records and returns of 2025, one record of 2008, one draft."""
    with clock.pretending(TODAY):
        open_round(session, YEAR)
        approved(session, "0060", title="Open to its region")
        approved(session, "0060", title="Open to its office", visibility="office")
        approved(session, "0420", title="Elsewhere", countries=("BRB",), visibility="office")
        joint = approved(session, "2040", title="Together", co_offices=("2970",))
        answer_joint(session, SYSTEM, joint, "2970", accept=True)
        submitted(session, "3300", title="Not reviewed yet")
        sign_return(session, SYSTEM, "5070", YEAR, "support")
        sign_return(session, SYSTEM, "0490", YEAR, "nil", words="Nobody asked.")
        sign_return(session, SYSTEM, "2970", YEAR, "nil", words="We forgot the joint one.")
        session.add(Exemption(office="2740", valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31), reason="Flood"))
        approved(session, "0060", title="Long ago", status="closed", actual_start="2008-02-01", actual_end="2008-06-30")
        approved(session, "297R", title="Of the regional office", countries=("NPL",))
        drafted(session, "0060", title="Begun")


WORLD = Prepared("a small world", make_world, on=PEOPLE)


@pytest.fixture
def prepared(request: pytest.FixtureRequest) -> Prepared:
    """The world, where the test asks for it."""
    return WORLD if "world" in request.fixturenames else PEOPLE


@pytest.fixture
def world() -> None:
    """What `make_world` makes is in this test's database."""


@pytest.fixture
def see(client: FlaskClient) -> See:
    """`see("/coverage")` is the page as a tree; the answer must be 200 (or `status`)."""

    def run(path: str, status: int = 200) -> html.HtmlElement:
        answer = client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:1000])
        return html.document_fromstring(answer.text)

    return run


def words(page: html.HtmlElement, path: str = "//main") -> str:
    """The text of the first element at `path`, white space single."""
    return " ".join(page.xpath(path)[0].text_content().split())


def offices_in(page: html.HtmlElement, section: str) -> set[str]:
    """Codes of the offices named in a section of the page."""
    links = page.xpath(f"//*[@id='{section}']//tbody//th//a/@href")
    return {link.rsplit("/", 1)[1] for link in links}
