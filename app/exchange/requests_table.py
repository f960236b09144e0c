"""A table of recommendations, and what became of its rows. Plain facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from app.asked.columns import found_columns, name_of
from app.core.i18n import N_
from app.exchange.sheet_values import DAY_FIRST, MONTH_FIRST, Finding

READ_AS: Mapping[str, str] = {
    DAY_FIRST: N_("Dates such as 03/04/2025 were read day first: 3 April."),
    MONTH_FIRST: N_("Dates such as 03/04/2025 were read month first: March 4."),
}


@dataclass(frozen=True)
class Row:
    """One row: its number, its cells by the words at the head of their columns, and what is wrong with it as such."""

    number: int
    cells: Mapping[str, str]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table of recommendations: its name and checksum, the heads of its columns, and its rows, read once.

    `order` is that of its dates, "" where nobody said it and no date is written so that it matters; `doubts` says what
    they do not tell.
    """

    name: str
    sha256: str
    head: tuple[str, ...]
    rows: Iterable[Row]
    order: str = ""
    doubts: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """{what we look for: the head of its column}."""
        return found_columns(self.head)

    @property
    def unread(self) -> tuple[str, ...]:
        """The heads of the columns that are not read; the second of two that are called alike, too."""
        left = set(self.columns.values())
        return tuple(name for name in self.head if name and not _taken(left, name))

    @property
    def twice(self) -> tuple[str, ...]:
        """The heads that stand over several columns, of those that are read."""
        names = [name_of(name) for name in self.head]
        return tuple(head for head in self.columns.values() if names.count(name_of(head)) > 1)


def _taken(left: set[str], name: str) -> bool:
    """The first column of this name is read; it is taken off what is left."""
    found = name in left
    left.discard(name)
    return found


class Outcome(StrEnum):
    """What became of a row."""

    NEW = "new"
    UNCHANGED = "there already"
    CHANGED = "changed at its source"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass
class Fate:
    """One row: what became of it, our reference if it has one, and what there is to say about it."""

    number: int
    identifier: str
    outcome: Outcome = Outcome.NEW
    state: str = ""
    reference: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Something keeps it from being taken."""
        return any(finding.severity == "error" for finding in self.findings)

    @property
    def words(self) -> tuple[str, ...]:
        """What there is to say about it, in sentences."""
        return tuple(finding.text for finding in self.findings)


@dataclass(frozen=True)
class Taken:
    """What became of a file."""

    table: Table
    fates: tuple[Fate, ...]

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.table.name

    def count(self, outcome: Outcome) -> int:
        """How many rows had this outcome."""
        return sum(each.outcome == outcome for each in self.fates)

    @property
    def new(self) -> int:
        """How many requests are new."""
        return self.count(Outcome.NEW)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Every outcome that occurred, with its number."""
        return [(outcome.value, n) for outcome in Outcome if (n := self.count(outcome))]

    @property
    def notable(self) -> list[Fate]:
        """The rows about which there is something to say."""
        return [each for each in self.fates if each.findings or each.outcome not in (Outcome.NEW, Outcome.UNCHANGED)]

    @property
    def read_as(self) -> str:
        """How dates were read, in a sentence; "" where it did not matter."""
        return READ_AS.get(self.table.order, "")


def told(taken: Taken) -> Iterator[str]:
    """What a person reads of an import: each row about which there is something to say, then the counts."""
    for each in taken.notable:
        place = " ".join(filter(None, (each.identifier, each.state, each.reference)))
        yield f"Row {each.number} {place}: {each.outcome}."
        yield from (finding.line for finding in each.findings)
    yield from filter(None, (taken.read_as, *taken.table.doubts))
    if taken.table.twice:
        yield f"Several columns have the same heading; the first counts: {', '.join(taken.table.twice)}."
    if taken.table.unread:
        yield f"Not read: {', '.join(taken.table.unread)}."
    counts = ", ".join(f"{n} {outcome}" for outcome, n in taken.counts) or "nothing"
    yield f"{len(taken.fates)} rows in {taken.name}: {counts}."
