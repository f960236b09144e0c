"""Spreadsheets of every usual kind become rows, or are refused in words."""

import io
import zipfile

import pytest

from app.asked import tables
from app.asked.columns import found_columns, partial_date, response, truth, words
from app.asked.states import States, plain
from app.asked.tables import Unreadable, decoded, read_table

TEXT = "State,Recommendation\r\nCôte d'Ivoire,Élever l'âge\r\n"


def rows(data, name="file.csv"):
    return [row.cells for row in read_table(name, data).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_western_letters_in_any_encoding(encoding):
    assert rows(TEXT.encode(encoding)) == [{"State": "Côte d'Ivoire", "Recommendation": "Élever l'âge"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1256"])
def test_arabic_letters_in_any_encoding(encoding):
    text = "الدولة,التوصية\nالأردن,رفع الحد الأدنى لسن المسؤولية الجنائية\n"
    assert decoded(text.encode(encoding)).lstrip("\ufeff") == text


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters(delimiter):
    text = f"State{delimiter}Text\nNepal{delimiter}Raise it, please\n".encode()
    assert rows(text) == [{"State": "Nepal", "Text": "Raise it, please"}]


def test_blank_lines_and_a_row_of_hxl_tags_are_passed_over():
    data = b"\n\nState,Text\n#country,#description\n,\nNepal,Raise it\n"
    assert [(r.number, r.cells) for r in read_table("f.csv", data).rows] == [
        (6, {"State": "Nepal", "Text": "Raise it"})
    ]


def test_a_workbook():
    rows_of = "".join(
        f'<row r="{i}">'
        + "".join(f'<c r="{c}{i}" t="inlineStr"><is><t>{v}</t></is></c>' for c, v in zip("AB", cells, strict=True))
        + "</row>"
        for i, cells in enumerate((("State", "Text"), ("Nepal", "Raise it")), 1)
    )
    buffer = io.BytesIO()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(buffer, "w") as book:
        book.writestr("_rels/.rels", f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{rel}/'
                      'officeDocument" Target="xl/workbook.xml"/></Relationships>')  # fmt: skip
        book.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="One" '
                      'sheetId="1" r:id="r1"/></sheets></workbook>')  # fmt: skip
        book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}"><Relationship Id="r1" Type='
                      f'"{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')  # fmt: skip
        book.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{rows_of}</sheetData>'
                      "</worksheet>")  # fmt: skip
    assert rows(buffer.getvalue(), "f.xlsx") == [{"State": "Nepal", "Text": "Raise it"}]


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "empty"), (b" \n ", "empty"), (b'State,Text\nNepal,"Raise it\n', "quotation mark"),
     (b"PK\x03\x04nonsense", "damaged"), (b"\xd0\xcf\x11\xe0nonsense", "cannot be opened"),
     (b"x" * (20 * 1024 * 1024 + 1), "20 MB"), (b"\xff\xfeab\x00", "letters")],
)  # fmt: skip
def test_what_cannot_be_read_is_said(data, says):
    with pytest.raises(Unreadable, match=says):
        read_table("f.csv", data)


def test_a_file_that_unpacks_to_too_much_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(tables, "MOST_UNPACKED", 1000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"0" * 1001)
    with pytest.raises(Unreadable, match="unpacks to more"):
        read_table("f.xlsx", buffer.getvalue())


def test_columns_are_found_in_any_order_and_language():
    head = ("Texte", "Etat examiné", "ISO3", "État recommandant")
    assert found_columns(head) == {"iso": "ISO3", "state": "Etat examiné", "asker": "État recommandant",
                                   "text": "Texte"}  # fmt: skip
    assert found_columns(("Recommendation", "State under Review"))["state"] == "State under Review"


@pytest.mark.parametrize(
    ("text", "plain_text"),
    [("<p>Raise&nbsp;the <b>age</b></p>", "Raise the age"), ("a &amp; b", "a & b"),
     ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
     ("<script>alert(1)</script>Raise<br/>it", "Raise it"), ("  two\n lines ", "two lines")],
)  # fmt: skip
def test_html_in_a_text_becomes_words(text, plain_text):
    assert words(text) == plain_text


def test_marks_answers_and_dates():
    assert [truth(text) for text in ("1", "Oui", "0", "maybe", "")] == [True, True, False, None, None]
    assert [response(t) for t in ("Accepted", "Supported", "Noted", "Rejected", "")] == [
        "accepted", "accepted", "noted", "noted", None,
    ]  # fmt: skip
    assert partial_date("2014-10-27T10:00:00") == "2014-10-27"
    assert partial_date("2014/3") == "2014-03"


def test_states_by_code_and_name():
    states = States.of(
        [("BOL", "BO", "068"), ("COG", "CG", "178"), ("COD", "CD", "180"), ("TTO", "TT", "780"), ("GBR", "GB", "826")],
        [("BOL", "Bolivia (Plurinational State of)"), ("COG", "Congo"), ("COD", "Democratic Republic of the Congo"),
         ("TTO", "Trinidad and Tobago"), ("GBR", "United Kingdom of Great Britain and Northern Ireland"),
         ("COD", "République démocratique du Congo")],
    )  # fmt: skip
    assert [states.by_code(c) for c in ("bol", "BO", "068", "XX")] == ["BOL", "BOL", "BOL", None]
    named = ("Bolivia", "The Congo", "Trinidad & Tobago", "Democratic Republic of the Congo", "UK", "Atlantis")
    assert [states.by_name(n) for n in named] == ["BOL", "COG", "TTO", "COD", "GBR", None]
    assert plain("  Côte d’Ivoire ") == "cote divoire"
