"""The paragraph as a file: plain text, or a Word document. Both end with what they are made of."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from flask import Response

from app.activities.queries import holds_demonstration
from app.core import clock
from app.core.text import xml_text
from app.core.web.db import get_session
from app.core.web.locale import _, current_locale
from app.coverage.rules import DEFINITION
from app.dashboards.paragraph import Paragraph

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def as_text(page: Paragraph, text: str) -> bytes:
    """UTF-8 with a mark, so that old editors read it, and CRLF."""
    whole = "\n\n".join((page.title, text, page.source))
    return ("\ufeff" + whole + "\n").replace("\n", "\r\n").encode("utf-8")


def as_docx(page: Paragraph, text: str) -> bytes:
    """A heading, the paragraphs, and what they are made of in small type."""
    from docx import Document  # it takes a while to import, and few ask for it
    from docx.shared import Pt

    document = Document()
    known = document.core_properties
    known.title, known.author, known.comments = page.title, "", page.source
    known.created = known.modified = clock.now().replace(tzinfo=None)
    known.language = current_locale().tag
    parts: list[Any] = [document.add_heading(xml_text(page.title), level=1)]
    parts += [document.add_paragraph(xml_text(part)) for part in text.split("\n\n") if part.strip()]
    last = document.add_paragraph()
    last.add_run(xml_text(page.source)).font.size = Pt(8)
    if current_locale().direction == "rtl":
        _from_the_right([*parts, last])
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _from_the_right(paragraphs: list[Any]) -> None:
    from docx.oxml import OxmlElement

    for paragraph in paragraphs:
        properties = paragraph._p.get_or_add_pPr()
        properties.insert_element_before(OxmlElement("w:bidi"), "w:adjustRightInd", "w:jc", "w:rPr")
        for run in paragraph.runs:
            run.font.rtl = True


FILES = {"txt": (as_text, "text/plain; charset=utf-8"), "docx": (as_docx, DOCX)}


def paragraph_file(page: Paragraph, text: str, ending: str) -> Response:
    """The file of one kind, named after office, year, definition and day."""
    make, content_type = FILES[ending]
    if text.replace("\r\n", "\n").strip() != page.text.strip():
        page = replace(page, source=f"{page.source} {_('Edited by hand afterwards.')}")
    mark = "DEMO_" if holds_demonstration(get_session()) else ""
    stamp = f"{clock.now():%Y-%m-%dT%H%MZ}"
    name = f"{mark}paragraph_{page.code}_{page.year}_approved_definition-{DEFINITION}_{stamp}.{ending}"
    response = Response(make(page, text), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
