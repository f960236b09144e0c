"""Where administration begins, and the pages that only show: definitions."""

from __future__ import annotations

from flask import current_app, render_template, url_for

from app.administration.blueprint import Answer, bp
from app.administration.history import recent
from app.administration.words import ACTIONS
from app.core.i18n import N_
from app.core.permissions import Permission, can
from app.core.web.db import get_session
from app.core.web.guard import marks, requires, the_actor
from app.core.web.locale import _
from app.coverage.definitions import DEFINITIONS

# (endpoint or address, title, what is done there); those that this application does not have, or the reader may not
# open, are left out.
DOORS = (
    ("administration.offices", N_("Offices"), N_("Open, close, open again; the roster, countries served, regions")),
    ("administration.regions", N_("Regions"), N_("Names, new regions, where people may approve their own work")),
    ("administration.lists", N_("Code lists"), N_("Add, rename, retire and merge what people choose from")),
    ("administration.provisions", N_("Provisions and instruments"), N_("Add, confirm, rename, reword, retire")),
    ("administration.definitions", N_("Definitions"), N_("What the figures mean, version by version")),
    ("returns.rounds", N_("Rounds and deadlines"), N_("When returns are asked for, due and frozen")),
    ("returns.exemptions", N_("Exemptions"), N_("Offices that are not expected for a time")),
    ("/administration/people", N_("People"), N_("Invite, roles and offices, who may sign in")),
    ("people.index", N_("Who works where"), N_("Memberships, handovers, who stands in for a lead")),
    ("people.edit_self_approval", N_("Approving one's own work"), N_("In which regions advisers may")),
    ("administration.audit", N_("Audit"), N_("Who did what, when and why; filters and files")),
)
OWN_ACTIONS = tuple(action for action in ACTIONS if action not in ("reference.sync", "refused", "office.sentence"))


@bp.get("")
@requires(Permission.ADMINISTRATION_OPEN)
def index() -> Answer:
    """What can be looked after, and what was changed lately."""
    actor = the_actor()
    doors = [
        (url_for(endpoint), _(title), _(what))
        for endpoint, title, what in ((_endpoint(door), title, what) for door, title, what in DOORS)
        if (needed := marks(current_app, endpoint)) and all(can(each, actor) for each in needed)
    ]
    return render_template("administration/index.html", doors=doors, lines=recent(get_session(), OWN_ACTIONS))


def _endpoint(door: str) -> str:
    """The endpoint of a door that is told by its address: pages of other rooms."""
    if not door.startswith("/"):
        return door
    found = (rule.endpoint for rule in current_app.url_map.iter_rules() if rule.rule == door and "GET" in rule.methods)  # type: ignore[operator]
    return next(found, "")


@bp.get("/definitions")
@requires(Permission.ADMINISTRATION_OPEN)
def definitions() -> Answer:
    """Every version of the definitions, the present one first."""
    versions = list(DEFINITIONS.values())[::-1]
    return render_template("administration/definitions.html", versions=versions)
