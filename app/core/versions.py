"""Versions of what changes seldom, and what each process keeps by them.

A change of a watched table raises the version of its domain in the same transaction, whoever makes it. Every process
asks for the versions once a transaction, with one small statement, and reads anew only what has another version.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Integer, String, event, select
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from app.core.db import RAISE, Base
from app.core.shelves import Shelves

REFERENCE = "reference"
RETURNS = "returns"

Thing = TypeVar("Thing")


class ReferenceVersion(Base):
    """One row a domain, raised with each change, so that every process sees it at once."""

    __tablename__ = "reference_version"

    domain: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)


_shelves = Shelves(most=256)
_watched: dict[type, str] = {}


@dataclass
class _Own:
    """What one session knows: the versions of its transaction, and what it changed that nobody else may see yet."""

    transaction: Any = None
    versions: Mapping[str, int] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    raised: set[str] = field(default_factory=set)
    things: dict[Hashable, tuple[frozenset[str], Any]] = field(default_factory=dict)


def _own(session: Session) -> _Own:
    own = session.info.get(_Own)
    if own is None:
        own = session.info[_Own] = _Own()
    return own


def stamp(session: Session, *domains: str) -> tuple[int, ...]:
    """The versions of these domains as this transaction sees them; 0 before the first change."""
    versions = _versions(session)
    return tuple(versions.get(domain, 0) for domain in domains)


def data_version(session: Session) -> str:
    """Another text after each committed change of anything: what was read before under the same one is true still.

    Ask before reading: a page made of newer data than its version says is only made once more than needed.
    """
    return ",".join(f"{domain}{version}" for domain, version in sorted(_versions(session).items()))


def _versions(session: Session) -> Mapping[str, int]:
    own = _own(session)
    if own.transaction is None or own.transaction is not session.get_transaction():
        rows = session.execute(select(ReferenceVersion.domain, ReferenceVersion.version))
        own.versions = dict(rows.all())
        own.transaction = session.get_transaction()
    return own.versions


def changed_here(session: Session, *domains: str) -> bool:
    """This session changed something of these domains: what it reads now is not for the shelf of all."""
    return not _own(session).changed.isdisjoint(domains)


def shared(session: Session, key: Hashable, load: Callable[[], Thing], *domains: str) -> Thing:
    """What `load` reads from these domains ("reference" if not said), kept by the process while their versions stay."""
    domains = domains or (REFERENCE,)
    if session.autoflush and _pending(session):
        session.flush()
    if changed_here(session, *domains):
        own = _own(session)
        if key not in own.things:
            own.things[key] = (frozenset(domains), load())
        mine: Thing = own.things[key][1]
        return mine
    now = stamp(session, *domains)
    kept = _shelves.get(session, key)
    if kept is None or kept[0] != now:
        kept = (now, load())
        _shelves.put(session, key, kept)
    found: Thing = kept[1]
    return found


def raise_version(session: Session, domain: str) -> None:
    """Tell every process, at the commit, that `domain` changed."""
    own = _own(session)
    _note(own, {domain})
    own.raised.add(domain)
    own.transaction = None
    session.execute(RAISE, {"domain": domain})


def watch(domains: Mapping[str, Iterable[type]]) -> None:
    """From now on a change of these models raises the version of their domain. Twice is once."""
    for domain, models in domains.items():
        _watched.update(dict.fromkeys(models, domain))
    for name, listener in _LISTENERS.items():
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)


def _note(own: _Own, domains: set[str]) -> None:
    own.changed |= domains
    own.things = {key: kept for key, kept in own.things.items() if kept[0].isdisjoint(domains)}


def _pending(session: Session) -> set[str]:
    """Domains of the objects that wait to be written."""
    groups = (session.new, session.deleted, session.dirty)
    return {_watched[type(each)] for group in groups for each in group if type(each) in _watched}


def _flushed(session: Session, _context: Any) -> None:
    domains = _pending(session)
    if domains:
        _note(_own(session), domains)


def _executed(state: ORMExecuteState) -> None:
    if (state.is_insert or state.is_update or state.is_delete) and state.bind_mapper is not None:
        domain = _watched.get(state.bind_mapper.class_)
        if domain:
            _note(_own(state.session), {domain})


def _committing(session: Session) -> None:
    """Last of all: the version's row is locked for a moment only, and no two writers can wait for each other."""
    if session.in_nested_transaction():
        return
    session.flush()
    own: _Own | None = session.info.get(_Own)
    if own is None or not own.changed:
        return
    for domain in sorted(own.changed - own.raised):
        session.execute(RAISE, {"domain": domain})
    session.info[_Own] = _Own()


def _rolled_back(session: Session, _previous: Any) -> None:
    own: _Own | None = session.info.get(_Own)
    if own is not None:
        own.transaction = None
        own.raised.clear()
        own.things.clear()


_LISTENERS: Mapping[str, Callable[..., None]] = {
    "after_flush": _flushed,
    "do_orm_execute": _executed,
    "before_commit": _committing,
    "after_soft_rollback": _rolled_back,
}
