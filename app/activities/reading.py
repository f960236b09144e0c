"""What of an open record its reader may read: texts and evidence are not for everybody who may see that it exists."""

from __future__ import annotations

from app.activities.models import Activity, Evidence
from app.core.permissions import Actor, Permission, can


def may_read_text(actor: Actor, activity: Activity) -> bool:
    """Texts of a record that any of its living revisions calls sensitive are for the office and its adviser."""
    living = (activity.current, activity.submitted, activity.approved)
    sensitive = any(revision.sensitive for revision in living if revision is not None)
    return not sensitive or can(Permission.ACTIVITY_READ_TEXT, actor, activity)


def may_open(actor: Actor, activity: Activity, item: Evidence) -> bool:
    """Evidence is as open as the record's text; what is kept to the office is for it and its adviser.

    What was taken back is for those who may put it there again.
    """
    if item.withdrawn_at is not None and not can(Permission.ACTIVITY_EDIT, actor, activity):
        return False
    if item.visibility == "office" and not can(Permission.ACTIVITY_READ_TEXT, actor, activity):
        return False
    return may_read_text(actor, activity)
