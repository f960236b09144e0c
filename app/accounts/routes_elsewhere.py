"""Sign in elsewhere, connect one's account with it, disconnect it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from sqlalchemy.orm import Session

from app.accounts import elsewhere, links, services
from app.accounts.blueprint import Answer, bp
from app.accounts.door import Door, let_in
from app.accounts.house import house, own_address
from app.accounts.loader import TOKEN
from app.accounts.models import User
from app.accounts.routes_links import LINK
from app.core.db import unit_of_work
from app.core.errors import Refused
from app.core.permissions import Permission
from app.core.web import guard
from app.core.web.addresses import own_path
from app.core.web.db import get_session, session_factory
from app.core.web.guard import requires, requires_fresh
from app.core.web.locale import _

WHAT = "elsewhere"
SIGN_IN, CONNECT, CONFIRM, INVITED = "sign-in", "connect", "confirm", "invited"


@bp.get("/sign-in/elsewhere")
@requires(Permission.PUBLIC)
def go_elsewhere() -> Answer:
    """Off to the provider. What for is kept in this browser's cookie."""
    what = request.args.get("for", SIGN_IN)
    if what == CONNECT and session.get(WHAT) != {"for": CONNECT}:
        what = SIGN_IN
    known = what if what in (CONNECT, CONFIRM, INVITED) else SIGN_IN
    session[WHAT] = {"for": known, "next": own_path(request.args.get("next")) or "/"}
    answer: Answer = elsewhere.begin(own_address() + url_for("accounts.back"), again=known == CONFIRM)
    return answer


@bp.get("/sign-in/elsewhere/back")
@requires(Permission.PUBLIC)
def back() -> Answer:
    """From the provider. A GET, because the provider sends browsers here; its writes have their own transaction."""
    begun = session.get(WHAT) or {}
    what, following = begun.get("for", SIGN_IN), own_path(begun.get("next")) or "/"
    told = elsewhere.read(elsewhere.answer(again=what == CONFIRM))
    session.pop(WHAT, None)
    if what == CONNECT:
        return _connect(told)
    if what == CONFIRM:
        return _confirm(told)
    user = _who(told, invited=what == INVITED)
    if let_in(user, strong=told.strong) is Door.SECOND:
        return redirect(url_for("accounts.second", next=following))
    return redirect(following)


def _who(told: elsewhere.Told, *, invited: bool) -> User:
    """The person, with the memberships of their groups."""
    follow = house().follow_groups
    with unit_of_work(session_factory()) as writing:
        user = _by_invitation(writing, told) if invited else elsewhere.person_of(writing, told)
        user = user or elsewhere.welcome(writing, told)
        if not user.active:
            raise Refused(elsewhere.NOT_CONNECTED)
        if follow is not None:
            follow(writing, user.id, told.groups)
        services.note_sign_in(writing, user, request.remote_addr)
    return user


def _by_invitation(writing: Session, told: elsewhere.Told) -> User:
    link, user = links.find_link(writing, session.get(LINK, ""), lock=True)
    if link.kind != "invitation":
        raise links.LinkEnded
    elsewhere.connect(writing, user, told)
    links.take_link(writing, link, user)
    return user


def _connect(told: elsewhere.Told) -> Answer:
    actor = guard.the_actor()
    if not actor.fresh:
        raise Refused(elsewhere.DID_NOT_WORK)
    with unit_of_work(session_factory()) as writing:
        elsewhere.connect(writing, writing.get_one(User, actor.user_id), told)
    flash(_("Your account is connected. From now on you can sign in there."), "success")
    return redirect(url_for("accounts.me"))


def _confirm(told: elsewhere.Told) -> Answer:
    """It was the same person: the form that waits in another tab may be sent."""
    actor = guard.the_actor()
    with unit_of_work(session_factory()) as writing:
        user = elsewhere.person_of(writing, told)
        if user is None or user.id != actor.user_id or actor.session_id is None:
            raise Refused(elsewhere.OTHERS)
        session[TOKEN] = services.freshen(writing, actor.session_id)
    return render_template("accounts/confirmed.html")


@bp.get("/me/elsewhere")
@requires(Permission.ACCOUNT_OWN)
def show_elsewhere() -> Answer:
    """Is one's account connected?"""
    return _page()


def _page(*, ready: bool = False, fault: str = "", status: int = 200) -> Answer:
    found = elsewhere.identity_of(get_session(), guard.the_actor().user_id or 0)
    provider = house().provider
    values = {"identity": found, "provider": provider, "ready": ready, "fault": fault}
    return render_template("accounts/elsewhere.html", **values), status


@bp.post("/me/elsewhere")
@requires(Permission.ACCOUNT_OWN)
@requires_fresh
def connect_elsewhere() -> Answer:
    """They may go and connect. By a link: browsers let no form lead to another site here."""
    session[WHAT] = {"for": CONNECT}
    return _page(ready=True)


@bp.post("/me/elsewhere/remove")
@requires(Permission.ACCOUNT_OWN)
@requires_fresh
def disconnect_elsewhere() -> Answer:
    """Only the password from now on."""
    try:
        elsewhere.disconnect(get_session(), get_session().get_one(User, guard.the_actor().user_id))
    except Refused as refused:
        return _page(fault=_(str(refused)), status=409)
    flash(_("Your account is disconnected."), "success")
    return redirect(url_for("accounts.me"), 303)
