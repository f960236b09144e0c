"""Columns of the panels' CSV files, and their charts as pictures. The numbers come from the page's own objects."""

from __future__ import annotations

from typing import Any

from app.core.i18n import N_
from app.core.tables import Column, Kind
from app.core.web.locale import _
from app.coverage.rules import Figure, State
from app.dashboards import words
from app.dashboards.gaps_page import Gap
from app.dashboards.matrix import Cell, Grid, heat
from app.dashboards.region_page import OfficeLine
from app.dashboards.svg import HEAT, INK, LINE, MARGIN, SOFT, Canvas, cut, wrapped
from app.dashboards.tiles_page import Tile
from app.dashboards.work_page import Share


def figure_columns(read: Any) -> tuple[Column[Any], ...]:
    """The numbers of a figure; `read` takes a row to its figure, None where there is none."""

    def of(value: Any) -> Any:
        return lambda row: value(read(row)) if read(row) is not None else None

    def state(which: State) -> Any:
        return of(lambda f: f.count(which))

    return (
        Column("numerator", N_("k"), Kind.INTEGER, of(lambda f: f.k), "#indicator+num"),
        Column("denominator", N_("N"), Kind.INTEGER, of(lambda f: f.n), "#indicator+denominator"),
        Column("percent", N_("Percent"), Kind.PERCENT, of(lambda f: f.percent), "#indicator+pct"),
        Column("range_low", N_("Range, low"), Kind.PERCENT, of(lambda f: f.range_low)),
        Column("range_high", N_("Range, high"), Kind.PERCENT, of(lambda f: f.range_high)),
        Column("declared", N_("Declared"), Kind.INTEGER, state(State.DECLARED)),
        Column("answered_none", N_("Answered, none here"), Kind.INTEGER, of(lambda f: f.answered_none)),
        Column("unanswered", N_("Unanswered"), Kind.INTEGER, state(State.UNANSWERED)),
        Column("signed_returns", N_("Signed returns"), Kind.INTEGER, of(lambda f: len(f.signed))),
        Column("countries", N_("Countries reached"), Kind.INTEGER, of(lambda f: len(f.countries))),
        Column("activities", N_("Activities"), Kind.INTEGER, of(lambda f: f.activities)),
    )


MATRIX_COLUMNS: tuple[Column[Cell], ...] = (
    Column("row", N_("Row"), Kind.CODE, lambda c: c.row.code),
    Column("row_name", N_("Name of the row"), Kind.TEXT, lambda c: c.row.name),
    Column("column", N_("Column"), Kind.CODE, lambda c: c.column.code),
    Column("column_name", N_("Name of the column"), Kind.TEXT, lambda c: c.column.name),
    Column("year", N_("Year"), Kind.INTEGER, lambda c: c.ask.year),
    *figure_columns(lambda c: c.figure),
)
TREND_COLUMNS: tuple[Column[Cell], ...] = (
    Column("year", N_("Year"), Kind.INTEGER, lambda c: c.ask.year, "#date+year"),
    Column("region", N_("Region"), Kind.CODE, lambda c: c.column.code or c.ask.part.region),
    Column("region_name", N_("Name of the region"), Kind.TEXT, lambda c: c.column.name),
    *figure_columns(lambda c: c.figure),
)
TILE_COLUMNS: tuple[Column[Tile], ...] = (
    Column("code", N_("Code"), Kind.CODE, lambda t: t.code),
    Column("name", N_("Name"), Kind.TEXT, lambda t: t.name),
    Column("region", N_("Region"), Kind.CODE, lambda t: t.region),
    Column("state", N_("State"), Kind.CODE, lambda t: t.state),
    Column("words", N_("State in words"), Kind.TEXT, lambda t: t.label),
)
WORK_COLUMNS: tuple[Column[Share], ...] = (
    Column("theme", N_("Theme"), Kind.CODE, lambda s: s.theme),
    Column("code", N_("Code"), Kind.CODE, lambda s: s.code),
    Column("name", N_("Name"), Kind.TEXT, lambda s: s.name),
    Column("activities", N_("Activities (k)"), Kind.INTEGER, lambda s: s.k, "#indicator+num"),
    Column("of_activities", N_("Of activities (N)"), Kind.INTEGER, lambda s: s.n, "#indicator+denominator"),
    Column("percent", N_("Percent"), Kind.PERCENT, lambda s: s.percent, "#indicator+pct"),
)
GAP_COLUMNS: tuple[Column[Gap], ...] = (
    Column("kind", N_("Kind of gap"), Kind.CODE, lambda g: g.kind),
    Column("code", N_("Code"), Kind.CODE, lambda g: g.code),
    Column("name", N_("Name"), Kind.TEXT, lambda g: g.name),
    Column("region_name", N_("Region"), Kind.TEXT, lambda g: g.region),
    Column("last_support", N_("Last support"), Kind.CODE, lambda g: g.last_support),
    Column("last_return", N_("Last return"), Kind.TEXT, lambda g: g.last_return),
    Column("words", N_("In its own words"), Kind.TEXT, lambda g: g.said),
)
REGION_COLUMNS: tuple[Column[OfficeLine], ...] = (
    Column("code", N_("Code"), Kind.CODE, lambda o: o.code, "#org+code+office"),
    Column("name", N_("Name"), Kind.TEXT, lambda o: o.name),
    Column("state", N_("State"), Kind.CODE, lambda o: o.state),
    Column("last_support", N_("Last support"), Kind.CODE, lambda o: o.last),
    Column("drafts", N_("Drafts"), Kind.INTEGER, lambda o: o.drafts if o.known else None),
    Column("awaiting", N_("Awaiting review"), Kind.INTEGER, lambda o: o.awaiting if o.known else None),
    Column("days_late", N_("Days late"), Kind.INTEGER, lambda o: o.days_late if o.known else None),
    Column("office_has_to", N_("Waits for the office"), Kind.TEXT, lambda o: "; ".join(w.text for w in o.office_waits)),
    Column("adviser_has_to", N_("Waits for the adviser"), Kind.TEXT,
           lambda o: "; ".join(w.text for w in o.adviser_waits)),
    Column("sentence", N_("In its own words"), Kind.TEXT, lambda o: o.sentence),
)  # fmt: skip
FIRST, WIDE, ROW_HEIGHT = 250, 92, 36


