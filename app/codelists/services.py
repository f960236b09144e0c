"""Writes to code lists and names. Nothing here is ever deleted: a code retires, a name becomes a former one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.codelists.models import Code, Label, SupportType
from app.codelists.rules import ASKED_FOR, CODE, LONG_KINDS, NAMED, OPEN_LISTS, SUPPORT_TYPE, limit
from app.codelists.states import code_states, name_states, one, support_type_states
from app.core import audit, clock
from app.core.errors import Invalid, NotFound, Problem, Refused, Stale
from app.core.events import Changed, announce
from app.core.i18n import LABEL_LANGUAGES, N_
from app.core.permissions import Actor, Permission, demand

NO_SUCH = N_("There is no such entry in this list.")
FIXED = N_("The program's own rules ask for the entries of this list. They can be renamed, but not added or retired.")
NEEDS_ENGLISH = N_("Give the English name: it stands in for the languages that have none.")
TOO_LONG = {300: N_("This text has more than 300 characters."), 2000: N_("This text has more than 2,000 characters.")}


@dataclass(frozen=True)
class Names:
    """The command for the names of one thing: {language: text}, "" where there is none."""

    kind: str
    code: str
    texts: Mapping[str, str]
    reason: str = ""


@dataclass(frozen=True)
class NewCode:
    """The command for a new entry. `facet` and `definition` are for support types only."""

    list_key: str
    code: str
    names: Mapping[str, str] = field(default_factory=dict)
    facet: str = ""
    definition: str = ""
    reason: str = ""


def rename(session: Session, actor: Actor, command: Names, seen: str | None = None) -> None:
    """Give a thing its names in the four languages; what it was called before is kept for imports.

    `seen` is the fingerprint of the names that the form showed.

    Raises:
        Invalid: no English name, or one too long. Stale: somebody renamed it in between. NotFound, Forbidden.
    """
    demand(Permission.NAME_EDIT, actor)
    if command.kind not in NAMED:
        raise NotFound(NO_SUCH)
    problems = list(_name_problems(command))
    if problems:
        raise Invalid(problems)
    key = f"{command.kind}/{command.code}"
    now = one(name_states(session, [key]), key)
    wanted = _texts(command)
    if {lang: text for lang, text in now.get("names", {}).items() if lang in LABEL_LANGUAGES} == wanted:
        return
    check_seen(now, seen)
    for language in LABEL_LANGUAGES:
        _put_name(session, command, language, wanted.get(language, ""))
    session.flush()
    _record_names(session, actor, "name.changed", command)
    announce(session, Changed("name", key))


def add_code(session: Session, actor: Actor, command: NewCode) -> None:
    """Add an entry to a list, with its names. Added twice with the same names, it is added once.

    Raises:
        Invalid: no such code can be, it is there already, or it has no English name. Refused: a list of the program's
        own. Forbidden.
    """
    demand(Permission.CODE_EDIT, actor)
    _check_open(command.list_key)
    named = Names(command.list_key, command.code, command.names, command.reason)
    key = f"{command.list_key}/{command.code}"
    if one(name_states(session, [key]), key) == {"names": _texts(named), "former": []} != {"names": {}, "former": []}:
        return
    problems = [*_code_problems(session, command), *_name_problems(named)]
    if problems:
        raise Invalid(problems)
    session.add(_new_row(session, command))
    for language, text in _texts(named).items():
        session.add(Label(kind=named.kind, code=named.code, language=language, text=text, former=False))
    session.flush()
    record_code(session, actor, "code.added", command.list_key, command.code, command.reason)
    _record_names(session, actor, "name.added", named)
    announce(session, Changed("code", f"{command.list_key}/{command.code}"))


def retire_code(
    session: Session, actor: Actor, list_key: str, code: str, reason: str = "", seen: str | None = None
) -> None:
    """Take an entry out of use: it is offered no more, and stays wherever it was used.

    Raises:
        Refused: a list of the program's own, or a code that a form asks for by name. Stale, NotFound, Forbidden.
    """
    row = _take(session, actor, list_key, code)
    if row.retired_on is not None:
        return
    _check_free(list_key, code)
    check_seen(state_of(session, list_key, code), seen)
    row.retired_on = clock.today()
    session.flush()
    record_code(session, actor, "code.retired", list_key, code, reason)
    announce(session, Changed("code", f"{list_key}/{code}"))


def bring_back_code(
    session: Session, actor: Actor, list_key: str, code: str, reason: str = "", seen: str | None = None
) -> None:
    """Offer a retired entry again. What was merged into another one stays there.

    Raises:
        Refused: a list of the program's own. Stale, NotFound, Forbidden.
    """
    row = _take(session, actor, list_key, code)
    if row.retired_on is None:
        return
    check_seen(state_of(session, list_key, code), seen)
    row.retired_on = row.merged_into = None
    session.flush()
    record_code(session, actor, "code.brought-back", list_key, code, reason)
    announce(session, Changed("code", f"{list_key}/{code}"))


def state_of(session: Session, list_key: str, code: str) -> dict[str, Any]:
    """All that is kept of one entry, as plain values; empty if there is none."""
    if list_key == SUPPORT_TYPE:
        return one(support_type_states(session, [code]), code)
    return one(code_states(session, [f"{list_key}/{code}"]), f"{list_key}/{code}")


def find_row(session: Session, list_key: str, code: str, *, lock: bool = False) -> Code | SupportType:
    """The row of an entry.

    Raises:
        NotFound: there is none.
    """
    if list_key == SUPPORT_TYPE:
        found: Code | SupportType | None = session.get(SupportType, code, with_for_update=lock)
    else:
        statement = select(Code).where(Code.list_key == list_key, Code.code == code)
        found = session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound(NO_SUCH)
    return found


def record_code(session: Session, actor: Actor, action: str, list_key: str, code: str, reason: str = "") -> None:
    """One audit event with the complete state of the entry after the act."""
    kind, key = ("support_type", code) if list_key == SUPPORT_TYPE else ("code", f"{list_key}/{code}")
    state = state_of(session, list_key, code)
    audit.record(session, actor_id=actor.user_id, action=action, subject=(kind, key), state=state, reason=reason)
    session.flush()


def check_seen(state: Mapping[str, Any], seen: str | None) -> None:
    """Raises Stale where the state is not the one that the form showed; None is for commands, which show none."""
    if seen is not None and seen != audit.fingerprint(state):
        raise Stale(0, 1)


def _take(session: Session, actor: Actor, list_key: str, code: str) -> Code | SupportType:
    demand(Permission.CODE_EDIT, actor)
    row = find_row(session, list_key, code, lock=True)
    _check_open(list_key)
    return row


def _check_open(list_key: str) -> None:
    if list_key not in OPEN_LISTS:
        raise Refused(FIXED)


def _check_free(list_key: str, code: str) -> None:
    if code in ASKED_FOR.get(list_key, ()):
        raise Refused(N_("The forms ask for this entry by name, so it stays. It can be renamed."))


def _texts(command: Names) -> dict[str, str]:
    return {lang: text.strip() for lang, text in command.texts.items() if lang in LABEL_LANGUAGES and text.strip()}


def _name_problems(command: Names) -> Iterator[Problem]:
    texts, most = _texts(command), limit(command.kind)
    if "en" not in texts and command.kind not in LONG_KINDS:
        yield Problem("name_en", NEEDS_ENGLISH)
    for language, text in texts.items():
        if len(text) > most:
            yield Problem(f"name_{language}", TOO_LONG[most])


def _code_problems(session: Session, command: NewCode) -> Iterator[Problem]:
    if not CODE.match(command.code):
        yield Problem("code", N_("A code has small letters, digits and low lines only, and begins with a letter."))
    elif state_of(session, command.list_key, command.code):
        yield Problem("code", N_("This code is in the list already. A code is never given twice."))
    if command.list_key == SUPPORT_TYPE:
        if command.facet not in ("how", "about"):
            yield Problem("facet", N_("Say whether it tells how the office helped, or what it was about."))
        if not command.definition.strip():
            yield Problem("definition", N_("Say in a sentence what belongs to this type."))


def _new_row(session: Session, command: NewCode) -> Code | SupportType:
    if command.list_key == SUPPORT_TYPE:
        last = session.scalar(select(func.max(SupportType.position))) or 0
        own: dict[str, Any] = {"facet": command.facet, "definition": command.definition.strip()}
        return SupportType(code=command.code, position=last + 1, attributes={}, retired_on=None, **own)
    last = session.scalar(select(func.max(Code.position)).where(Code.list_key == command.list_key)) or 0
    return Code(list_key=command.list_key, code=command.code, position=last + 1, attributes={}, retired_on=None)


def _put_name(session: Session, command: Names, language: str, text: str) -> None:
    mine = select(Label).where(Label.kind == command.kind, Label.code == command.code, Label.language == language)
    row = session.scalar(mine.where(~Label.former).with_for_update())
    if row is not None and row.text == text:
        return
    if row is not None:
        known = session.scalar(mine.where(Label.former, Label.text == row.text).limit(1))
        if known is not None:
            session.delete(row)  # it stands among the former ones already
        else:
            row.former = True
        session.flush()
    if text:
        again = session.scalar(mine.where(Label.former, Label.text == text).limit(1))
        if again is not None:
            again.former = False
        else:
            session.add(Label(kind=command.kind, code=command.code, language=language, text=text, former=False))
        session.flush()


def _record_names(session: Session, actor: Actor, action: str, command: Names) -> None:
    key = f"{command.kind}/{command.code}"
    audit.record(
        session,
        actor_id=actor.user_id,
        action=action,
        subject=("name", key),
        state=one(name_states(session, [key]), key),
        reason=command.reason,
    )
    session.flush()
