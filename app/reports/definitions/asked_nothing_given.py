"""asked-nothing-given: the States that asked and got nothing, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.asked.counting import Asked, balance, of_countries
from app.asked.filters import RequestFilters
from app.asked.listing import load
from app.asked.models import SupportRequest
from app.asked.queries import facts
from app.asked.rules import Answer
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.tables import Column, Kind
from app.reports.asked import DEFINED, asked_report
from app.reports.lists import lists


@dataclass(frozen=True)
class Row:
    """One State."""

    country: str
    label: str
    asked: tuple[Asked, ...]
    answers: Counter[str]
    why: str
    last_support: int | None
    of: int

    @property
    def years(self) -> list[int]:
        """The years in which it asked, as far as known."""
        return sorted(each.year for each in self.asked if each.year is not None)


COLUMNS: tuple[Column[Any], ...] = (
    Column("country", N_("State"), Kind.CODE, lambda r: r.country, "#country+code+v_iso3", "country"),
    Column("label", N_("Label"), Kind.TEXT, lambda r: r.label, on_page=False),
    Column("requests", N_("Requests"), Kind.INTEGER, lambda r: len(r.asked)),
    Column("first_asked", N_("First asked"), Kind.YEAR, lambda r: min(r.years, default=None)),
    Column("last_asked", N_("Last asked"), Kind.YEAR, lambda r: max(r.years, default=None)),
    *(
        Column(answer.value, label, Kind.INTEGER, lambda r, answer=answer: r.answers[answer.value])  # type: ignore[misc]
        for answer, label in (
            (Answer.OPEN, N_("Open")),
            (Answer.ACCEPTED, N_("Accepted")),
            (Answer.REFERRED, N_("Referred")),
            (Answer.DECLINED, N_("Declined")),
        )
    ),
    Column("why", N_("Why"), Kind.TEXT, lambda r: r.why or None),
    Column("last_support", N_("Other support, last year"), Kind.YEAR, lambda r: r.last_support),
    Column("states", N_("States that asked"), Kind.INTEGER, lambda r: r.of, on_page=False),
    DEFINED,
)


def _rows(session: Session, actor: Actor, filters: RequestFilters) -> Iterator[Row]:
    known, names = facts(session), lists(session).names
    found = balance(known, filters.part)
    nothing = frozenset(found.states_with_nothing)
    for country, own in of_countries(found.asked).items():
        if country in nothing:
            requests = list(load(session, [each.reference for each in own]))
            yield Row(
                country=country,
                label=names.of("country", country),
                asked=own,
                answers=Counter(each.answer for each in own),
                why=" | ".join(filter(None, map(_why, requests))),
                last_support=known.years_given.get(country),
                of=len(found.states),
            )


def _why(request: SupportRequest) -> str:
    """The reason that somebody wrote, with the request it is of."""
    words = request.declined_reason or (f"Referred to {request.referred_to}" if request.referred_to else "")
    return f"{request.reference}: {words}" if words else ""


REPORT = asked_report(
    "asked-nothing-given",
    N_("States that asked and got nothing"),
    N_(
        "A row for each State of whose requests none has support: how many they are, how they were answered, the"
        " reasons that were written, and the last year in which other support, which answers no request, named it."
    ),
    _rows,
    COLUMNS,
)
