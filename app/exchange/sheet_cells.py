"""Reading XLSX, ODS and XLS as rows of text, and JSON with the same columns."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

from app.core.i18n import N_
from app.exchange.sheet_broken import OBJECT, broken_cells
from app.exchange.sheet_broken_ods import Place
from app.exchange.sheet_csv import MANY_COLUMNS, MANY_ROWS, Row
from app.exchange.sheet_kinds import BROKEN_ZIP, PROTECTED
from app.exchange.sheet_limits import MAX_COLUMNS, MAX_FIELD, MAX_ROWS, Unreadable

DIGITS = 15
"""So many digits of a number a spreadsheet keeps."""
NO_SHEET = N_("The spreadsheet has no sheet with cells.")
LONG_CELL = N_("The cell in row %(line)s, column %(n)s has more than 131,072 characters.")
NOT_JSON = N_("This is not valid JSON: %(why)s (line %(line)s).")
NOT_UTF_8 = N_("it is not UTF-8")
TOO_DEEP = N_("its lists lie too deep in one another")
LONG_NUMBER = N_("one of its numbers has thousands of digits")
NOT_ROWS = N_("The JSON file must be a list of objects, or an object whose “rows” are one.")
TWICE = N_("An object of the JSON file has the key “%(key)s” twice, so which value counts cannot be told.")


def sheet_names(path: Path) -> list[str]:
    """The visible sheets."""
    import python_calamine as calamine

    with _opened(path) as book:
        kinds, seen = calamine.SheetTypeEnum, calamine.SheetVisibleEnum
        return [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == kinds.WorkSheet and sheet.visible == seen.Visible
        ]


def _opened(path: Path) -> Any:
    import python_calamine as calamine

    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError as error:
        raise Unreadable(PROTECTED) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Unreadable(BROKEN_ZIP) from error


Ranges = list[tuple[tuple[int, int], tuple[int, int]]]


def read_cells(path: Path, sheet: str, tell_merged: Callable[[Ranges], None] | None = None) -> Iterator[Row]:
    """(row number, cells as text) of every row of the sheet that is not blank. Raises Unreadable.

    `tell_merged` is told ((row, column), (row, column)), from 0, of cells that are merged; nothing of an ODS file.
    """
    import python_calamine as calamine

    with _opened(path) as book:
        try:
            found = book.get_sheet_by_name(sheet)
            if found.width > MAX_COLUMNS or (found.end and found.end[1] >= MAX_COLUMNS):
                wide = max(found.width, (found.end or (0, 0))[1] + 1)
                raise Unreadable(MANY_COLUMNS, line=1, n=f"{wide:,}", most=MAX_COLUMNS)
            if tell_merged is not None:
                tell_merged(found.merged_cell_ranges or [])
            start = found.start or (0, 0)
            rows = found.iter_rows()
            yield from _numbered(rows, start, broken_cells(path, sheet))
        except (calamine.CalamineError, ValueError) as error:
            raise Unreadable(BROKEN_ZIP) from error


def _numbered(rows: Iterator[list[Any]], start: tuple[int, int], broken: Mapping[Place, str]) -> Iterator[Row]:
    count = 0
    before = [""] * start[1]
    for number, row in enumerate(rows, start[0] + 1):
        cells = before + [as_text(cell) for cell in row]
        if broken:
            cells = [broken.get((number - 1, x), cell) for x, cell in enumerate(cells)]
        while cells and not cells[-1]:
            cells.pop()
        if not any(map(str.strip, cells)):
            continue
        for place, cell in enumerate(cells, 1):
            if len(cell) > MAX_FIELD:
                raise Unreadable(LONG_CELL, line=number, n=place)
        count += 1
        if count > MAX_ROWS + 1:
            raise Unreadable(MANY_ROWS, most=f"{MAX_ROWS:,}")
        yield number, cells


def as_text(cell: Any) -> str:
    """A cell as somebody reads it: whole numbers without a point, dates as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    if value == int(value):
        return str(int(value))
    return format(Decimal(f"{value:.15g}"), "f")  # as a spreadsheet shows it: 0.1 + 0.2 is 0.3


def read_json(path: Path) -> Iterator[Row]:
    """The keys of all objects as a first row, then each object: lists joined by `;`, null blank. Raises Unreadable."""
    told = _parsed(path.read_bytes())
    rows = told.get("rows") if isinstance(told, dict) else told
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable(NOT_ROWS)
    if len(rows) > MAX_ROWS:
        raise Unreadable(MANY_ROWS, most=f"{MAX_ROWS:,}")
    keys = list(dict.fromkeys(key for row in rows for key in row))
    names = [_whole(key) for key in keys]
    if len(keys) > MAX_COLUMNS:
        raise Unreadable(MANY_COLUMNS, line=1, n=f"{len(keys):,}", most=MAX_COLUMNS)
    if keys:
        yield 0, names
    for number, row in enumerate(rows, 1):
        yield number, [_json_text(row.get(key), number, place) for place, key in enumerate(keys, 1)]


def _parsed(raw: bytes) -> Any:
    try:
        text = raw.decode(json.detect_encoding(raw))
        return json.loads(text, parse_float=Decimal, parse_constant=str, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise Unreadable(NOT_JSON, why=error.msg, line=error.lineno) from error
    except UnicodeDecodeError as error:
        raise Unreadable(NOT_JSON, why=NOT_UTF_8, line=raw[: error.start].count(b"\n") + 1) from error
    except RecursionError as error:
        raise Unreadable(NOT_JSON, why=TOO_DEEP, line=1) from error
    except ValueError as error:
        raise Unreadable(NOT_JSON, why=LONG_NUMBER, line=1) from error


def _decimal(value: Decimal) -> str:
    """A number of a JSON file as a spreadsheet would show it: 1.5e3 is 1500, and 0.1 + 0.2 is 0.3."""
    if not value.is_finite() or abs(value.adjusted()) > DIGITS:
        return str(value)
    if len(value.as_tuple().digits) > DIGITS:
        value = Context(prec=DIGITS).plus(value).normalize()
    return format(value, "f")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the file. Raises Unreadable where a key stands twice: the last would win, and nobody would know."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(key for key, _value in pairs).most_common(1)[0][0]
        raise Unreadable(TWICE, key=_whole(twice)[:100])
    return found


def _json_text(value: Any, number: int, place: int) -> str:
    if isinstance(value, list):
        parts = [_json_text(each, number, place) for each in value]
        text = ";".join(parts)
        if any(part.startswith(OBJECT) for part in parts):
            text = OBJECT + text.replace(OBJECT, "")  # wherever in the list it stands
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, dict):
        text = OBJECT + json.dumps(value, ensure_ascii=False, default=str)
    elif isinstance(value, Decimal):
        text = _decimal(value)
    else:
        text = "" if value is None else str(value)
    if len(text) > MAX_FIELD:
        raise Unreadable(LONG_CELL, line=number, n=place)
    return _whole(text)


def _whole(text: str) -> str:
    """`text` with a mark for each half of a letter, which JSON can write and no database keeps."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
