"""Reading imports: the list, one with its rows by the page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.permissions import Actor
from app.exchange.models import Import, ImportRow

PAGE = 50
SHOWN = 100


@dataclass(frozen=True)
class Sent:
    """One import in the list. `sender` is blank where a command sent it."""

    imported: Import
    sender: str


def imports_of(session: Session, actor: Actor) -> list[Sent]:
    """The newest imports that the actor may see: their own, or (administrators) all."""
    asked = select(Import, User.name).outerjoin(User, User.id == Import.uploaded_by).order_by(Import.id.desc())
    if not actor.administrator:
        asked = asked.where(Import.uploaded_by == actor.user_id)
    return [Sent(imported, name or "") for imported, name in session.execute(asked.limit(SHOWN))]


def sender_of(session: Session, imported: Import) -> str:
    """The name of who sent it; blank where a command did."""
    return session.scalar(select(User.name).where(User.id == imported.uploaded_by)) or ""


def page_of_rows(session: Session, imported: Import, outcome: str, after: int) -> tuple[list[ImportRow], bool]:
    """(rows after this number, whether there are more); of one outcome, or those of any severity."""
    asked = select(ImportRow).where(ImportRow.import_id == imported.id, ImportRow.number > after)
    if outcome == "warned":
        asked = asked.where(ImportRow.worst == "warning")
    elif outcome:
        asked = asked.where(ImportRow.outcome == outcome)
    rows = list(session.scalars(asked.order_by(ImportRow.number).limit(PAGE + 1)))
    return rows[:PAGE], len(rows) > PAGE


def wrong_rows(session: Session, imported: Import) -> dict[int, list[Any]]:
    """The findings of each row that is wrong."""
    asked = select(ImportRow.number, ImportRow.findings).where(
        ImportRow.import_id == imported.id, ImportRow.outcome == "wrong"
    )
    return {number: json.loads(findings) for number, findings in session.execute(asked)}
