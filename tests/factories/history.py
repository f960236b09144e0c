"""Random histories: people act through the services in some order, and offices move, open, close and are exempt.

The same seed gives the same history. What a service refuses is part of life; each act says whether it was taken.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities import deliveries, facts, review, services
from app.activities.models import Activity
from app.activities.rules import (
    COUNTING,
    Content,
    CounterpartTag,
    MilestoneTag,
    PartnerTag,
    ProvisionTag,
    TypeTag,
)
from app.activities.services import Source, record_activity
from app.core import clock
from app.core.errors import TrackerError
from app.core.permissions import SYSTEM
from app.offices.models import Exemption, OfficeRegion, RosterInterval
from app.returns.models import AnnualReturn
from app.returns.services import open_round, reopen_return, sign_return
from tests.factories.activities import quick

FIRST, LAST = date(2022, 1, 10), date(2026, 11, 20)
OFFICES = ("0060", "0090", "0420", "1430", "4040", "4200", "2040", "0660")
MOVING = ("0090", "4200", "2040")
HOWS = ("training", "research")
ABOUTS = ("diversion", "reintegration")
CITED = (ProvisionTag("E1997-30-8", "mandated_by"), ProvisionTag("CRC-4", "mandated_by"),
         ProvisionTag("CRC-40", "applied"))  # fmt: skip

BODIES = (("Ministry of Justice", "government"), ("Supreme Court", "judiciary"), ("Bar Association", "civil_society"))
PARTNERS = ("unodc", "ohchr", "undp")
QUALITY = ("need_assessed", "agreed_with_state", "standard_cited", "followed_up", "result_evidenced")


class History:
    """One history in one database. `done` counts the acts that were taken, `refused` those that were not."""

    def __init__(self, session: Session, seed: int, others: tuple[str, ...] = ()) -> None:
        self.session = session
        self.chance = random.Random(seed)
        # What no figure of coverage reads has a chance of its own, so that the acts of a seed stay what they are.
        self.tags = random.Random(f"tags {seed}")
        self.offices = (*OFFICES, *others)
        self.activities: list[Activity] = []
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def live(self, acts: int) -> None:
        """Let `acts` things happen between FIRST and LAST, each on its own day."""
        for year in (2022, 2023, 2025, 2026):  # 2024 was not collected
            open_round(self.session, year)
        days = sorted(self.chance.randrange((LAST - FIRST).days) for _ in range(acts))
        for number, day in enumerate(days):
            self.today = FIRST + timedelta(days=day)
            with clock.pretending(datetime.combine(self.today, datetime.min.time(), UTC) + timedelta(hours=12)):
                self.happen("record" if number % 4 == 0 else self.chance.choice(ACTS))

    def happen(self, act: str) -> None:
        """One act, on an activity that fits it as far as there is one."""
        try:
            getattr(self, f"act_{act}")()
            self.done[act] += 1
        except (TrackerError, IndexError) as refusal:  # IndexError: there is nothing yet to act on
            self.refused[f"{act}: {type(refusal).__name__}"] += 1

    def some(self, fits: Any = lambda activity: True) -> Activity:
        """Any activity that fits; a withdrawn one now and then all the same."""
        found = [a for a in self.activities if fits(a) and (a.withdrawn_at is None or self.chance.random() < 0.1)]
        return self.chance.choice(found)

    def content(self, office: str) -> Content:
        """Something that the office could have done by today."""
        chance, today = self.chance, self.today
        status = chance.choices(
            ("active", "closed", "finalising", "suspended", "planned", "requested", "cancelled"), (8, 6, 2, 2, 1, 1, 1)
        )[0]
        start = today - timedelta(days=chance.randrange(900))
        end = start + (today - start) * chance.random()
        length = chance.choice((4, 7, 10))
        begun = status in COUNTING
        ended = status == "closed" or (begun and chance.random() < 0.2)
        return quick(
            title=f"Record of {today}",
            status=status,
            status_reason="Because.",
            actual_start=start.isoformat()[:length] if begun else None,
            actual_end=end.isoformat()[: chance.choice((length, 10))] if ended else None,
            planned_start=None if begun else "2027",
            types=tuple(map(TypeTag, (chance.choice(HOWS), *chance.sample(ABOUTS, chance.randrange(3))))),
            provisions=tuple(chance.sample(CITED[:2], chance.randint(1, 2))) + CITED[2:] * chance.randrange(2),
            concerns=chance.choices(("mainly", "also", "no"), (6, 2, 1))[0],
            countries=self.countries(office),
            countries_reason="One session in each.",
            co_offices=tuple(o for o in chance.sample(self.offices, chance.choice((0, 0, 1, 2))) if o != office),
            visibility=chance.choice(("office", "office_region", "all_staff")),
            sensitive=chance.random() < 0.2,
            **self.tagged(),
        )

    def tagged(self) -> dict[str, Any]:
        """Who asked, with whom, what stood in the way, how well, which laws: some of each, often none."""
        chance = self.tags
        day = (self.today - timedelta(days=chance.randrange(900))).isoformat()
        bodies = chance.sample(BODIES, chance.randint(1, 3))
        return {
            "request_source": chance.choice(("government_request", "partner_request", "unicef_initiative")),
            "counterparts": tuple(CounterpartTag(name, kind) for name, kind in bodies),
            "partners": tuple(PartnerTag(code, "funds") for code in chance.sample(PARTNERS, chance.randrange(3))),
            "obstacles": tuple(chance.sample(("law", "funds", "crisis"), chance.randrange(3))),
            "quality": tuple(chance.sample(QUALITY, chance.randrange(6))),
            "milestones": tuple(
                MilestoneTag(
                    kind, "Child justice act", day[: chance.choice((4, 7, 10))] if chance.random() < 0.8 else None
                )
                for kind in chance.sample(("drafted", "adopted", "in_force"), chance.choice((0, 0, 1, 2)))
            ),
        }

    def countries(self, office: str) -> tuple[str, ...]:
        """One or several of those that the office serves; none of a regional office."""
        served = sorted(link.target for link in services.reference_data(self.session).offices[office].countries)
        return tuple(self.chance.sample(served, min(len(served), self.chance.choice((1, 1, 3)))))

    def act_record(self) -> None:
        """A new record, submitted at once now and then; some come from a file, with the years it ran."""
        office = self.chance.choice(self.offices)
        source = None
        if self.chance.random() < 0.2:
            first = self.today.year - self.chance.randrange(3)
            source = Source("demo", f"H-{len(self.activities)}", None, first, self.chance.randint(first, first + 2))
        made = record_activity(self.session, SYSTEM, office, self.content(office), source=source)
        self.activities.append(made)
        if self.chance.random() < 0.7:
            services.submit_activity(self.session, SYSTEM, made, made.version)

    def act_save(self) -> None:
        found = self.some()
        services.save_activity(self.session, SYSTEM, found, self.content(found.lead_office), found.version)

    def act_submit(self) -> None:
        found = self.some(lambda a: a.current.state == "draft")
        services.submit_activity(self.session, SYSTEM, found, found.version)

    def act_approve(self) -> None:
        found = self.some(lambda a: a.submitted is not None)
        review.approve_activity(self.session, SYSTEM, found, found.version)

    def act_return(self) -> None:
        found = self.some(lambda a: a.submitted is not None)
        review.return_activity(self.session, SYSTEM, found, "Please explain.", found.version)

    def act_question(self) -> None:
        found = self.some(lambda a: a.approved is not None)
        review.question_activity(self.session, SYSTEM, found, "Which body?", found.version)

    def act_settle(self) -> None:
        found = self.some(lambda a: a.questioned_at is not None)
        review.settle_question(self.session, SYSTEM, found, found.version)

    def act_set_aside(self) -> None:
        found = self.some(lambda a: a.approved is not None)
        review.set_aside(self.session, SYSTEM, found, "No counterpart.", found.version)

    def act_count_again(self) -> None:
        found = self.some(lambda a: a.set_aside_at is not None)
        review.count_again(self.session, SYSTEM, found, found.version)

    def act_withdraw(self) -> None:
        found = self.some()
        services.withdraw_activity(self.session, SYSTEM, found, "Logged twice.", found.version)

    def act_undo(self) -> None:
        found = self.chance.choice([a for a in self.activities if a.withdrawn_at is not None])
        services.undo_withdrawal(self.session, SYSTEM, found, found.version)

    def act_deliver(self) -> None:
        found = self.some(lambda a: a.current.status in COUNTING)
        day = self.today - timedelta(days=self.chance.randrange(700))
        text = day.isoformat()[: self.chance.choice((4, 7, 10))]
        people = (
            (deliveries.People("judges", self.chance.choice((None, 0, 5)), 3),) if self.chance.random() < 0.5 else ()
        )
        if people and self.tags.random() < 0.5:
            people += (deliveries.People(self.tags.choice(("police", None)), 2, None, self.tags.choice((None, 0, 7))),)
        basis = self.tags.choice((None, "counted", "estimated")) if people else None
        line = deliveries.Delivery(on=text, what="A session", people=people, people_basis=basis)
        deliveries.add_delivery(self.session, SYSTEM, found, line)

    def act_undeliver(self) -> None:
        found = self.some(lambda a: any(line.removed_at is None for line in a.deliveries))
        line = self.chance.choice([line for line in found.deliveries if line.removed_at is None])
        deliveries.remove_delivery(self.session, SYSTEM, found, line.id)

    def act_answer(self) -> None:
        found = self.some(lambda a: a.co_offices)
        office = self.chance.choice(found.co_offices).office
        facts.answer_joint(self.session, SYSTEM, found, office, accept=self.chance.random() < 0.8)

    def act_sign(self) -> None:
        office, year = self.chance.choice(OFFICES), self.today.year - self.chance.randrange(2)
        own = [a for a in self.activities if a.lead_office == office or any(c.office == office for c in a.co_offices)]
        ticked = self.chance.sample(own, min(len(own), self.chance.randrange(3)))
        answer = "support" if ticked or self.chance.random() < 0.4 else "nil"
        sign_return(self.session, SYSTEM, office, year, answer, ticked, "In words.")

    def act_reopen(self) -> None:
        signed = self.session.scalars(select(AnnualReturn).where(AnnualReturn.state == "signed")).all()
        found = self.chance.choice(sorted(signed, key=lambda r: (r.year, r.office)))
        reopen_return(self.session, SYSTEM, found, "Something was forgotten.")

    def act_move(self) -> None:
        """An office goes to another region from today on."""
        office = self.chance.choice(MOVING)
        link = self.session.scalars(
            select(OfficeRegion).where(OfficeRegion.office == office, OfficeRegion.valid_to.is_(None))
        ).one()
        if link.valid_from is not None and link.valid_from >= self.today:
            return
        link.valid_to = self.today - timedelta(days=1)
        region = self.chance.choice([r for r in ("ROSA", "ECARO", "ESARO") if r != link.region])
        self.session.add(OfficeRegion(office=office, region=region, valid_from=self.today, source="test"))
        self.session.flush()

    def act_close(self) -> None:
        """An office closes at the end of the year, or one that closed opens again."""
        office = self.chance.choice(MOVING)
        intervals = self.session.scalars(select(RosterInterval).where(RosterInterval.office == office)).all()
        last = max(intervals, key=lambda i: i.valid_from or date.min)
        if last.valid_to is None:
            last.valid_to = max(date(self.today.year, 12, 31), last.valid_from or date.min)
        elif last.valid_to < self.today:
            self.session.add(RosterInterval(office=office, valid_from=self.today))
        self.session.flush()

    def act_exempt(self) -> None:
        """An office is not expected for a while."""
        office, last = self.chance.choice(OFFICES), date(self.today.year, 12, 31)
        until = self.chance.choice((last, last - timedelta(days=1), None))
        if self.session.scalar(select(Exemption.id).where(Exemption.office == office)) is None:
            self.session.add(Exemption(office=office, valid_from=self.today, valid_to=until, reason="Evacuated."))
        self.session.flush()


ACTS = (
    *("approve",) * 8, *("submit",) * 5, *("deliver",) * 5, *("answer",) * 5, *("sign",) * 5, *("save",) * 4,
    *("return", "question", "settle", "set_aside", "count_again", "withdraw", "undo", "undeliver", "reopen") * 2,
    "move", "close", "exempt",
)  # fmt: skip
