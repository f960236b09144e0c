"""Instruments and what they hold: added, described, retired, brought back; provisions added to them."""

from __future__ import annotations

from flask import render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.administration import forms as f
from app.administration.blueprint import Answer, bp
from app.administration.decide import Change, decide
from app.administration.history import history
from app.codelists.services import Names, rename
from app.core import audit
from app.core.errors import NotFound, all_told
from app.core.i18n import N_
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.core.web.locale import _
from app.dashboards.names import names_of
from app.provisions import services
from app.provisions.adding import (
    InstrumentDetails,
    NewProvision,
    add_instrument,
    add_provision,
    describe_instrument,
)
from app.provisions.models import Instrument
from app.provisions.queries import provisions as every_provision
from app.provisions.services import Wording
from app.provisions.states import instrument_states

DESCRIBE = N_("Change what is said of it")
DESCRIBED = N_("Its provisions stay as they are. Its title is changed by renaming it.")
ADDED = N_("The form offers it once an administrator has read the source and confirms it.")
DONE = N_("Done. The history keeps what it was.")
IN_FORCE = "in force"


@bp.get("/provisions")
@requires(Permission.PROVISION_EDIT)
def provisions() -> Answer:
    """Every provision by instrument, what waits for confirmation first; the form for another instrument."""
    return _provisions(f.NewInstrumentForm(formdata=None))


@bp.post("/instruments")
@requires(Permission.PROVISION_EDIT)
def new_instrument() -> Answer:
    """What a new instrument moves, or the instrument."""
    form, actor = f.NewInstrumentForm(), the_actor()
    code, details = form.text_of("code").strip().upper(), _details(form)

    def act(session: Session) -> None:
        named = Names("instrument", code, form.texts(), details.reason)
        all_told(lambda: add_instrument(session, actor, code, details), lambda: rename(session, actor, named))

    change = Change(
        title=_("Add the instrument %(code)s", code=code),
        act=act,
        back=url_for("administration.instrument", code=code or "-"),
        done=_("The instrument is on the list. Add its provisions here."),
    )
    return decide(form, change, lambda status: _provisions(form, status))


@bp.get("/instruments/<code>")
@requires(Permission.PROVISION_EDIT)
def instrument(code: str) -> Answer:
    """One instrument with its provisions and its history."""
    return _instrument(code, f.AdministrationForm(formdata=None, data={"seen": _seen(code)}))


@bp.post("/instruments/<code>")
@requires(Permission.PROVISION_EDIT)
def change_instrument(code: str) -> Answer:
    """What retiring it, or bringing it back, moves; or the act."""
    found, form, actor = _found(code), f.AdministrationForm(), the_actor()
    back = found.retired_on is not None
    reason, seen = form.text_of("reason"), form.seen.data
    change = Change(
        title=f"{_('Bring it back') if back else _('Retire it')}: {_title(code)}",
        act=lambda on: services.retire_instrument(on, actor, code, back=back, reason=reason, seen=seen),
        back=url_for("administration.instrument", code=code),
        done=_(DONE),
    )
    return decide(form, change, lambda status: _instrument(code, form, status))


@bp.get("/instruments/<code>/describe")
@requires(Permission.PROVISION_EDIT)
def edit_instrument(code: str) -> Answer:
    """The form for what is said of it."""
    found = _found(code)
    given = {name: getattr(found, name) for name in ("kind", "adopting_body", "symbol", "adopted", "source_address")}
    return _describing(code, f.InstrumentForm(formdata=None, data={**given, "seen": _seen(code)}))


@bp.post("/instruments/<code>/describe")
@requires(Permission.PROVISION_EDIT)
def describe(code: str) -> Answer:
    """What it moves, or the change."""
    _found(code)
    form, actor = f.InstrumentForm(), the_actor()
    details, seen = _details(form), form.seen.data
    change = Change(
        title=f"{_(DESCRIBE)}: {_title(code)}",
        act=lambda session: describe_instrument(session, actor, code, details, seen),
        back=url_for("administration.instrument", code=code),
        done=_(DONE),
    )
    return decide(form, change, lambda status: _describing(code, form, status))


