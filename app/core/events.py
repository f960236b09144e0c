"""What an upper room must learn in the same transaction. Services announce, `factory` subscribes."""

from __future__ import annotations

from collections.abc import Callable
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
_listeners: list[Listener] = []
_hearers: list[Hearer] = []


def subscribe(listener: Listener) -> None:
    """Call `listener` on every change from now on, inside the transaction that made it. Twice is once."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(session: Session, change: Changed) -> None:
    """Flush, then tell every listener of `change`."""
    session.flush()
    for listener in _listeners:
        listener(session, change)


def hear(hearer: Hearer) -> None:
    """Call `hearer` on every act from now on, inside the transaction in which it happened. Twice is once."""
    if hearer not in _hearers:
        _hearers.append(hearer)


def tell(session: Session, happened: Happened) -> None:
    """Tell every hearer of an act that is done and flushed."""
    for hearer in _hearers:
        hearer(session, happened)
