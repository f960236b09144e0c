"""Spreadsheets of recommendations: the real one, and others of the same kind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import func, select

from app.activities.models import ImportBatch
from app.asked.models import RequestStep, SupportRequest
from app.asked.queries import facts
from app.asked.rules import Answer, AnswerGiven
from app.asked.services import answer_request, link_activity
from app.asked.undoing import undo_import
from app.core.audit import AuditEvent
from app.core.db import new_client_id
from app.core.errors import Forbidden, Invalid, Refused
from app.core.permissions import SYSTEM, Role
from app.exchange.requests_file import request_table
from app.exchange.requests_intake import take_in
from app.exchange.requests_table import Outcome, told
from app.offices.queries import actor_for
from tests.factories.activities import approved
from tests.factories.people import make_person

REAL = Path(__file__).resolve().parents[4] / "shared/data/real/upr_recommendations_dev.csv"
HEAD = "Recommendation;State under Review;Recommending State;Response\n"
real = pytest.mark.skipif(not REAL.exists(), reason="the shared data are not here")


def table(data, name="file.csv"):
    """The table in these bytes, whole: the file is gone afterwards."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        found = request_table(path, name)
        return replace(found, rows=list(found.rows))


def take(session, text, name="file.csv", **more):
    return take_in(session, SYSTEM, table(text if isinstance(text, bytes) else text.encode(), name), **more)


def count(session):
    return session.scalar(select(func.count()).select_from(SupportRequest))


@real
@pytest.mark.both_engines
def test_the_real_file_is_taken_once_with_its_states_and_marks(session):
    first = take(session, REAL.read_bytes(), REAL.name)
    assert first.counts == [("new", 285)]
    rows = session.scalars(select(SupportRequest)).all()
    assert len({row.country for row in rows}) == 89
    assert sum(bool(row.juvenile_justice) for row in rows) == 247
    assert sum(bool(row.asks_help) for row in rows) == 44
    assert sum(row.state_response == "accepted" for row in rows) == 227
    assert sum(not row.offices for row in rows) >= 50  # no office serves them
    repeated = [fate for fate in first.fates if any("Says the same" in words for words in fate.words)]
    assert len(repeated) == sum(row.repeats_id is not None for row in rows) == 4
    assert {row.asked_on for row in rows if row.original_identifier == "upr:UPR1-0001"} == {"2008-04"}
    again = take(session, REAL.read_bytes(), REAL.name)
    assert again.counts == [("there already", 285)]
    assert count(session) == 285
    events = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "request.imported")
    assert session.scalar(events) == 285


def batch_of(session):
    return session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first()


def undo(session):
    batch = batch_of(session)
    return undo_import(session, SYSTEM, batch.id, batch.file_name)


TWO = HEAD + "Raise the age;Nepal;Austria;Accepted\nTrain judges;Kenya;Ghana;Noted\n"


@pytest.mark.both_engines
def test_a_file_is_undone_as_a_whole_and_can_be_read_anew(session):
    take(session, TWO)
    session.flush()
    before = facts(session).asked
    assert len(before) == 2
    assert undo(session) == 2
    assert facts(session).asked == ()
    gone = session.scalars(select(SupportRequest)).all()
    assert {each.withdrawn_reason for each in gone} == {"The import of file.csv was undone."}
    events = select(AuditEvent.subject_key).where(AuditEvent.action == "request.withdrawn")
    assert set(session.scalars(events)) == {each.reference for each in gone}
    with pytest.raises(Refused, match="undone already"):
        undo(session)
    assert take(session, TWO).counts == [("new", 2)]
    assert len(facts(session).asked) == 2
    assert take(session, TWO).counts == [("there already", 2)]


WORK = {
    "answered": lambda session, request: answer_request(
        session, SYSTEM, request, AnswerGiven(Answer.DECLINED, reason="No."), request.version
    ),
    "with a step": lambda session, request: session.add(
        RequestStep(client_id=new_client_id(), request_id=request.id, what="Ask them")
    ),
    "linked": lambda session, request: link_activity(session, SYSTEM, request, approved(session)),
}


