"""Load the reference files: idempotent, retires and never deletes, leaves alone what was edited here."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import clock
from app.core.audit import record
from app.core.versions import REFERENCE, raise_version
from app.reference.lists import listings
from app.reference.merge import Count, merge
from app.reference.states import reference_states, write_changes


@dataclass(frozen=True)
class SyncReport:
    """What became of each list, by its name."""

    lists: dict[str, Count]

    @property
    def touched(self) -> int:
        """How many entries were added, changed or retired in all."""
        return sum(count.touched for count in self.lists.values())

    @property
    def left(self) -> dict[str, tuple[str, ...]]:
        """What was edited here and left alone, by list: each entry with the columns that the files say otherwise."""
        return {name: count.left for name, count in self.lists.items() if count.left}

    def total(self, what: str) -> int:
        """The sum of one of added, changed, retired, unchanged."""
        return sum(int(getattr(count, what)) for count in self.lists.values())


def sync_reference(session: Session) -> SyncReport:
    """Bring every list of the files into the database. Flushes, never commits.

    Every worker sees a change at once, since the version of the reference data is raised with it.
    """
    today = clock.today()
    before = reference_states(session)
    report = SyncReport({listing.name: merge(session, listing, today) for listing in listings()})
    if report.touched:
        raise_version(session, REFERENCE)
        state = {
            name: {"added": c.added, "changed": c.changed, "retired": c.retired} for name, c in report.lists.items()
        }
        record(session, actor_id=None, action="reference.sync", subject=("reference", "lists"), state=state)
        session.flush()
    write_changes(session, before, reference_states(session))
    return report
