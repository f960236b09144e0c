"""Administering people: find, invite, give roles, let in and out. Nobody is deleted."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import factors, services
from app.accounts.models import User
from app.core.errors import Invalid, NotFound, Refused, Stale
from app.core.i18n import N_
from app.core.permissions import Permission, Role
from app.core.web.db import get_session
from app.core.web.guard import NO_SUCH, requires, requires_fresh, the_actor
from app.core.web.locale import _
from app.offices.models import Membership
from app.offices.services import add_membership, set_home
from app.people import admin
from app.people.admin_page import STATES, people_list, person_page, role_choices
from app.people.blueprint import Answer, bp
from app.people.forms_admin import InviteForm, LeaveForm, MembershipForm, PersonForm
from app.people.queries_access import Asked

STALE = N_("Somebody else changed this while you looked at it.")


@bp.get("/administration/people")
@requires(Permission.PERSON_ADMINISTER)
def administer() -> Answer:
    """Everybody, or those who are asked for."""
    page = people_list(get_session(), _asked(), current_app.extensions["tracker.idle_days"])
    states = [(key, _(words)) for key, words in STATES.items()]
    return render_template("people/administer.html", page=page, states=states, roles=role_choices())


def _asked() -> Asked:
    given, number = request.args, request.args.get("page", "1")
    return Asked(
        words=given.get("q", "")[:200],
        state=given.get("state", "") if given.get("state") in STATES else "active",
        role=given.get("role", "") if given.get("role") in set(Role) else "",
        place=given.get("place", "")[:10],
        page=int(number) if number.isascii() and number.isdecimal() and 0 < int(number[:5]) < 10_000 else 1,
    )


@bp.get("/administration/people/new")
@requires(Permission.PERSON_ADMINISTER)
def new_person() -> Answer:
    """Whom to invite."""
    return _invite_page(InviteForm(formdata=None), 200)


@bp.post("/administration/people/new")
@requires(Permission.PERSON_ADMINISTER)
@requires_fresh
def invite() -> Answer:
    """Make the account, and mail the invitation."""
    form = InviteForm().offer(get_session())
    form.validate()
    form.half_days()
    told = {field.name for field in form if field.errors}
    email, name = form.email.data or "", form.name.data or ""
    key = form.client_id.data or ""
    problems = admin.invitation_problems(get_session(), email, name, form.to_command(0), key)
    form.add_problems(problem for problem in problems if problem.field not in told)
    command = form.to_invitation()
    if not form.errors and command is not None:
        try:
            user = admin.invite(get_session(), the_actor(), command)
            flash(_("Invited. The link in the mail is good for seven days."), "success")
            return redirect(url_for("people.person", key=user.id), 303)
        except Invalid as refused:
            form.add_problems(refused)
    return _invite_page(form, 422)


def _invite_page(form: InviteForm, status: int) -> Answer:
    return render_template("people/invite.html", form=form.offer(get_session())), status


@bp.get("/administration/people/<int:key>")
@requires(Permission.PERSON_ADMINISTER)
def person(key: int) -> Answer:
    """One person: roles, sign-in, history."""
    return _person_page(_find(key))


def _find(key: int, *, lock: bool = False) -> User:
    return admin.find_person(get_session(), the_actor(), key, lock=lock)


def _person_page(
    user: User,
    status: int = 200,
    *,
    details: PersonForm | None = None,
    role: MembershipForm | None = None,
    leave: LeaveForm | None = None,
    fault: str = "",
) -> Answer:
    given = {"name": user.name, "email": user.email, "seen": admin.seen_of(user)}
    return render_template(
        "people/person.html",
        page=person_page(get_session(), user),
        details=details or PersonForm(formdata=None, data=given),
        role=(role or MembershipForm(formdata=None)).offer(get_session()),
        leave=leave or LeaveForm(formdata=None),
        refused=details or role or leave,
        fault=fault,
    ), status


@bp.post("/administration/people/<int:key>")
@requires(Permission.PERSON_ADMINISTER)
@requires_fresh
def change_person(key: int) -> Answer:
    """Another name or address."""
    user, form, status = _find(key, lock=True), PersonForm(), 422
    try:
        if form.validate():
            given = form.name.data or "", form.email.data or "", form.seen.data or ""
            admin.change_person(get_session(), the_actor(), user, *given)
            flash(_("Kept."), "success")
            return redirect(url_for("people.person", key=key), 303)
    except Invalid as refused:
        form.add_problems(refused)
    except Stale:
        status = 409
        form.form_errors.append(_(STALE))
        form.seen.data = admin.seen_of(user)
    return _person_page(user, status, details=form)


@bp.post("/administration/people/<int:key>/roles")
@requires(Permission.PERSON_ADMINISTER)
@requires_fresh
def add_role(key: int) -> Answer:
    """One more role; several at once are usual."""
    user, form = _find(key), MembershipForm().offer(get_session())
    try:
        if form.validate() and not form.half_days():
            command = form.to_command(user.id)
            if command is None:
                raise Invalid.at("role", admin.NO_ROLE)
            if not _is_known(form.client_id.data or ""):
                add_membership(get_session(), the_actor(), command)
            flash(_("The role is given. Their open sessions have ended."), "success")
            return redirect(url_for("people.person", key=key), 303)
    except Invalid as refused:
        form.add_problems(refused)
    return _person_page(user, 422, role=form)


def _is_known(client_id: str) -> bool:
    return get_session().query(Membership.id).filter_by(client_id=client_id).first() is not None


@bp.post("/administration/people/<int:key>/home/<int:membership>")
@requires(Permission.PERSON_ADMINISTER)
@requires_fresh
def make_home(key: int, membership: int) -> Answer:
    """This office sets the person's defaults."""
    found = get_session().get(Membership, membership)
    if found is None or found.user_id != _find(key).id:
        raise NotFound(NO_SUCH)
    set_home(get_session(), the_actor(), found)
    return _done(key, _("Kept."))


