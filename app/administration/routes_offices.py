"""The register of offices, the regions, and every act on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import available_timezones

from flask import render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.administration import forms as f
from app.administration.blueprint import Answer, bp
from app.administration.decide import Change, decide
from app.administration.history import history
from app.administration.office_page import office_page, register
from app.codelists.services import Names, rename
from app.core import audit, clock
from app.core.errors import NotFound, all_told
from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.web.db import get_session
from app.core.web.guard import NO_SUCH, requires, the_actor
from app.core.web.locale import _
from app.dashboards.names import OFFICE_TYPES, names_of
from app.offices import register as services
from app.offices.models import Country, Office, OfficeCountry, Region, RosterInterval
from app.offices.regions import NewRegion, add_region
from app.offices.states import office_states

Do = Callable[[Session, Actor, str, f.AdministrationForm], object]


@dataclass(frozen=True)
class OfficeAct:
    """One act on an office: its page, its form, the service that does it, the day on which it takes effect."""

    title: str
    hint: str
    form: type[f.AdministrationForm]
    do: Do
    later: str = ""


def _item(form: f.AdministrationForm) -> int:
    text = form.item.data or ""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _close(session: Session, actor: Actor, code: str, form: f.AdministrationForm) -> object:
    return services.close_office(session, actor, code, form.day_of("day"), form.text_of("reason"), form.seen.data)


def _reopen(session: Session, actor: Actor, code: str, form: f.AdministrationForm) -> object:
    return services.reopen_office(session, actor, code, form.day_of("day"), form.text_of("reason"), form.seen.data)


def _move(session: Session, actor: Actor, code: str, form: f.AdministrationForm) -> object:
    region, day, reason = form.text_of("region"), form.day_of("day"), form.text_of("reason")
    return services.move_office(session, actor, code, region, day, reason, form.seen.data)


def _take_back(session: Session, actor: Actor, code: str, form: f.AdministrationForm) -> object:
    return services.take_back_move(session, actor, code, form.text_of("reason"), form.seen.data)


def _interval(session: Session, actor: Actor, code: str, form: f.AdministrationForm) -> object:
    days = form.day_of("valid_from"), form.day_of("valid_to")
    command = services.Interval(_item(form), *days, form.text_of("reason"))
    return services.correct_interval(session, actor, code, command, form.seen.data)


def _serve(session: Session, actor: Actor, code: str, form: f.AdministrationForm) -> object:
    days = form.day_of("valid_from"), form.day_of("valid_to")
    command = services.Served(form.text_of("country"), *days, form.text_of("reason"))
    return services.serve_country(session, actor, code, command, form.seen.data)


def _end_service(session: Session, actor: Actor, code: str, form: f.AdministrationForm) -> object:
    day, reason = form.day_of("day"), form.text_of("reason")
    return services.end_service(session, actor, code, _item(form), day, reason, form.seen.data)


def _describe(session: Session, actor: Actor, code: str, form: f.AdministrationForm) -> object:
    command = services.Details(*(form.text_of(name) for name in ("short_name", "time_zone", "note", "reason")))
    return services.describe_office(session, actor, code, command, form.seen.data)


UNTIL = N_("It stays on the roster until 31 December of that year, as the methodology has it.")
FROM = N_("It is on the roster from this day on.")
MOVES = N_("Until the day before it is counted where it is now. The day may be to come.")
CORRECTS = N_(
    "An empty first day is an unknown opening: open from the first year on record. An empty last day is open."
)
SERVES = N_("An empty first day means all along.")
ENDS = N_("The last day on which it serves it.")
ACTS: Mapping[str, OfficeAct] = {
    "close": OfficeAct(N_("Close this office"), UNTIL, f.DayForm, _close, "day"),
    "reopen": OfficeAct(N_("Open this office again"), FROM, f.DayForm, _reopen, "day"),
    "move": OfficeAct(N_("Change its region"), MOVES, f.MoveForm, _move, "day"),
    "take-back": OfficeAct(N_("Take the coming change of region back"), "", f.AdministrationForm, _take_back),
    "interval": OfficeAct(N_("Correct its days on the roster"), CORRECTS, f.IntervalForm, _interval, "valid_from"),
    "serve": OfficeAct(N_("Add a country that it serves"), SERVES, f.CountryForm, _serve, "valid_from"),
    "end-service": OfficeAct(N_("End its service of a country"), ENDS, f.DayForm, _end_service, "day"),
    "describe": OfficeAct(N_("Change its description"), "", f.DetailsForm, _describe),
}


@bp.get("/offices")
@requires(Permission.OFFICE_EDIT)
def offices() -> Answer:
    """Every office as it is today."""
    return render_template("administration/offices.html", rows=register(get_session(), clock.today()))


@bp.get("/offices/<code>")
@requires(Permission.OFFICE_EDIT)
def office(code: str) -> Answer:
    """One office with its dated links, announced changes and history."""
    session = get_session()
    page = office_page(session, _office(session, code))
    subjects = (("office", code), ("name", f"office/{code}"))
    return render_template("administration/office.html", page=page, lines=history(session, subjects))


@bp.get("/offices/<code>/<act>")
@requires(Permission.OFFICE_EDIT)
def edit_office(code: str, act: str) -> Answer:
    """The form of one act."""
    session = get_session()
    found = _office(session, code)
    form = _act(act).form(formdata=None, data={**_now(session, found, act), "seen": _seen(session, code)})
    return _form(session, found, act, form)


@bp.post("/offices/<code>/<act>")
@requires(Permission.OFFICE_EDIT)
def change_office(code: str, act: str) -> Answer:
    """What the act moves, or the act."""
    session, actor = get_session(), the_actor()
    found, told = _office(session, code), _act(act)
    form = told.form()
    change = Change(
        title=f"{_(told.title)}: {names_of(session).office(code)}",
        act=lambda on: told.do(on, actor, code, form),
        back=url_for("administration.office", code=code),
        done=_("Done. The history keeps what it was."),
        later=form.day_of(told.later) if told.later else None,
        note=_of_which_country(session, act, form),
    )
    return decide(form, change, lambda status: _form(session, found, act, form, status))


def _of_which_country(session: Session, act: str, form: f.AdministrationForm) -> str:
    """The country whose service ends: the form names it by a number only."""
    link = session.get(OfficeCountry, _item(form)) if act == "end-service" else None
    return _("Country: %(name)s", name=names_of(session).country(link.country)) if link is not None else ""


@bp.get("/offices/new")
@requires(Permission.OFFICE_EDIT)
def new_office() -> Answer:
    """The form of a new office."""
    return _new_office(f.OfficeForm(formdata=None))


@bp.post("/offices/new")
@requires(Permission.OFFICE_EDIT)
def open_office() -> Answer:
    """What the new office moves, or the office."""
    form, actor = f.OfficeForm(), the_actor()
    code = form.text_of("code").strip().upper()

    def act(session: Session) -> None:
        command = services.NewOffice(
            code=code,
            type=form.text_of("type"),
            host=form.text_of("host"),
            region=form.text_of("region"),
            time_zone=form.text_of("time_zone"),
            short_name=form.text_of("short_name"),
            opened_on=form.day_of("opened_on"),
            reason=form.text_of("reason"),
        )
        named = Names("office", code, form.texts(), form.text_of("reason"))
        all_told(lambda: services.open_office(session, actor, command), lambda: rename(session, actor, named))

    change = Change(
        title=_("Open a new office"),
        act=act,
        back=url_for("administration.office", code=code or "0000"),
        done=_("The office is open."),
        later=form.day_of("opened_on"),
    )
    return decide(form, change, lambda status: _new_office(form, status))


@bp.get("/regions")
@requires(Permission.OFFICE_EDIT)
def regions() -> Answer:
    """Every region, with its names."""
    return _regions(f.RegionForm(formdata=None))


@bp.post("/regions")
@requires(Permission.OFFICE_EDIT)
def new_region() -> Answer:
    """What a new region moves, or the region."""
    form, actor = f.RegionForm(), the_actor()
    code = form.text_of("code").strip().upper()

    def act(session: Session) -> None:
        made = NewRegion(code, form.text_of("seat"), form.text_of("reason"))
        named = Names("region", code, form.texts(), made.reason)
        all_told(lambda: add_region(session, actor, made), lambda: rename(session, actor, named))

    back = url_for("administration.regions")
    change = Change(_("Add the region %(code)s", code=code), act, back, _("The region is on the list."))
    return decide(form, change, lambda status: _regions(form, status))


def _regions(form: f.RegionForm, status: int = 200) -> Answer:
    session = get_session()
    rows = session.scalars(select(Region).order_by(Region.position)).all()
    subjects = [("region", row.code) for row in rows] + [("name", f"region/{row.code}") for row in rows]
    page = render_template(
        "administration/regions.html", rows=rows, names=names_of(session), form=form, lines=history(session, subjects)
    )
    return page, status


def _office(session: Session, code: str) -> Office:
    found = session.get(Office, code)
    if found is None:
        raise NotFound(services.NO_OFFICE)
    return found


def _act(act: str) -> OfficeAct:
    if act not in ACTS:
        raise NotFound(NO_SUCH)
    return ACTS[act]


def _seen(session: Session, code: str) -> str:
    return audit.fingerprint(office_states(session, [code])[code])


def _now(session: Session, office: Office, act: str) -> dict[str, str | None]:
    """What the form of the act shows as it is now."""
    item = request.args.get("item", "")
    given: dict[str, str | None] = {"item": item}
    if act == "describe":
        given |= {name: getattr(office, name) for name in ("short_name", "time_zone", "note")}
    if act == "interval":
        row = session.get(RosterInterval, int(item)) if item.isdecimal() and len(item) < 10 else None
        if row is None or row.office != office.code:
            raise NotFound(NO_SUCH)
        given |= {"valid_from": _text(row.valid_from), "valid_to": _text(row.valid_to)}
    if act == "end-service":
        link = session.get(OfficeCountry, int(item)) if item.isdecimal() and len(item) < 10 else None
        if link is None or link.office != office.code:
            raise NotFound(NO_SUCH)
        given |= {"day": _text(link.valid_to)}
    return given


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _form(session: Session, office: Office, act: str, form: f.AdministrationForm, status: int = 200) -> Answer:
    _offer(session, form)
    back = url_for("administration.office", code=office.code)
    told, name = _act(act), names_of(session).office(office.code)
    page = render_template(
        "administration/act.html", form=form, title=_(told.title), hint=_(told.hint) if told.hint else "", name=name,
        trail=[(url_for("administration.offices"), _("Offices")), (back, name)], back=back,
    )  # fmt: skip
    return page, status


def _new_office(form: f.OfficeForm, status: int = 200) -> Answer:
    _offer(get_session(), form)
    back = url_for("administration.offices")
    page = render_template(
        "administration/act.html", form=form, title=_("Open a new office"), name="", back=back,
        hint=_("A country office or a multi-country office is expected from its first day on."),
        trail=[(back, _("Offices"))],
    )  # fmt: skip
    return page, status


def _offer(session: Session, form: f.AdministrationForm) -> None:
    names = names_of(session)
    if isinstance(form, f.OfficeForm):
        form.offer("type", [(kind, _(name)) for kind, name in OFFICE_TYPES.items()])
    if "region" in form:
        regions = session.scalars(select(Region.code).order_by(Region.position))
        form.offer("region", [(code, names.region(code)) for code in regions], _("Choose a region"))
    for field in ("country", "host"):
        if field in form:
            known = sorted((names.country(iso3), iso3) for iso3 in session.scalars(select(Country.iso3)))
            form.offer(field, [(iso3, name) for name, iso3 in known], _("Choose a country"))
    if "time_zone" in form:
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc", "posix")))
        form.offer("time_zone", [(zone, zone) for zone in zones], _("Choose a time zone"))