@pytest.mark.parametrize("how", WORK)
def test_what_somebody_worked_on_keeps_its_file(session, how):
    take(session, TWO)
    request = session.scalars(select(SupportRequest).order_by(SupportRequest.id)).first()
    WORK[how](session, request)
    session.flush()
    with pytest.raises(Refused, match=request.reference):
        undo(session)
    assert len(facts(session).asked) == 2


def test_who_may_not_import_may_not_undo(session):
    take(session, TWO)
    batch = batch_of(session)
    with pytest.raises(Forbidden):
        undo_import(session, actor_for(session, make_person(session).id), batch.id, "f")


def test_other_columns_unknown_states_and_html(session):
    taken = take(session, HEAD + "\"<p>Raise&nbsp;the age</p>\";Nepal;Austria;Accepted\n"
                 "Train judges;Atlantis;Austria;Noted\n"
                 ";Nepal;Austria;Noted\n"
                 "Raise the age;Nepal;Austria;Accepted\n"
                 "Raise the age;Nepal;Ghana;Rejected\n")  # fmt: skip
    assert [fate.outcome for fate in taken.fates] == [
        Outcome.NEW, Outcome.REFUSED, Outcome.REFUSED, Outcome.DUPLICATE, Outcome.NEW,
    ]  # fmt: skip
    said = "\n".join(told(taken))
    assert "No State is known by this name or code: Atlantis" in said
    assert "The row has no text" in said
    assert "The same as row 2, word for word" in said
    assert "Says the same as row 2 (Austria)" in said
    made = session.scalars(select(SupportRequest).order_by(SupportRequest.id)).all()
    assert [(m.asked, m.asker, m.state_response) for m in made] == [
        ("Raise the age", "Austria", "accepted"), ("Raise the age", "Ghana", "noted"),
    ]  # fmt: skip
    assert made[0].original == "" or "<p>" not in made[0].asked


def test_numbers_of_rows_are_no_identity_but_names_are(session):
    head = "id,state,text\n"
    take(session, head + "1,Nepal,Raise the age\nA-1,Nepal,Train judges\n")
    again = take(session, head + "1,Nepal,Close the prison\nA-1,Nepal,Train police\n")
    assert [fate.outcome for fate in again.fates] == [Outcome.NEW, Outcome.CHANGED]
    assert "says something else" in " ".join(again.fates[1].words)
    twice = take(session, head + "B-1,Nepal,One\nB-1,Nepal,Two\n")
    assert [fate.outcome for fate in twice.fates] == [Outcome.REFUSED, Outcome.REFUSED]


def test_a_code_and_a_name_that_disagree_are_not_guessed(session):
    taken = take(session, "iso3,state,text\nNPL,Albania,Raise it\nNPL,Nepál,Raise it\nXXX,Nepal,Train\n")
    assert [fate.outcome for fate in taken.fates] == [Outcome.REFUSED, Outcome.NEW, Outcome.NEW]
    assert "which State is meant" in " ".join(taken.fates[0].words)
    assert "found by its name" in " ".join(taken.fates[2].words)


@pytest.mark.parametrize("head", ["State,Remark\nNepal,x\n", "Text,Remark\nRaise,x\n"])
def test_without_a_state_or_a_text_nothing_is_read(session, head):
    with pytest.raises(Invalid, match="No column says"):
        take(session, head)
    assert count(session) == 0


def test_a_dry_run_is_the_callers_to_roll_back_and_few_may_import(session):
    staff = actor_for(session, make_person(session, role=Role.COUNTRY_STAFF).id)
    with pytest.raises(Forbidden):
        take_in(session, staff, table(b"state,text\nNepal,Raise it\n"))


def test_many_rows(session):
    lines = "".join(f"R-{n},Nepal,Recommendation number {n}\n" for n in range(1500))
    taken = take(session, "id,state,text\n" + lines)
    assert taken.new == 1500
    assert count(session) == 1500
