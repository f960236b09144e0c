"""The blueprint that the room's pages hang on, how each finds its request, and what other rooms' templates may ask."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint
from werkzeug.wrappers import Response

from app.activities.content import read_content
from app.activities.models import Activity
from app.activities.presets import EXTENSION
from app.activities.reference import reference_data
from app.activities.words import Words
from app.asked.models import SupportRequest
from app.asked.presets import RequestPresets
from app.asked.queries import find_request, links_of_activity, open_requests
from app.asked.record_page import heading_of
from app.asked.services import may_link
from app.core.errors import NotFound
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import NO_SUCH, require, the_actor

bp = Blueprint("asked", __name__)

Answer = str | Response | tuple[str, int]
FEW = 12


@bp.record_once
def _tell_presets(state: object) -> None:
    state.app.extensions[EXTENSION] = RequestPresets()  # type: ignore[attr-defined]


def load(reference: str) -> SupportRequest:
    """The request of an address.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    try:
        request = find_request(get_session(), reference)
    except NotFound:
        raise NotFound(NO_SUCH) from None
    require(Permission.REQUEST_READ, request, hidden=True)
    return request


@dataclass(frozen=True)
class Offered:
    """A request beside an activity: answered by it already, or open in one of its countries."""

    reference: str
    title: str
    asked: str
    linked: bool
    may_link: bool


@bp.app_template_global("requests_beside")
def requests_beside(activity: Activity) -> list[Offered]:
    """For the page of an activity: the requests that it answers, then the open ones of its countries."""
    session, actor = get_session(), the_actor()
    words = Words(reference_data(session))
    linked = links_of_activity(session, activity.id)
    known = {each.id for each in linked}
    countries = read_content(activity.current).countries if activity.withdrawn_at is None else ()
    further = [each for each in open_requests(session, countries, FEW) if each.id not in known] if countries else []

    def offered(each: SupportRequest, is_linked: bool) -> Offered:
        text = each.asked if len(each.asked) <= 120 else each.asked[:120].rsplit(" ", 1)[0] + "…"
        return Offered(each.reference, heading_of(words, each), text, is_linked, may_link(actor, each, activity))

    found = [offered(each, True) for each in linked]
    return found + [o for each in further if (o := offered(each, False)).may_link]
