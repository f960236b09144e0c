"""“Log support for this”: what a request presets of a new activity, and the link once it is saved."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.presets import Preset
from app.activities.reference import reference_data
from app.activities.rules import Content, ProvisionTag, TypeTag
from app.asked.models import SupportRequest
from app.asked.queries import find_request
from app.asked.services import link_activity, may_link
from app.codelists.queries import codes
from app.core.errors import NotFound, Refused
from app.core.permissions import Actor, Permission, can

SYMBOL_LIMIT = 200
FACETS = ("how", "about")


class RequestPresets:
    """What the room of activities is told of requests (app.activities.presets)."""

    def preset(self, session: Session, actor: Actor, key: str, offices: frozenset[str]) -> Preset | None:
        """Country, who asked, symbol, date, proposed provisions and kinds of support of a request."""
        request = _found(session, actor, key)
        if request is None or request.withdrawn_at is not None or not offices:
            return None
        fitting = offices & request.office_codes
        home = actor.home_office if actor.home_office in offices else None
        office = min(fitting) if fitting else home or min(offices)
        return Preset(office, content_for(session, request), request.reference)

    def made(self, session: Session, actor: Actor, key: str, activity: Activity) -> str:
        """Link the record that was made; a link that may not be made is left out, the record stays."""
        request = _found(session, actor, key)
        if request is None or not may_link(actor, request, activity):
            return ""
        if activity.id in {each.activity_id for each in request.activities}:
            return ""
        try:
            link_activity(session, actor, request, activity)
        except Refused:
            return ""
        return request.reference


def content_for(session: Session, request: SupportRequest) -> Content:
    """What a new activity that answers the request says already."""
    mandating = reference_data(session).mandating
    cited = [each.provision for each in request.provisions] or proposed(session, request.source)
    facets = reference_data(session).facets
    types = sorted((each.support_type for each in request.types), key=lambda code: FACETS[::-1].index(facets[code]))
    symbol = ", ".join(filter(None, (request.symbol, request.paragraph)))
    return Content(
        types=tuple(TypeTag(code) for code in types[::-1]),
        provisions=tuple(
            ProvisionTag(code, "asked_under" if mandating.get(code) else "applied") for code in dict.fromkeys(cited)
        ),
        request_source=request.source,
        source_symbol=symbol[:SYMBOL_LIMIT],
        source_date=request.document_on or request.asked_on,
        countries=(request.country,),
        government_agreement=request.government_agreement,
        partners_agreement=request.partners_agreement,
    )


def proposed(session: Session, source: str) -> list[str]:
    """The provisions that a source of requests proposes."""
    row = next((row for row in codes(session, "request_source", include_retired=True) if row.code == source), None)
    text = str(row.attributes.get("provision") or "") if row else ""
    known = reference_data(session).mandating
    return [code for part in text.replace("|", ";").split(";") if (code := part.strip()) in known]


def _found(session: Session, actor: Actor, key: str) -> SupportRequest | None:
    try:
        request = find_request(session, key)
    except NotFound:
        return None
    return request if can(Permission.REQUEST_READ, actor, request) else None
