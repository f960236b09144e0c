"""Provisions: confirmed, renamed, reworded, retired, brought back."""

from __future__ import annotations

from flask import render_template, url_for
from sqlalchemy.orm import Session

from app.administration import forms as f
from app.administration.blueprint import Answer, bp
from app.administration.decide import Change, decide
from app.administration.history import history
from app.codelists.states import name_states, one
from app.core import audit
from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.web.db import get_session
from app.core.web.guard import NO_SUCH, requires, the_actor
from app.core.web.locale import _
from app.dashboards.names import names_of
from app.provisions import services
from app.provisions.models import Provision
from app.provisions.services import Wording
from app.provisions.states import provision_states

ACTS = {
    "confirm": N_("Confirm it"),
    "edit": N_("Reword it"),
    "retire": N_("Retire it"),
    "bring-back": N_("Bring it back"),
}
HINTS = {
    "confirm": N_("You read the source and the provision is right. From now on it is offered in the form."),
    "edit": N_("The English summary stands in the form beside the box that people tick."),
    "retire": N_("It is offered no more. Records that cite it keep it, and figures of it stay."),
    "bring-back": N_("It is offered again."),
}


@bp.get("/provisions/<code>")
@requires(Permission.PROVISION_EDIT)
def provision(code: str) -> Answer:
    """One provision, what can be done with it, its history."""
    session = get_session()
    found = _provision(session, code)
    key = f"provision_summary/{code}"
    return render_template(
        "administration/provision.html",
        p=found,
        name=names_of(session).provision(code),
        instrument=names_of(session).of("instrument", found.instrument),
        summaries=one(name_states(session, [key]), key).get("names", {}),
        acts=[(each, _(ACTS[each])) for each in _acts_of(found)],
        lines=history(session, [("provision", code), ("name", f"provision/{code}"), ("name", key)]),
    )


@bp.get("/provisions/<code>/<act>")
@requires(Permission.PROVISION_EDIT)
def edit_provision(code: str, act: str) -> Answer:
    """The form of one act."""
    session = get_session()
    found = _provision(session, code)
    given = {name: getattr(found, name) for name in ("summary", "addressed_to", "status", "source_address")}
    seen = audit.fingerprint(provision_states(session, [code])[code])
    return _form(code, act, _act_form(act)(formdata=None, data={**given, "seen": seen}))


@bp.post("/provisions/<code>/<act>")
@requires(Permission.PROVISION_EDIT)
def change_provision(code: str, act: str) -> Answer:
    """What the act moves, or the act."""
    _provision(get_session(), code)
    form, actor = _act_form(act)(), the_actor()
    change = Change(
        title=f"{_(ACTS[act])}: {names_of(get_session()).provision(code)}",
        act=lambda session: _do(session, actor, code, act, form),
        back=url_for("administration.provision", code=code),
        done=_("Done. The history keeps what it was."),
    )
    return decide(form, change, lambda status: _form(code, act, form, status))


def _provision(session: Session, code: str) -> Provision:
    found = session.get(Provision, code)
    if found is None:
        raise NotFound(services.NO_PROVISION)
    return found


def _acts_of(found: Provision) -> list[str]:
    acts = ["edit", "bring-back" if found.retired_on else "retire"]
    return acts if found.checked else ["confirm", *acts]


def _act_form(act: str) -> type[f.AdministrationForm]:
    if act not in ACTS:
        raise NotFound(NO_SUCH)
    return f.WordingForm if act == "edit" else f.AdministrationForm


def _do(session: Session, actor: Actor, code: str, act: str, form: f.AdministrationForm) -> object:
    reason, seen = form.text_of("reason"), form.seen.data
    if act == "confirm":
        return services.confirm_provision(session, actor, code, reason)
    if act == "edit":
        names = ("summary", "addressed_to", "status", "source_address", "reason")
        command = Wording(**{name: form.text_of(name) for name in names})
        return services.edit_provision(session, actor, code, command, seen)
    return services.retire_provision(session, actor, code, back=act == "bring-back", reason=reason, seen=seen)


def _form(code: str, act: str, form: f.AdministrationForm, status: int = 200) -> Answer:
    name, back = names_of(get_session()).provision(code), url_for("administration.provision", code=code)
    page = render_template(
        "administration/act.html", form=form, title=_(ACTS[act]), hint=_(HINTS[act]), name=name, back=back,
        trail=[(url_for("administration.provisions"), _("Provisions")), (back, name)],
    )  # fmt: skip
    return page, status
