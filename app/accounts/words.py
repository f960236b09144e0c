"""What a person may do, in sentences."""

from __future__ import annotations

from collections.abc import Callable

from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.web.locale import _

STAFF = N_("Country staff of %(place)s")
LEAD = N_("Country lead of %(place)s")
ADVISER = N_("Regional adviser for %(place)s")
HEADQUARTERS = N_("Headquarters")
ADMINISTRATOR = N_("Administrator")


def roles_in_words(actor: Actor, office_name: Callable[[str], str]) -> list[str]:
    """One sentence for each thing that the actor's memberships make of them today."""
    said = [_(STAFF, place=office_name(code)) for code in sorted(actor.staff_of)]
    said += [_(LEAD, place=office_name(code)) for code in sorted(actor.lead_of)]
    said += [_(ADVISER, place=code) for code in sorted(actor.regions)]
    if actor.headquarters:
        said.append(_(HEADQUARTERS))
    if actor.administrator:
        said.append(_(ADMINISTRATOR))
    return said
