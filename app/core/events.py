"""What an upper room must learn in the same transaction. Services announce, `factory` subscribes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Changed:
    """Something was changed. `kind` names the thing ("activity", "annual_return", …), `key` is its database id."""

    kind: str
    key: Any


@dataclass(frozen=True)
class Happened:
    """Somebody did something that others may want to hear of. `act` is the audit event's action, `by` a person's id."""

    act: str
    key: Any
    by: int | None
    reason: str = ""


Listener = Callable[[Session, Changed], None]
Hearer = Callable[[Session, Happened], None]
ManyListener = Callable[[Session, Sequence[Changed]], None]
_listeners: list[Listener] = []
_of_many: dict[Listener, ManyListener] = {}
_hearers: list[Hearer] = []


def subscribe(listener: Listener, many: ManyListener | None = None) -> None:
    """Call `listener` on every change from now on, inside the transaction that made it. Twice is once.

    `many` does the same for many changes at once.
    """
    if listener not in _listeners:
        _listeners.append(listener)
    if many is not None:
        _of_many[listener] = many


def announce(session: Session, change: Changed) -> None:
    """Flush, then tell every listener of `change`."""
    session.flush()
    for listener in _listeners:
        listener(session, change)


def announce_all(session: Session, changes: Sequence[Changed]) -> None:
    """Flush, then tell every listener of all of `changes`: at once, where it can take them so."""
    session.flush()
    for listener in _listeners:
        many = _of_many.get(listener)
        if many is not None:
            many(session, changes)
        else:
            for change in changes:
                listener(session, change)


def hear(hearer: Hearer) -> None:
    """Call `hearer` on every act from now on, inside the transaction in which it happened. Twice is once."""
    if hearer not in _hearers:
        _hearers.append(hearer)


def tell(session: Session, happened: Happened) -> None:
    """Tell every hearer of an act that is done and flushed."""
    for hearer in _hearers:
        hearer(session, happened)
