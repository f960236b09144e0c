"""The trend and the tile maps as pictures, from the same objects as their pages."""

from __future__ import annotations

from decimal import Decimal

from app.core.web.locale import _
from app.coverage.rules import State
from app.dashboards.matrix import Cell
from app.dashboards.svg import COLOURS, INK, LINE, MARGIN, MARK, SOFT, TRACK, Canvas, cut, wrapped
from app.dashboards.tiles_page import Block, Tile, TileMap
from app.dashboards.trend_page import TrendPage, is_running
from app.dashboards.words import k_of_n
from app.dashboards.words import share as percent_words
from app.dashboards.work_page import WorkPage

WIDE, TALL, SIDE = 860, 260, 44
SMALL_WIDE, SMALL_TALL, BESIDE = 195, 110, 4
TILE, BLOCK_WIDE = 58, 14


def trend_picture(page: TrendPage, rtl: bool) -> tuple[Canvas, float]:
    """The whole with its published marks, and below it the regions on the same scale."""
    canvas = Canvas(WIDE, rtl)
    cells = [row[0] for row in page.rows][::-1]
    _axis(canvas, SIDE, 10, WIDE - 2 * SIDE, TALL - 50)
    _line(canvas, cells, page, (SIDE, 10, WIDE - 2 * SIDE, TALL - 50))
    for year, percent, words, _address in page.whole.marks:
        x, y = _place(year, percent, page, (SIDE, 10, WIDE - 2 * SIDE, TALL - 50))
        canvas.diamond(x, y)
        canvas.text(x + 12, y + 4, words, 12, MARK)
    for at, small in enumerate(page.smalls):
        left, top = MARGIN + at % BESIDE * (SMALL_WIDE + 10), TALL + at // BESIDE * (SMALL_TALL + 40)
        canvas.text(left, top + 12, cut(small.name, SMALL_WIDE, 12), 12, INK, bold=True)
        canvas.text(left, top + 28, small.last, 12, SOFT)
        box = (left, top + 36, SMALL_WIDE - 10, SMALL_TALL - 36)
        _axis(canvas, *box, labels=False)
        _line(canvas, small.cells, page, box, labels=False)
    rows = -(-len(page.smalls) // BESIDE)
    return canvas, TALL + rows * (SMALL_TALL + 40)


Box = tuple[float, float, float, float]


def _axis(canvas: Canvas, left: float, top: float, width: float, height: float, labels: bool = True) -> None:
    for tick in (0, 50, 100):
        y = top + height * (100 - tick) / 100
        canvas.line(left, y, left + width, y, INK if tick == 0 else LINE)
        if labels:
            canvas.text(left - 6, y + 4, f"{tick}%", 11, SOFT, "end")


def _place(year: int, percent: Decimal, page: TrendPage, box: Box) -> tuple[float, float]:
    left, top, width, height = box
    span = max(page.last - page.first, 1)
    return left + 14 + (year - page.first) / span * (width - 28), top + height * (100 - float(percent)) / 100


def _line(canvas: Canvas, cells: list[Cell], page: TrendPage, box: Box, labels: bool = True) -> None:
    known = {cell.ask.year: cell.figure.percent for cell in cells if cell.figure and cell.figure.percent is not None}
    running = {cell.ask.year for cell in cells if is_running(cell)}
    for year, percent in known.items():
        x, y = _place(year, percent, page, box)
        if year - 1 in known and year not in running:
            before = _place(year - 1, known[year - 1], page, box)
            canvas.line(*before, x, y, COLOURS[State.PROVIDED], 2.5 if labels else 1.5)
    for year, percent in known.items():
        x, y = _place(year, percent, page, box)
        canvas.dot(x, y, 4.5 if labels else 2.5, hollow=year in running)
        if labels:
            canvas.text(x, y - 10, f"{percent}", 11, INK, "middle", bold=True, halo=True)
            when = _("%(year)s so far", year=year) if year in running else str(year)
            canvas.text(x, box[1] + box[3] + 18, when, 11, SOFT, "middle")


BAR_LEFT, BAR_WIDE, BAR_ROW = 330, 300, 24


def work_picture(page: WorkPage, rtl: bool) -> tuple[Canvas, float]:
    """A block of bars for each theme, all on one scale from 0 to N."""
    canvas = Canvas(WIDE, rtl)
    y = 0.0
    for theme in page.themes:
        canvas.text(MARGIN, y + 16, theme.title, 14, INK, bold=True)
        y += 28
        for share in theme.shares:
            canvas.text(MARGIN, y + 13, cut(share.name, BAR_LEFT - MARGIN - 12, 12), 12)
            canvas.rect(BAR_LEFT, y, BAR_WIDE, BAR_ROW - 8, TRACK)
            canvas.rect(BAR_LEFT, y, BAR_WIDE * share.k / max(share.n, 1), BAR_ROW - 8, COLOURS[State.PROVIDED])
            told = f"{k_of_n(share.k, share.n)} ({percent_words(share.percent)})" if share.n else "–"
            canvas.text(BAR_LEFT + BAR_WIDE + 12, y + 13, told, 12)
            y += BAR_ROW
        y += 16
    return canvas, y


def tiles_picture(page: TileMap, rtl: bool) -> tuple[Canvas, float]:
    """The blocks of tiles below one another, each under its region's name; the key first."""
    canvas = Canvas(BLOCK_WIDE * TILE + 2 * MARGIN, rtl)
    y, x = 6.0, float(MARGIN)
    for key in page.keys:
        words = f"{key.label} {key.count}"
        if x + 40 + len(words) * 7.5 > canvas.width:
            x, y = float(MARGIN), y + 24
        if key.mark is not None:
            canvas.shape(key.mark, x, y)
        canvas.text(x + 20, y + 12, words, 12)
        x += 44 + len(words) * 7.5
    y += 34
    for block in page.blocks:
        y = _draw_block(canvas, block, y)
    return canvas, y


def _draw_block(canvas: Canvas, block: Block, y: float) -> float:
    for line in wrapped(block.name, 80):
        canvas.text(MARGIN, y + 12, line, 13, INK, bold=True)
        y += 20
    for at, tile in enumerate(block.tiles):
        _draw_tile(canvas, tile, MARGIN + at % BLOCK_WIDE * TILE, y + at // BLOCK_WIDE * (TILE - 12))
    return y + -(-len(block.tiles) // BLOCK_WIDE) * (TILE - 12) + 14


def _draw_tile(canvas: Canvas, tile: Tile, x: float, y: float) -> None:
    canvas.rect(x, y, TILE - 4, TILE - 16, "#ffffff", COLOURS[tile.mark] if tile.mark else LINE)
    if tile.mark is not None:
        canvas.shape(tile.mark, x + (TILE - 4) / 2 - 7, y + 4)
    canvas.text(x + (TILE - 4) / 2, y + TILE - 22, tile.short, 11, INK if tile.mark else SOFT, "middle")
