"""The paragraph of an office for its annual report: read, mended, taken away. Nothing is kept."""

from __future__ import annotations

from flask import Response, render_template

from app.core import clock
from app.core.permissions import Permission
from app.core.web.db import get_session
from app.core.web.guard import requires, the_actor
from app.coverage.kept import kept_years
from app.dashboards.blueprint import asked, bp
from app.dashboards.forms import ParagraphForm
from app.dashboards.paragraph import Paragraph, paragraph
from app.dashboards.paragraph_files import paragraph_file


def _paragraph(code: str) -> Paragraph:
    lists, ask = asked()
    return paragraph(get_session(), the_actor(), lists.names, code, ask.year)


def _page(page: Paragraph, form: ParagraphForm) -> str:
    years = sorted(kept_years(get_session(), clock.today()), reverse=True)
    return render_template("dashboards/paragraph.html", page=page, form=form, years=years)


@bp.get("/offices/<code>/paragraph")
@requires(Permission.ACTIVITY_LIST)
def paragraph_page(code: str) -> str:
    """The paragraph in a box to write in."""
    page = _paragraph(code)
    return _page(page, ParagraphForm(formdata=None, data={"text": page.text}))


@bp.post("/offices/<code>/paragraph")
@requires(Permission.ACTIVITY_LIST)
def mended_paragraph(code: str) -> Response | tuple[str, int]:
    """What the writer made of it, as a file."""
    page, form = _paragraph(code), ParagraphForm()
    if form.validate():
        return paragraph_file(page, form.text.data or "", form.do.data or "txt")
    return _page(page, form), 422


@bp.get("/offices/<code>/paragraph.<any(txt, docx):ending>")
@requires(Permission.ACTIVITY_LIST)
def paragraph_as(code: str, ending: str) -> Response:
    """The paragraph as it comes from the records."""
    page = _paragraph(code)
    return paragraph_file(page, page.text, ending)
