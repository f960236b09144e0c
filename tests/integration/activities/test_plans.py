"""What a million activities need of the planner: lists ask an index alone, whatever common filter is set (SQLite)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.queries import page_of_lines
from app.activities.queries_work import desks
from app.core.permissions import Actor, Role
from app.offices.queries import actor_for
from tests.factories.activities import approved
from tests.factories.people import make_person

HQ = Actor(1, "HQ", roles=frozenset({Role.HEADQUARTERS}))

FILTERS = {
    "all": ActivityFilters(),
    "region": ActivityFilters(coded={"region": ("ROSA",)}),
    "office": ActivityFilters(coded={"office": ("0060",)}),
    "year": ActivityFilters(year=(2024,)),
    "office and year": ActivityFilters(coded={"office": ("0060",)}, year=(2024,)),
    "submitted too": ActivityFilters(basis="provisional"),
}


def plans(session: Session, act: Any) -> list[str]:
    """The plan of each statement that `act` sends."""
    sent: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        sent.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    act()
    event.remove(connection, "before_cursor_execute", note)
    return [
        " | ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
        for statement, parameters in sent
    ]


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("who", ["headquarters", "staff"])
def test_a_list_finds_its_page_in_an_index_alone(session: Session, who: str, name: str) -> None:
    actor = HQ if who == "headquarters" else actor_for(session, make_person(session).id)
    assert actor is not None
    approved(session)
    session.execute(text("ANALYZE"))
    page, count = plans(session, lambda: page_of_lines(session, actor, FILTERS[name]))
    assert "activity_line USING COVERING INDEX ix_activity_line" in page, page
    assert "activity_line USING COVERING INDEX ix_activity_line" in count, count


def test_the_desks_of_a_region_are_counted_from_an_index(session: Session) -> None:
    counts, *_others = plans(session, lambda: desks(session, ["0060"]))
    assert "COVERING INDEX ix_activity_line_open" in counts
