"""A few made-up requests with their answers, and practice cards, beside the made-up history. The same on every machine.

They hang on activities of the history and change none of them, so that no figure of coverage moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.activities.models_line import ActivityLine
from app.activities.queries import DEMONSTRATION
from app.asked.models import SupportRequest
from app.asked.rules import AnswerGiven, RequestContent
from app.asked.services import Origin, answer_request, link_activity, record_request, say_whether_met
from app.core import clock
from app.core.permissions import SYSTEM
from app.demo.accounts import HOME
from app.practices.rules import CardContent
from app.practices.services import Reuse, make_card, record_reuse, review_card, submit_card


@dataclass(frozen=True)
class Wish:
    """One made-up request: of whom, when, what; how it was answered, and how many activities answer it."""

    country: str
    on: str
    source: str
    asked: str
    types: tuple[str, ...]
    answer: AnswerGiven | None = None
    activities: int = 0
    met: str = ""


WISHES = (
    Wish("AFG", "2023-02-20", "crc_concluding_observations", "technical help to bring the juvenile code into line",
         ("law_reform", "diversion"), AnswerGiven("accepted", date(2023, 4, 3), target_on=date(2024, 6, 30)), 2, "met"),
    Wish("AFG", "2025-05-12", "government_request", "a course for the new juvenile judges", ("training",),
         AnswerGiven("accepted", date(2025, 6, 2), target_on=date(2026, 3, 31))),
    Wish("AFG", "2026-08-17", "needs_assessment", "alternatives to remand in three provinces", ("alternatives",)),
    Wish("NPL", "2024-03-04", "crc_state_report", "case management for juvenile courts", ("data_systems",),
         AnswerGiven("declined", date(2024, 5, 20), reason="Made up: no staff for data systems until 2027.")),
    Wish("BGD", "2022-06-09", "crc_committee_transmission", "legal aid for children held before trial",
         ("legal_aid", "reduce_pretrial"), AnswerGiven("referred", date(2022, 9, 1), "Made up: the office on drugs and"
         " crime, which runs a legal-aid project there")),
    Wish("KEN", "2023-10-11", "government_request", "diversion at police stations", ("diversion", "training"),
         AnswerGiven("accepted", date(2023, 11, 2), target_on=date(2025, 12, 31)), 1, "partly_met"),
    Wish("PER", "2025-09-30", "crc_concluding_observations", "restorative practice in the juvenile courts",
         ("restorative_justice",)),
    Wish("MAR", "2024-11-18", "resident_coordinator", "prevention in the new country framework", ("prevention",),
         AnswerGiven("accepted", date(2025, 1, 15))),
)  # fmt: skip
CARDS = (
    CardContent("good_practice", "Begin with the police station (made-up)", "Made up: diversion stood in the law, and"
                " no police station used it.", "Made up: two stations were accompanied for a year.", "Made up: the duty"
                " officer decides, so train the duty officer.", "Made up: a prosecutor who agrees in writing.",
                "Made up: the stations' own registers.", obstacles=("attitudes",), types=("diversion", "training")),
    CardContent("lesson", "A course alone changed nothing (made-up)", "Made up: judges were trained every year.",
                "Made up: three courses of two days.", "Made up: judges move after a year; train the clerks, too.",
                failed=True, obstacles=("capacity", "staffing"), types=("training",)),
    CardContent("innovation", "A duty list of lawyers by telephone (made-up)", "Made up: no lawyer at night.",
                "Made up: a list of forty lawyers and one number.", obstacles=("funds",), types=("legal_aid",)),
)  # fmt: skip


def make_requests(session: Session) -> int:
    """Write the requests and cards, each as of its own day. Returns how many were made; what is there is left alone."""
    if session.scalar(select(SupportRequest.id).where(SupportRequest.origin == DEMONSTRATION).limit(1)) is not None:
        return 0
    for number, wish in enumerate(WISHES):
        with _on(date.fromisoformat(wish.on)):
            _make(session, number, wish)
    return len(WISHES) + _make_cards(session)


def _make(session: Session, number: int, wish: Wish) -> None:
    content = RequestContent(
        kind="recommendation" if wish.source == "crc_concluding_observations" else "request",
        source=wish.source, country=wish.country, asked=f"Made up: {wish.asked}.", received_on=wish.on,
        asker="Made up: a ministry", types=wish.types, juvenile_justice=True, asks_help=True,
    )  # fmt: skip
    key = f"DEMO-R{number:02d}"
    request = record_request(session, SYSTEM, content, origin=Origin(DEMONSTRATION, key, key))
    for activity in _of_country(session, wish)[: wish.activities]:
        link_activity(session, SYSTEM, request, activity)
    if wish.answer is not None and wish.answer.on is not None:
        with _on(wish.answer.on):
            answer_request(session, SYSTEM, request, wish.answer, request.version)
    if wish.met:
        with _on(date(2026, 11, 2)):
            say_whether_met(session, SYSTEM, request, wish.met, "Made up: as the counterpart told us.", None,
                            request.version)  # fmt: skip


def _of_country(session: Session, wish: Wish) -> Sequence[Activity]:
    """Approved activities of the State that began in or after the year of the request, the first first."""
    line = ActivityLine
    ids = select(line.activity_id).where(
        line.in_approved, line.countries.contains(wish.country), line.actual_start >= wish.on[:4]
    )
    return session.scalars(select(Activity).where(Activity.id.in_(ids)).order_by(Activity.id)).all()


def _make_cards(session: Session) -> int:
    """Cards of three activities that are open to all staff: reviewed and used again, handed in, begun."""
    line = ActivityLine
    ids = select(line.activity_id).where(
        line.in_approved, line.visibility == "all_staff", line.sensitive.is_(False), line.withdrawn.is_(False),
        line.origin == DEMONSTRATION,
    )  # fmt: skip
    statement = select(Activity).where(Activity.id.in_(ids)).order_by(Activity.id.desc()).limit(len(CARDS))
    made = 0
    for number, (activity, content) in enumerate(zip(session.scalars(statement), CARDS, strict=False)):
        with _on(date(2026, 10, 5 + number)):
            card = make_card(session, SYSTEM, activity, content, origin=DEMONSTRATION)
            made += 1
            if number < 2:
                submit_card(session, SYSTEM, card, card.version)
            if number == 0:
                review_card(session, SYSTEM, card, True, "Made up: clear, and useful elsewhere.", card.version)
                record_reuse(session, SYSTEM, card, Reuse(HOME, "Made up: two stations in the capital use it now."))
    return made


def _on(day: date) -> AbstractContextManager[None]:
    return clock.pretending(datetime.combine(day, datetime.min.time(), UTC).replace(hour=10))
