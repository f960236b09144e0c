"""Reads files with the columns of the 2008 demonstration file. Pure: text in, rows or findings out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.activities.rules import (
    COUNTING,
    NOT_BEGUN,
    TITLE_LIMIT,
    Content,
    PartialDate,
    PartnerTag,
    ProvisionTag,
    Status,
    TypeTag,
)
from app.core.errors import Invalid, Problem

COLUMNS = (
    "activity_ref", "office_code", "title", "description", "support_types", "provisions", "modality", "target_groups",
    "partners", "start_date", "end_date", "status", "request_source", "countries_iso3", "people_reached", "budget_usd",
)  # fmt: skip


@dataclass(frozen=True)
class DemoRow:
    """One activity of the file, ready for the activity service."""

    reference: str
    office: str
    content: Content
    first_year: int | None
    last_year: int | None
    people: int | None

    @property
    def counts(self) -> bool:
        """A status that counts: the record is approved. The others are only submitted."""
        return self.content.status in COUNTING


def read_demo(path: Path, as_of: date, mandating: dict[str, bool]) -> Iterator[DemoRow]:
    """The rows of the file. `mandating` tells each provision's kind, by code.

    Raises:
        Invalid: columns are missing or a row cannot be read; the message says line and column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
            if missing:
                raise Invalid([Problem("", f"{path.name} lacks the columns {', '.join(missing)}.")])
            for row in reader:
                yield _row(row, reader.line_num, as_of, mandating)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Invalid([Problem("", f"{path.name} cannot be read: {error}")]) from error


def _row(row: dict[str, str | None], line: int, as_of: date, mandating: dict[str, bool]) -> DemoRow:
    cell = {name: (row.get(name) or "").strip() for name in COLUMNS}
    status = cell["status"]
    if status not in set(Status):
        raise Invalid([Problem("status", f"Line {line}, status: “{status}” is not on the list.")])
    start, end = _date(cell, "start_date", line), _date(cell, "end_date", line)
    people = _number(cell, "people_reached", line)
    planned = status in NOT_BEGUN
    if start is None and not planned:
        raise Invalid([Problem("start_date", f"Line {line}, start_date: the date is missing.")])
    ended = end is not None and end.earliest() <= as_of
    content = Content(
        title=cell["title"][:TITLE_LIMIT],
        summary=cell["description"],
        types=tuple(TypeTag(code) for code in _many(cell["support_types"])),
        provisions=tuple(
            ProvisionTag(code, "mandated_by" if mandating.get(code) else "applied")
            for code in _many(cell["provisions"])
        ),
        modalities=_many(cell["modality"]),
        target_groups=_many(cell["target_groups"]),
        partners=tuple(PartnerTag(code, "") for code in _many(cell["partners"])),
        request_source=cell["request_source"] or None,
        status=status,
        planned_start=start.text if planned and start else None,
        planned_end=end.text if planned and end else None,
        actual_start=start.text if not planned and start else None,
        actual_end=end.text if not planned and ended and end else None,
        concerns="mainly",
        countries=_many(cell["countries_iso3"]),
        scope="multi_country" if len(_many(cell["countries_iso3"])) > 1 else None,
        funding_amount_usd=_text_number(cell, "budget_usd", line),
    )
    runs = status in COUNTING and start is not None
    last = end.year if ended and end else as_of.year
    return DemoRow(
        reference=cell["activity_ref"],
        office=cell["office_code"],
        content=content,
        first_year=start.year if runs and start else None,
        last_year=max(last, start.year) if runs and start else None,
        people=people,
    )


def _many(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def _date(cell: dict[str, str], name: str, line: int) -> PartialDate | None:
    try:
        return PartialDate(cell[name]) if cell[name] else None
    except ValueError:
        raise Invalid([Problem(name, f"Line {line}, {name}: “{cell[name]}” is not a date (2008-03-21).")]) from None


def _number(cell: dict[str, str], name: str, line: int) -> int | None:
    text = cell[name]
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise Invalid([Problem(name, f"Line {line}, {name}: “{text}” is not a whole number.")])
    return int(text)


def _text_number(cell: dict[str, str], name: str, line: int) -> str | None:
    number = _number(cell, name, line)
    return None if number is None else str(number)
