"""The mark of demonstration data: in every file, as its last column, and in its name."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.activities.queries import holds_demonstration
from app.core.i18n import N_
from app.core.tables import Column, Kind


def demonstration_mark(session: Session) -> Column[Any]:
    """The column "demonstration": yes in every row where the database holds made-up records."""
    demo = holds_demonstration(session)
    return Column("demonstration", N_("Demonstration data"), Kind.YES_NO, lambda _row: demo, on_page=False)