def matrix_picture(found: Grid, rtl: bool) -> tuple[Canvas, float]:
    """The heatmap, and how high it is."""
    canvas = Canvas(2 * MARGIN + FIRST + WIDE * len(found.columns), rtl)
    for at, head in enumerate(found.columns):
        lines = list(wrapped(head.name, 13))[:4]
        for number, line in enumerate(lines):
            canvas.text(_left(at) + WIDE / 2, 14 + 15 * (4 - len(lines) + number), line, 12, SOFT, "middle")
    y = 72.0
    for title, rows in found.groups:
        if title:
            canvas.text(MARGIN, y + 20, title, 13, SOFT, bold=True)
            y += 30
        for row in rows:
            _name(canvas, y, row[0].row.name)
            for at, cell in enumerate(row):
                _draw_cell(canvas, _left(at), y, cell)
            y += ROW_HEIGHT
    return canvas, y


def _name(canvas: Canvas, y: float, name: str) -> None:
    """The name of a row, over two lines where it is long."""
    lines = list(wrapped(name, 38))[:2]
    for at, line in enumerate(lines):
        canvas.text(MARGIN, y + 22 - 7 * (len(lines) - 1) + 14 * at, cut(line, FIRST, 12), 12)


def _left(at: int) -> float:
    return MARGIN + FIRST + at * WIDE


def _draw_cell(canvas: Canvas, x: float, y: float, cell: Cell) -> None:
    found: Figure | None = cell.figure
    counted = found is not None and found.n > 0
    canvas.rect(x, y, WIDE - 2, ROW_HEIGHT - 2, HEAT[heat(found.percent) if found else 0], LINE)
    middle = x + WIDE / 2 - 1
    if found is None or not counted:
        canvas.text(middle, y + 22, "–", 13, SOFT, "middle")
    elif found.k == 0:
        canvas.text(middle, y + 22, "0", 13, SOFT, "middle")
    else:
        canvas.text(middle, y + 16, words.share(found.percent), 13, INK, "middle", bold=True)
        canvas.text(middle, y + 29, words.k_of_n(found.k, found.n), 11, INK, "middle")


def definition_words(meaning: str) -> str:
    """A panel's own definition, and what k and N are."""
    return meaning + " " + _("k: offices that provided support. N: offices expected to report.")