@bp.post("/administration/people/<int:key>/invite")
@requires(Permission.PERSON_ADMINISTER)
@requires_fresh
def invite_again(key: int) -> Answer:
    """A new link; the old one ends."""
    return _act(key, lambda user: admin.invite_again(get_session(), the_actor(), user), _("Invited again."))


@bp.post("/administration/people/<int:key>/deactivate")
@requires(Permission.PERSON_ADMINISTER)
@requires_fresh
def deactivate(key: int) -> Answer:
    """Let in no more."""
    user, form, status = _find(key, lock=True), LeaveForm(), 422
    try:
        if form.validate():
            ends = bool(form.roles_end.data)
            admin.deactivate(get_session(), the_actor(), user, form.reason.data or "", roles_end=ends)
            return _done(key, _("Deactivated. Sessions and access tokens have ended."))
    except Invalid as refused:
        form.add_problems(refused)
    except Refused as refused:
        status = 409
        form.form_errors.append(_(str(refused)))
    get_session().rollback()
    return _person_page(_find(key), status, leave=form)


@bp.post("/administration/people/<int:key>/activate")
@requires(Permission.PERSON_ADMINISTER)
@requires_fresh
def activate(key: int) -> Answer:
    """Let in again."""
    return _act(key, lambda user: admin.reactivate(get_session(), the_actor(), user), _("Let in again."))


@bp.post("/administration/people/<int:key>/sessions/end")
@requires(Permission.PERSON_ADMINISTER)
@requires_fresh
def end_sessions(key: int) -> Answer:
    """A lost laptop: every session ends."""
    by = the_actor().user_id
    words = _("Every session has ended.")
    return _act(key, lambda user: services.end_all_sessions(get_session(), user.id, actor_id=by), words)


@bp.post("/administration/people/<int:key>/second-factor/remove")
@requires(Permission.PERSON_ADMINISTER)
@requires_fresh
def reset_factors(key: int) -> Answer:
    """A lost phone: the second factor goes, after the administrator made sure who asks."""
    by = the_actor().user_id
    words = _("The second factor is removed. They add another one when they sign in.")
    return _act(key, lambda user: factors.reset_factors(get_session(), user, actor_id=by), words)


def _act(key: int, act: Callable[[User], None], words: str) -> Answer:
    user = _find(key, lock=True)
    try:
        act(user)
    except Refused as refused:
        return _person_page(user, 409, fault=_(str(refused)))
    return _done(key, words)


def _done(key: int, words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("people.person", key=key), 303)
