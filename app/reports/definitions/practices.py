"""practices: the cards that the reader may open, whole, with reviewer and review state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.activities.content import read_content
from app.activities.queries_record import names_of
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.core.tables import Column, Kind, Table
from app.practices.models import Practice
from app.practices.queries import MARKS, SHORT, PracticeFilters, check_codes, library
from app.reports.base import Parameter, Report
from app.reports.marks import demonstration_mark
from app.reports.parameters import PROVISION, REGION, SUPPORT_TYPE

YES_NO = {"yes": N_("Yes"), "no": N_("No")}
MARK_LABELS = {"failed": N_("It did not work"), "reused": N_("Used again elsewhere")}
SHORT_LABELS = {"step": N_("Step"), "state": N_("Review")}


@dataclass(frozen=True)
class Row:
    """A card, and what stands beside it."""

    card: Practice
    reviewer: str
    activity: str | None
    countries: str


def _plain(name: str, label: str, kind: Kind, names: str = "") -> Column[Any]:
    return Column(name, label, kind, lambda r: getattr(r.card, name) or None, names=names)


def _tags(name: str, attribute: str, label: str, names: str) -> Column[Any]:
    def value(row: Row) -> str:
        return ";".join(getattr(each, attribute) for each in getattr(row.card, name))

    return Column(name, label, Kind.LIST, value, names=names)


COLUMNS: tuple[Column[Any], ...] = (
    _plain("reference", N_("Reference"), Kind.CODE),
    _plain("step", N_("Step"), Kind.CODE, "practice_step"),
    _plain("title", N_("Title"), Kind.TEXT),
    Column("failed", N_("It did not work"), Kind.YES_NO, lambda r: r.card.failed),
    _plain("office", N_("Office"), Kind.CODE, "office"),
    Column("countries", N_("Countries"), Kind.LIST, lambda r: r.countries, "#country+code+v_iso3", "country"),
    Column("activity", N_("Activity"), Kind.CODE, lambda r: r.activity, "#activity+code"),
    _plain("problem", N_("The problem"), Kind.TEXT),
    _plain("done", N_("What was done"), Kind.TEXT),
    _plain("learned", N_("What was learned"), Kind.TEXT),
    _plain("conditions", N_("Conditions"), Kind.TEXT),
    _plain("evidence", N_("Evidence"), Kind.TEXT),
    _tags("obstacles", "obstacle", N_("Obstacles"), "obstacle"),
    _tags("types", "support_type", N_("Kinds of support"), "support_type"),
    _tags("provisions", "provision", N_("Provisions"), "provision"),
    _plain("state", N_("Review"), Kind.CODE, "practice_state"),
    Column("reviewer", N_("Reviewer"), Kind.TEXT, lambda r: r.reviewer or None),
    _plain("reviewed_at", N_("Reviewed"), Kind.INSTANT),
    _plain("review_words", N_("Reviewer's words"), Kind.TEXT),
    Column("reused", N_("Used again"), Kind.INTEGER, lambda r: len(r.card.reuses)),
    Column(
        "reused_by", N_("Used again by"), Kind.LIST,
        lambda r: ";".join(dict.fromkeys(each.office for each in r.card.reuses)), names="office",
    ),
    _plain("changed_at", N_("Changed"), Kind.INSTANT),
)  # fmt: skip


def _rows(session: Session, actor: Actor, filters: PracticeFilters) -> Iterator[Row]:
    found = library(session, actor, filters)
    names = names_of(session, (card.reviewer_id for card in found))
    for card in found:
        opens = can(Permission.ACTIVITY_READ, actor, card.activity)
        shown = card.activity.approved or card.activity.submitted or card.activity.current
        countries = ";".join(sorted(read_content(shown).countries))
        yield Row(card, names.get(card.reviewer_id or 0, ""), card.activity.reference if opens else None, countries)


def table(session: Session, actor: Actor, filters: PracticeFilters) -> Table[Row]:
    """The library's cards."""
    return Table((*COLUMNS, demonstration_mark(session)), _rows(session, actor, filters))


REPORT = Report(
    key="practices",
    title=N_("Practice cards"),
    definition=N_(
        "One row for each innovation, lesson or good practice that you may open: problem, what was done and learned,"
        " conditions, evidence, obstacles, reviewer and review state, and which offices used it again."
    ),
    permission=Permission.PRACTICE_LIST,
    parameters=(
        Parameter("q", N_("Words"), N_("words to look for"), N_("any words"), many=False),
        SUPPORT_TYPE,
        PROVISION,
        REGION,
        Parameter("obstacle", N_("Obstacle"), N_("a code of the list"), N_("all"), names="obstacle", many=False),
        Parameter("office", N_("Office"), N_("an office's code"), N_("all offices"), names="office", many=False),
        *(
            Parameter(name, SHORT_LABELS[name], N_("a code of the list"), N_("all"), words=words, many=False)
            for name, words in SHORT.items()
        ),
        *(Parameter(n, MARK_LABELS[n], N_("yes or no"), N_("all"), words=YES_NO, many=False) for n in MARKS),
    ),
    parse=PracticeFilters.parse,
    pairs=PracticeFilters.pairs,
    check=check_codes,
    table=table,
    describe=PracticeFilters.describe,
    meaning=N_(
        "An innovation was tried, a lesson was learned from, a good practice is proved by evidence. Reviewed means that"
        " the adviser of the office's region, or headquarters, has read it; nobody reviews their own card."
    ),
)
