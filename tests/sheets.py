"""Workbooks read as a stranger would: from their XML, by nothing of the library that wrote them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def sheet_names(data: bytes) -> list[str]:
    """The sheets in their order."""
    return [sheet.get("name") for sheet in _part(data, "xl/workbook.xml").iter(f"{MAIN}sheet")]


def formulas(data: bytes) -> list[str]:
    """Every formula and every link of any sheet."""
    found: list[str] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                root = etree.fromstring(archive.read(name))
                found += [each.tag for tag in ("f", "hyperlink") for each in root.iter(f"{MAIN}{tag}")]
    return found


def cells(data: bytes, sheet: str) -> list[list[Any]]:
    """The rows of a sheet: text, numbers, dates as ISO text; None where there is no cell."""
    place = sheet_names(data).index(sheet) + 1
    formats = _formats(data)
    rows = []
    for row in _part(data, f"xl/worksheets/sheet{place}.xml").iter(f"{MAIN}row"):
        found = {_column(cell.get("r")): _value(cell, formats) for cell in row}
        rows.append(found)
    width = max((max(row) for row in rows if row), default=-1) + 1
    return [[row.get(x) for x in range(width)] for row in rows]


def _part(data: bytes, name: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(name))


def _column(place: str) -> int:
    number = 0
    for letter in re.match(r"[A-Z]+", place)[0]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _formats(data: bytes) -> list[str]:
    root = _part(data, "xl/styles.xml")
    own = {each.get("numFmtId"): each.get("formatCode") for each in root.iter(f"{MAIN}numFmt")}
    return [own.get(each.get("numFmtId"), "") for each in root.find(f"{MAIN}cellXfs")]


def _value(cell: Any, formats: list[str]) -> Any:
    if cell.get("t") == "inlineStr":
        return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), "".join(cell.itertext()))
    assert cell.get("t") is None, cell.get("t")
    text = cell.findtext(f"{MAIN}v")
    if text is None:
        return None
    form = formats[int(cell.get("s") or 0)]
    if "yyyy" in form:
        when = datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=float(text))
        return (when + timedelta(microseconds=500_000)).strftime("%Y-%m-%dT%H:%M:%SZ" if "hh" in form else "%Y-%m-%d")
    return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
