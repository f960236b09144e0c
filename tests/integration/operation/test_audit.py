"""The audit only grows, on both engines, and replayed from empty it gives the data, whatever happened."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.administration.merging import Merge, merge_code
from app.codelists.services import Names, NewCode, add_code, bring_back_code, rename, retire_code
from app.core import clock
from app.core.audit import AuditEvent
from app.core.permissions import SYSTEM
from app.offices import register
from app.offices.models import Exemption
from app.operation.replay import compare, replay
from app.provisions.adding import InstrumentDetails, NewProvision, add_instrument, add_provision, describe_instrument
from app.provisions.services import Wording, retire_provision
from app.returns.rounds import NewExemption, add_exemption
from tests.factories.history import History

LISTS = ("modality", "obstacle", "quality")


class Administered(History):
    """A history in which offices and lists change through their doors as well."""

    def act_move(self) -> None:
        region = self.chance.choice(("ROSA", "ECARO", "ESARO"))
        register.move_office(self.session, SYSTEM, self.chance.choice(("0090", "4200", "2040")), region, self.today)

    def act_close(self) -> None:
        office = self.chance.choice(("0090", "4200", "2040"))
        act = self.chance.choice((register.close_office, register.reopen_office))
        act(self.session, SYSTEM, office, self.today)

    def act_exempt(self) -> None:
        office = self.chance.choice(self.offices[:8])
        add_exemption(self.session, SYSTEM, NewExemption(office, self.today, self.today + timedelta(99), "Evacuated."))

    def administer(self, acts: int) -> None:
        self.today = clock.today()
        for number in range(acts):
            self.happen(self.tags.choice(("add", "rename", "retire", "merge", "provision")) if number else "add")

    def act_add(self) -> None:
        code = f"made_{self.tags.randrange(9)}"
        add_code(self.session, SYSTEM, NewCode(self.tags.choice(LISTS), code, {"en": code.title(), "fr": "Fait"}))

    def act_rename(self) -> None:
        name = {"en": f"Name {self.tags.randrange(5)}", "ar": self.tags.choice(("", "اسم"))}
        kind, code = self.tags.choice((("office", "0060"), ("region", "ROSA"), ("quality", "followed_up")))
        rename(self.session, SYSTEM, Names(kind, code, name))

    def act_retire(self) -> None:
        act = self.tags.choice((retire_code, bring_back_code))
        act(self.session, SYSTEM, "quality", self.tags.choice(("need_assessed", "followed_up")))

    def act_merge(self) -> None:
        old, new = self.tags.sample(("need_assessed", "followed_up", "standard_cited"), 2)
        merge_code(self.session, SYSTEM, Merge("quality", old, new))

    def act_instrument(self) -> None:
        code = f"NEW-{len(self.done)}-{self.tags.randrange(100)}"
        details = InstrumentDetails(
            "rules", "Somebody", "", date(2024, 1, self.tags.randint(1, 28)), "https://x.example"
        )
        add_instrument(self.session, SYSTEM, code, details)
        wording = Wording("It says so.", "States", "in force", "https://x.example")
        add_provision(self.session, SYSTEM, NewProvision(f"{code}-1", code, "rule 1", "standard", False, wording))
        describe_instrument(self.session, SYSTEM, "CRC", details)

    def act_provision(self) -> None:
        retire_provision(self.session, SYSTEM, "CRC-40", back=self.tags.random() < 0.5)


@pytest.mark.both_engines
@pytest.mark.parametrize("act", ["UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_it(session: Session, act: str) -> None:
    with pytest.raises(DatabaseError, match="only grows"), session.begin_nested():
        session.execute(text(act))
    if session.get_bind().dialect.name == "postgresql":
        with pytest.raises(DatabaseError, match="only grows"), session.begin_nested():
            session.execute(text("TRUNCATE audit_event"))


@pytest.mark.both_engines
def test_the_lists_alone_replay(session: Session) -> None:
    assert list(compare(session)) == []
    assert len(replay(session)) > 1_000


@pytest.mark.histories(0, 1)
def test_after_any_history_replaying_gives_the_data(session: Session, seed: int) -> None:
    history = Administered(session, seed)
    history.live(60)
    history.administer(20)
    session.flush()
    assert sum(history.done.values()) > 40, history.refused
    session.expire_all()
    assert [each.subject for each in compare(session)] == []


@pytest.mark.both_engines
def test_a_change_past_the_doors_is_found(session: Session) -> None:
    history = Administered(session, 1)
    history.live(20)
    activity = history.activities[0]
    session.flush()
    for statement, found in (
        (f"UPDATE activity SET withdrawn_reason = 'x' WHERE id = {activity.id}", ("activity", activity.reference)),
        ("UPDATE office SET note = 'x' WHERE code = '0660'", ("office", "0660")),
        ("DELETE FROM label WHERE kind = 'region' AND code = 'ECARO' AND former", ("name", "region/ECARO")),
    ):
        with session.begin_nested() as nested:
            session.execute(text(statement))
            session.expire_all()
            assert found in {each.subject for each in compare(session)}
            nested.rollback()
    session.add(Exemption(office="0060", valid_from=date(2025, 1, 1), reason="Past the door"))
    session.flush()
    assert {each.subject[0] for each in compare(session)} == {"exemption"}


def test_no_secret_is_in_it(session: Session) -> None:
    Administered(session, 2).live(20)
    states = " ".join(session.scalars(select(AuditEvent.state)))
    assert "argon2" not in states
    assert "password" not in states
