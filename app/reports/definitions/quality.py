"""quality: how many of the five quality ticks activities carry. A distribution, never a ranking of offices."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.activities.models_line import ActivityLine
from app.core.i18n import N_
from app.reports.tags import Tag, Tags, lines_of, of_list, parted_cell, tag_report

MOST = 5
FORM, NONE_TICKED = "form", "none_ticked"


def _numbers(_session: Session) -> tuple[str, ...]:
    return tuple(str(n) for n in range(MOST + 1))


def _each(session: Session, year: int) -> Tags:
    """Which ticks each carries. A form that was sent without any says so; only an import leaves it open."""
    found = {}
    for revision, cell, origin in lines_of(session, year, ActivityLine.quality, ActivityLine.origin):
        found[revision] = parted_cell(cell) or frozenset({NONE_TICKED} if origin == FORM else ())
    return found


def _codes(session: Session) -> tuple[str, ...]:
    return (*of_list("quality")(session), NONE_TICKED)


def _ticks(session: Session, year: int) -> Tags:
    """How many ticks each carries. Blank is "not recorded" only where the form did not ask: in imported records."""
    found = {}
    for revision, cell, origin in lines_of(session, year, ActivityLine.quality, ActivityLine.origin):
        number = len(parted_cell(cell))
        found[revision] = frozenset({str(number)} if number or origin == FORM else ())
    return found


REPORT = tag_report(
    "quality",
    N_("Quality ticks"),
    N_(
        "How many of the five quality ticks the activities that count in the year carry (0 to 5), and how often each"
        " tick is set: offices with such an activity (k) of the offices expected (N), and activities of all that count."
        " The ticks describe activities; they rank no office."
    ),
    Tag("quality_ticks", "", _numbers, _ticks),
    Tag("quality", "quality", _codes, _each),
)
