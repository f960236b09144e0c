"""Code lists and names."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.codelists.models import Code, Label, SupportType
from app.codelists.queries import codes, labels, support_types
from app.core import clock

pytestmark = pytest.mark.both_engines


def test_codes_come_in_their_order(session: Session) -> None:
    assert [c.code for c in codes(session, "scope")] == [
        "national", "subnational", "multi_country", "regional", "global",
    ]  # fmt: skip
    assert codes(session, "no such list") == ()


def test_attributes_are_kept(session: Session) -> None:
    closed = next(c for c in codes(session, "activity_status") if c.code == "active")
    assert (closed.attributes["counts_for_coverage"], closed.attributes["iati_activity_status"]) == ("1", "2")


def test_retired_ones_are_left_out(session: Session) -> None:
    session.scalars(
        select(Code).where(Code.list_key == "scope", Code.code == "global")
    ).one().retired_on = clock.today()
    session.get_one(SupportType, "other").retired_on = clock.today()
    session.flush()
    assert "global" not in {c.code for c in codes(session, "scope")}
    assert "global" in {c.code for c in codes(session, "scope", include_retired=True)}
    assert len(support_types(session)) == 27
    assert len(support_types(session, include_retired=True)) == 28


def test_support_types_have_two_facets(session: Session) -> None:
    found = support_types(session)
    assert (found[0].code, found[0].facet) == ("law_reform", "how")
    assert {t.facet for t in found} == {"how", "about"}


def test_names_fall_back(session: Session) -> None:
    names = labels(session)
    assert names.of("support_type", "training", "fr") == "Training"
    assert names.of("support_type", "no_such_type", "fr") == "no_such_type"


def test_another_session_sees_a_new_name(sessions: sessionmaker[Session]) -> None:
    with sessions() as reader:
        assert labels(reader) is labels(reader)
    with sessions.begin() as writer:
        writer.scalars(select(Label).where(Label.kind == "term", Label.code == "long")).one().text = "Very long"
    with sessions() as reader:
        assert labels(reader).of("term", "long") == "Very long"
