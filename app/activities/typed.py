"""What somebody typed into an activity's form and has not saved: kept while they type, for themselves alone.

No audit event and no version comes of it. One row a form that was opened (its own `client_id`): two tabs, or two
machines, never overwrite each other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.models_review import TypedText
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand

Pairs = Sequence[tuple[str, str]]
MOST_LISTED = 5


def keep_typed(
    session: Session, actor: Actor, client_id: str, pairs: Pairs, *, office: str, activity: Activity | None = None
) -> TypedText:
    """Keep the raw fields of the form `client_id`, in place of what it said before.

    Raises:
        Forbidden: not an office, or not a record, of the actor's. NotFound: the form is somebody else's.
    """
    if activity is None:
        demand(Permission.ACTIVITY_CREATE, actor, office)
    else:
        demand(Permission.ACTIVITY_EDIT, actor, activity)
    kept = session.scalar(select(TypedText).where(TypedText.client_id == client_id))
    if kept is None:
        kept = TypedText(client_id=client_id, user_id=actor.user_id)
        session.add(kept)
    elif kept.user_id != actor.user_id:
        raise NotFound(N_("This form is not yours."))
    kept.office, kept.activity_id = office, activity.id if activity else None
    kept.fields = json.dumps(list(pairs), ensure_ascii=False)
    kept.typed_at = clock.now()
    session.flush()
    return kept


def forget_typed(session: Session, actor: Actor, client_id: str) -> None:
    """The form was saved, or its text is thrown away. Only one's own; none is no error."""
    own = delete(TypedText).where(TypedText.client_id == client_id, TypedText.user_id == actor.user_id)
    session.execute(own, execution_options={"synchronize_session": False})


def find_typed(session: Session, actor: Actor, client_id: str) -> TypedText | None:
    """What the actor typed into this form."""
    return session.scalar(select(TypedText).where(TypedText.client_id == client_id, TypedText.user_id == actor.user_id))


def typed_by(session: Session, actor: Actor, activity: Activity | None) -> list[TypedText]:
    """What the actor typed about this record, or into forms that became none yet; the newest first."""
    about = TypedText.activity_id == (activity.id if activity else None)
    own = select(TypedText).where(TypedText.user_id == actor.user_id, about)
    return list(session.scalars(own.order_by(TypedText.typed_at.desc(), TypedText.id.desc()).limit(MOST_LISTED)))


def pairs_of(kept: TypedText) -> list[tuple[str, str]]:
    """The fields as they were sent."""
    return [(str(name), str(value)) for name, value in json.loads(kept.fields)]
