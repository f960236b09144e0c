"""Signed-in browsers, and a few pages that only tests have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Blueprint, Flask, flash, redirect, request
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.core.errors import Forbidden, Invalid, Problem, Refused
from app.core.permissions import Permission, Role
from app.core.web.db import get_session, streamed
from app.core.web.guard import requires
from tests.databases import Prepared
from tests.factories.people import PASSWORD, make_person

SignIn = Callable[..., TestResponse]

ROLES = {
    "staff@demo.example": (Role.COUNTRY_STAFF, "0060"),
    "victim@demo.example": (Role.COUNTRY_STAFF, "0060"),
    "lead@demo.example": (Role.COUNTRY_LEAD, "0060"),
    "staff2@demo.example": (Role.COUNTRY_STAFF, "0420"),
    "adviser@demo.example": (Role.REGIONAL_ADVISER, ""),
    "hq@demo.example": (Role.HEADQUARTERS, ""),
    "admin@demo.example": (Role.ADMINISTRATOR, ""),
}


def csrf_of(page: TestResponse) -> str:
    """The token in the first form of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, page.text[:500]
    return found.group(1)


def sign_in_as(client: FlaskClient, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
    """Send the sign-in form as a browser does."""
    token = csrf_of(client.get("/sign-in"))
    return client.post("/sign-in", data={"csrf_token": token, "email": email, "password": password, **fields})


def make_people(session: Session) -> None:
    """One person of every role."""
    for email, (role, office) in ROLES.items():
        make_person(session, email, role=role, office=office or "0060")


PEOPLE = Prepared("people", make_people)


@pytest.fixture
def prepared(request: pytest.FixtureRequest) -> Prepared | None:
    """The people, where the test asks for them."""
    return PEOPLE if "people" in request.fixturenames else None


@pytest.fixture
def people(sessions: sessionmaker[Session]) -> dict[str, User]:
    """One person of every role, by address; all have the same password."""
    with sessions() as session:
        return {user.email: user for user in session.scalars(select(User).where(User.email.in_(ROLES)))}


@pytest.fixture
def sign_in(people: dict[str, User]) -> SignIn:
    """`sign_in(client, "staff@demo.example")` signs that browser in, and fails the test if it cannot."""

    def run(client: FlaskClient, email: str = "staff@demo.example") -> TestResponse:
        answer = sign_in_as(client, email)
        assert answer.status_code == 302, answer.text
        return answer

    return run


@pytest.fixture
def post() -> Callable[..., TestResponse]:
    """`post(client, path, data)` sends a form with a fresh token."""

    def run(client: FlaskClient, path: str, data: dict[str, str] | None = None, **more: object) -> TestResponse:
        token = csrf_of(client.get("/me"))
        return client.post(path, data={**(data or {}), "csrf_token": token}, **more)  # type: ignore[arg-type]

    return run


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application with the pages below."""
    app.register_blueprint(_probe())
    for endpoint, rule in {"activities.index": "/activities", "dashboards.set_language": "/language"}.items():
        if endpoint not in app.view_functions:  # until those rooms have pages
            app.add_url_rule(rule, endpoint, requires(Permission.SIGNED_IN)(lambda: "x"), methods=["GET", "POST"])
    return app


def _probe() -> Blueprint:  # noqa: C901 - a list of tiny views
    bp = Blueprint("probe", __name__, url_prefix="/probe")

    @bp.get("/unmarked")
    def unmarked() -> str:
        return "forgotten"

    @bp.route("/form", methods=["GET", "POST"])
    @requires(Permission.SIGNED_IN)
    def form() -> str:
        return "|".join(request.form.getlist("text"))

    @bp.get("/adviser")
    @requires(Permission.RETURN_RECORD)
    def adviser() -> str:
        return "for advisers"

    @bp.get("/dirty")
    @requires(Permission.PUBLIC)
    def dirty() -> str:
        get_session().execute(text("SELECT 1"))
        get_session().get_one(User, 1).name = "changed by a GET"
        return "looked"

    @bp.get("/dirty-core")
    @requires(Permission.PUBLIC)
    def dirty_core() -> str:
        get_session().query(User).update({"name": "changed by a GET"})
        return "looked"

    @bp.post("/rename/<int:status>")
    @requires(Permission.SIGNED_IN)
    def rename(status: int) -> tuple[str, int]:
        get_session().get_one(User, 1).name = "renamed"
        return "done", status

    @bp.post("/refuse/<kind>")
    @requires(Permission.SIGNED_IN)
    def refuse(kind: str) -> str:
        get_session().get_one(User, 1).name = "renamed"
        raise {
            "refused": Refused("It is approved already."),
            "invalid": Invalid([Problem("title", "Give it a title.")]),
            "forbidden": Forbidden("Not yours."),
            "crash": RuntimeError("boom"),
        }[kind]

    @bp.get("/crash<suffix>")
    @requires(Permission.PUBLIC)
    def crash(suffix: str) -> str:
        raise RuntimeError("boom")

    @bp.get("/number/<int:number>")
    @requires(Permission.PUBLIC)
    def number(number: int) -> str:
        return str(get_session().get(User, number))

    @bp.get("/stream.csv")
    @requires(Permission.SIGNED_IN)
    def stream() -> object:
        def lines(session: Session) -> Iterator[str]:
            for row in session.execute(text("SELECT code FROM office ORDER BY code")):
                yield f"{row.code},{'x' * 60}\r\n"

        return streamed(lines), {"Content-Type": "text/csv; charset=utf-8"}

    @bp.get("/go")
    @requires(Permission.PUBLIC)
    def go() -> object:
        flash("hello")
        return redirect("/sign-in")

    return bp
