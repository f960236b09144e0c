"""What a process keeps between requests: a bounded number of things for each database, the longest unused let go."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

Thing = TypeVar("Thing")


class Shelves:
    """One shelf for each database, gone with its engine. What lies here must not hold a session, nor its objects."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._shelves: WeakKeyDictionary[Engine, OrderedDict[Hashable, Any]] = WeakKeyDictionary()
        self._lock = Lock()

    def get(self, session: Session, key: Hashable) -> Any:
        """What was put here under this key, None if it is not here (any more)."""
        with self._lock:
            shelf = self._shelves.get(session.get_bind().engine)
            if shelf is None or key not in shelf:
                return None
            shelf.move_to_end(key)
            return shelf[key]

    def put(self, session: Session, key: Hashable, thing: Any) -> None:
        """Keep `thing`, in the place of what was here under the key."""
        with self._lock:
            shelf = self._shelves.setdefault(session.get_bind().engine, OrderedDict())
            shelf[key] = thing
            shelf.move_to_end(key)
            while len(shelf) > self.most:
                shelf.popitem(last=False)

    def remembered(self, session: Session, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """What is kept under the key, made now if nothing is. Of two that make it at once the later one stays."""
        found: Thing | None = self.get(session, key)
        if found is None:
            found = make()
            self.put(session, key, found)
        return found
