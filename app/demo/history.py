"""About 300 made-up records for 2021–2026 with rounds, returns and every workflow state. The same on every machine.

Office 0060 has no qualifying activity in the running year, so that logging and approving one raises k by one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.activities.deliveries import Delivery, People, add_delivery
from app.activities.facts import answer_joint
from app.activities.models import Activity
from app.activities.queries import DEMONSTRATION
from app.activities.reference import reference_data
from app.activities.review import approve_activity, question_activity, return_activity, set_aside
from app.activities.rules import (
    COUNTING,
    Content,
    CounterpartTag,
    MilestoneTag,
    PartnerTag,
    ProvisionTag,
    Status,
    TypeTag,
)
from app.activities.services import Source, record_activity, save_activity, submit_activity, withdraw_activity
from app.core import clock
from app.core.permissions import SYSTEM
from app.demo.accounts import HOME
from app.offices.models import Exemption
from app.offices.queries import actor_for
from app.returns.services import open_round, reopen_return, sign_return

YEARS = (2021, 2022, 2023, 2024, 2025, 2026)
LAST_DAY = date(2026, 11, 20)
RECORDS = 300
HOWS = ("law_reform", "training", "policy_advocacy", "capacity_building", "advisory_services", "research",
        "needs_assessment", "data_systems", "interagency_coordination", "info_exchange")  # fmt: skip
ABOUTS = ("diversion", "alternatives", "prevention", "admin_of_justice", "reduce_pretrial", "treatment_deprived",
          "reintegration", "legal_aid", "restorative_justice", "social_workforce")  # fmt: skip
MANDATES = ("CRC-4", "CRC-45B", "E1997-30-3", "E1997-30-8", "E1997-30-9", "VG-27", "VG-35", "VG-38", "TOKYO-23-1")
STANDARDS = ("CRC-37B", "CRC-40", "CRC-40-3B", "BEIJING-11", "GC24")
SOURCES = ("government_request", "crc_concluding_observations", "partner_request", "unicef_initiative",
           "resident_coordinator", "needs_assessment")  # fmt: skip
SUBJECTS = {
    "law_reform": "Comments on the draft child justice bill",
    "training": "Course for judges, prosecutors and police on child justice",
    "policy_advocacy": "Case for a budget line for diversion",
    "capacity_building": "Standard procedures for the child justice unit",
    "advisory_services": "Advice to the ministry of justice on alternatives to detention",
    "research": "Study of children in pre-trial detention",
    "needs_assessment": "Assessment of remand homes",
    "data_systems": "Case management data for the juvenile courts",
    "interagency_coordination": "National working group on justice for children",
    "info_exchange": "Study visit to a diversion project",
}
BODIES = (("Ministry of Justice", "government"), ("Supreme Court", "judiciary"), ("National Police", "government"),
          ("Bar Association", "civil_society"), ("Parliament", "parliament"),
          ("Ministry of Social Affairs", "government"), ("Legal Aid Centre", "civil_society"),
          ("Human Rights Commission", "nhri"))  # fmt: skip
HOME_UNSIGNED_SINCE = 2025  # so that the demonstration's country lead has returns to sign
OTHER_ENDINGS = ("draft", "submitted", "returned", "withdrawn", "questioned", "set_aside", "proposed", "cancelled")


@dataclass(frozen=True)
class Plan:
    """One record to be made: its number, office, day of typing, content, and how it ends in the workflow."""

    number: int
    office: str
    typed: date
    content: Content
    ending: str


def make_history(session: Session, progress: Callable[[Sequence[Plan]], Iterator[Plan]]) -> int:
    """Write the history, each record as of its own day. Returns how many records were added."""
    for year in YEARS:
        open_round(session, year)
    _exempt(session)
    chance = random.Random(1997_30)  # noqa: S311 - made-up data, no secret
    plans = sorted(_plans(session, chance), key=lambda plan: (plan.typed, plan.number))
    made: dict[int, Activity] = {}
    signed_until = 2020
    for plan in progress(plans):
        while signed_until < plan.typed.year - 1:
            signed_until += 1
            _sign_returns(session, chance, signed_until, list(made.values()))
        made[plan.number] = _make(session, chance, plan)
    _sign_returns(session, chance, 2026, list(made.values()), share=0.25)
    return len(made)


def make_drafts(session: Session) -> int:
    """Two unfinished drafts of the home office's staff, as its people would leave them. Returns how many were made."""
    staff = session.scalar(select(User.id).where(User.email == "staff@demo.example"))
    actor = actor_for(session, staff) if staff is not None else None
    if actor is None:
        return 0
    titles = ("Round table on the minimum age (made-up)", "Visit to the juvenile rehabilitation centre (made-up)")
    for number, title in enumerate(titles):
        content = Content(title=title, concerns="mainly")
        source = Source(DEMONSTRATION, f"DEMO-D{number:04d}")
        record_activity(session, actor, HOME, content, source=source)
    return len(titles)


