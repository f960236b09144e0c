"""How long the files of imports are kept. What they were, and what became of each row, stays on record."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select

from app.core import clock
from app.core.sweep import Named
from app.exchange.models import Import
from app.exchange.rules import State

KEPT = timedelta(days=180)
"""Long enough to take a file, to mend its rows and to look them up; undoing needs no file."""


def named() -> Named:
    """Checksums of the files that are still needed."""
    lately = Import.uploaded_at > clock.now() - KEPT
    return select(Import.sha256).where(or_(lately, Import.state == State.WORKING))
