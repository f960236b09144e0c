"""The files that a person downloads, as bytes through the real report and writer, read back as plain rows."""

from __future__ import annotations

import csv
import io

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.core.permissions import Actor, Role
from app.reports.registry import REPORTS
from app.reports.renderers.csv import write_csv

HEADQUARTERS = Actor(user_id=None, name="Headquarters", roles=frozenset({Role.HEADQUARTERS}))
Rows = list[dict[str, str]]


def download(session: Session, report: str, actor: Actor = HEADQUARTERS, **query: str | int | list[int]) -> Rows:
    """The rows of `/<report>.csv?query`, as text."""
    found = REPORTS[report]
    filters = found.parse(MultiDict({name: _texts(value) for name, value in query.items()}))
    data = b"".join(write_csv(found.table(session, actor, filters)))
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _texts(value: str | int | list[int]) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
