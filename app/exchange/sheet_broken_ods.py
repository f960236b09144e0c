"""Cells of an ODS sheet that show an error such as #N/A: the reader of spreadsheets gives them as blank, or as 0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

SHOWN = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
NO_VALUE = "#NO VALUE!"
"""What stands for a formula without its result."""
WIDEST, LONGEST = 1000, 1000
"""So many repeated cells and rows are told at most."""
_OFFICE, _TABLE, _TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text")
)
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
Place = tuple[int, int]


def broken_in(file: IO[bytes], sheet: str) -> Iterator[tuple[Place, str]]:
    """((row, column), what is to stand there) of the sheet's broken cells, from 0.

    Raises:
        lxml.etree.LxmlError: this is no XML.
    """
    from lxml import etree

    row, inside = 0, False
    tags = (f"{_TABLE}table", f"{_TABLE}table-row")
    safe: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": True}
    for event, node in etree.iterparse(file, events=("start", "end"), tag=tags, **safe):
        if node.tag == tags[0]:
            inside = event == "start" and node.get(f"{_TABLE}name") == sheet
        elif event == "end":
            repeated = _count(node, "rows")
            if inside:
                for column, said in _in_row(node):
                    yield from (((row + n, column), said) for n in range(min(repeated, LONGEST)))
                row += repeated
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]


def _in_row(row: Any) -> Iterator[tuple[int, str]]:
    column = 0
    for cell in row.iterchildren(*_CELLS):
        repeated, said = _count(cell, "columns"), _said(cell)
        if said:
            yield from ((column + n, said) for n in range(min(repeated, WIDEST)))
        column += repeated


def _said(cell: Any) -> str:
    """What is wrong with the cell, "" for nothing. A program writes an error as 0 or "", and shows it in the text."""
    shown = "".join(cell.itertext(f"{_TEXT}p")).strip()
    formula = cell.get(f"{_TABLE}formula")
    if cell.get(f"{_CALC}value-type") == "error" or (formula and (shown in SHOWN or shown.startswith("Err:"))):
        return shown if shown in SHOWN else NO_VALUE
    worked_out = cell.get(f"{_OFFICE}value-type") is not None or cell.find(f"{_TEXT}p") is not None
    return NO_VALUE if formula and not worked_out else ""


def _count(node: Any, what: str) -> int:
    told = node.get(f"{_TABLE}number-{what}-repeated", "1")
    return int(told) if told.isdecimal() and len(told) < 8 else 1
