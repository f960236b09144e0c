"""Codes, mails and forms for tests of accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.accounts import factors, totp
from app.accounts.links import answer_resets
from app.accounts.models import User
from app.core import clock
from app.core.db import unit_of_work
from app.mail.letters import Post
from app.mail.sending import Sent, bundle, send_each


@dataclass
class Postman:
    """A carrier that keeps what it is given."""

    carried: list[EmailMessage] = field(default_factory=list)

    def carry(self, mail: EmailMessage) -> None:
        self.carried.append(mail)


def mails(sessions: sessionmaker[Session]) -> list[EmailMessage]:
    """What `tracker mail send` would send now."""
    postman = Postman()
    with unit_of_work(sessions) as session:
        answer_resets(session)
    for _one in send_each(
        sessions, bundle(sessions), postman, Post("https://tracker.example", "tracker@example.org"), Sent()
    ):
        pass
    return postman.carried


def link_in(mail: EmailMessage) -> str:
    """The path of the first address in a mail."""
    found = re.search(r"https://tracker\.example(/\S+)", mail.get_content())
    assert found, mail.get_content()
    return found.group(1)


def send(client: FlaskClient, page: TestResponse, action: str = "", **more: str) -> TestResponse:
    """Send the form of `page` whose address ends with `action` (the first in main if not said), filled in."""
    forms = BeautifulSoup(page.text, "html.parser").select("main form[method=post]")
    form = next(each for each in forms if str(each["action"]).endswith(action))
    inputs = [each for each in form.select("input[name]") if each.get("type") not in ("checkbox", "radio")]
    inputs += form.select("input[checked]")
    fields: dict[str, str] = {str(each["name"]): str(each.get("value", "")) for each in inputs}
    return client.post(str(form["action"]), data={**fields, **more})


def enrol(sessions: sessionmaker[Session], user_id: int) -> list[str]:
    """Give a person an authenticator app with a known secret, and recovery codes."""
    with unit_of_work(sessions) as session:
        secret = factors.begin_authenticator(session, user_id)
        code = totp.code_at(secret, totp.step_at(clock.now()) - 1)
        SECRETS[user_id] = secret
        return factors.confirm_authenticator(session, user_id, code, None)


SECRETS: dict[int, str] = {}


def code_of(user: User, moment: datetime | None = None, later: int = 0) -> str:
    """What the person's app shows."""
    return totp.code_at(SECRETS[user.id], totp.step_at(moment or clock.now()) + later)


def texts(page: TestResponse, selector: str) -> Iterator[str]:
    """Texts of the elements."""
    return (each.get_text(" ", strip=True) for each in BeautifulSoup(page.text, "html.parser").select(selector))
