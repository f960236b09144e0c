"""What the cells of a row say of a delivery, and which rows are about the same one.

A delivery with people of several professions has a row for each, one under the other, as our own file of delivery
lines has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.activities.deliveries import NOT_A_NUMBER, NOT_HOURS, PEOPLE, People
from app.core.formulas import unguard
from app.core.i18n import N_
from app.core.text import bare, fold
from app.exchange.rules import Outcome
from app.exchange.sheet_codes import Codes
from app.exchange.sheet_columns import DELIVERIES, NEVER_SET
from app.exchange.sheet_csv import Row
from app.exchange.sheet_judge import BROKEN, Options, Verdict, broken, identifier_of, surplus
from app.exchange.sheet_values import Unclear, error, note, read_amount, read_date, tidy

COMMON = ("on", "what", "place", "hours", "people_basis")
"""What all rows of one delivery say alike."""
MOST_COUNT = 10**9
MOST_ROWS = 200
"""Rows of one delivery; there are not that many professions."""
NO_ACTIVITY = N_("Say which activity it belongs to: its reference, or its original identifier and its office.")
ALONE = N_("No number stands beside this profession, so it is not kept.")


@dataclass
class DeliveryRow:
    """One row as it was read: `told` are the common fields, None where the file has no such column."""

    verdict: Verdict
    record: tuple[str, str] = ("", "")
    """By what the row names its activity (`reference` or `original_identifier`), and the name."""
    identifier: str = ""
    """The identifier that stands beside a reference, to be compared."""
    line: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    people: People | None = None

    @property
    def content(self) -> tuple[str, ...]:
        """What names a delivery that has no id: the same for all its rows, however they are written."""
        return tuple(fold(str(self.told.get(name) or "")) for name in COMMON[:3])

    def belongs_to(self, first: DeliveryRow) -> bool:
        """It is about the same delivery as the row above it."""
        if self.line and first.line:
            return self.line == first.line
        return self.record == first.record and self.content == first.content


class DeliveryReader:
    """Reads rows, and puts those of one delivery together."""

    def __init__(self, codes: Codes, options: Options) -> None:
        self._codes, self._options = codes, options

    def groups(self, batches: Iterator[list[Row]]) -> Iterator[list[list[DeliveryRow]]]:
        """The deliveries by the batch, each with its rows; a delivery is never parted by the end of a batch."""
        waiting: list[list[DeliveryRow]] = []
        for batch in batches:
            rows = [self._read(number, cells) for number, cells in batch]
            found = together([*(waiting.pop() if waiting else ()), *rows])
            if waiting:
                yield waiting
            waiting = found
        if waiting:
            yield waiting

    @property
    def absent(self) -> frozenset[str]:
        """Columns of people that the file does not have: what they say of a line that is there stays."""
        return frozenset(PEOPLE) - frozenset(self._options.keys)

    def _read(self, number: int, row: Sequence[str]) -> DeliveryRow:
        verdict, keys = Verdict(number), self._options.keys
        verdict.findings += surplus(row, keys)
        take_off = unguard if self._options.guarded else str
        cells = {key: "" for key in keys if key and key not in NEVER_SET[DELIVERIES]}
        cells |= {key: tidy(take_off(cell)) for key, cell in zip(keys, row, strict=False) if key in cells}
        verdict.findings += broken(cells)
        cells |= dict.fromkeys((f.column for f in verdict.findings if f.template == BROKEN), "")
        found = DeliveryRow(verdict, line=bare(cells.get("line", "")).lower())
        self._find_record(found, cells)
        found.told = {name: self._one(verdict, name, cells[name]) for name in COMMON if name in cells}
        if cells.keys() & set(PEOPLE):
            found.people = self._people(verdict, cells)
        told = (str(found.told.get("on") or ""), str(found.told.get("what") or ""))
        verdict.title = " ".join(filter(None, told))[:200].replace("\n", " ")
        return found

    def _find_record(self, found: DeliveryRow, cells: Mapping[str, str]) -> None:
        verdict, own = found.verdict, bare(cells.get("original_identifier", ""))
        reference = bare(cells.get("reference", "")).upper()
        if cells.get("lead_office"):
            code, said = self._codes.find("office", cells["lead_office"], "lead_office")
            verdict.office = code or ""
            verdict.findings += said
        elif not reference:
            verdict.office = self._options.office or ""
        if reference:
            verdict.reference, found.identifier = reference, own
            found.record = ("reference", reference)
        elif own and verdict.office:
            found.record = ("original_identifier", identifier_of(verdict.office, own))
        elif not verdict.wrong:
            verdict.findings.append(error("reference", NO_ACTIVITY, own))

    def _one(self, verdict: Verdict, name: str, cell: str) -> Any:
        """The value of a common field; a blank one is "" for text, None else."""
        if name in ("what", "place"):
            return cell
        if not cell:
            return None
        if name == "people_basis":
            code, said = self._codes.find(name, cell, name)
            verdict.findings += said
            return code
        try:
            return self._hours(cell) if name == "hours" else read_date(cell, self._options.how.order)
        except Unclear as unclear:
            verdict.findings.append(error(name, unclear.template, cell, **unclear.values))
            return None

    def _hours(self, cell: str) -> Decimal:
        try:
            hours = Decimal(read_amount(cell, self._options.how.decimal))
        except Unclear:
            raise Unclear(NOT_HOURS) from None
        if hours * 10 != int(hours * 10):
            raise Unclear(NOT_HOURS)
        return hours

    def _people(self, verdict: Verdict, cells: Mapping[str, str]) -> People:
        profession = None
        if cells.get("profession"):
            profession, said = self._codes.find("target_group", cells["profession"], "profession")
            verdict.findings += said
        numbers = [self._count(verdict, name, cells.get(name, "")) for name in PEOPLE[1:]]
        found = People(profession, *numbers)
        if profession is not None and found.blank and not verdict.wrong and set(PEOPLE) <= cells.keys():
            verdict.findings.append(note("profession", ALONE, cells["profession"]))
        return found

    def _count(self, verdict: Verdict, name: str, cell: str) -> int | None:
        if not bare(cell):
            return None
        try:
            number = Decimal(read_amount(cell, self._options.how.decimal))
        except Unclear:
            number = Decimal("0.5")
        if number != int(number) or number >= MOST_COUNT:
            verdict.findings.append(error(name, NOT_A_NUMBER, cell))
            return None
        return int(number)


def together(rows: Sequence[DeliveryRow]) -> list[list[DeliveryRow]]:
    """Rows of one delivery that stand under each other, as one list."""
    found: list[list[DeliveryRow]] = []
    for row in rows:
        if found and row.belongs_to(found[-1][0]) and len(found[-1]) < MOST_ROWS:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def outcome_of(rows: Sequence[DeliveryRow], outcome: Outcome, fields: Sequence[str] = ()) -> None:
    """Give all rows of one delivery the same outcome."""
    for row in rows:
        row.verdict.outcome, row.verdict.fields = outcome, tuple(fields)
