"""Taking back a file of requests as a whole, while nobody worked on what came of it.

The requests are withdrawn, not removed: they counted from the first day, so figures, mail and people may have named
them. What made them known again goes, so that the same file can be read anew.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from app.asked.listing import EVERY_TAG
from app.asked.models import RequestActivity, RequestComment, RequestStep, SupportRequest
from app.asked.services import done_quietly
from app.core import clock
from app.core.errors import Refused
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand

BUILT_ON = N_("Somebody worked on what it brought already: %(references)s. So the file cannot be undone as a whole.")
UNDONE = N_("It is undone already.")
REASON = "The import of %(name)s was undone."
MOST_NAMED, PART = 5, 200
R = SupportRequest


def undo_import(session: Session, actor: Actor, batch_id: int, file_name: str) -> int:
    """Withdraw all that the file brought; returns how many requests that were.

    Raises:
        Refused: somebody worked on one of them, or it is undone already. Forbidden.
    """
    demand(Permission.REQUEST_IMPORT, actor)
    keys = list(session.scalars(select(R.id).where(R.batch_id == batch_id).order_by(R.id).with_for_update()))
    if not session.scalar(select(func.count(R.original_identifier)).where(R.batch_id == batch_id)):
        raise Refused(UNDONE)
    used = list(session.scalars(select(R.reference).where(R.batch_id == batch_id, _worked_on()).order_by(R.id)))
    if used:
        named = ", ".join(used[:MOST_NAMED]) + ("…" if len(used) > MOST_NAMED else "")
        raise Refused(BUILT_ON % {"references": named})
    for start in range(0, len(keys), PART):
        part = select(R).where(R.id.in_(keys[start : start + PART])).order_by(R.id)
        for request in session.scalars(part.options(*EVERY_TAG, selectinload(R.steps))):
            _withdraw(session, actor, request, REASON % {"name": file_name})
        session.flush()
        session.expunge_all()
    return len(keys)


def _withdraw(session: Session, actor: Actor, request: SupportRequest, reason: str) -> None:
    request.original_identifier = request.original_digest = None
    request.withdrawn_at, request.withdrawn_by, request.withdrawn_reason = clock.now(), actor.user_id, reason
    request.version += 1
    request.changed_at = clock.now()
    done_quietly(session, actor, "request.withdrawn", request, reason)


def _worked_on() -> ColumnElement[bool]:
    """It was saved since, or something points to it by now."""
    later = aliased(R)
    pointing: list[Any] = [
        exists().where(part.request_id == R.id) for part in (RequestActivity, RequestStep, RequestComment)
    ]
    repeated = exists().where(later.repeats_id == R.id, func.coalesce(later.batch_id, 0) != R.batch_id)
    return or_(R.version != 1, *pointing, repeated)
