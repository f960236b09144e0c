"""A file sent by the page of imports, and its forms filled in as a browser does."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.activities.models import Activity
from app.core.db import new_client_id
from config import ROOT
from tests.integration.exchange.sheets import csv_text, row

Post = Callable[..., TestResponse]
GOOD = csv_text([row(), row(title="Second course", summary="=1+1")])
MIXED = csv_text([row(), row(title="", how="magic", summary="=1+1"), row(lead_office="0420")])
SAMPLE = ROOT / "tests" / "data"


def send(client: FlaskClient, post: Post, data: str | bytes, name: str = "a.csv", **more: str) -> str:
    """The address of the import."""
    whole = data.encode() if isinstance(data, str) else data
    sent = {"client_id": new_client_id(), "file": (BytesIO(whole), name), **more}
    answer = post(client, "/imports", sent)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def fields(page: TestResponse, action: str) -> dict[str, Any]:
    """What the form of this action would send."""
    form = re.search(rf'<form[^>]*action="[^"]*{action}"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    assert form, page.text
    found: dict[str, Any] = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form[1]))
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form[1], re.DOTALL):
        chosen = re.search(r'<option[^>]*selected[^>]*value="([^"]*)"|<option value="([^"]*)"[^>]*selected', body)
        found[name] = (chosen[1] or chosen[2] or "") if chosen else ""
    return found


def checked(client: FlaskClient, post: Post, data: str | bytes, **more: str) -> str:
    """Sent, and looked at; where the page asks how it is read, with what it proposes."""
    page = send(client, post, data, **more)
    shown = client.get(page)
    if "Sent, not looked at" in shown.text:
        answer = post(client, f"{page}/columns", fields(shown, "columns"))
        assert answer.status_code == 303, answer.text
    return page


def count(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(Activity)) or 0
