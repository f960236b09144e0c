"""A report as a file: its name and its bytes, the same for a browser and for the shell."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from app.activities.queries import holds_demonstration
from app.codelists.queries import labels
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.permissions import Actor
from app.reports.base import Report
from app.reports.four_w import ABOUT, four_w
from app.reports.iati import iati_records, read_tables
from app.reports.published import anything_published, count_kept_back, count_silent
from app.reports.registry import BESIDE
from app.reports.renderers.csv import write_csv
from app.reports.renderers.hxl import write_hxl
from app.reports.renderers.iati import write_iati
from app.reports.renderers.json import write_json
from app.reports.renderers.zip import Files, write_zip
from app.reports.words import Speaker, Told, about, head

README = "README.txt"
NOTHING_TO_PUBLISH = N_(
    "None of these activities can be published in IATI, which needs at least one: it must be approved and have a status"
    " and a date."
)
MOST_OF_NAME, MOST_OF_VALUE = 120, 40


@dataclass(frozen=True)
class Asked:
    """What file is asked for: which report, by whom, of which filters; `base_url` is our own address or blank."""

    report: Report
    actor: Actor
    filters: Any
    base_url: str = ""


def file_name(report: Report, filters: Any, *, demo: bool, ending: str) -> str:
    """Says report, filter, version of the definitions, and time; demonstration data say so first."""
    detail = report.describe(filters)
    told = detail.split("-")
    narrowed = "_".join(f"{name}-{_value(value)}" for name, value in report.pairs(filters) if value not in told)
    version = f"definition-{report.version(filters)}"
    parts = [report.key, detail, _plain(narrowed, MOST_OF_NAME), version, f"{clock.now():%Y-%m-%dT%H%MZ}"]
    return ("DEMO_" if demo else "") + "_".join(part for part in parts if part) + "." + ending


def _value(text: str) -> str:
    """What was typed, as a piece of a file's name; of letters that no file's name has, a checksum."""
    return _plain(text, MOST_OF_VALUE) or f"{zlib.crc32(text.encode()):08x}"


def _plain(text: str, most: int) -> str:
    short = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")
    return short if len(short) <= most else f"{short[:most]}-and-more"


def _told(session: Session, asked: Asked) -> Told:
    return head(
        asked.report,
        asked.filters,
        Speaker(labels(session)),
        at=clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        demonstration=holds_demonstration(session),
        left_out=asked.report.left_out(session, asked.actor, asked.filters),
        unapproved=asked.report.unapproved(session, asked.actor, asked.filters),
    )


def as_csv(session: Session, asked: Asked) -> Iterator[bytes]:
    """The rows as CSV."""
    yield from write_csv(asked.report.table(session, asked.actor, asked.filters))


def as_json(session: Session, asked: Asked) -> Iterator[bytes]:
    """The rows as JSON, after what the file is: report, time, filters in words, basis, definition, demonstration."""
    yield from write_json(_told(session, asked), asked.report.table(session, asked.actor, asked.filters))


def as_xlsx(session: Session, asked: Asked) -> Iterator[bytes]:
    """The rows as a workbook, whose second sheet says what it is."""
    from app.reports.renderers.xlsx import write_xlsx  # it takes a while to import, and few ask for it

    told = about(_told(session, asked))
    yield from write_xlsx(asked.report.key, told, asked.report.table(session, asked.actor, asked.filters))


def as_zip(session: Session, asked: Asked) -> Iterator[bytes]:
    """The table as CSV with the long tables beside it, after what they are: for people, and for programs."""
    yield from write_zip(_members(session, asked), clock.now())


def _members(session: Session, asked: Asked) -> Files:
    told = _told(session, asked)
    reports = (asked.report, *BESIDE.get(asked.report.key, ()))
    yield README, [_readme(told, reports).encode("utf-8")]
    yield "about.json", [json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8")]
    for report in reports:
        yield f"{report.key}.csv", as_csv(session, replace(asked, report=report))


def _readme(told: Told, reports: tuple[Report, ...]) -> str:
    said = [f"{label}: {value}" for label, value in about(told)]
    files = [f"{each.key}.csv\n  {each.title}. {each.definition}" for each in reports]
    return "\r\n".join("\n".join([*said, "", "Files", "", *files, ""]).split("\n"))


def as_iati(session: Session, asked: Asked) -> Iterator[bytes]:
    """Approved activities as IATI 2.03."""
    told, silent = _publication(session, asked, dated=True)
    told |= IATI | ({"definition": IATI_PROVISIONAL} if told["provisional"] else {})
    at_root = {
        "report": told["report"],
        "filter": "; ".join(told["filters_in_words"]),
        "definition-version": told["definition_version"],
        "basis": ", ".join(told["bases"]),
        "generated": told["generated_at"],
        "demonstration": "true" if told["demonstration"] else "false",
        "sensitive-text-left-out": str(silent),
    }
    tables = read_tables(session, asked.base_url)
    records = iati_records(session, asked.actor, asked.filters, tables)
    yield from write_iati(_published_about(session, asked, told, dated=True), at_root, records)


def can_be_made(session: Session, asked: Asked, ending: str) -> bool:
    """False where an IATI file would have no activity, which the standard does not allow."""
    return ending != "iati.xml" or anything_published(session, asked.actor, asked.filters, dated=True)


def check_file(session: Session, asked: Asked, ending: str) -> None:
    """Raises NotFound where there is nothing that could stand in such a file."""
    if not can_be_made(session, asked, ending):
        raise NotFound(NOTHING_TO_PUBLISH)


def as_four_w(session: Session, asked: Asked) -> Iterator[bytes]:
    """Approved activities as a 4W sheet."""
    told, _silent = _publication(session, asked, dated=False)
    told |= ABOUT
    said = dict(_published_about(session, asked, told, dated=False))
    yield from write_hxl(four_w(session, asked.actor, asked.filters, said))


def _publication(session: Session, asked: Asked, *, dated: bool) -> tuple[Told, int]:
    """What a file that goes out says of itself: of its own records, not of the whole list."""
    silent = count_silent(session, asked.actor, asked.filters, dated=dated)
    return _told(session, asked) | {"sensitive_text_left_out": silent, "unapproved": 0}, silent


def _published_about(session: Session, asked: Asked, told: Told, *, dated: bool) -> list[tuple[str, str]]:
    kept_back = count_kept_back(session, asked.actor, asked.filters, dated=dated)
    why = "not approved, withdrawn, set aside" + (", or without status or date" if dated else "")
    return [*about(told), ("Not in this file", f"{kept_back} records of the list: {why}.")]


@dataclass(frozen=True)
class Format:
    """How a file is made, its content type, what it is called, and of which reports there is one; none means of all."""

    produce: Callable[[Session, Asked], Iterator[bytes]]
    content_type: str
    label: str
    name: str
    of: frozenset[str] = frozenset()


IATI = {
    "title": "Activities in IATI 2.03",
    "definition": (
        "Each approved activity that the reader may open, neither withdrawn nor set aside, with its mandate as tags of"
        " vocabulary 99. A secondary report: no official publication of any organisation. The text of sensitive"
        " records is left out."
    ),
}
IATI_PROVISIONAL = (
    "Provisional, not for publication: each approved or submitted activity that the reader may open, neither withdrawn"
    " nor set aside. Not all of them are approved. The text of sensitive records is left out."
)
ACTIVITIES = frozenset({"activities"})
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Mapping[str, Format] = {
    "csv": Format(as_csv, "text/csv; charset=utf-8", N_("CSV"), N_("A table for any program")),
    "xlsx": Format(as_xlsx, XLSX, N_("Excel"), N_("A workbook, with a sheet that says what it is")),
    "json": Format(as_json, "application/json", N_("JSON"), N_("For programs")),
    "zip": Format(as_zip, "application/zip", N_("ZIP"), N_("CSV with what it is, and its long tables beside it")),
    "iati.xml": Format(
        as_iati, "application/xml; charset=utf-8", N_("IATI"), N_("What is approved, in IATI 2.03"), ACTIVITIES
    ),
    "4w.csv": Format(
        as_four_w, "text/csv; charset=utf-8", N_("4W"), N_("Who does what, where, when, with HXL tags"), ACTIVITIES
    ),
}
"""Ending of a file → its format. A new one is a renderer and a line here."""


def formats_of(report: Report) -> list[str]:
    """The endings of the files that there are of a report."""
    return [ending for ending, form in FORMATS.items() if not form.of or report.key in form.of]
