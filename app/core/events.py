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


Listener = Callable[[Session, Changed], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Call `listener` on every change from now on, inside the transaction that made it. Twice is once."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(session: Session, change: Changed) -> None:
    """Flush, then tell every listener of `change`."""
    session.flush()
    for listener in _listeners:
        listener(session, change)
