"""What things are called, in four languages: one page for regions, offices, entries of lists, provisions, …"""

from __future__ import annotations

from flask import render_template, url_for
from sqlalchemy.orm import Session

from app.administration import forms as f
from app.administration.blueprint import Answer, bp
from app.administration.decide import Change, decide
from app.administration.history import history
from app.codelists.queries import former_names
from app.codelists.rules import EVERY_LIST, LONG_KINDS, NAMED
from app.codelists.services import Names, rename
from app.codelists.states import name_states, one
from app.core import audit
from app.core.errors import NotFound
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import NO_SUCH, requires, the_actor
from app.core.web.locale import _
from app.dashboards.names import names_of
from app.provisions.queries import provision


@bp.get("/names/<kind>/<code>")
@requires(Permission.NAME_EDIT)
def edit_names(kind: str, code: str) -> Answer:
    """The names as they are."""
    state = _state(get_session(), kind, code)
    given = {f"name_{language}": text for language, text in state.get("names", {}).items()}
    return _page(kind, code, _form(kind)(formdata=None, data={**given, "seen": audit.fingerprint(state)}))


@bp.post("/names/<kind>/<code>")
@requires(Permission.NAME_EDIT)
def change_names(kind: str, code: str) -> Answer:
    """What another name moves, or the name."""
    _state(get_session(), kind, code)
    form, actor = _form(kind)(), the_actor()
    command = Names(kind, code, form.texts(), form.text_of("reason"))
    change = Change(
        title=_("Rename %(name)s", name=names_of(get_session()).of(kind, code)),
        act=lambda session: rename(session, actor, command, form.seen.data),
        back=back_to(kind, code),
        done=_("Renamed. What it was called before is kept among its former names."),
    )
    return decide(form, change, lambda status: _page(kind, code, form, status))


def _form(kind: str) -> type[f.NamesForm] | type[f.SummariesForm]:
    return f.SummariesForm if kind in LONG_KINDS else f.NamesForm


def _state(session: Session, kind: str, code: str) -> dict[str, dict[str, str]]:
    key = f"{kind}/{code}"
    state = one(name_states(session, [key]), key)
    exists = state or (kind in LONG_KINDS and provision(session, code))
    if kind not in NAMED or not exists:
        raise NotFound(NO_SUCH)
    return state


def back_to(kind: str, code: str) -> str:
    """The page of the thing that has the name."""
    if kind == "office":
        return url_for("administration.office", code=code)
    if kind in ("provision", "provision_summary"):
        return url_for("administration.provision", code=code)
    if kind == "instrument":
        return url_for("administration.instrument", code=code)
    if kind in EVERY_LIST:
        return url_for("administration.code", list_key=kind, code=code)
    return url_for("administration.regions" if kind == "region" else "administration.index")


def _page(kind: str, code: str, form: f.AdministrationForm, status: int = 200) -> Answer:
    session = get_session()
    name = names_of(session).of("provision" if kind in LONG_KINDS else kind, code)
    page = render_template(
        "administration/act.html",
        form=form,
        title=_("Its summary in other languages") if kind in LONG_KINDS else _("What it is called"),
        name=name,
        hint=_("Where a language has none, the English one stands in."),
        trail=[(back_to(kind, code), name)],
        back=back_to(kind, code),
        former=former_names(session, kind, code),
        lines=history(session, [("name", f"{kind}/{code}")]),
    )
    return page, status
