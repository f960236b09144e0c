"""Two steps of every change: what figures it moves, then the change. What moved in between is shown again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request
from sqlalchemy.orm import Session
from wtforms import Field, HiddenField, RadioField, SelectField

from app.activities.words import day
from app.administration.blueprint import Answer
from app.administration.forms import AdministrationForm
from app.administration.moves import Act, Move, Moves, Numbers, moves_of, on_trial
from app.administration.words import STATES
from app.core.errors import Invalid, Problem, Refused, Stale, TrackerError
from app.core.i18n import N_
from app.core.web.db import get_session
from app.core.web.forms import PartialDateField
from app.core.web.locale import _
from app.dashboards.names import OFFICE_TYPES, Names, names_of

STALE = N_("Somebody else changed this while you looked at it. Look at it as it stands now, then do it again.")
OTHER = N_("The figures moved while you looked at this page. This is what the change moves now.")
NOT_TYPED = frozenset({"csrf_token", "do", "moves"})
MOST = 150


@dataclass(frozen=True)
class Change:
    """What is about to be done. `later` is the day on which it takes effect, where that is said.

    `moves` counts what it moves where trying it out would take too long.
    """

    title: str
    act: Act
    back: str
    done: str
    later: date | None = None
    moves: Callable[[Session], Moves] | None = None
    note: str = ""


@dataclass(frozen=True)
class MoveLine:
    """A figure before and after, in words."""

    year: int
    what: str
    basis: str
    before: str
    after: str
    countries: str


def decide(form: AdministrationForm, change: Change, again: Callable[[int], Answer]) -> Answer:
    """Show what the change moves, or, once that was seen, make it. `again` shows the form with what was refused."""
    session = get_session()
    if not form.validate():
        form.add_problems([each for each in _further(session, change) if each.field not in form.errors])
        return again(422)
    try:
        moves = change.moves(session) if change.moves else moves_of(session, change.act, change.later)
        if request.form.get("do") == "make" and request.form.get("moves") == moves.mark:
            change.act(session)
            flash(change.done, "success")
            return redirect(change.back, 303)
    except Invalid as refused:
        form.add_problems(refused)
        return again(422)
    except Stale:
        form.form_errors.append(_(STALE))
        return again(409)
    except Refused as refused:
        form.form_errors.append(_(str(refused)))
        return again(409)
    return _confirm(form, change, moves)


NAMED = {"region": "region", "country": "country", "host": "country"}
"""Fields whose codes have names in these lists."""
RADIOS = {**OFFICE_TYPES, "yes": N_("Yes"), "no": N_("No"), "how": N_("How the office helped"),
          "about": N_("What the help was about")}  # fmt: skip


def _said(form: AdministrationForm, names: Names) -> list[tuple[str, str]]:
    """What the form says, field by field in words: what is about to be done is not told by its title alone."""
    return [
        (field.label.text, _value(field, names))
        for field in form
        if field.data and not isinstance(field, HiddenField) and field.name != "reason"
    ]


def _value(field: Field, names: Names) -> str:
    text = str(field.data)
    if isinstance(field, PartialDateField):
        return day(text)
    if isinstance(field, RadioField):
        return _(RADIOS.get(text, text))
    kind = NAMED.get(field.name) or (request.view_args or {}).get("list_key", "")
    return names.of(kind, text) if isinstance(field, SelectField) else text


def _further(session: Session, change: Change) -> Sequence[Problem]:
    """What the act itself would refuse: told with what is wrong in the form, not after it."""
    if change.moves is not None:  # trying it out would take too long
        return ()
    try:
        with on_trial(session, change.act):
            return ()
    except Invalid as refused:
        return refused.problems
    except TrackerError:
        return ()


def _confirm(form: AdministrationForm, change: Change, moves: Moves) -> Answer:
    other = request.form.get("do") == "make"
    if other:
        flash(_(OTHER), "warning")
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_TYPED]
    names = names_of(get_session())
    lines = [_line(names, move) for move in moves.figures[:MOST]]
    states = [
        (each.year, names.office(each.office), _(STATES[each.before]), _(STATES[each.after]))
        for each in moves.states[:MOST]
    ]
    told = {"said": _said(form, names), "reason": form.text_of("reason"), "typed": typed}
    page = render_template(
        "administration/confirm.html", change=change, moves=moves, lines=lines, states=states, most=MOST, **told
    )
    return page, 409 if other else 200


def _line(names: Names, move: Move) -> MoveLine:
    before, after = move.before, move.after
    same = before and after and (before.countries, before.programme) == (after.countries, after.programme)
    return MoveLine(
        year=move.year,
        what=_("All offices") if move.kind == "world" else names.of(move.kind, move.code),
        basis=_("provisional") if move.basis == "provisional" else "",
        before=_share(before.k, before.n) if before else "",
        after=_share(after.k, after.n) if after else "",
        countries="" if same else f"{_reached(before)} → {_reached(after)}",
    )


def _share(k: int, n: int) -> str:
    return _("%(k)s of %(n)s", k=k, n=n)


def _reached(numbers: Numbers | None) -> str:
    return _share(numbers.countries, numbers.programme) if numbers else "–"
