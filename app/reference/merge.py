"""One list of the files brought into one table: a three-way merge in which what was edited here wins.

For each entry three states are compared: what the files said last time, what they say now, what the table holds.
A column is written only where the files changed it *and* nobody changed it here since. So an administrator's
confirmation of a provision, a corrected name or an entry retired by hand survives every later sync.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import Base
from app.reference.models import SyncedEntry

State = dict[str, Any]


@dataclass(frozen=True)
class Count:
    """What became of one list's entries. `left` names those where an edit made here stands against the files."""

    added: int = 0
    changed: int = 0
    retired: int = 0
    unchanged: int = 0
    left: tuple[str, ...] = ()

    @property
    def touched(self) -> int:
        """How many entries are not as they were."""
        return self.added + self.changed + self.retired


def keep(state: State, _today: date) -> State:
    """Gone from the files, but nothing to mark: a name or a region stays."""
    return state


def retire(state: State, today: date) -> State:
    """Gone from the files: out of use from today."""
    return {**state, "retired_on": state["retired_on"] or today.isoformat()}


def end(state: State, today: date) -> State:
    """Gone from the files: the dated link ends yesterday, unless it ended or begins later."""
    yesterday = (today - timedelta(days=1)).isoformat()
    if state["valid_to"] or (state["valid_from"] or "") > yesterday:
        return state
    return {**state, "valid_to": yesterday}


@dataclass(frozen=True)
class Listing:
    """A list: its table, the columns that find an entry there, its entries by key, what retiring means."""

    name: str
    model: type[Base]
    identity: tuple[str, ...]
    entries: Mapping[str, State]
    gone: Callable[[State, date], State] = retire
    renamed: Callable[[Session, Any, State], None] | None = None


def merge(session: Session, listing: Listing, today: date) -> Count:
    """Bring `listing` into its table and remember it. Flushes.

    Returns:
        What was added, changed, retired and left alone.
    """
    known = _known(session, listing.name)
    rows = {_identity(listing, _stored(row)): row for row in session.scalars(select(listing.model))}
    tally = {"added": 0, "changed": 0, "retired": 0, "unchanged": 0}
    left: list[str] = []
    for key, values in listing.entries.items():
        base = known.get(key)
        new = {column: plain(value) for column, value in values.items()}
        row = rows.get(_identity(listing, base.state if base else new))
        if row is None and base is not None:
            left.append(f"{key} (taken away or dated otherwise here)")
            tally["unchanged"] += 1
        elif row is None:
            session.add(listing.model(**values))
            tally["added"] += 1
        else:
            tally["changed" if base and _apply(session, listing, row, base.state, values) else "unchanged"] += 1
            left += _left_alone(key, row, new)
        _remember(session, listing.name, key, base, new)
    for key in known.keys() - listing.entries.keys():
        tally["retired"] += _let_go(session, listing, rows, known[key], today)
    session.flush()
    return Count(**tally, left=tuple(left))


def _left_alone(key: str, row: Any, new: State) -> list[str]:
    """The entry with the columns in which the table still says otherwise than the files."""
    stored = _stored(row)
    other = sorted(column for column, value in new.items() if stored[column] != value)
    return [f"{key} ({', '.join(other)})"] if other else []


def _apply(session: Session, listing: Listing, row: Any, base: State, values: State) -> bool:
    """Write what the files changed and nobody changed here. True if anything was written."""
    before = _stored(row)
    moved = [c for c, value in values.items() if plain(value) != base.get(c) and before[c] == base.get(c)]
    for column in moved:
        setattr(row, column, values[column])
    if moved and listing.renamed:
        listing.renamed(session, row, before)
    return bool(moved)


def _let_go(
    session: Session, listing: Listing, rows: Mapping[tuple[Any, ...], Any], entry: SyncedEntry, today: date
) -> int:
    row = rows.get(_identity(listing, entry.state))
    state = listing.gone(entry.state, today)
    if row is None or state == entry.state:
        return 0
    values = {c: date.fromisoformat(v) if c in ("retired_on", "valid_to") and v else v for c, v in state.items()}
    written = _apply(session, listing, row, entry.state, {c: values[c] for c in state if state[c] != entry.state[c]})
    entry.state = state
    return int(written)


def _known(session: Session, name: str) -> dict[str, SyncedEntry]:
    return {e.key: e for e in session.scalars(select(SyncedEntry).where(SyncedEntry.list_name == name))}


def _remember(session: Session, name: str, key: str, base: SyncedEntry | None, new: State) -> None:
    if base is None:
        session.add(SyncedEntry(list_name=name, key=key, state=new))
    elif base.state != new:
        base.state = new


def _stored(row: Any) -> State:
    return {column: plain(getattr(row, column)) for column in row.__mapper__.columns.keys()}  # noqa: SIM118


def _identity(listing: Listing, state: State) -> tuple[Any, ...]:
    return tuple(state[column] for column in listing.identity)


def plain(value: Any) -> Any:
    """`value` as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def by_key(pairs: Iterable[tuple[str, State]]) -> dict[str, State]:
    """Entries by their key.

    Raises:
        ValueError: a list has a key twice.
    """
    entries: dict[str, State] = {}
    for key, state in pairs:
        if key in entries:
            raise ValueError(f"the reference files have {key} twice")
        entries[key] = state
    return entries