def _exempt(session: Session) -> None:
    """Two offices with a dated reason not to be expected."""
    for office, first, last, reason in (
        ("4040", date(2023, 1, 1), date(2023, 12, 31), "Made up: office evacuated for most of the year"),
        ("1650", date(2025, 1, 1), None, "Made up: no programme component on justice agreed"),
    ):
        session.add(Exemption(office=office, valid_from=first, valid_to=last, reason=reason))
    session.flush()


def _plans(session: Session, chance: random.Random) -> Iterator[Plan]:
    offices = [o for o in reference_data(session).offices.values() if o.reports and o.code != "3700"]
    busy = [o.code for o in offices if chance.random() < 0.9 and o.code != HOME]
    region = reference_data(session).offices[HOME].region_on(LAST_DAY)
    neighbours = [o.code for o in offices if o.region_on(LAST_DAY) == region and o.code in busy]
    for number in range(RECORDS):
        year = YEARS[number * len(YEARS) // RECORDS]
        code = HOME if number % 50 == 7 and year < 2026 else chance.choice(busy)
        waiting = number % 12 == 5 and year == 2026
        if waiting:  # in the region of the demonstration's adviser, who needs something to review
            code = neighbours[number % len(neighbours)]
        start = date(year, chance.randint(1, 10), chance.randint(1, 28))
        typed = min(start + timedelta(days=chance.randint(5, 60)), LAST_DAY)
        ending = OTHER_ENDINGS[number // 12 % len(OTHER_ENDINGS)] if number % 12 == 11 else "approved"
        ending = "submitted" if waiting else ending
        served = sorted(reference_data(session).offices[code].countries_between(start, typed))
        content = _content(chance, number, start, typed, served, ending)
        if number % 9 == 4:
            content = replace(content, co_offices=(chance.choice([c for c in busy if c != code]),))
        yield Plan(number, code, typed, content, ending)


def _content(chance: random.Random, number: int, start: date, typed: date, served: list[str], ending: str) -> Content:
    how = HOWS[number % len(HOWS)]
    countries = sorted(chance.sample(served, max(1, len(served) // 2)))
    status, end = _status(chance, start, typed, ending)
    begun = status in COUNTING
    return Content(
        title=f"{SUBJECTS[how]} (made-up)",
        summary="Synthetic record for demonstration.",
        types=(TypeTag(how), TypeTag(ABOUTS[number % len(ABOUTS)]), *_second_about(chance)),
        request_source=SOURCES[number % len(SOURCES)],
        provisions=_provisions(chance),
        status=status,
        status_reason="Made up: the partner changed its plans." if status in ("suspended", "cancelled") else "",
        planned_start=start.isoformat() if not begun else None,
        actual_start=start.isoformat() if begun else None,
        actual_end=end,
        delivered="Made up: written advice and two sessions with the partner." if begun else "",
        counterparts=tuple(CounterpartTag(*body) for body in chance.sample(BODIES, chance.randint(1, 2))),
        concerns=chance.choices(("mainly", "also", "no"), (80, 15, 5))[0],
        countries=tuple(countries),
        countries_reason="Made up: one session in each country." if len(countries) > 1 else "",
        modalities=(chance.choice(("advisory_services", "training_event", "consultant", "remote_support")),),
        target_groups=tuple(chance.sample(("judges", "police", "prosecutors", "social_workers"), 2)),
        partners=(PartnerTag(chance.choice(("unodc", "ohchr", "undp", "ngo")), "co_provider"),)
        if number % 3 == 0
        else (),
        milestones=(MilestoneTag(chance.choice(("drafted", "tabled", "adopted")), "Child justice act (made-up)",
                                 start.isoformat()[:7], "", "contributed"),) if how == "law_reform" and begun else (),
        obstacles=(chance.choice(("funds", "capacity", "political_will", "data")),) if number % 4 == 0 else (),
        quality=tuple(chance.sample(("need_assessed", "agreed_with_state", "standard_cited"), 2)),
        lessons="Made up: start with the police." if number % 10 == 0 else "",
        sensitive=number % 25 == 3,
        visibility="all_staff" if number % 6 == 0 else "office_region",
    )  # fmt: skip


def _provisions(chance: random.Random) -> tuple[ProvisionTag, ...]:
    mandates = sorted(chance.sample(MANDATES, chance.randint(1, 3)))
    return (
        *(ProvisionTag(code, "mandated_by") for code in mandates),
        ProvisionTag(chance.choice(STANDARDS), "applied"),
    )


def _second_about(chance: random.Random) -> tuple[TypeTag, ...]:
    return (TypeTag("child_victims_witnesses"),) if chance.random() < 0.2 else ()


def _status(chance: random.Random, start: date, typed: date, ending: str) -> tuple[str, str | None]:
    if ending == "cancelled":
        return Status.CANCELLED, None
    draw = chance.random()
    if draw < 0.06:
        return (Status.PLANNED if draw < 0.04 else Status.REQUESTED), None
    if draw < 0.10:
        return Status.SUSPENDED, None
    if draw < 0.55:
        return Status.ACTIVE, None
    end = min(start + timedelta(days=chance.randint(10, 50)), typed)
    return (Status.CLOSED if draw < 0.92 else Status.FINALISING), end.isoformat()


def _make(session: Session, chance: random.Random, plan: Plan) -> Activity:
    with clock.pretending(datetime.combine(plan.typed, datetime.min.time(), tzinfo=UTC) + timedelta(hours=12)):
        source = Source(DEMONSTRATION, f"DEMO-H{plan.number:04d}")
        activity = record_activity(session, SYSTEM, plan.office, plan.content, source=source)
        if plan.ending == "draft":
            return activity
        submit_activity(session, SYSTEM, activity, activity.version)
        _finish(session, chance, activity, plan)
        return activity


def _finish(session: Session, chance: random.Random, activity: Activity, plan: Plan) -> None:
    for answer in list(activity.co_offices):
        if chance.random() < 0.75:
            answer_joint(session, SYSTEM, activity, answer.office, accept=chance.random() < 0.8)
    if plan.ending == "returned":
        return_activity(session, SYSTEM, activity, "Made up: please say what was delivered.", activity.version)
    elif plan.ending != "submitted":
        approve_activity(session, SYSTEM, activity, activity.version)
        _deliver(session, chance, activity, plan)
        _after_approval(session, activity, plan)


def _deliver(session: Session, chance: random.Random, activity: Activity, plan: Plan) -> None:
    if plan.content.status not in COUNTING or chance.random() < 0.4:
        return
    start = date.fromisoformat(plan.content.actual_start or plan.typed.isoformat())
    day = start + (plan.typed - start) * chance.random()
    people = People(
        profession=chance.choice(("judges", "police", "social_workers")),
        women=chance.choice((None, 0, 8, 14)),
        men=chance.choice((None, 5, 12)),
    )
    line = Delivery(on=day.isoformat(), what="Made up: session", people=(people,), people_basis="counted")
    add_delivery(session, SYSTEM, activity, line)


def _after_approval(session: Session, activity: Activity, plan: Plan) -> None:
    if plan.ending == "withdrawn":
        withdraw_activity(session, SYSTEM, activity, "Made up: logged twice.", activity.version)
    elif plan.ending == "questioned":
        question_activity(session, SYSTEM, activity, "Made up: which body was the counterpart?", activity.version)
    elif plan.ending == "set_aside":
        set_aside(session, SYSTEM, activity, "Made up: no counterpart outside the office.", activity.version)
    elif plan.ending == "proposed":
        better = replace(plan.content, results="Made up: procedures adopted.")
        save_activity(session, SYSTEM, activity, better, activity.version)
        submit_activity(session, SYSTEM, activity, activity.version)


def _sign_returns(
    session: Session, chance: random.Random, year: int, made: Sequence[Activity], share: float = 0.85
) -> None:
    """Returns of a year: most offices sign, some late; some sign nil; the rest stay unanswered."""
    supported = _supported(year, made)
    unsigned = ("3700", HOME) if year >= HOME_UNSIGNED_SINCE else ("3700",)
    offices = [o for o in reference_data(session).offices.values() if o.reports and o.code not in unsigned]
    for office in offices:
        if chance.random() > share:
            continue
        late = chance.random() < 0.15
        earliest = datetime(year, 11, 3, 9, tzinfo=UTC)
        moment = earliest + timedelta(days=chance.randint(95, 130) if late else chance.randint(0, 80))
        moment = min(moment, datetime.combine(LAST_DAY, datetime.min.time(), tzinfo=UTC))
        with clock.pretending(moment):
            _sign_one(session, chance, office.code, year, supported.get(office.code, []))


def _sign_one(session: Session, chance: random.Random, office: str, year: int, own: list[Activity]) -> None:
    if own:
        ticked = [a for a in own if a.approved is not None and a.approved.status == Status.ACTIVE][:2]
        signed = sign_return(session, SYSTEM, office, year, "support", ticked)
        if chance.random() < 0.03:
            reopen_return(session, SYSTEM, signed, "Made up: one activity was forgotten.")
    elif chance.random() < 0.55:
        sign_return(session, SYSTEM, office, year, "nil", words="Made up: no request and no vacancy filled.")
    elif chance.random() < 0.2:
        sign_return(session, SYSTEM, office, year, "support", words="Made up: records to follow.")


def _supported(year: int, made: Sequence[Activity]) -> dict[str, list[Activity]]:
    """Activities that an office may tick in a year: begun by then, not withdrawn, led or accepted by it."""
    found: dict[str, list[Activity]] = {}
    for activity in made:
        revision = activity.approved
        if revision is None or activity.withdrawn_at is not None or revision.status not in COUNTING:
            continue
        if not revision.actual_start or not year - 1 <= int(revision.actual_start[:4]) <= year:
            continue
        if activity.submitted is not None and activity.submitted.status not in COUNTING:
            continue
        for office in (activity.lead_office, *(a.office for a in activity.co_offices if a.answer == "accepted")):
            found.setdefault(office, []).append(activity)
    return found
