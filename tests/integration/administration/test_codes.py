"""Codes and names: added, renamed, retired, merged; never removed; the sync of the files leaves edits alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.rules import TypeTag
from app.administration.merging import Merge, merge_code, merge_moves, uses
from app.codelists.models import SupportType
from app.codelists.queries import former_names, labels, support_types
from app.codelists.services import Names, NewCode, add_code, bring_back_code, rename, retire_code
from app.core.errors import Forbidden, Invalid, Refused
from app.core.permissions import SYSTEM, Actor, Role
from app.coverage.keeping import verify
from app.coverage.kept import kept_facts
from app.coverage.rules import Slice, figure
from app.figures.queries import frozen_figures
from app.figures.queries import verify as verify_figure
from app.figures.services import Freeze, freeze_figure
from app.provisions.adding import InstrumentDetails, NewProvision, add_instrument, add_provision, describe_instrument
from app.provisions.queries import provision
from app.provisions.services import Wording, confirm_provision, edit_provision, retire_instrument
from app.reference.sync import sync_reference
from tests.factories.activities import approved, country_of, drafted, proposed
from tests.factories.people import make_person

pytestmark = pytest.mark.both_engines

ADMIN = Actor(None, "Administrator", roles=frozenset({Role.ADMINISTRATOR}))
TYPE = NewCode("support_type", "mentoring", {"en": "Mentoring", "fr": "Mentorat"}, "how", "Help by a mentor")


def test_a_name_changes_in_four_languages_and_the_former_ones_stay(session: Session) -> None:
    texts = {"en": "Afghanistan Office", "fr": "Bureau d'Afghanistan", "es": "Oficina", "ar": "مكتب أفغانستان"}
    rename(session, ADMIN, Names("office", "0060", texts, "As it calls itself"))
    names = labels(session)
    assert [names.of("office", "0060", language) for language in texts] == list(texts.values())
    rename(session, ADMIN, Names("office", "0060", {"en": "Afghanistan Country Office"}))
    assert labels(session).of("office", "0060", "fr") == "Afghanistan Country Office"
    assert set(former_names(session, "office", "0060")) == set(texts.values())
    with pytest.raises(Invalid):
        rename(session, ADMIN, Names("office", "0060", {"fr": "Sans anglais"}))
    with pytest.raises(Forbidden):
        rename(session, Actor(3, "Lead"), Names("office", "0060", texts))


def test_an_entry_is_added_retired_and_brought_back(session: Session) -> None:
    add_code(session, ADMIN, TYPE)
    add_code(session, ADMIN, TYPE)  # sent twice
    assert "mentoring" in {t.code for t in support_types(session)}
    retire_code(session, ADMIN, "support_type", "mentoring")
    assert "mentoring" not in {t.code for t in support_types(session)}
    assert "mentoring" in {t.code for t in support_types(session, include_retired=True)}
    bring_back_code(session, ADMIN, "support_type", "mentoring")
    assert "mentoring" in {t.code for t in support_types(session)}


def test_what_cannot_be(session: Session) -> None:
    for command in (
        NewCode("modality", "Bad Code", {"en": "x"}),
        NewCode("modality", "consultant", {"en": "Another"}),
        NewCode("support_type", "plain", {"en": "Plain"}),
    ):
        with pytest.raises(Invalid):
            add_code(session, ADMIN, command)
    with pytest.raises(Refused):
        add_code(session, ADMIN, NewCode("activity_status", "asleep", {"en": "Asleep"}))
    with pytest.raises(Refused):
        retire_code(session, ADMIN, "support_type", "other")
    with pytest.raises(Refused):
        merge_code(session, ADMIN, Merge("support_type", "diversion", "training"))
    with pytest.raises(Invalid):
        merge_code(session, ADMIN, Merge("support_type", "training", "no_such"))


def test_a_merge_moves_the_figures_that_it_said_and_frozen_ones_still_stand(session: Session) -> None:
    add_code(session, ADMIN, TYPE)
    with_both = approved(session, "0060", types=(TypeTag("mentoring"), TypeTag("training")))
    alone = approved(session, "0420", types=(TypeTag("mentoring"),), countries=(country_of(session, "0420"),))
    proposed(
        session, alone, types=(TypeTag("mentoring"), TypeTag("law_reform")), countries=(country_of(session, "0420"),)
    )
    draft = drafted(session, "0060", types=(TypeTag("mentoring"),), title="Draft")
    hq = Actor(make_person(session, role=None).id, "HQ", roles=frozenset({Role.HEADQUARTERS}))
    row = "2025/approved/world//"
    freeze_figure(session, hq, Freeze("trend", (("year", "2025"),), row, "World"))
    merge = Merge("support_type", "mentoring", "training")
    moves = merge_moves(session, ADMIN, merge)
    told = {(m.year, m.code): (m.before, m.after) for m in moves.figures if m.basis == "approved"}
    assert {key: (b.k if b else None, a.k if a else None) for key, (b, a) in told.items()} == {
        (2025, "mentoring"): (2, 0), (2025, "training"): (1, 2),
    }  # fmt: skip
    assert uses(session, "support_type", "mentoring") == 3
    assert merge_code(session, ADMIN, merge) == 3
    assert merge_code(session, ADMIN, merge) == 0
    facts = kept_facts(session, [2025])[2025]
    assert figure(facts, part=Slice(support_type="training")).k == 2
    assert figure(facts, part=Slice(support_type="mentoring")).k == 0
    assert not list(verify(session))
    assert [t.support_type for t in with_both.approved.types] == ["training"]
    assert [t.support_type for t in draft.current.types] == ["training"]
    assert [t.support_type for t in alone.submitted.types] == ["training", "law_reform"]
    assert alone.approved.number > 2
    assert alone.approved.decided_at is not None
    assert all(verify_figure(session, each).stands for each in frozen_figures(session))
    kept = session.get_one(SupportType, "mentoring")
    assert (kept.merged_into, kept.retired_on is not None) == ("training", True)
    # Whoever still writes the old code writes the new one.
    late = drafted(session, "0060", types=(TypeTag("mentoring"),), title="Late")
    assert [t.support_type for t in late.current.types] == ["training"]


@pytest.mark.parametrize(
    ("list_key", "old", "new", "changes"),
    [
        ("modality", "consultant", "advisory_services", {"modalities": ("consultant", "advisory_services")}),
        ("request_source", "government_request", "crc_state_report", {}),
    ],
)
def test_other_lists_merge_too(session: Session, list_key: str, old: str, new: str, changes: dict[str, object]) -> None:
    made = approved(session, "0060", **changes)
    merge_code(session, ADMIN, Merge(list_key, old, new))
    session.refresh(made)
    assert made.approved is not None
    if list_key == "modality":
        assert [c.code for c in made.approved.codes if c.list_key == "modality"] == ["advisory_services"]
    else:
        assert made.approved.request_source == new
    assert uses(session, list_key, old) == 0
    assert session.scalars(select(Activity)).one().approved.number == 2


def test_the_sync_leaves_every_edit_alone_and_says_so(session: Session) -> None:
    rename(session, ADMIN, Names("office", "0060", {"en": "Kabul Office"}))
    rename(session, ADMIN, Names("country", "AFG", {"en": "Afghanistan", "ar": "أفغانستان"}))  # French, Spanish gone
    retire_code(session, ADMIN, "modality", "consultant")
    edit_provision(session, ADMIN, "CRC-4", Wording("Shorter.", "States", "in force", "https://example.org/"))
    retire_instrument(session, ADMIN, "RIYADH")
    report = sync_reference(session)
    assert report.touched == 0
    assert labels(session).of("office", "0060") == "Kabul Office"
    assert labels(session).of("country", "AFG", "fr") == "Afghanistan"
    left = {name: " ".join(entries) for name, entries in report.left.items()}
    assert "office/0060/en (text)" in left["label"]
    assert "country/AFG/es (taken away" in left["label"]
    assert "modality/consultant (retired_on)" in left["code"]
    assert "CRC-4 (addressed_to, source_address, summary)" in left["provision"]
    assert "RIYADH (retired_on)" in left["instrument"]


RULES = InstrumentDetails("rules", "General Assembly", "A/1", date(2024, 2, 3), "https://example.org/rules")
RULE = NewProvision(
    "NEW-RULES-1", "NEW-RULES", "rule 1", "standard", False,
    Wording("What it says.", "States", "in force", "https://example.org/rules"),
)  # fmt: skip


def test_an_added_provision_waits_for_confirmation_and_the_sync_leaves_it(session: Session) -> None:
    for _ in range(2):  # sent twice, it is added once
        add_instrument(session, ADMIN, "NEW-RULES", RULES)
        add_provision(session, ADMIN, RULE)
    found = provision(session, "NEW-RULES-1")
    assert found is not None
    assert (found.year, found.checked, found.offerable, found.instrument.symbol) == (2024, False, False, "A/1")
    confirm_provision(session, ADMIN, "NEW-RULES-1")
    assert sync_reference(session).touched == 0
    found = provision(session, "NEW-RULES-1")
    assert found is not None
    assert found.offerable
    with pytest.raises(Invalid):
        add_provision(session, ADMIN, replace(RULE, place="rule 2"))
    retire_instrument(session, ADMIN, "NEW-RULES")
    with pytest.raises(Invalid, match="retired"):
        add_provision(session, ADMIN, replace(RULE, code="NEW-RULES-2"))


def test_nobody_else_changes_lists(session: Session) -> None:
    for actor in (Actor(1, "HQ", roles=frozenset({Role.HEADQUARTERS})), Actor(2, "Nobody")):
        with pytest.raises(Forbidden):
            add_code(session, actor, TYPE)
        with pytest.raises(Forbidden):
            merge_code(session, actor, Merge("modality", "consultant", "other"))
        with pytest.raises(Forbidden):
            add_instrument(session, actor, "NEW-RULES", RULES)
        with pytest.raises(Forbidden):
            describe_instrument(session, actor, "CRC", RULES)
        with pytest.raises(Forbidden):
            add_provision(session, actor, RULE)
    add_code(session, SYSTEM, TYPE)
