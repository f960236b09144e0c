"""Code lists: what people choose from. Added, renamed, retired, brought back, merged; never removed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import render_template, url_for
from sqlalchemy.orm import Session

from app.administration import forms as f
from app.administration.blueprint import Answer, bp
from app.administration.decide import Change, decide
from app.administration.history import history
from app.administration.merging import Merge, merge_code, merge_moves, uses
from app.codelists.queries import CodeRow, SupportTypeRow, codes, former_names, small_lists, support_types
from app.codelists.rules import EVERY_LIST, MERGEABLE, OPEN_LISTS, SUPPORT_TYPE
from app.codelists.services import NO_SUCH as NO_ENTRY
from app.codelists.services import NewCode, add_code, bring_back_code, retire_code, state_of
from app.core import audit
from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.web.db import get_session
from app.core.web.guard import NO_SUCH, requires, the_actor
from app.core.web.locale import _, ngettext
from app.dashboards.names import names_of

Entry = CodeRow | SupportTypeRow
ACTS = {
    "retire": N_("Retire it"),
    "bring-back": N_("Bring it back"),
    "merge": N_("Merge it into another one"),
}
HINTS = {
    "retire": N_("It is offered no more. Records that have it keep it, and figures of it stay."),
    "bring-back": N_("It is offered again."),
    "merge": N_("Every record that has it gets a new version with the other entry, and says so in its history; older"
                " versions keep what they said. This one stays, retired, and leads to the other."),
}  # fmt: skip


@dataclass(frozen=True)
class EntryLine:
    """An entry in one line."""

    code: str
    name: str
    state: str


@bp.get("/lists")
@requires(Permission.CODE_EDIT)
def lists() -> Answer:
    """Every list."""
    session = get_session()
    sizes = {key: len(rows) for key, rows in small_lists(session).items()}
    sizes[SUPPORT_TYPE] = len(support_types(session, include_retired=True))
    open_ones = [(key, _(title), sizes.get(key, 0)) for key, title in OPEN_LISTS.items()]
    fixed = [(key, _(title), sizes[key]) for key, title in EVERY_LIST.items() if key not in OPEN_LISTS and key in sizes]
    return render_template("administration/lists.html", groups=((_("Lists that grow"), open_ones),
                           (_("Lists that the program's rules ask for by name"), fixed)))  # fmt: skip


@bp.get("/lists/<list_key>")
@requires(Permission.CODE_EDIT)
def code_list(list_key: str) -> Answer:
    """The entries of one list, and the form for another."""
    return _list(list_key, _new_form(list_key)(formdata=None))


@bp.post("/lists/<list_key>")
@requires(Permission.CODE_EDIT)
def new_code(list_key: str) -> Answer:
    """What a new entry moves, or the entry."""
    form, actor = _new_form(list_key)(), the_actor()
    told = {name: form.text_of(name) for name in ("facet", "definition", "reason")}
    command = NewCode(list_key, form.text_of("code"), form.texts(), **told)
    change = Change(
        title=_("Add %(name)s to the list", name=command.names.get("en") or command.code),
        act=lambda session: add_code(session, actor, command),
        back=url_for("administration.code_list", list_key=list_key),
        done=_("The entry is in the list."),
    )
    return decide(form, change, lambda status: _list(list_key, form, status))


@bp.get("/lists/<list_key>/<code>")
@requires(Permission.CODE_EDIT)
def code(list_key: str, code: str) -> Answer:
    """One entry, what can be done with it, its history."""
    session = get_session()
    entry, name = _entry(session, list_key, code), names_of(session).of(list_key, code)
    subject = ("support_type", code) if list_key == SUPPORT_TYPE else ("code", f"{list_key}/{code}")
    state = state_of(session, list_key, code)
    return render_template(
        "administration/code.html",
        list_key=list_key,
        title=_(EVERY_LIST[list_key]),
        entry=entry,
        name=name,
        merged=names_of(session).of(list_key, state["merged_into"]) if state["merged_into"] else "",
        uses=uses(session, list_key, code) if list_key in MERGEABLE else None,
        former=former_names(session, list_key, code),
        acts=[(each, _(ACTS[each])) for each in _acts_of(list_key, entry)],
        lines=history(session, [subject, ("name", f"{list_key}/{code}")]),
    )


@bp.get("/lists/<list_key>/<code>/<act>")
@requires(Permission.CODE_EDIT)
def edit_code(list_key: str, code: str, act: str) -> Answer:
    """The form of one act."""
    session = get_session()
    _entry(session, list_key, code)
    seen = audit.fingerprint(state_of(session, list_key, code))
    return _form(list_key, code, act, _act_form(act)(formdata=None, data={"seen": seen}))


@bp.post("/lists/<list_key>/<code>/<act>")
@requires(Permission.CODE_EDIT)
def change_code(list_key: str, code: str, act: str) -> Answer:
    """What the act moves, or the act."""
    _entry(get_session(), list_key, code)
    form, actor = _act_form(act)(), the_actor()
    change = Change(
        title=f"{_(ACTS[act])}: {names_of(get_session()).of(list_key, code)}",
        act=lambda session: _do(session, actor, (list_key, code), act, form),
        back=url_for("administration.code", list_key=list_key, code=code),
        done=_("Done. The history keeps what it was."),
    )
    if act == "retire" and list_key in MERGEABLE:
        found = uses(get_session(), list_key, code)
        said = ngettext("%(num)s record has it and keeps it.", "%(num)s records have it and keep it.", found)
        change = replace(change, note=said)
    if act == "merge":
        change = _merging(change, actor, Merge(list_key, code, form.text_of("into"), form.text_of("reason")), form)
    return decide(form, change, lambda status: _form(list_key, code, act, form, status))


def _merging(change: Change, actor: Actor, command: Merge, form: f.AdministrationForm) -> Change:
    found = uses(get_session(), command.list_key, command.code)
    note = ngettext("%(num)s record is written anew.", "%(num)s records are written anew.", found)
    return replace(change, moves=lambda on: merge_moves(on, actor, command, form.seen.data), note=note)


def _do(session: Session, actor: Actor, place: tuple[str, str], act: str, form: f.AdministrationForm) -> object:
    reason, seen = form.text_of("reason"), form.seen.data
    if act == "merge":
        return merge_code(session, actor, Merge(*place, form.text_of("into"), reason), seen)
    service = retire_code if act == "retire" else bring_back_code
    return service(session, actor, *place, reason, seen)


def _act_form(act: str) -> type[f.AdministrationForm]:
    if act not in ACTS:
        raise NotFound(NO_SUCH)
    return f.MergeForm if act == "merge" else f.AdministrationForm


def _acts_of(list_key: str, entry: Entry) -> list[str]:
    if list_key not in OPEN_LISTS:
        return []
    acts = ["retire"] if entry.retired_on is None else ["bring-back"]
    return [*acts, "merge"] if list_key in MERGEABLE else acts


def _new_form(list_key: str) -> type[f.CodeForm]:
    if list_key not in EVERY_LIST:
        raise NotFound(NO_SUCH)
    return f.SupportTypeForm if list_key == SUPPORT_TYPE else f.CodeForm


def _entries(session: Session, list_key: str) -> tuple[Entry, ...]:
    if list_key == SUPPORT_TYPE:
        return support_types(session, include_retired=True)
    return codes(session, list_key, include_retired=True)


def _entry(session: Session, list_key: str, code: str) -> Entry:
    found = next((each for each in _entries(session, list_key) if each.code == code), None)
    if list_key not in EVERY_LIST or found is None:
        raise NotFound(NO_ENTRY)
    return found


def _list(list_key: str, form: f.CodeForm, status: int = 200) -> Answer:
    session = get_session()
    names = names_of(session)
    if isinstance(form, f.SupportTypeForm):
        form.offer("facet", [("how", _("How the office helped")), ("about", _("What the help was about"))])
    entries = [
        EntryLine(each.code, names.of(list_key, each.code), _("retired") if each.retired_on else _("in use"))
        for each in _entries(session, list_key)
    ]
    page = render_template(
        "administration/list.html",
        list_key=list_key,
        title=_(EVERY_LIST[list_key]),
        entries=entries,
        form=form if list_key in OPEN_LISTS else None,
    )
    return page, status


def _form(list_key: str, code: str, act: str, form: f.AdministrationForm, status: int = 200) -> Answer:
    session = get_session()
    names = names_of(session)
    if isinstance(form, f.MergeForm):
        others = [e.code for e in _entries(session, list_key) if e.code != code and e.retired_on is None]
        form.offer("into", [(each, names.of(list_key, each)) for each in others], _("Choose an entry"))
    back = url_for("administration.code", list_key=list_key, code=code)
    page = render_template(
        "administration/act.html", form=form, title=_(ACTS[act]), hint=_(HINTS[act]), back=back,
        name=names.of(list_key, code),
        trail=[
            (url_for("administration.code_list", list_key=list_key), _(EVERY_LIST[list_key])),
            (back, names.of(list_key, code)),
        ],
    )  # fmt: skip
    return page, status
