"""Error cells of ODS: each at its place, whatever is repeated before it, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.exchange.sheet_broken import broken_cells
from app.exchange.sheet_cells import read_cells
from tests.integration.exchange.hostile import zipped

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
PLAIN = '<table:table-cell office:value-type="string"><text:p>#N/A</text:p></table:table-cell>'
BROKEN: dict[str, tuple[str, str | None, str]] = {
    "an error as LibreOffice writes it": (
        'table:formula="of:=NA()" office:value-type="string" office:string-value="" calcext:value-type="error"',
        "#N/A",
        "#N/A",
    ),
    "an error that is kept as 0": (
        'table:formula="of:=1/0" office:value-type="float" office:value="0" calcext:value-type="error"',
        "#DIV/0!",
        "#DIV/0!",
    ),
    "an error without the mark": ('table:formula="of:=NA()" office:value-type="string"', "#N/A", "#N/A"),
    "a number of an error": ('table:formula="of:=A1+" office:value-type="string"', "Err:502", "#NO VALUE!"),
    "a formula without its result": ('table:formula="of:=A1"', None, "#NO VALUE!"),
    "a formula that shows nothing": ('table:formula="of:=IF(1;&quot;&quot;)"', "", ""),
    "a formula with its result": ('table:formula="of:=A1" office:value-type="string"', "Fine", "Fine"),
    "the words of an error that somebody typed": ('office:value-type="string"', "#N/A", "#N/A"),
}


def ods(tmp_path: Path, rows: str) -> Path:
    path = tmp_path / "a.ods"
    sheet = '<table:table table:name="Other"><table:table-row/></table:table>'
    sheet += f'<table:table table:name="A">{rows}</table:table>'
    content = f"<office:document-content {NAMES} {CALC}><office:body><office:spreadsheet>{sheet}"
    content += "</office:spreadsheet></office:body></office:document-content>"
    path.write_bytes(
        zipped({
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        })
    )  # fmt: skip
    return path


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_read_of_a_cell(tmp_path: Path, what: str) -> None:
    attributes, shown, expected = BROKEN[what]
    words = "" if shown is None else f"<text:p>{shown}</text:p>"
    cell = f"<table:table-cell {attributes}>{words}</table:table-cell>"
    rows = f"<table:table-row>{PLAIN}{PLAIN}</table:table-row><table:table-row>{PLAIN}{cell}</table:table-row>"
    assert [cells for _n, cells in read_cells(ods(tmp_path, rows), "A")] == [
        ["#N/A"] * 2,
        ["#N/A", expected] if expected else ["#N/A"],
    ]


def test_places_count_what_is_repeated(tmp_path: Path) -> None:
    bad = f"<table:table-cell {BROKEN['an error that is kept as 0'][0]}><text:p>#DIV/0!</text:p></table:table-cell>"
    many = bad.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="2"', 1)
    rows = (
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        "<table:table-header-rows><table:table-row>"
        f'<table:covered-table-cell/><table:table-cell table:number-columns-repeated="4"/>{bad}'
        "</table:table-row></table:table-header-rows>"
        f'<table:table-row table:number-rows-repeated="2">{PLAIN}{many}</table:table-row>'
    )
    assert set(broken_cells(ods(tmp_path, rows), "A")) == {(3, 5), (4, 1), (4, 2), (5, 1), (5, 2)}
    assert broken_cells(ods(tmp_path, rows), "Other") == {}
    assert broken_cells(ods(tmp_path, rows + "<torn"), "A") == {}
