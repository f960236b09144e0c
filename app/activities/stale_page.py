"""Two people edited one record: the later one sees both versions, chooses by field, and saves the two together."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, request

from app.activities.blueprint import Answer
from app.activities.content import read_content
from app.activities.form_page import sent_pairs, shown_form
from app.activities.forms import ActivityForm, form_data
from app.activities.merge import THEIRS, clashes, merged
from app.activities.models import Activity
from app.activities.queries_record import content_at, history, names_of
from app.activities.reference import as_kept, reference_data
from app.activities.rules import Content, State
from app.activities.words import Words
from app.core.web.db import get_session

KEEP = "keep-"
BASE = "base"
MERGE = "merge"
SUBMIT = "submit"


def stale_page(form: ActivityForm, activity: Activity, mine: Content) -> Answer | None:
    """Both versions side by side, good for the version of now; None where both say the same already."""
    session = get_session()
    session.expire_all()  # what was read before the lock may be older than what is there now
    theirs = read_content(activity.current)
    opened = _opened(form)
    base, mine = content_at(session, activity.reference, opened), as_kept(mine, session, activity.lead_office)
    found = clashes(Words(reference_data(session)), base, theirs, mine, dict(_choices()))
    submitting = request.form.get("do") == SUBMIT
    if not found and activity.current.state == (State.SUBMITTED if submitting else activity.current.state):
        return None  # their own form, sent twice
    hidden = [(n, v) for n, v in sent_pairs() if n not in ("version", BASE) and not n.startswith(KEEP)]
    shown = {"clashes": found, "base": opened, "hidden": hidden, "activity": activity, "submitting": submitting}
    return render_template("activities/stale.html", by=_last_saved_by(activity), keep=KEEP, **shown), 409


def chosen(form: ActivityForm, activity: Activity, mine: Content) -> Content:
    """My version with the fields in which the saved one was chosen on the page above."""
    taken = [name for name, whose in _choices() if whose == THEIRS]
    if not taken:
        return mine
    data, theirs = reference_data(get_session()), read_content(activity.current)
    shown_mine, shown_theirs = (form_data(each, data.facets, data.mandating) for each in (mine, theirs))
    told = merged(shown_mine, shown_theirs, taken)
    together = ActivityForm(formdata=None, data=told)
    together.take_offer(form.offer)
    return together.to_command(theirs)


def go_on_with(form: ActivityForm, activity: Activity, content: Content) -> ActivityForm:
    """The form filled with what was chosen, for further editing under the same id and version."""
    again = shown_form(activity.lead_office, content, activity)
    again.client_id.data, again.version.data = form.client_id.data, form.version.data
    return again


def _opened(form: ActivityForm) -> int:
    """The version over which the text was typed: not that of the page of two versions, if it went stale in its turn."""
    told = request.form.get(BASE, "")
    return int(told) if told.isdecimal() and len(told) <= 9 else form.seen_version() or 1


def _choices() -> Iterator[tuple[str, str]]:
    return ((name.removeprefix(KEEP), value) for name, value in sent_pairs() if name.startswith(KEEP))


def _last_saved_by(activity: Activity) -> str:
    session = get_session()
    event = next((e for e in history(session, activity.reference) if e.actor_id is not None), None)
    return names_of(session, [event.actor_id]).get(event.actor_id or 0, "") if event else ""
