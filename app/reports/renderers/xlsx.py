"""The one writer of XLSX: typed cells, a head that stays and filters, then a sheet that says what the file is.

Text is written as text: no cell is a formula or a link, nothing is put before it, and it comes back as it was. Blank is
no cell at all, which is not zero. XlsxWriter keeps one row in memory; the finished file is sent by the block.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.core.tables import Column, Kind, Table

MOST_ROWS = 1_048_575
"""Under the head of a sheet; what is more goes on another sheet."""
MOST_TEXT = 32_767
BLOCK = 1 << 16
ABOUT = "About"
_ESCAPE_LOOKALIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_WIDTHS = {Kind.TEXT: 40, Kind.LIST: 24, Kind.INSTANT: 21}
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
           "use_zip64": True}  # fmt: skip
Pairs = Sequence[tuple[str, str]]
Put = Callable[[Any, int, int, Any], None]


class PlainSheet(Worksheet):  # type: ignore[misc]
    """A sheet whose text is nothing but text.

    Where memory is kept flat the library takes text that begins with <r> for its own XML, and what looks like an escape
    only half as text.
    """

    def _xml_rich_inline_string(self, string: str, attributes: Any) -> None:
        self._xml_inline_string(string, True, attributes)

    def _escape_control_characters(self, string: str) -> str:
        return _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", _ESCAPE_LOOKALIKE.sub("_x005F_", string))


def write_xlsx(key: str, about: Pairs, table: Table[Any]) -> Iterator[bytes]:
    """The table and what it is as one file; `key` names its first sheet. Its first byte waits for its last row."""
    with TemporaryFile() as file:
        _fill(file, key, about, table)
        file.seek(0)
        while block := file.read(BLOCK):
            yield block


def _fill(file: IO[bytes], key: str, about: Pairs, table: Table[Any]) -> None:
    book = Workbook(file, OPTIONS)
    book.set_properties({"title": dict(about).get("Title", key)})
    sheets = _Sheets(book, key, table.columns)
    first, second = sheets.another(), book.add_worksheet(ABOUT, PlainSheet)
    rows = iter(table.rows)
    total = count = sheets.fill(first, islice(rows, MOST_ROWS))
    while count == MOST_ROWS:
        count = sheets.fill(sheets.another(), islice(rows, MOST_ROWS))
        total += count
    _tell(book, second, (*about, ("Rows", str(total)), *sheets.cuts()), table.columns)
    book.close()


class _Sheets:
    """The sheets of the table's rows."""

    def __init__(self, book: Any, key: str, columns: Sequence[Column[Any]]) -> None:
        self.book, self.columns = book, columns
        self.key, self.count, self.cut = key[:28], 0, 0
        self.bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        instant = book.add_format({"num_format": 'yyyy-mm-dd"T"hh:mm:ss"Z"'})
        share = book.add_format({"num_format": "0.0"})
        self.puts: dict[Kind, Put] = {
            Kind.INTEGER: self._number,
            Kind.DECIMAL: lambda sheet, y, x, value: sheet.write_number(y, x, value),
            Kind.YEAR: self._number,
            Kind.PERCENT: lambda sheet, y, x, value: sheet.write_number(y, x, value, share),
            Kind.DATE: lambda sheet, y, x, value: self._day(sheet, y, x, value, day),
            Kind.INSTANT: lambda sheet, y, x, value: sheet.write_datetime(y, x, _instant(value), instant),
            Kind.YES_NO: lambda sheet, y, x, value: sheet.write_string(y, x, "yes" if value else "no"),
        }

    def another(self) -> Any:
        """A further sheet, with its head."""
        self.count += 1
        sheet = self.book.add_worksheet(self.key if self.count == 1 else f"{self.key} {self.count}", PlainSheet)
        sheet.freeze_panes(1, 1)
        for x, column in enumerate(self.columns):
            sheet.set_column(x, x, max(len(column.key) + 3, _WIDTHS.get(column.kind, 10)))
        for x, column in enumerate(self.columns):
            sheet.write_string(0, x, column.key, self.bold)
        return sheet

    def fill(self, sheet: Any, rows: Iterable[Any]) -> int:
        """Write the rows under a sheet's head; tells how many they were."""
        makers = [(x, c.value, self.puts.get(c.kind, self._text)) for x, c in enumerate(self.columns)]
        y = 0
        for y, row in enumerate(rows, 1):
            for x, value, put in makers:
                cell = value(row)
                if cell is not None and cell != "":
                    put(sheet, y, x, cell)
        sheet.autofilter(0, 0, y, len(self.columns) - 1)
        return y

    def cuts(self) -> Pairs:
        """What is to be said of cells that were too long."""
        if not self.cut:
            return ()
        return (("Cells cut", f"{self.cut}: a cell holds no more than {MOST_TEXT} characters; the CSV has them whole"),)

    def _text(self, sheet: Any, y: int, x: int, value: Any) -> None:
        text = str(value)
        if len(text) > MOST_TEXT:
            text, self.cut = text[:MOST_TEXT], self.cut + 1
        sheet.write_string(y, x, text)

    def _number(self, sheet: Any, y: int, x: int, value: Any) -> None:
        if isinstance(value, int):
            sheet.write_number(y, x, value)
        else:
            self._text(sheet, y, x, value)

    def _day(self, sheet: Any, y: int, x: int, value: Any, form: Any) -> None:
        """A day is a date; a month or a year stays what it is, for it has no day."""
        text = value.isoformat() if isinstance(value, date) else str(value)
        if len(text) == 10 and text > "1900-03":  # spreadsheets count the days from there
            sheet.write_datetime(y, x, date.fromisoformat(text), form)
        else:
            self._text(sheet, y, x, text)


def _instant(value: datetime | str) -> datetime:
    """Spreadsheets know no time zone: UTC, as the cell's form says."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return when.astimezone(UTC).replace(tzinfo=None)


def _tell(book: Any, sheet: Any, about: Pairs, columns: Sequence[Column[Any]]) -> None:
    wrap, bold = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"bold": True, "valign": "top"})
    for x, width in enumerate((34, 80, 12, 28)):
        sheet.set_column(x, x, width)
    y = 0
    for y, (label, text) in enumerate(about):
        sheet.write_string(y, 0, label, bold)
        sheet.write_string(y, 1, text[:MOST_TEXT], wrap)
    for x, label in enumerate(("Column", "What it is", "Kind", "HXL tag")):
        sheet.write_string(y + 2, x, label, bold)
    for line, column in enumerate(columns, y + 3):
        for x, text in enumerate((column.key, column.label, column.kind.value, column.hxl)):
            sheet.write_string(line, x, text)
