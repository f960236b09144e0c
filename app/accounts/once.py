"""Things that may be answered once and soon, kept in the database so that every worker knows them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models_proof import OneTime
from app.accounts.rules import ONE_TIME_LIFE
from app.core import clock


def put(session: Session, key: str, value: Any, life: timedelta = ONE_TIME_LIFE) -> None:
    """Keep `value` under a key for a while. What is too old goes on the way."""
    now = clock.now()
    session.execute(delete(OneTime).where(OneTime.expires_at <= now))
    session.add(OneTime(key=key, value=json.dumps(value), expires_at=now + life))
    session.flush()


def look(session: Session, key: str) -> Any:
    """The value, without taking it; None if there is none."""
    found = select(OneTime.value).where(OneTime.key == key, OneTime.expires_at > clock.now())
    text = session.scalar(found)
    return json.loads(text) if text is not None else None


def take(session: Session, key: str) -> Any:
    """The value, for good: of two who ask at once one gets it. None if it is gone or too old."""
    taken = delete(OneTime).where(OneTime.key == key, OneTime.expires_at > clock.now()).returning(OneTime.value)
    text = session.execute(taken).scalar_one_or_none()
    return json.loads(text) if text is not None else None
