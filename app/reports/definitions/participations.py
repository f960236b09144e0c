"""participations: people who took part in what was delivered in the year. Participations, not persons."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.activities.models import DeliveryLine, Participation
from app.core.i18n import N_
from app.coverage.kept import supported_facts
from app.coverage.rules import Support, narrowed
from app.reports.base import Source
from app.reports.figure_rows import FigureRow, sum_column, with_sums
from app.reports.filters import SliceFilter
from app.reports.lists import Lists, lists
from app.reports.slices import counted, slice_report, years_of
from app.reports.tags import NOT_RECORDED, of_list

COUNTED = ("women", "men", "not_recorded")
EVERY = ""


@dataclass(frozen=True)
class Line:
    """A delivery line of the year, with its participations: (profession, women, men, not recorded)."""

    activity_id: int
    basis: str | None
    people: list[tuple[str, int | None, int | None, int | None]] = field(default_factory=list)

    def of(self, profession: str) -> list[tuple[str, int | None, int | None, int | None]]:
        """The participations of one profession, or of every one."""
        return [p for p in self.people if profession in (EVERY, p[0])]


def figures(session: Session, filters: SliceFilter, source: Source) -> Iterator[FigureRow]:
    """A row for them all and one for each profession, zero too."""
    known = lists(session)
    professions = (EVERY, *of_list("target_group")(session), NOT_RECORDED)
    for year in years_of(filters):
        facts = source(session, [year])[year]
        lines = _lines(session, year)
        for code in professions:
            with_them = {line.activity_id for line in lines if code == EVERY or line.of(code)}

            def keep(support: Support, ids: Collection[int] = with_them) -> bool:
                return support.activity_id in ids

            part = narrowed(facts, keep)
            found = counted(part, filters, filters.part)
            ids = frozenset(found.activity_ids)
            own = [line for line in lines if line.activity_id in ids]
            yield FigureRow(
                "profession",
                (code, ""),
                _label(known, code),
                found,
                part,
                ("target_group", ""),
                sums=_sums(own, code),
                whole=False,
            )


def _label(known: Lists, code: str) -> str:
    return {EVERY: "Everybody", NOT_RECORDED: "Not recorded"}.get(code) or known.label(("target_group", code))


def _sums(lines: list[Line], profession: str) -> dict[str, int | None]:
    """Sums, and of how many lines and entries each number is blank: unknown is not zero."""
    mine = [line for line in lines if profession == EVERY or line.of(profession)]
    people = [p for line in mine for p in line.of(profession)]
    found: dict[str, int | None] = {
        "delivery_lines": len(mine),
        "lines_without_people": sum(not line.people for line in mine),
        "estimated_lines": sum(line.basis == "estimated" for line in mine),
        "entries": len(people),
    }
    for place, name in enumerate(COUNTED, start=1):
        known = [p[place] for p in people if p[place] is not None]
        found[name] = sum(n for n in known if isinstance(n, int)) if known else None
        found[f"{name}_blank"] = len(people) - len(known)
    return found


def _lines(session: Session, year: int) -> list[Line]:
    live: list[ColumnElement[bool]] = [DeliveryLine.removed_at.is_(None), DeliveryLine.on.startswith(str(year))]
    found = {
        key: Line(activity_id, basis)
        for key, activity_id, basis in session.execute(
            select(DeliveryLine.id, DeliveryLine.activity_id, DeliveryLine.people_basis).where(*live)
        )
    }
    p = Participation
    statement = select(p.delivery_line_id, p.profession, p.women, p.men, p.not_recorded).join(DeliveryLine).where(*live)
    for key, profession, women, men, unknown in session.execute(statement.order_by(p.id)):
        found[key].people.append((profession or NOT_RECORDED, women, men, unknown))
    return list(found.values())


REPORT = slice_report(
    "participations",
    N_("Participations"),
    N_(
        "Participations, not persons, in what was delivered in the year by activities that count in it, by profession."
        " Each sum says of how many entries the number was left blank: unknown is not zero. Also offices with such an"
        " activity (k) of the offices expected (N). Some numbers are estimates; the number of such lines is told."
    ),
    figures,
    columns=with_sums(
        sum_column("delivery_lines", N_("Delivery lines")),
        sum_column("lines_without_people", N_("Lines without participations")),
        sum_column("estimated_lines", N_("Lines with estimates")),
        sum_column("entries", N_("Entries")),
        sum_column("women", N_("Women")),
        sum_column("women_blank", N_("Women: left blank")),
        sum_column("men", N_("Men")),
        sum_column("men_blank", N_("Men: left blank")),
        sum_column("not_recorded", N_("Sex not recorded")),
        sum_column("not_recorded_blank", N_("Sex not recorded: left blank")),
    ),
    source=supported_facts,
)
