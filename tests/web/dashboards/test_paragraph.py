"""The paragraph for an annual report: what it says, of which records, for whom, and the files it becomes."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from lxml import html

from app.activities.rules import CounterpartTag, MilestoneTag, ProvisionTag, TypeTag
from app.core.db import unit_of_work
from app.dashboards.paragraph_files import DOCX
from tests.factories.activities import approved, submitted

PAGE = "/offices/0060/paragraph?year=2025"


@pytest.fixture
def references(sessions) -> dict[str, str]:
    with unit_of_work(sessions) as session:
        made = {
            "course": approved(session, title="Course for judges", actual_start="2025-03-10"),
            "law": approved(
                session, title="Child justice act", actual_start="2025-05", delivered="Comments on the draft.",
                types=(TypeTag("law_reform"), TypeTag("diversion")),
                provisions=tuple(ProvisionTag(code, "mandated_by") for code in ("CRC-4", "CRC-45B")),
                counterparts=(CounterpartTag("Ministry of Justice", "government"), CounterpartTag("Bar", "other")),
                milestones=(MilestoneTag("adopted", "Child Justice Act 2025", "2025-11-02", "", "contributed"),),
            ),
            "secret": approved(session, title="SECRET", delivered="SECRET", sensitive=True, visibility="all_staff",
                               counterparts=(CounterpartTag("SECRET court", "judiciary"),), actual_start="2025-06"),
            "closed": approved(session, title="Ours alone", visibility="office", actual_start="2025-07"),
            "waiting": submitted(session, title="Not yet approved", actual_start="2025-08"),
            "older": approved(session, title="Last year", actual_start="2024-08", actual_end="2024", status="closed"),
        }  # fmt: skip
        return {name: each.reference for name, each in made.items()}


def text_in(answer) -> str:
    return html.fromstring(answer.text).xpath("//textarea[@name='text']/text()")[0].strip()


def test_every_statement_has_the_references_of_approved_records(client, sign_in, references) -> None:
    sign_in(client, "staff@demo.example")
    text = text_in(client.get(PAGE))
    four = [references[name] for name in ("course", "law", "secret", "closed")]
    assert f"through 4 activities whose records are approved [{', '.join(sorted(four))}]" in text
    rest = f"[{', '.join(sorted(set(four) - {references['law']}))}]"
    assert f"The forms of help were: Training {rest}; Law reform [{references['law']}]." in text
    assert f"The subjects were: Diversion programmes and measures [{references['law']}]." in text
    assert f"What the help was about is not recorded {rest}." in text
    assert f"CRC art. 4, CRC art. 45(b) [{references['law']}]." in text, "what has the same records has them once"
    assert f"Ministry of Justice [{', '.join(references[name] for name in ('course', 'law', 'closed'))}]; Bar [" in text
    assert f"Adopted: Child Justice Act 2025 (2025-11-02) [{references['law']}]" in text
    assert f"Child justice act [{references['law']}]: Comments on the draft." in text
    assert "is not recorded line by line" in text
    assert f"1 of these records is sensitive, and its text is left out [{references['secret']}]" in text
    assert re.search(r"In the region South Asia, 1 of \d+ offices provided such support in 2025 \(\d", text)
    for other in ("SECRET", "Not yet approved", references["waiting"], references["older"]):
        assert other not in text
    for part in text.split("\n\n")[:-1]:
        assert "[" in part or "not recorded" in part, part


def test_whoever_may_not_open_a_record_reads_that_there_are_more(client, sign_in, references) -> None:
    sign_in(client, "staff2@demo.example")
    text = text_in(client.get(PAGE))
    assert "through 1 activity whose record is approved" in text
    assert "3 more count for the office and are not open to you." in text
    assert references["course"] not in text
    assert "SECRET" not in client.get(PAGE).text


def test_unknown_numbers_are_said_and_zero_is_zero(client, sign_in, references, post) -> None:
    sign_in(client, "staff@demo.example")
    some = {"people_basis": "counted", "people-0-women": "0", "people-0-men": "12"}
    for number, people in enumerate(({}, some, {"people_basis": "counted", "people-0-women": "3"})):
        made = {"client_id": f"00000000-0000-4000-8000-00000000000{number}", "on-year": "2025", "what": "A session"}
        assert post(client, f"/activities/{references['course']}/deliveries", made | people).status_code == 302
    text = text_in(client.get(PAGE))
    assert f"3 deliveries of the year are recorded [{references['course']}]." in text
    assert f"Participations, not persons: women 3 and men 12 (blank in 1 delivery) [{references['course']}]." in text
    assert "Not recorded in any delivery: sex not recorded." in text
    assert "Of 1 further delivery no participations are recorded." in text


def test_what_the_writer_made_of_it_is_taken_away_in_both_kinds(client, sign_in, references, post) -> None:
    sign_in(client, "staff@demo.example")
    mended = "We helped. =1+1\n\nمرحبا <b>&"
    plain = post(client, PAGE, {"text": mended, "do": "txt"})
    assert plain.data.startswith(b"\xef\xbb\xbf")
    assert mended in plain.data.decode("utf-8-sig").replace("\r\n", "\n")
    assert "definition 2026-1" in plain.data.decode()
    assert re.search(r'filename="paragraph_0060_2025_approved_definition-2026-1_.*\.txt"',
                     plain.headers["Content-Disposition"])  # fmt: skip
    word = post(client, PAGE, {"text": mended, "do": "docx"})
    assert word.content_type == DOCX
    inside = zipfile.ZipFile(io.BytesIO(word.data)).read("word/document.xml").decode()
    for said in ("We helped. =1+1", "مرحبا &lt;b&gt;&amp;", "definition 2026-1", "Edited by hand afterwards."):
        assert said in inside
    whole = client.get("/offices/0060/paragraph.docx?year=2025")
    assert references["law"] in zipfile.ZipFile(io.BytesIO(whole.data)).read("word/document.xml").decode()
    plain = client.get("/offices/0060/paragraph.txt?year=2025").text
    assert references["law"] in plain
    assert "Edited by hand" not in plain
    as_it_is = post(client, PAGE, {"text": text_in(client.get(PAGE)).replace("\n", "\r\n"), "do": "txt"})
    assert "Edited by hand" not in as_it_is.text


def test_a_refused_text_keeps_the_page(client, sign_in, references, post) -> None:
    sign_in(client, "staff@demo.example")
    for sent, said in (
        ({"text": "", "do": "txt"}, "There is no text"),
        ({"text": "Mine", "do": "exe"}, "Choose one of the two kinds of file"),
    ):
        answer = post(client, PAGE, sent)
        assert answer.status_code == 422
        assert said in answer.text
    assert text_in(answer) == "Mine"
    assert client.get("/offices/9999/paragraph").status_code == 404
    assert client.get("/offices/0060/paragraph?year=1066").status_code == 422


def test_an_office_without_records_is_told_so(client, sign_in, references) -> None:
    sign_in(client, "staff@demo.example")
    page = client.get("/offices/0060/paragraph?year=1999").text
    assert "No approved record of" in page
    assert "<textarea" not in page
