"""Who may read and change a card: `app/policy.py` joins the predicates of activities, which ask for `lead_office`."""

from __future__ import annotations

from app.core.permissions import Actor
from app.practices.models import Practice


def is_author(actor: Actor, practice: Practice) -> bool:
    """Wrote some of it: nobody reviews their own card."""
    return actor.user_id is not None and actor.user_id in {each.user_id for each in practice.authors}
