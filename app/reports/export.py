"""A report as a file: its name and its bytes, the same for a browser and for the shell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.activities.queries import holds_demonstration
from app.codelists.queries import labels
from app.core import clock
from app.core.permissions import Actor
from app.reports.base import Report
from app.reports.renderers.csv import write_csv
from app.reports.renderers.json import write_json
from app.reports.words import Speaker, head


def file_name(report: Report, detail: str, *, demo: bool, ending: str) -> str:
    """Says report, filter and day; demonstration data say so first."""
    parts = [report.key, detail, clock.today().isoformat()]
    return ("DEMO_" if demo else "") + "_".join(part for part in parts if part) + "." + ending


def as_csv(session: Session, report: Report, actor: Actor, filters: Any) -> Iterator[bytes]:
    """The rows as CSV."""
    yield from write_csv(report.table(session, actor, filters))


def as_json(session: Session, report: Report, actor: Actor, filters: Any) -> Iterator[bytes]:
    """The rows as JSON, after what the file is: report, time, filters in words, basis, definition, demonstration."""
    at = clock.now().isoformat(timespec="seconds")
    said = head(report, filters, Speaker(labels(session)), at=at, demonstration=holds_demonstration(session))
    yield from write_json(said, report.table(session, actor, filters))


@dataclass(frozen=True)
class Format:
    """How a file is made, and its content type."""

    produce: Callable[[Session, Report, Actor, Any], Iterator[bytes]]
    content_type: str


FORMATS: Mapping[str, Format] = {
    "csv": Format(as_csv, "text/csv; charset=utf-8"),
    "json": Format(as_json, "application/json"),
}
"""Ending of a file → its format. A new one is a renderer and a line here."""
