"""Hostile and odd files, each with its one right answer: taken, errors at these rows and columns, or refused."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from xml.sax.saxutils import escape

from tests.integration.exchange.sheets import csv_text, row, xlsx_bytes

Errors = dict[int, set[str]]


@dataclass(frozen=True)
class Case:
    """One file. `refused`: a part of the sentence. `errors`: columns by row. `rows`: how many rows there are."""

    name: str
    make: Callable[[], bytes]
    refused: str = ""
    errors: Errors | None = None
    rows: int | None = None


def cases() -> list[Case]:
    """All of them."""
    return [*_not_tables(), *_archives(), *_broken_csv(), *_encodings(), *_shapes(), *_cells(), *_json(), *_workbooks()]


def _case(
    name: str, data: bytes | str, refused: str = "", errors: Errors | None = None, rows: int | None = None
) -> Case:
    whole = data.encode() if isinstance(data, str) else data
    return Case(name, lambda: whole, refused, errors, rows)


MAGICS = {
    "windows program": b"MZ\x90\x00" + b"\x00" * 60, "linux program": b"\x7fELF\x02\x01" + b"\x00" * 60,
    "java class": b"\xca\xfe\xba\xbe\x00\x00", "mac program": b"\xcf\xfa\xed\xfe\x07",
    "script": b"#!/bin/sh\nrm -rf /\n",
    "pdf": b"%PDF-1.7\n%", "png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff\xe0JFIF", "gif": b"GIF89a",
    "gzip": b"\x1f\x8b\x08", "7z": b"7z\xbc\xaf\x27\x1c", "rar": b"Rar!\x1a\x07", "bzip2": b"BZh91AY",
    "xz": b"\xfd7zXZ\x00", "sqlite": b"SQLite format 3\x00", "rtf": b"{\\rtf1 hello}",
}  # fmt: skip


def _not_tables() -> Iterator[Case]:
    for name, magic in MAGICS.items():
        yield _case(f"a {name} named csv", magic + b"title\nA\n", "not a table")
    yield _case("nothing", b"", "empty")
    yield _case("blanks only", b" \r\n\t \n", "empty")
    yield _case("a byte order mark only", b"\xef\xbb\xbf", "empty")
    yield _case("NULs only", b"\x00" * 400, "NUL")
    yield _case("a web page", b"<!DOCTYPE html><html><body><table></table></body></html>", "web page")
    yield _case("a table saved as xls", b"<html><table><tr><td>title</td></tr></table></html>", "web page")
    yield _case("a bare table", b"\n <table><tr><td>title</td></tr></table>", "web page")
    old = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'
    yield _case("an XML spreadsheet of 2003", old, "old XML")
    yield _case("an OLE file cut off", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "")
    encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500 + "EncryptedPackage".encode("utf-16-le")
    yield _case("an encrypted workbook", encrypted, "password")


def zipped(members: dict[str, bytes | str], **more: Any) -> bytes:
    """An archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **more) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


GOOD = [["lead_office", "title"], ["0060", "Course"]]


def changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A good workbook with one part changed."""
    return repacked(xlsx_bytes(GOOD), part, change)


def repacked(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """An archive with one part changed."""
    source = zipfile.ZipFile(io.BytesIO(data))
    return zipped(
        {i.filename: change(source.read(i)) if i.filename == part else source.read(i) for i in source.infolist()}
    )


MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'


def ods_bytes(rows: list[list[str]]) -> bytes:
    """An ODS file of these rows."""
    told = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in cells
        )
        + "</table:table-row>"
        for cells in rows
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>'
    content += (
        f'<table:table table:name="A">{told}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": MANIFEST,
        }
    )


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "whose table never ends": lambda b: b.replace(b"</table:table>", b"h/table:table>"),
    "that is cut off": lambda b: b[: b.index(b"</table:table>")],
    "with a row that ends twice": lambda b: b.replace(b"</table:table-row>", b"</table:table-row></table:table-row>"),
    "in an encoding that there is not": lambda b: b.replace(b'version="1.0"', b'version="1.0" encoding="UTF-x"'),
    "with half a sign": lambda b: b.replace(b"Course", b"Cours\xe9"),
}


def _lied(data: bytes) -> bytes:
    """An archive whose directory says that its first member unpacks to four gigabytes less one."""
    place = data.index(b"PK\x01\x02")
    return data[: place + 24] + b"\xfe\xff\xff\xff" + data[place + 28 :]


SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>'


def _archives() -> Iterator[Case]:
    yield _case("an archive of documents", zipped({"a.txt": "hello"}), "no spreadsheet")
    yield _case(
        "a text document", zipped({"word/document.xml": "<a/>", "[Content_Types].xml": "<a/>"}), "no spreadsheet"
    )
    yield _case("an empty archive", zipped({}), "no spreadsheet")
    yield _case("a binary workbook", zipped({"xl/workbook.bin": b"\x00"}), "XLSB")
    yield _case("too many parts", zipped({f"xl/{n}.xml": "" for n in range(2001)}), "parts inside")
    yield _case("declares four gigabytes", _lied(zipped({"xl/workbook.xml": "<a/>"})), "Unpacked")
    yield Case("explodes", lambda: zipped({"xl/workbook.xml": b"0" * (51 * 1024 * 1024)}), "times its size")
    yield _case("cut in the middle", xlsx_bytes(GOOD)[:2000], "damaged")
    yield _case("the directory alone", xlsx_bytes(GOOD)[-60:], "")
    yield _case("entities in a sheet", changed(SHEET, lambda b: b.replace(b"<worksheet", BOMB + b"<worksheet")), "DTD")
    workbook = changed("xl/workbook.xml", lambda b: b.replace(b"<workbook", BOMB + b"<workbook"))
    yield _case("entities in the workbook", workbook, "DTD")
    strings = changed("xl/sharedStrings.xml", lambda b: b.replace(b"<sst", BOMB + b"<sst"))
    yield _case("entities in the strings", strings, "DTD")
    for cell, words in (("XFD1", "far from"), ("A1048576", "far below"), ("XFD1048576", "far from")):
        far = changed(SHEET, lambda b, c=cell: b.replace(b'r="B2"', f'r="{c}"'.encode()))
        yield _case(f"a cell at {cell}", far, words)
    yield _case("a sheet that is no XML", changed(SHEET, lambda _b: b"hello"), "")
    yield _case("a sheet that is empty", changed(SHEET, lambda _b: b""), "")
    yield _case("no workbook inside", zipped({"[Content_Types].xml": "<a/>", "xl/a.xml": "<a/>"}), "damaged")
    odf = zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"})
    yield _case("an ODS without sheets", odf, "")
    yield _case(
        "an ODS that is a text", zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "no spreadsheet"
    )
    whole = ods_bytes(GOOD)
    yield _case("an ODS of two rows", whole, errors={}, rows=1)
    for name, change in DAMAGES.items():
        yield _case(f"an ODS {name}", repacked(whole, "content.xml", change), "damaged")
    for number in (b"-1", b"abc", b"1e0", b"", b"4294967297"):
        lost = changed(SHEET, lambda b, n=number: b.replace(b'r="B2" t="s"><v>3<', b'r="B2" t="s"><v>' + n + b"<"))
        yield _case(f"a cell that points to text {number.decode()!r}", lost, "damaged")
    yield _case("a sheet that is cut off", changed(SHEET, lambda b: b[: b.index(b"</sheetData>")]), "damaged")
    locked = zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                     "META-INF/manifest.xml": "<encryption-data/>"})  # fmt: skip
    yield _case("an encrypted ODS", locked, "password")


def _broken_csv() -> Iterator[Case]:
    head = "lead_office,title\r\n"
    yield _case("one open quote", head + '0060,"Course\r\n0060,Other\r\n', "opened in line 2")
    yield _case("an open quote in the last line", head + '0060,A\r\n0060,"B', "opened in line 3")
    yield _case("an open quote in the headings", '"lead_office,title\r\n0060,A\r\n', "opened in line 1")
    yield _case("text behind a quote", head + '0060,"Course" of law\r\n', "line 2")
    yield _case("text behind a quote, later", head + '0060,A\r\n0060,"B"C\r\n', "line 3")
    yield _case("131,073 characters", head + f"0060,{'x' * 131_073}\r\n", "131,072")
    yield _case("131,073 quoted", head + f'0060,"{"x" * 131_073}"\r\n', "131,072")
    yield _case("an open quote before much", head + '0060,"' + "a,b\r\n" * 40_000, "131,072")
    yield _case("131,072 characters", head + f"0060,{'x' * 131_072}\r\n", errors={2: {"title"}})
    yield _case("16,000 columns", ",".join(f"c{n}" for n in range(16_000)) + "\r\n", "16,000 columns")
    yield _case("501 columns", ",".join(["title", *(f"c{n}" for n in range(500))]) + "\n", "501 columns")
    yield _case("500 columns", ",".join(["title", *(f"c{n}" for n in range(499))]) + "\n", rows=0)
    yield _case("a wide row", head + "0060,A" + "," * 600 + "\r\n", "602 columns")
    yield _case("a NUL in a cell", head.encode() + b"0060,Cou\x00rse\r\n", "NUL")
    yield _case("a NUL far down", head.encode() + b"0060,A\r\n" * 40_000 + b"0060,\x00\r\n", "NUL")
    yield _case("headings alone", head, rows=0)
    yield _case("headings and blank lines", head + "\r\n,\r\n\r\n", rows=0)
    yield _case("one word", "hello", rows=0)
    yield _case("no heading that we know", "a,b\n1,2\n", rows=1, errors={2: {"lead_office"}})


LATIN = "lead_office,title,delivered\n0060,Évaluation à Conakry,Une étude détaillée où tout fut pesé\n"
ARABIC = "lead_office,title,delivered\n0060,تدريب القضاة,دورة تدريبية للقضاة والمدعين العامين في كابول\n"


def _encodings() -> Iterator[Case]:
    plain = csv_text([row(title="Évaluation")])
    for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
        yield _case(f"encoded as {name}", plain.encode(name), errors={}, rows=1)
    yield _case("encoded as cp1252", LATIN.encode("cp1252"), errors={}, rows=1)
    yield _case("encoded as cp1256", ARABIC.encode("cp1256"), errors={}, rows=1)
    yield _case("utf-16 cut in a letter", plain.encode("utf-16")[:-1], "", errors=None)
    yield _case("utf-8 with one odd byte", plain.encode() + b"0060,\xe9\n", "not all utf-8")
    for mark, name in ((",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")):
        yield _case(f"parted by {name}", csv_text([row()], mark), errors={}, rows=1)
    for end, name in (("\r\n", "CRLF"), ("\n", "LF"), ("\r", "CR")):
        yield _case(f"lines end with {name}", csv_text([row()]).replace("\r\n", end), errors={}, rows=1)
    yield _case("no line end at the end", csv_text([row()]).rstrip(), errors={}, rows=1)


def _shapes() -> Iterator[Case]:
    good = csv_text([row()])
    yield _case("titles above the headings", "Our activities\n\nMade in May\n" + good, errors={}, rows=1)
    yield _case("columns in another order", csv_text([dict(reversed(row().items()))]), errors={}, rows=1)
    yield _case("headings in capitals", good.replace("lead_office", "LEAD OFFICE"), errors={}, rows=1)
    yield _case("headings with stars", good.replace("title", "Title *", 1), errors={}, rows=1)
    yield _case(
        "French headings", good.replace("lead_office", "Bureau responsable").replace("title", "Titre", 1), errors={}
    )
    yield _case("Arabic headings", good.replace("title", "العنوان", 1), errors={}, rows=1)
    yield _case("a heading twice", good.replace("concerns", "title"), errors={}, rows=1)
    yield _case("a row of tags", "lead_office,Name\n#org+code+office,#activity+name\n0060,A\n", errors={}, rows=1)
    yield _case("tags alone", "#org+code+office,#activity+name\n0060,A\n", errors={}, rows=1)
    yield _case("a cell too many", good.rstrip() + ",surplus\n", errors={2: {""}})
    yield _case("cells missing", "lead_office,title,summary\n0060,A\n", errors={}, rows=1)
    lines = csv_text([row(summary="one\ntwo\n\nfour"), row(how="magic")])
    yield _case("rows as a spreadsheet counts them", lines, errors={3: {"how"}}, rows=2)
    blank = csv_text([row(), row(how="magic")]).replace("\r\n", "\r\n\r\n", 2)
    yield _case("blank rows count", blank, errors={5: {"how"}}, rows=2)
    yield _case("a sum where references stand", csv_text([row(reference="Total")]), errors={2: {"reference"}}, rows=1)
    yield _case("a blank row between", csv_text([row(), {}, row(title="B")]), rows=2, errors={})
    yield _case("columns that nobody knows", csv_text([row(budget_line="7", colour="red")]), errors={}, rows=1)


BAD_CELLS: tuple[tuple[str, dict[str, str], set[str]], ...] = (
    ("a sum", {"title": "Grand total:"}, {"title"}),
    ("a sum in Arabic", {"title": "الإجمالي"}, {"title"}),
    ("no office", {"lead_office": ""}, {"lead_office"}),
    ("an unknown office", {"lead_office": "9ZZZ"}, {"lead_office"}),
    ("an office misspelt", {"lead_office": "Afganistan Country Office"}, {"lead_office"}),
    ("no title", {"title": ""}, {"title"}),
    ("a title of blanks", {"title": "  \u00a0 "}, {"title"}),
    ("a title that nobody sees", {"title": "\u200b\u2060\u3164\u202e"}, {"title"}),
    ("a name that two States share", {"countries": "Congo (the large one)"}, {"countries"}),
    ("a title too long", {"title": "x" * 151}, {"title"}),
    ("a summary too long", {"summary": "x" * 2001}, {"summary"}),
    ("an unknown type", {"how": "magic"}, {"how"}),
    ("a type misspelt", {"how": "trainning"}, {"how"}),
    ("one of two types unknown", {"how": "training;magic"}, {"how"}),
    ("an unknown provision", {"provisions": "CRC-999"}, {"provisions"}),
    ("an unknown role", {"provision_roles": "CRC-4:liked"}, {"provision_roles"}),
    ("an unknown status", {"delivery_status": "frozen"}, {"delivery_status"}),
    ("a day that never was", {"actual_start": "31/02/2025"}, {"actual_start"}),
    ("a month that never was", {"actual_start": "2025-13"}, {"actual_start"}),
    ("a year of two digits", {"actual_start": "27/03/25"}, {"actual_start"}),
    ("a serial number", {"actual_start": "45000"}, {"actual_start"}),
    ("a year of the future", {"actual_start": "9999"}, {"actual_start"}),
    ("a year of the past", {"actual_start": "1066"}, {"actual_start"}),
    ("words for a date", {"actual_start": "soon"}, {"actual_start"}),
    ("a formula error for a date", {"actual_start": "#REF!"}, {"actual_start"}),
    ("an unknown country", {"countries": "Atlantis"}, {"countries"}),
    ("a body without a kind", {"counterparts": "Ministry of Justice"}, {"counterparts"}),
    ("a body of an unknown kind", {"counterparts": "Ministry (wizard)"}, {"counterparts"}),
    ("a body with a long name", {"counterparts": f"{'x' * 201} (government)"}, {"counterparts"}),
    ("an unknown partner", {"partners": "SPECTRE"}, {"partners"}),
    ("an unknown role of a partner", {"partners": "undp:villain"}, {"partners"}),
    ("an unknown co-office", {"co_offices": "0000"}, {"co_offices"}),
    ("its own co-office", {"co_offices": "0060"}, {"co_offices"}),
    ("an unknown concern", {"concerns": "perhaps"}, {"concerns"}),
    ("an unknown scope", {"scope": "lunar"}, {"scope"}),
    ("an unknown language", {"language": "Klingon"}, {"language"}),
    ("an unknown visibility", {"visibility": "nobody"}, {"visibility"}),
    ("neither yes nor no", {"sensitive": "perhaps"}, {"sensitive"}),
    ("an amount in words", {"funding_amount_usd": "a lot"}, {"funding_amount_usd"}),
    ("a negative amount", {"funding_amount_usd": "-5"}, {"funding_amount_usd"}),
    ("an amount with three decimals", {"funding_amount_usd": "1.5005"}, {"funding_amount_usd"}),
    ("an amount like infinity", {"funding_amount_usd": "inf"}, {"funding_amount_usd"}),
    ("an amount in exponents", {"funding_amount_usd": "1e9"}, {"funding_amount_usd"}),
    ("a step without a law", {"milestones": "2024-05"}, {"milestones"}),
    ("an unknown step", {"milestones": "2024-05 danced: Act"}, {"milestones"}),
    ("an unknown reference", {"reference": "ROSA-1999-9999"}, {"reference"}),
    ("a reference that is SQL", {"reference": "x' OR '1'='1"}, {"reference"}),
    ("no uuid", {"uuid": "not-a-uuid"}, {"uuid"}),
    ("a uuid with a path", {"uuid": "../../etc/passwd"}, {"uuid"}),
    ("a long identifier", {"original_identifier": "x" * 301}, {"original_identifier"}),
    ("a term without a reason", {"term_override": "long"}, {"term_reason"}),
    ("three bad cells", {"title": "", "how": "magic", "concerns": "perhaps"}, {"title", "how", "concerns"}),
)
ODD_CELLS: tuple[tuple[str, dict[str, str]], ...] = (
    ("a total that is none", {"title": "Total reform of the code"}),
    ("yes in Spanish", {"coordinator_involved": "Sí"}),
    ("no in Arabic", {"coordinator_involved": "لا"}),
    ("a date in words", {"actual_start": "10-Mar-2025"}),
    ("a formula", {"title": "=cmd|' /C calc'!A0"}),
    ("a guarded formula", {"title": "'=1+1"}),
    ("a full-width formula", {"title": "＝1+1"}),
    ("an at sign", {"title": "@SUM(1)"}),
    ("a script", {"title": "<script>alert(1)</script>"}),
    ("a template", {"title": "{{ 7*7 }}${7*7}%(x)s"}),
    ("percent signs", {"summary": "100% %s %(n)d %%"}),
    ("SQL", {"title": "'); DROP TABLE activity;--"}),
    ("right to left marks", {"title": "\u202eevil\u202c"}),
    ("combining letters", {"title": "e\u0301" * 20}),
    ("emoji", {"title": "👩‍⚖️ 😀"}),
    ("Arabic", {"title": "تدريب القضاة"}),
    ("line ends in a cell", {"summary": "One\nTwo\r\nThree"}),
    ("quotes in a cell", {"summary": 'He said "yes", twice'}),
    ("control characters", {"summary": "a\x01\x07b"}),
    ("a path", {"title": "../../etc/passwd"}),
    ("a lost zero", {"lead_office": "60"}),
    ("Arabic digits", {"actual_start": "٢٠٢٥-٠٣-١٠"}),
    ("a month in words", {"actual_start": "March 2025"}),
    ("a month in French", {"actual_start": "10 mars 2025"}),
    ("a date with a time", {"actual_start": "2025-03-10 00:00:00"}),
    ("a year alone", {"actual_start": "2025"}),
    ("a date with dots", {"actual_start": "10.03.2025"}),
    ("a name with a comma", {"countries": "AFG, IND"}),
    ("blanks around codes", {"how": " training ; law_reform "}),
    ("codes in capitals", {"how": "TRAINING", "concerns": "MAINLY"}),
    ("a code twice", {"how": "training;training"}),
    ("separators alone", {"modality": ";;;|"}),
    ("workflow and owner", {"workflow": "approved", "owner": "me", "approved_at": "2020-01-01"}),
    ("an amount with groups", {"funding_amount_usd": "1,500.50"}),
    ("an amount with a currency", {"funding_amount_usd": "US$ 1500"}),
    ("a body with brackets", {"counterparts": "Ministry (North) (government); Bar (civil_society)"}),
)


def _cells() -> Iterator[Case]:
    for name, cells, columns in BAD_CELLS:
        rows = [row(title="Good"), row(**cells), row(title="Good as well")]
        yield _case(name, csv_text(rows), errors={3: columns}, rows=3)
    for name, cells in ODD_CELLS:
        yield _case(f"taken: {name}", csv_text([row(**cells)]), errors={}, rows=1)


def _json() -> Iterator[Case]:
    yield _case("JSON", json.dumps([row()]), errors={}, rows=1)
    yield _case("JSON with rows", json.dumps({"rows": [row()], "title": "x"}), errors={}, rows=1)
    yield _case("JSON cut off", json.dumps([row()])[:-4], "not valid JSON")
    yield _case("JSON without rows", '{"a": 1}', "list of objects")
    yield _case("JSON of lists", "[[1, 2]]", "list of objects")
    yield _case("JSON with a key twice", '[{"title": "A", "title": "B"}]', "the key “title” twice")
    yield _case("JSON with a key twice, deep down", '[{"x": {"a": 1, "a": 2}}]', "the key “a” twice")
    yield _case("JSON that is empty", "[]", rows=0)
    yield _case("JSON of a thousand levels", "[" * 100_000 + "]" * 100_000, "too deep")
    yield _case("JSON in another encoding", '[{"title": "é"}]'.encode("cp1252"), "it is not UTF-8 (line 1)")
    yield _case("JSON in UTF-16", json.dumps([row(title="é")], ensure_ascii=False).encode("utf-16"), errors={}, rows=1)
    yield _case("JSON with a number of thousands of digits", f'[{{"x": {"7" * 5000}}}]', "thousands of digits")
    told = json.dumps([{**row(), "funding_amount_usd": 1}, {**row(title="B"), "funding_amount_usd": 2}])
    odd = told.replace(": 1}", ": 1.5e3}").replace(": 2}", ": 0.30000000000000004}")
    yield _case("JSON with numbers as programs write them", odd, errors={}, rows=2)
    yield _case(
        "JSON with numbers", json.dumps([{**row(), "funding_amount_usd": 1500.5, "x": 1e308}]), errors={}, rows=1
    )
    yield _case("JSON with NaN", '[{"lead_office": "0060", "title": NaN}]', errors={}, rows=1)
    yield _case("JSON with an object in a cell", json.dumps([{**row(), "how": {"a": 1}}]), errors={1: {"how"}})
    yield _case("JSON with an object in a text", json.dumps([{**row(), "summary": {"a": 1}}]), errors={1: {"summary"}})
    yield _case(
        "JSON with an object in a list", json.dumps([{**row(), "how": ["training", {"a": 1}]}]), errors={1: {"how"}}
    )
    yield _case("JSON with null", json.dumps([{**row(), "summary": None}]), errors={}, rows=1)


NOON = datetime(2025, 3, 10, 12, tzinfo=UTC).replace(tzinfo=None)


def _workbooks() -> Iterator[Case]:
    head = list(row())
    yield _case("a workbook", xlsx_bytes([head, list(row().values())]), errors={}, rows=1)
    yield _case("a workbook with headings alone", xlsx_bytes([head]), rows=0)
    yield _case("a workbook without cells", xlsx_bytes([]), rows=0)
    yield _case("titles above", xlsx_bytes([["Our list"], [], head, list(row().values())]), errors={}, rows=1)
    typed = [["lead_office", "title", "actual_start", "sensitive", "funding_amount_usd"],
             [60, 2025, date(2025, 3, 10), True, 1500.5], ["0060", "B", NOON, False, 12]]  # fmt: skip
    yield _case("typed cells", xlsx_bytes(typed), errors={}, rows=2)
    wrong = [["lead_office", "title", "actual_start"], ["0060", "A", "x"], ["0060", "B", 0.5]]
    yield _case("bad cells of a workbook", xlsx_bytes(wrong), errors={2: {"actual_start"}, 3: {"actual_start"}})
    wide = [[f"c{n}" for n in range(600)], ["x"] * 600]
    yield _case("600 columns", xlsx_bytes(wide), "columns")
    long = [["lead_office", "title"], ["0060", "x" * 32_000]]
    yield _case("a long cell", xlsx_bytes(long), errors={2: {"title"}})


FEW_OF_REQUESTS: dict[str, tuple[bytes, str]] = {
    "a zip bomb": (zipped({"xl/workbook.xml": b"0" * (51 * 1024 * 1024)}), "times its size"),
    "a renamed program": (b"MZ\x90\x00" + b"\x00" * 60, "not a table"),
    "entities": (changed(SHEET, lambda b: b.replace(b"<worksheet", BOMB + b"<worksheet")), "DTD"),
    "a far cell": (changed(SHEET, lambda b: b.replace(b'r="B2"', b'r="XFD1048576"')), "far"),
    "16,000 columns": (b"State,Text" + b"," * 16_000 + b"\nNepal,Raise it\n", "columns"),
    "an open quotation mark": (b'State,Text\nNepal,Raise it\nNepal,"Train\n', "line 3"),
}
"""Of what a spreadsheet of recommendations may be: the bytes, and a part of what is said."""
