"""request-topics: the kinds of support that are asked for most, beside those that are given most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from app.asked.counting import Balance, balance, share
from app.asked.filters import RequestFilters
from app.asked.queries import facts
from app.codelists.queries import support_types
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.tables import Column, Kind
from app.reports.asked import DEFINED, PARAMETERS, asked_report, share_columns
from app.reports.lists import lists


@dataclass(frozen=True)
class Row:
    """One kind of support."""

    code: str
    label: str
    here: Balance
    whole: Balance


COLUMNS: tuple[Column[Any], ...] = (
    Column("support_type", N_("Support type"), Kind.CODE, lambda r: r.code, names="support_type"),
    Column("label", N_("Label"), Kind.TEXT, lambda r: r.label, on_page=False),
    *share_columns("asked", N_("Asked for"), lambda r: (len(r.here.asked), len(r.whole.asked))),
    *share_columns("given", N_("Given"), lambda r: (len(r.here.given), len(r.whole.given))),
    *share_columns(
        "asked_not_given", N_("Asked and not given (open)"),
        lambda r: (len(share(r.here, "asked_not_given")[0]), len(r.here.asked)),
    ),
    DEFINED,
)  # fmt: skip


def _rows(session: Session, actor: Actor, filters: RequestFilters) -> Iterator[Row]:
    known, names = facts(session), lists(session).names
    whole = balance(known, replace(filters.part, support_type=None))
    rows = [
        Row(t.code, names.of("support_type", t.code), balance(known, replace(filters.part, support_type=t.code)), whole)
        for t in support_types(session, include_retired=True)
    ]
    yield from sorted(rows, key=lambda row: (-len(row.here.asked), -len(row.here.given)))


REPORT = asked_report(
    "request-topics",
    N_("What is asked most, what is given most"),
    N_(
        "Each kind of support: the requests that ask for it (k of all requests) beside the activities that give it (k"
        " of all that qualify), and the open requests for it without support. Requests that name no kind are in N only."
    ),
    _rows,
    COLUMNS,
    parameters=tuple(p for p in PARAMETERS if p.name != "support_type"),
)
