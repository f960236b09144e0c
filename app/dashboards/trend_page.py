"""Coverage over the years: the whole with the published marks, and each region small, on one shared scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.core import clock
from app.core.web.locale import _
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import Figure, Slice, YearFacts, figure
from app.dashboards import words
from app.dashboards.address import Ask
from app.dashboards.matrix import Cell, Head, shown_rows
from app.dashboards.names import Lists
from app.dashboards.published import Beside, benchmarks, beside
from app.dashboards.trend import Trend, trend
from app.offices.queries import published_figures

WIDTH, HEIGHT, EDGE = 160, 64, 6
"""The size of a small chart, and the room left around its line."""


@dataclass(frozen=True)
class Small:
    """One region's line, and its last value in words. `path` is drawn in a box of WIDTH by HEIGHT.

    `dots` are (x, y, whether the year still runs)."""

    name: str
    url: str
    path: str
    dots: list[tuple[float, float, bool]]
    last: str
    cells: list[Cell]


@dataclass(frozen=True)
class TrendPage:
    """Everything that the page shows. `rows` are the years, the newest first; each has a cell for every column."""

    answer: str
    whole: Trend
    beside: list[Beside]
    smalls: list[Small]
    columns: list[Head]
    rows: list[list[Cell]]
    first: int
    last: int

    def body(self) -> Markup:
        """The rows as the page shows them."""
        return shown_rows(self.rows)

    @property
    def cells(self) -> list[Cell]:
        """All cells, year after year."""
        return [cell for row in self.rows for cell in row]


def trend_page(session: Session, lists: Lists, ask: Ask, rtl: bool, today: date | None = None) -> TrendPage:
    """The trend of the figure's slice; regions only where the filter names none."""
    today = today or clock.today()
    years = sorted({*kept_years(session, today), ask.year})
    comparable = benchmarks(published_figures(session)) if ask.part == Slice() else []
    published = sorted({each.year for each in comparable})
    every = kept_facts(session, {*years, *published}, today)
    codes = [] if ask.part.region else list(lists.regions)
    columns = [Head("", _whole_name(lists, ask), ask.url("dashboards.trend"))]
    columns += [
        Head(code, lists.names.region(code), ask.narrowed(region=code).url("dashboards.trend")) for code in codes
    ]
    rows = [[_cell(every[year], ask, column) for column in columns] for year in reversed(years)]
    return TrendPage(
        answer=words.answer(figure(every[ask.year], ask.basis, ask.part), lists.names),
        whole=trend({year: every[year] for year in years}, ask, comparable),
        beside=[each for year in published for each in beside(figure(every[year], ask.basis, ask.part), comparable)],
        smalls=[_small(head, [row[at] for row in rows][::-1], rtl) for at, head in enumerate(columns) if head.code],
        columns=columns,
        rows=rows,
        first=years[0],
        last=years[-1],
    )


def _whole_name(lists: Lists, ask: Ask) -> str:
    return lists.names.region(ask.part.region) if ask.part.region else _("All regions")


def _cell(facts: YearFacts, ask: Ask, column: Head) -> Cell:
    here = replace(ask, year=facts.year).narrowed(region=column.code or ask.part.region)
    found = figure(facts, here.basis, here.part)
    return Cell(Head(str(facts.year), words.when(found), here.coverage_url()), column, here, found)


def _small(head: Head, cells: list[Cell], rtl: bool) -> Small:
    points = places(cells, rtl)
    values = [cell for cell in cells if cell.figure is not None and cell.figure.percent is not None]
    last = values[-1].figure if values else None
    return Small(
        name=head.name,
        url=head.url,
        path=path_of(cells, points),
        dots=[(*points[cell.ask.year], is_running(cell)) for cell in cells if cell.ask.year in points],
        last=_last(last),
        cells=cells,
    )


def _last(found: Figure | None) -> str:
    """No percentage without its k and N (METHODOLOGY)."""
    if found is None:
        return words.share(None)
    return f"{words.when(found)}: {words.share(found.percent)} ({words.k_of_n(found.k, found.n)})"


def places(cells: Sequence[Cell], rtl: bool) -> dict[int, tuple[float, float]]:
    """{year: (x, y)} of the years with a percentage, on the scale from 0 to 100%."""
    first, last = cells[0].ask.year, cells[-1].ask.year
    found = {}
    for cell in cells:
        percent = cell.figure.percent if cell.figure else None
        if percent is not None:
            x = EDGE + (cell.ask.year - first) / max(last - first, 1) * (WIDTH - 2 * EDGE)
            y = EDGE + (100 - float(percent)) / 100 * (HEIGHT - 2 * EDGE)
            found[cell.ask.year] = (round(WIDTH - x if rtl else x, 1), round(y, 1))
    return found


def is_running(cell: Cell) -> bool:
    """The cell is of the running year."""
    return cell.figure is not None and cell.figure.running


def path_of(cells: Sequence[Cell], points: Mapping[int, tuple[float, float]]) -> str:
    """The line through years that follow one another; a year without a figure breaks it, and one that still runs
    is not joined to those that ended (METHODOLOGY, The figures).
    """
    steps = []
    for cell in cells:
        year = cell.ask.year
        if year in points:
            x, y = points[year]
            steps.append(f"{'L' if year - 1 in points and not is_running(cell) else 'M'}{x} {y}")
    return "".join(steps)
