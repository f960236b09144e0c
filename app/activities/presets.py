"""What a new record says because something else asked for it. Rooms above tell how; this room only asks them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from flask import current_app, flash
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.rules import Content
from app.core.permissions import Actor
from app.core.web.db import get_session
from app.core.web.guard import the_actor
from app.core.web.locale import _

EXTENSION = "tracker.presets"


@dataclass(frozen=True)
class Preset:
    """The office and content to begin with, and the key of what asked for it."""

    office: str
    content: Content
    key: str


class Presets(Protocol):
    """What a room above offers: presets of a key, and the link once the record is made."""

    def preset(self, session: Session, actor: Actor, key: str, offices: frozenset[str]) -> Preset | None:
        """The preset of a key for one of the actor's offices; None where there is none that the actor may use."""

    def made(self, session: Session, actor: Actor, key: str, activity: Activity) -> str:
        """The record was made: link it. Returns what the key names, "" where nothing was linked."""


def presets() -> Presets | None:
    """Whoever tells presets in this application."""
    found: Presets | None = current_app.extensions.get(EXTENSION)
    return found


def link_asked(activity: Activity, key: str | None, *, quiet: bool = False) -> None:
    """Join a record that was just made to what asked for it."""
    known = presets()
    named = known.made(get_session(), the_actor(), key, activity) if known and key else ""
    if named and not quiet:
        flash(_("It is linked to %(request)s.", request=named), "success")
