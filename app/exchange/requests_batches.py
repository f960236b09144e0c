"""The files of recommendations that were read: who sent each and when, and what it brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.activities.models import ImportBatch
from app.asked.models import SupportRequest
from app.core.errors import NotFound
from app.core.i18n import N_

KIND = "requests"
SHOWN = 100
NO_SUCH = N_("There is no such file.")


@dataclass(frozen=True)
class BatchLine:
    """One file. `sender` is blank where a command sent it; `made` counts the requests that it brought."""

    batch: ImportBatch
    sender: str
    made: int
    undone: bool


def batch_lines(session: Session) -> list[BatchLine]:
    """The newest files that brought a request."""
    asked = _lines().order_by(ImportBatch.id.desc()).limit(SHOWN)
    return [_line(*row) for row in session.execute(asked)]


def line_of(session: Session, batch: ImportBatch) -> BatchLine:
    """The same of one."""
    return _line(*session.execute(_lines().where(ImportBatch.id == batch.id)).one())


def find_batch(session: Session, client_id: str) -> ImportBatch:
    """The file with this name in addresses. Raises NotFound."""
    found = session.scalar(select(ImportBatch).where(ImportBatch.client_id == client_id, ImportBatch.kind == KIND))
    if found is None:
        raise NotFound(NO_SUCH)
    return found


def brought(session: Session, batch: ImportBatch) -> list[SupportRequest]:
    """The first of the requests that it brought, as they are now."""
    asked = select(SupportRequest).where(SupportRequest.batch_id == batch.id).order_by(SupportRequest.id)
    return list(session.scalars(asked.limit(SHOWN)))


def _lines() -> Any:
    """What was undone is not known by its row any more."""
    asked = select(
        ImportBatch, User.name, func.count(SupportRequest.id), func.count(SupportRequest.original_identifier)
    )
    asked = asked.outerjoin(User, User.id == ImportBatch.imported_by)
    asked = asked.outerjoin(SupportRequest, SupportRequest.batch_id == ImportBatch.id)
    return asked.where(ImportBatch.kind == KIND).group_by(ImportBatch.id, User.name)


def _line(batch: ImportBatch, name: str | None, made: int, known: int) -> BatchLine:
    return BatchLine(batch, name or "", made, undone=made > 0 and known == 0)
