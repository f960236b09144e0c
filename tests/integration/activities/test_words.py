"""Searching finds what a plain scan of the words finds: on both engines, with every filter, for every reader."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from sqlalchemy import select, text, update

from app.activities import queries_words
from app.activities.filters import ActivityFilters
from app.activities.models_line import ActivityLine
from app.activities.queries import count_lines, lines, most_counted, page_of_lines
from app.activities.wordindex import NOTHING, Sought
from app.activities.words_upkeep import fill_words, index_holds_all, rebuild_words, wrong_words
from app.core.permissions import SYSTEM, Role
from app.core.text import words
from app.offices.queries import actor_for
from tests.factories import activities as make
from tests.factories.history import History
from tests.factories.people import make_person

pytestmark = pytest.mark.both_engines

TITLES = (
    "Évaluation à Conakry", "Training of judges", "training-of-trainers (2nd)", "L'enfant et la loi", "دليل القانون",
    "الالتزام بالقانون", "การอบรม ผู้พิพากษา", "少年司法培训", "🚸 near the court", "NEAR AND OR NOT",
    "100% _legal_ \\ 'x'",
)  # fmt: skip
SOUGHT = (
    "evaluation", "train", "training judges", "2nd", "enfant loi", "قانون", "القانون", "التزام", "ผู้", "司法", "🚸",
    "near", "AND", 'NOT "', "100%", "legal", "course", "o", "=approved", "ROSA", "*", "a:b", "x'y", "zzz",
)  # fmt: skip


@pytest.fixture(scope="module")
def filled(module_session):
    """A random history, and titles that try words."""
    session = module_session
    History(session, seed=5).live(40)
    for number, title in enumerate(TITLES):
        make.approved(session, "2040" if number % 2 else "0060", title=title, visibility="all_staff")
        make.drafted(session, "0060", title=title, sensitive=number % 3 == 0)
    return session


@pytest.fixture(scope="module")
def readers(filled):
    session = filled
    people = [make_person(session), make_person(session, office="0420"),
              make_person(session, role=Role.REGIONAL_ADVISER, region="ROSA"),
              make_person(session, role=Role.HEADQUARTERS)]  # fmt: skip
    return [SYSTEM, *(actor_for(session, person.id) for person in people)]


def scanned(session, actor, filters):
    """What is found where each line that the reader may open is read: all words, by their beginnings."""
    asked = words(filters.q)
    open_to = session.execute(lines(actor, replace(filters, q=""))).all()
    texts = dict(session.execute(select(ActivityLine.revision_id, ActivityLine.search)).all())
    own = actor.works_in | actor.own_other_offices | actor.advises
    return {
        row.activity_id
        for row in open_to
        if asked and (actor.system or not row.sensitive or row.lead_office in own)
        and all(any(held.startswith(word) for held in texts[row.revision_id].split()) for word in asked)
    }  # fmt: skip


def found(session, actor, filters):
    page = page_of_lines(session, actor, filters, 10_000)
    ids = [row.activity_id for row in page.rows]
    assert len(ids) == len(set(ids))
    assert page.total == (len(ids) if len(ids) <= most_counted(filters) else None)
    assert page.total == count_lines(session, actor, filters)
    return set(ids)


def test_words_are_found(filled):
    def titles(q):
        page = page_of_lines(filled, SYSTEM, ActivityFilters(q=q), 1000)
        return {row.title for row in page.rows} & set(TITLES)

    assert titles("evaluation conakry") == {TITLES[0]}
    assert titles("TRAINING") == {TITLES[1], TITLES[2]}
    assert titles("trainer") == {TITLES[2]}
    assert titles("enfant") == titles("l'enfant") == {TITLES[3]}
    assert titles("قانون") == titles("القانون") == {TITLES[4], TITLES[5]}
    assert titles("التزام") == titles("الالتزام") == {TITLES[5]}
    assert titles("พิพากษา") == {TITLES[6]}
    assert titles("司法") == {TITLES[7]}
    assert titles("🚸") == {TITLES[8]}
    assert titles("near and or not") == {TITLES[9]}
    assert titles("_legal_") == {TITLES[10]}
    for nothing in ('"', "%", "=", "*", "()", "'", "\\", ":", "-", "=approved", "quixotic"):
        assert titles(nothing) == set(), nothing


@pytest.mark.parametrize(("most", "counted"), [(1250, 1000), (4, 3), (2, 1000), (0, 0)])
def test_the_index_finds_what_a_scan_finds(filled, readers, most, counted, monkeypatch):
    """With few found by the index, and where it finds too many to be looked up."""
    monkeypatch.setattr(queries_words, "MOST_HELD", most)
    monkeypatch.setattr("app.activities.queries.MOST_COUNTED_WORDS", counted)
    draw = random.Random(most)
    kinds = {"region": ["ROSA", "WCARO", "NONE"], "office": ["0060", "2040"], "country": ["AFG", "IND"],
             "support_type": ["training", "law_reform"], "how": ["training"], "provision": ["CRC-4", "E1997-30-8"],
             "workflow": ["approved", "draft"], "status": ["active", "closed"], "partner": ["unodc"],
             "request_source": ["government_request"], "concerns": ["mainly"]}  # fmt: skip
    tried = 0
    for _ in range(50):
        chosen = draw.sample(sorted(kinds), draw.choice([0, 0, 1, 1, 2]))
        filters = ActivityFilters(
            q=draw.choice(SOUGHT),
            year=(2024,) if draw.random() < 0.2 else (),
            coded={name: tuple(draw.sample(kinds[name], draw.randint(1, len(kinds[name])))) for name in chosen},
            basis=draw.choice(["approved", "provisional"]),
            marks={"sensitive": True} if draw.random() < 0.1 else {},
        )
        actor = draw.choice(readers)
        wanted = scanned(filled, actor, filters)
        assert found(filled, actor, filters) == wanted, (actor.name, filters)
        exported = {row.activity_id for row in filled.execute(lines(actor, filters))}
        assert exported == wanted, (actor.name, filters)
        tried += bool(wanted)
    assert tried > 12


def test_more_than_are_counted_is_said_without_counting(filled, monkeypatch):
    monkeypatch.setattr(queries_words, "MOST_HELD", 2)
    monkeypatch.setattr("app.activities.queries.MOST_COUNTED_WORDS", 2)
    page = page_of_lines(filled, SYSTEM, ActivityFilters(q="course"), 2)
    assert (len(page.rows), page.total) == (2, None)
    assert page_of_lines(filled, SYSTEM, ActivityFilters(q="conakry"), 1).total == 2


def test_the_index_follows_every_change(filled):
    assert index_holds_all(filled)
    assert list(wrong_words(filled)) == []
    record = make.approved(filled, title="Heliotrope one")
    q = ActivityFilters(q="heliotrope")
    assert found(filled, SYSTEM, q) == {record.id}
    with filled.begin_nested() as point:
        filled.execute(text("DELETE FROM file_line WHERE revision_id = :r"), {"r": record.current.id})
        filled.execute(text("DELETE FROM activity_line WHERE activity_id = :a"), {"a": record.id})
        assert found(filled, SYSTEM, q) == set()
        point.rollback()
    assert found(filled, SYSTEM, q) == {record.id}
    assert index_holds_all(filled)


def test_lines_of_an_older_program_are_made_ready(session):
    """Before the index a line held its folded text and no tags; one word could be as long as its field."""
    record = make.approved(session, title="Plain title")
    here = ActivityLine.activity_id == record.id
    before = session.scalar(select(ActivityLine.search).where(here))
    old = "plain title " + "x" * 5000
    session.execute(update(ActivityLine).where(here).values(search=old))
    assert [row["reference"] for row in wrong_words(session)] == [record.reference]
    assert sum(fill_words(session)) == 1
    assert sum(fill_words(session)) == 0
    after = session.scalar(select(ActivityLine.search).where(here))
    assert [w for w in after.split() if w[0] == "="] == [w for w in before.split() if w[0] == "="]
    assert found(session, SYSTEM, ActivityFilters(q="plain", coded={"office": ("0060",)})) == {record.id}
    assert found(session, SYSTEM, ActivityFilters(q="x" * 60)) == {record.id}


def test_a_broken_line_is_told_and_mended(session):
    record = make.approved(session, title="Plain title")
    session.execute(update(ActivityLine).values(search=" plain title =office_9999 "))
    assert [row["reference"] for row in wrong_words(session)] == [record.reference]
    rebuild_words(session)
    assert list(wrong_words(session)) == []
    assert found(session, SYSTEM, ActivityFilters(q="plain", coded={"office": ("0060",)})) == {record.id}


def test_a_broken_index_is_told_and_made_anew(session, dialect):
    if dialect == "postgresql":
        pytest.skip("PostgreSQL has no index that differs from its table")
    make.approved(session, title="Plain title")
    session.execute(text("INSERT INTO activity_word (rowid, search) VALUES (999999, ' ghost ')"))
    assert not index_holds_all(session)
    rebuild_words(session)
    assert index_holds_all(session)


def test_an_empty_group_of_tags_finds_nothing():
    asked = Sought(("a",), ((),))
    assert NOTHING[0] in asked.for_sqlite
    assert NOTHING[0] in asked.for_postgresql
