"""Rows of a table for a page: names instead of codes, numbers in the way of the language. Built here, not in a loop of
a template: a page may have thousands of cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from flask import url_for
from flask_babel import get_locale
from markupsafe import Markup, escape

from app.core.tables import Column, Kind
from app.core.web.locale import _, number
from app.reports.naming import NOT_OPEN
from app.reports.words import Speaker

NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.YEAR, Kind.PERCENT})
SHARES_OF_OFFICES = frozenset({"percent", "range_low", "range_high"})
TOLD_ABOVE = frozenset({"basis", "dimension", "code2"})
PAGES = {"#activity+code": "activities.record", "#request+code": "asked.request_page"}
"""The page of what a reference in such a column names."""
MOST_TEXT = 200
Make = Callable[[Any], Markup]


@dataclass(frozen=True)
class Cells:
    """A further column that only pages have: its head, and its cell of a row."""

    head: str
    cell: Callable[[Any], Markup]


def cells(
    columns: Sequence[Column[Any]], rows: Sequence[Any], speaker: Speaker, extra: Cells | None, *, whole: bool
) -> tuple[list[tuple[str, bool]], Make]:
    """The heads (label, is it a number) of what a page shows of a table, and what makes a row of it.

    What is the same in every row (the basis, the dimension) is said above the table already and left out of it,
    where these rows are the `whole` table.
    """
    shown = [column for column in columns if column.on_page and not (whole and _told_above(column, rows))]
    heads = [(_(column.label), column.kind in NUMBERS) for column in shown]
    if extra:
        heads.append((extra.head, False))

    def make(row: Any) -> Markup:
        made = [_cell(column, row, speaker, first=column is shown[0]) for column in shown]
        return Markup("<tr>") + Markup("").join(made + ([extra.cell(row)] if extra else [])) + Markup("</tr>")

    return heads, make


def _told_above(column: Column[Any], rows: Sequence[Any]) -> bool:
    return column.key in TOLD_ABOVE and len({column.value(row) for row in rows}) <= 1


def _cell(column: Column[Any], row: Any, speaker: Speaker, *, first: bool) -> Markup:
    text = _text(column, row, speaker)
    css = Markup(' class="num"') if column.kind in NUMBERS else Markup("")
    if first:
        return Markup('<th scope="row"{}>{}</th>').format(css, text)
    return Markup("<td{}>{}</td>").format(css, text)


def _text(column: Column[Any], row: Any, speaker: Speaker) -> Markup:
    value = column.value(row)
    kind = column.names if isinstance(column.names, str) else column.names(row)
    if value is None or (value == "" and not callable(column.names)):
        return _blank(column)
    if column.kind == Kind.LIST:
        return Markup(", ").join(_code(part, kind, speaker) for part in str(value).split(";"))
    if value == NOT_OPEN:
        return Markup('<span class="soft">{}</span>').format(speaker.code("", NOT_OPEN))
    if column.hxl in PAGES:
        return Markup('<a href="{}"><bdi>{}</bdi></a>').format(url_for(PAGES[column.hxl], reference=value), value)
    if column.kind == Kind.CODE:
        return _code(str(value), kind, speaker)
    if column.kind in SPOKEN:
        return escape(SPOKEN[column.kind](value))
    text = str(value)
    return Markup("<bdi>{}</bdi>").format(text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "…")


def _decimal(value: Any, form: str | None = None) -> str:
    return format_decimal(value, form, locale=get_locale() or "en")


SPOKEN: dict[Kind, Callable[[Any], str]] = {
    Kind.INTEGER: number,
    Kind.DECIMAL: _decimal,
    Kind.PERCENT: lambda value: _("%(n)s%%", n=_decimal(value, "#,##0.0")),
    Kind.YES_NO: lambda value: _("Yes") if value else _("No"),
}


def _code(code: str, kind: str, speaker: Speaker) -> Markup:
    name = speaker.code(kind, code)
    return Markup("<bdi>{}</bdi>").format(code if name is None else name)


def _blank(column: Column[Any]) -> Markup:
    if column.kind == Kind.PERCENT:
        words = _("no office expected") if column.key in SHARES_OF_OFFICES else "–"
    else:
        words = _("not recorded") if column.kind != Kind.LIST else "–"
    return Markup('<span class="blank">{}</span>').format(words)
