"""Formulas of XLSX: without a result they are no blanks, with an empty one they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.exchange.sheet_cells import read_cells
from tests.integration.exchange.hostile import SHEET, changed

CELLS = {
    "without a value": (b"<f>A1</f>", b"", "#NO VALUE!"),
    "a text without a value": (b"<f>A1</f>", b't="str"', "#NO VALUE!"),
    "a number without a value": (b"<f>TODAY()</f><v></v>", b't="n"', "#NO VALUE!"),
    "a date without a value": (b"<f>TODAY()</f><v/>", b't="d"', "#NO VALUE!"),
    "an empty text": (b"<f>IF(1,&quot;&quot;)</f><v></v>", b't="str"', ""),
    "a text": (b"<f>A1</f><v>Fine</v>", b't="str"', "Fine"),
    "a number": (b"<f>1+1</f><v>2</v>", b"", "2"),
    "an error": (b"<f>1/0</f><v>#DIV/0!</v>", b't="e"', "#DIV/0!"),
}


@pytest.mark.parametrize("what", CELLS)
def test_what_is_read_of_a_formula(tmp_path: Path, what: str) -> None:
    inside, kind, expected = CELLS[what]
    path = tmp_path / "a.xlsx"
    old = b'<c r="B2" t="s"><v>3</v></c>'
    path.write_bytes(changed(SHEET, lambda b: b.replace(old, b'<c r="B2" ' + kind + b">" + inside + b"</c>")))
    rows = dict(read_cells(path, "Activities"))
    assert (rows[2] + [""])[1] == expected