@bp.get("/instruments/<code>/provisions")
@requires(Permission.PROVISION_EDIT)
def add_provision_to(code: str) -> Answer:
    """The form for another provision of the instrument."""
    given = {"status": IN_FORCE, "source_address": _found(code).source_address}
    return _adding(code, f.NewProvisionForm(formdata=None, data=given))


@bp.post("/instruments/<code>/provisions")
@requires(Permission.PROVISION_EDIT)
def new_provision(code: str) -> Answer:
    """What a new provision moves, or the provision."""
    _found(code)
    form, actor = f.NewProvisionForm(), the_actor()
    said = {name: form.text_of(name) for name in ("summary", "addressed_to", "status", "source_address", "reason")}
    command = NewProvision(
        code=form.text_of("code").strip().upper(),
        instrument=code,
        place=form.text_of("place"),
        kind=form.text_of("kind"),
        mandating=form.text_of("mandating") == "yes",
        wording=Wording(**said),
    )

    def act(session: Session) -> None:
        named = Names("provision", command.code, form.texts(), said["reason"])
        all_told(lambda: add_provision(session, actor, command), lambda: rename(session, actor, named))

    change = Change(
        title=_("Add the provision %(code)s", code=command.code),
        act=act,
        back=url_for("administration.provision", code=command.code or "-"),
        done=_("The provision is on the list. The form offers it once somebody confirms it."),
    )
    return decide(form, change, lambda status: _adding(code, form, status))


def _details(form: f.InstrumentForm) -> InstrumentDetails:
    said = {name: form.text_of(name) for name in ("kind", "adopting_body", "symbol", "source_address", "reason")}
    return InstrumentDetails(adopted=form.day_of("adopted"), **said)


def _found(code: str) -> Instrument:
    found = get_session().get(Instrument, code)
    if found is None:
        raise NotFound(services.NO_INSTRUMENT)
    return found


def _seen(code: str) -> str:
    _found(code)
    return audit.fingerprint(instrument_states(get_session(), [code])[code])


def _title(code: str) -> str:
    return names_of(get_session()).of("instrument", code)


def _provisions(form: f.NewInstrumentForm, status: int = 200) -> Answer:
    session = get_session()
    every = every_provision(session, include_retired=True)
    instruments = session.scalars(select(Instrument).order_by(Instrument.position)).all()
    page = render_template(
        "administration/provisions.html",
        names=names_of(session),
        waiting=[each for each in every if not each.checked and each.retired_on is None],
        groups=[(i, [each for each in every if each.instrument.code == i.code]) for i in instruments],
        form=form,
    )
    return page, status


def _instrument(code: str, form: f.AdministrationForm, status: int = 200) -> Answer:
    session, found = get_session(), _found(code)
    page = render_template(
        "administration/instrument.html",
        i=found,
        names=names_of(session),
        provisions=[each for each in every_provision(session, include_retired=True) if each.instrument.code == code],
        form=form,
        lines=history(session, [("instrument", code), ("name", f"instrument/{code}")]),
    )
    return page, status


def _describing(code: str, form: f.InstrumentForm, status: int = 200) -> Answer:
    return _form(code, form, (_(DESCRIBE), _(DESCRIBED)), status)


def _adding(code: str, form: f.NewProvisionForm, status: int = 200) -> Answer:
    form.offer("mandating", [("no", _("No: it sets a standard")), ("yes", _("Yes: it is part of the mandate"))])
    return _form(code, form, (_("Add a provision"), _(ADDED)), status)


def _form(code: str, form: f.AdministrationForm, words: tuple[str, str], status: int) -> Answer:
    name, back = _title(code), url_for("administration.instrument", code=code)
    page = render_template(
        "administration/act.html", form=form, title=words[0], hint=words[1], name=name, back=back,
        trail=[(url_for("administration.provisions"), _("Provisions")), (back, name)],
    )  # fmt: skip
    return page, status
