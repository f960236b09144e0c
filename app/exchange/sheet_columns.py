"""The columns of a file of activities or of deliveries, and how a heading is recognised: code, label in any language,
old name, HXL tag.

Pure, and read by the child process too.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.core.text import bare, fold

ACTIVITIES, DELIVERIES = "activities", "deliveries"
"""What the rows of a file can be."""
FILES = {ACTIVITIES: "columns.csv", DELIVERIES: "delivery_columns.csv"}
LANGUAGES = ("en", "fr", "es", "ar")
# The file says them, the record has them, an import never sets them.
NEVER_SET = {ACTIVITIES: frozenset({
    "approved_revision", "workflow", "withdrawn", "questioned", "set_aside", "confirmations", "origin", "term",
    "delivery_lines", "participations_women", "participations_men", "participations_sex_not_recorded",
    "delivery_lines_without_people", "newest_revision", "newest_workflow", "created_at", "submitted_at", "approved_at",
    "basis", "self_approved", "text_left_out", "women_blank", "men_blank",
    "sex_not_recorded_blank", "demonstration", "owner",
}), DELIVERIES: frozenset({"revision", "countries", "has_people", "demonstration"})}  # fmt: skip
IDENTITY = ("reference", "uuid", "original_identifier", "lead_office", "revision", "changed_at")
DATES = ("planned_start", "planned_end", "actual_start", "actual_end", "source_date", "on")
NUMBERS = ("funding_amount_usd", "hours")
# What a row says of a delivery; beside its date, one of these tells that rows are deliveries.
OF_A_DELIVERY = frozenset({"line", "what", "place", "hours", "profession", "women", "men", "not_recorded"})
NAMES_A_RECORD = frozenset({"reference", "original_identifier"})
CODED = {
    "delivery_status": "activity_status", "concerns": "concerns_children_in_conflict",
    "request_source": "request_source", "scope": "scope", "term_override": "term",
    "coordinator_involved": "yes_no_unknown", "government_agreement": "government_agreement",
    "partners_agreement": "government_agreement", "in_country_plan": "yes_no_unknown", "funding": "funding",
    "visibility": "visibility", "language": "language",
}  # fmt: skip
LISTED = {
    "countries": "country", "modality": "modality", "target_groups": "target_group", "obstacles": "obstacle",
    "quality": "quality",
}  # fmt: skip
TEXTS = (
    "title", "summary", "delivered", "status_reason", "source_symbol", "countries_reason", "term_reason",
    "guidance_used", "results", "lessons",
)  # fmt: skip
# Names of the content's fields where they differ from the column.
FIELD_OF = {"delivery_status": "status", "modality": "modalities"}
HXL_TAG = re.compile(r"#[A-Za-z][A-Za-z0-9_]*(\s*\+\s*[A-Za-z][A-Za-z0-9_]*)*")
MOST_ABOVE = 20
"""Rows above the headings: titles of the sheet and the like."""


@dataclass(frozen=True)
class ColumnInfo:
    """One column: its key, and its label by language."""

    key: str
    labels: Mapping[str, str]
    others: tuple[str, ...]
    settable: bool
    """An import may set it (or finds the record by it)."""


@cache
def columns(of: str = ACTIVITIES) -> Mapping[str, ColumnInfo]:
    """Every column of such rows by its key, in the order of a template."""
    with (Path(__file__).with_name("data") / FILES[of]).open(encoding="utf-8", newline="") as file:
        return {
            row["key"]: ColumnInfo(
                row["key"],
                {language: row[language] for language in LANGUAGES},
                tuple(other for other in row["others"].split("|") if other),
                row["key"] not in NEVER_SET[of],
            )
            for row in csv.DictReader(file, strict=True)
        }


def any_column(key: str) -> ColumnInfo | None:
    """The column of this key, of whatever rows: keys that both have mean the same."""
    return columns().get(key) or columns(DELIVERIES).get(key)


def plain(heading: str) -> str:
    """A heading for comparing: without accents, case, underscores, stars, and what stands in brackets behind it."""
    text = fold(bare(heading).replace("_", " ").replace("’", "'"))
    return re.sub(r"\s*(\*|\([^()]*\))\s*$", "", text).strip(" :*")


@cache
def _names(of: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for column in columns(of).values():
        found[plain(column.key)] = column.key
    for column in columns(of).values():
        for name in (*column.labels.values(), *(o for o in column.others if not o.startswith("#"))):
            found.setdefault(plain(name), column.key)
    return found


@cache
def _tags(of: str) -> Mapping[str, str]:
    return {_tag(o): column.key for column in columns(of).values() for o in column.others if o.startswith("#")}


def _tag(text: str) -> str:
    """A tag with its attributes in one order, without those that name a language."""
    head, *attributes = re.sub(r"\s", "", text.casefold()).split("+")
    return "+".join([head, *sorted(a for a in attributes if a not in LANGUAGES)])


Known = Callable[[Sequence[str]], int]


def recognise(heading: str, tag: str = "", of: str = ACTIVITIES) -> str:
    """The key of the column that a heading (or an HXL tag under it) names, "" where none is."""
    return _names(of).get(plain(heading), "") or (_tags(of).get(_tag(tag), "") if tag else "")


def known_in(cells: Sequence[str]) -> int:
    """How many of these cells are headings we know, of activities or of deliveries: whichever are more."""
    short = [cell for cell in cells[:600] if len(cell) < 200]
    return max(len({key for cell in short if (key := recognise(cell, of=of))}) for of in FILES)


def what_rows_are(headings: Sequence[str], tags: Sequence[str] = ()) -> str:
    """Deliveries, where a date, a record and something of a delivery stand in a row, and no title; else activities."""
    known = set(matched(headings, tags, DELIVERIES))
    deliveries = "on" in known and known & NAMES_A_RECORD and known & OF_A_DELIVERY
    return DELIVERIES if deliveries and "title" not in matched(headings, tags) else ACTIVITIES


def is_tag_row(cells: Sequence[str]) -> bool:
    """A row of HXL tags: at least one, and nothing else."""
    told = [cell.strip() for cell in cells if cell.strip()]
    return bool(told) and all(HXL_TAG.fullmatch(cell) for cell in told)


def matched(headings: Sequence[str], tags: Sequence[str] = (), of: str = ACTIVITIES) -> list[str]:
    """The key of each column, "" where none is recognised. A key that stands there twice counts the first time.

    An exact code wins over a label, a heading over a tag.
    """
    keys = [""] * len(headings)
    for place, heading in enumerate(headings):
        code = heading.strip()
        if code in columns(of) and code not in keys:
            keys[place] = code
    for place, heading in enumerate(headings):
        key = recognise(heading, of=of)
        if not keys[place] and key and key not in keys:
            keys[place] = key
    for place, tag in enumerate(tags[: len(headings)]):
        key = _tags(of).get(_tag(tag), "") if tag else ""
        if not keys[place] and key and key not in keys:
            keys[place] = key
    return keys


def find_headings(rows: Sequence[Sequence[str]], known_in: Known = known_in) -> int:
    """Which of the first rows holds the headings: the one with the most names we know, else the first."""
    best, place = 1, 0
    for number, row in enumerate(rows[:MOST_ABOVE]):
        known = known_in(row)
        if known > best:
            best, place = known, number
    return place
