"""Roles, places and what is left behind, in words."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.codelists.queries import labels
from app.core.i18n import N_
from app.core.permissions import Role
from app.core.web.locale import _, current_locale, ngettext
from app.people.rules import Left

ROLES = {
    Role.COUNTRY_STAFF: N_("Country staff"),
    Role.COUNTRY_LEAD: N_("Country lead"),
    Role.REGIONAL_ADVISER: N_("Regional adviser"),
    Role.HEADQUARTERS: N_("Headquarters"),
    Role.ADMINISTRATOR: N_("Administrator"),
}
ACTING = N_("Signs in a lead's place")


def role_words(held: Any) -> str:
    """What a membership makes of somebody."""
    return _(ACTING) if held.acting else _(ROLES[Role(held.role)])


def place_words(session: Session, held: Any) -> str:
    """The office, the region, or the world."""
    language = current_locale().code
    if held.office:
        return labels(session).of("office", held.office, language)
    return labels(session).of("region", held.region, language) if held.region else _("The world")


def left_words(kind: Left, number: int) -> str:
    """So many drafts, next steps, reviews or unsigned returns."""
    if kind is Left.DRAFTS:
        return ngettext("%(num)s unfinished record", "%(num)s unfinished records", number)
    if kind is Left.NEXT_STEPS:
        return ngettext("%(num)s next step", "%(num)s next steps", number)
    if kind is Left.REVIEWS:
        return ngettext("%(num)s review", "%(num)s reviews", number)
    return ngettext("%(num)s return to sign", "%(num)s returns to sign", number)
