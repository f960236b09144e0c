"""What an event of the audit was done to: by its name, and with its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from app.administration.history import people
from app.administration.words import kind_word
from app.core.audit import AuditEvent
from app.dashboards.names import Names, names_of

PERSONS = frozenset({"user", "account"})
NAMED = frozenset({"office", "region", "country", "support_type", "provision", "instrument"})
# Keys that hold a kind, or a list, and a code: "office/0060", "modality/training".
IN_TWO_PARTS = frozenset({"name", "code"})
PAGES: Mapping[str, tuple[str, str]] = {
    "office": ("administration.office", "code"),
    "provision": ("administration.provision", "code"),
    "instrument": ("administration.instrument", "code"),
    "activity": ("activities.record", "reference"),
    "request": ("asked.request_page", "reference"),
    "practice": ("practices.card", "reference"),
    "import": ("exchange.show", "key"),
    "figure": ("figures.show", "figure_id"),
}


@dataclass(frozen=True)
class Subject:
    """What something was done to. `url` is its page, "" where it has none."""

    kind: str
    name: str
    url: str


def subjects_of(session: Session, events: Sequence[AuditEvent]) -> list[Subject]:
    """What each of the events was done to."""
    names = names_of(session)
    ids = {int(e.subject_key) for e in events if e.subject_kind in PERSONS and e.subject_key.isdecimal()}
    persons = people(session, ids)
    return [
        Subject(kind_word(e.subject_kind), _name(names, persons, e.subject_kind, e.subject_key), _page(e))
        for e in events
    ]


def _name(names: Names, persons: Mapping[int, str], kind: str, key: str) -> str:
    if kind in PERSONS:
        return persons.get(int(key), key) if key.isdecimal() else key
    if kind in NAMED:
        return names.of(kind, key)
    first, _slash, second = key.partition("/")
    if kind in IN_TWO_PARTS and second:
        return names.of("provision" if first == "provision_summary" else first, second)
    if kind == "annual_return":
        office, _dash, year = key.rpartition("-")
        return f"{names.office(office)}, {year}"
    return key


def _page(event: AuditEvent) -> str:
    if event.subject_kind not in PAGES:
        return ""
    endpoint, name = PAGES[event.subject_kind]
    values: dict[str, Any] = {name: event.subject_key}
    return url_for(endpoint, **values)
