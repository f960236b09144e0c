"""What an address can be about, in every state: activities, returns, rounds and exemptions of office 0060."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.services import set_active
from app.activities.comments import NewComment, write_comment
from app.activities.deliveries import Delivery, add_delivery
from app.activities.evidence import Details, add_link
from app.activities.facts import Step, add_next_step
from app.activities.models import Activity, Counterpart, DeliveryLine, Evidence, ImportBatch, NextStep
from app.activities.review import question_activity, set_aside
from app.activities.services import withdraw_activity
from app.asked.models import RequestActivity, RequestComment, RequestStep, SupportRequest
from app.asked.rules import AnswerGiven, RequestContent
from app.asked.services import (
    Origin,
    answer_request,
    link_activity,
    record_many,
    record_request,
    withdraw_request,
)
from app.asked.talk import add_next_step as add_request_step
from app.asked.talk import write_comment as write_request_comment
from app.core import clock
from app.core.audit import AuditEvent
from app.core.db import new_client_id
from app.core.permissions import SYSTEM
from app.exchange import services as imports
from app.exchange.desk import Desk
from app.exchange.models import Import
from app.exchange.reading import look
from app.exchange.requests_batches import KIND as REQUESTS_FILE
from app.offices.models import Exemption, Membership
from app.offices.queries import actor_for
from app.people.admin import seen_of
from app.people.models import HandoverPart
from app.people.services import end_membership
from app.practices.models import Practice, PracticeReuse
from app.practices.rules import CardContent
from app.practices.services import make_card, review_card, submit_card
from app.returns.models import AnnualReturn, OfficeSentence, Round
from app.returns.rounds import NewExemption, add_exemption, round_text
from app.returns.services import (
    Statement,
    confirm_answer,
    open_round,
    record_answer,
    reopen_return,
    save_return,
    sign_return,
)
from tests.factories.activities import approved, drafted, proposed, returned, submitted
from tests.factories.people import make_person

OFFICE, CO_OFFICE = "0060", "0420"
# Tables that are few rows long: a refusal must leave them as they are, to the letter.
SHORT = (
    AnnualReturn, OfficeSentence, Round, Exemption, Counterpart, Membership, HandoverPart, Import, SupportRequest,
    RequestActivity, RequestComment, RequestStep, Practice, PracticeReuse, User,
)  # fmt: skip


@dataclass(frozen=True)
class Record:
    """`address` fills the variables of rules; `sent` is what a form about it sends unseen; `page` shows it."""

    page: str
    address: dict[str, Any]
    sent: dict[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """The reference, of an activity."""
        return str(self.address["reference"])


def _withdrawn(session: Session) -> Activity:
    made = approved(session, OFFICE)
    _add_facts(session, made)
    return withdraw_activity(session, SYSTEM, made, "Logged twice.", made.version)


def _questioned(session: Session) -> Activity:
    made = approved(session, OFFICE)
    return question_activity(session, SYSTEM, made, "Which body was it?", made.version)


def _set_aside(session: Session) -> Activity:
    made = approved(session, OFFICE)
    return set_aside(session, SYSTEM, made, "No counterpart outside the office.", made.version)


# Unless told, they are open to the office and its region.
ACTIVITIES: dict[str, Callable[[Session], Activity]] = {
    "draft": lambda s: drafted(s, OFFICE),
    "submitted": lambda s: submitted(s, OFFICE),
    "returned": lambda s: returned(s, OFFICE),
    "approved": lambda s: approved(s, OFFICE),
    "office": lambda s: approved(s, OFFICE, visibility="office"),
    "all_staff": lambda s: approved(s, OFFICE, visibility="all_staff"),
    "sensitive": lambda s: approved(s, OFFICE, visibility="all_staff", sensitive=True),
    "joint": lambda s: approved(s, OFFICE, visibility="office", co_offices=(CO_OFFICE,)),
    "proposed": lambda s: proposed(s, approved(s, OFFICE), title="Course for judges and prosecutors"),
    "withdrawn": _withdrawn,
    "questioned": _questioned,
    "set-aside": _set_aside,
}


LINK = ("https://example.org/report", "Report")
# Its bytes are put there by `world`.
BYTES = b"Minutes of the meeting\n"
FILE: dict[str, Any] = {
    "title": "Minutes", "type": "report", "sha256": sha256(BYTES).hexdigest(), "size": len(BYTES),
    "sent_sha256": sha256(BYTES).hexdigest(), "media_type": "text/plain", "file_name": "minutes.txt",
}  # fmt: skip
TAKEN_BACK = {**FILE, "title": "Draft minutes", "sent_sha256": "0" * 64, "withdrawn_reason": "The wrong one."}


HELD = {"on": "2025-03-11", "what": "Second session", "place": "Kabul"}


def _add_facts(session: Session, activity: Activity) -> None:
    """One delivery, one next step, one link, each told in the history."""
    add_delivery(session, SYSTEM, activity, Delivery(**HELD))
    add_next_step(session, SYSTEM, activity, Step("Ask again", "The lead"))
    add_link(session, SYSTEM, activity, LINK[0], Details(LINK[1]), new_client_id())
    activity.evidence.append(Evidence(**FILE))
    activity.evidence.append(Evidence(**TAKEN_BACK, withdrawn_at=clock.now()))


def _put_facts(session: Session, activity: Activity) -> None:
    """The same without the history: for records that are made by the dozen."""
    activity.next_steps.append(NextStep(what="Ask again", owner_name="The lead"))
    activity.evidence.append(Evidence(address=LINK[0], title=LINK[1]))
    activity.evidence.append(Evidence(**FILE))
    activity.evidence.append(Evidence(**TAKEN_BACK, withdrawn_at=clock.now()))
    activity.deliveries.append(DeliveryLine(**HELD, recorded_at=clock.now()))
    session.flush()


def _activity_record(session: Session, kind: str) -> Record:
    made = ACTIVITIES[kind](session)
    if made.withdrawn_at is None:
        _put_facts(session, made)
    said = write_comment(session, SYSTEM, made, NewComment("Ask the court.", mentions=_first_staff(session)))
    session.flush()
    address = {"reference": made.reference, "line": made.deliveries[0].id, "step": made.next_steps[0].id}
    address |= {"item": made.evidence[1].id, "removed": made.evidence[2].id, "key": said.id}
    return Record(f"/activities/{made.reference}", address, {"version": str(made.version)})


def _first_staff(session: Session) -> list[int]:
    """Somebody of the office who is asked to look, where there is anybody."""
    found = sa.select(Membership.user_id).where(Membership.office == OFFICE, Membership.valid_to.is_(None))
    return list(session.scalars(found.order_by(Membership.id).limit(1)))


NIL = Statement("nil", "Nobody asked.")


def _signed(session: Session, year: int) -> AnnualReturn:
    return sign_return(session, SYSTEM, OFFICE, year, "nil", words="Nobody asked.")


def _told(session: Session, year: int) -> AnnualReturn:
    return record_answer(session, SYSTEM, OFFICE, year, NIL, "The lead, by telephone, 10 February", None)


def _confirmed(session: Session, year: int) -> AnnualReturn:
    made = _told(session, year)
    return confirm_answer(session, SYSTEM, made, made.version)


def _reopened(session: Session, year: int) -> AnnualReturn:
    return reopen_return(session, SYSTEM, _signed(session, year), "A workshop came to light.")


# An office has one return a year, so each state has its own.
RETURNS: dict[str, tuple[int, Callable[[Session, int], AnnualReturn | None]]] = {
    "unbegun": (2014, lambda _session, _year: None),
    "begun": (2015, lambda s, year: save_return(s, SYSTEM, OFFICE, year, Statement(None, "So far."), 0)),
    "signed": (2016, _signed),
    "told": (2017, _told),
    "confirmed": (2018, _confirmed),
    "reopened": (2019, _reopened),
}
WITH_ROUND, WITHOUT_ROUND = 2020, 2013


def _clear(session: Session, year: int) -> None:
    for table in (AnnualReturn, OfficeSentence, Round):
        session.execute(sa.delete(table).where(table.year == year))


def _return_record(session: Session, kind: str) -> Record:
    year, make = RETURNS[kind]
    _clear(session, year)
    open_round(session, year)
    made = make(session, year)
    sent = {"version": str(made.version if made else 0), "seen": ""}
    return Record(f"/offices/{OFFICE}/returns/{year}", {"code": OFFICE, "year": year}, sent)


def _round_record(session: Session, kind: str) -> Record:
    year = WITH_ROUND if kind == "round" else WITHOUT_ROUND
    _clear(session, year)
    made = open_round(session, year) if kind == "round" else None
    return Record(f"/rounds/{year}", {"code": OFFICE, "year": year}, {"version": "0", "seen": round_text(made)})


def _exemption_record(session: Session, kind: str) -> Record:
    session.execute(sa.delete(Exemption))
    if kind == "not-exempt":
        return Record("/exemptions", {"key": 0})
    first = date(2001, 1, 1)
    made = add_exemption(session, SYSTEM, NewExemption(OFFICE, first, None, "Evacuated."))
    last, name = first + timedelta(days=99), f"end-{made.id}-valid_to"
    sent = {f"{name}-day": str(last.day), f"{name}-month": str(last.month), f"{name}-year": str(last.year)}
    return Record("/exemptions", {"key": made.id}, sent)


def _body_record(session: Session, kind: str) -> Record:
    """A counterpart of the office and the one that it is; merged already where the kind says so."""
    names = [f"Bar Association {new_client_id()[:8]}" for _ in range(2)]
    kept, made = (Counterpart(office=OFFICE, name=n, name_key=n.casefold(), kind="government") for n in names)
    session.add_all([kept, made])
    session.flush()
    made.merged_into = kept.id if kind == "merged-body" else None
    return Record("/counterparts", {"body": made.id}, {"into": str(kept.id)})


def _membership_record(session: Session, kind: str) -> Record:
    """Somebody of the office with a draft; for a handover they have gone, and the draft is left behind."""
    person = make_person(session, office=OFFICE)
    drafted(session, OFFICE, actor_for(session, person.id) or SYSTEM)
    held = session.scalars(sa.select(Membership).where(Membership.user_id == person.id)).one()
    today = clock.today()
    if kind == "membership":
        boxes = {"day": today.day, "month": today.month, "year": today.year}
        sent = {f"ends_on-{name}": str(value) for name, value in boxes.items()}
        return Record(f"/people/{held.id}/end", {"key": held.id}, {**sent, "seen": ""})
    left = end_membership(session, SYSTEM, held.id, today, "")
    assert left is not None
    return Record(f"/people/handovers/{left.id}", {"key": left.id, "kind": "drafts"}, {"person": ""})


# Its bytes are put there by `world`.
SHEET = b"lead_office,title,delivery_status,actual_start\r\n0060,Course for clerks %s,active,2025-03-10\r\n"


def sheet_of(kind: str) -> bytes:
    """The file of an import of this kind: each has its own, so that none takes another's record."""
    return SHEET % kind.encode()


def _import_record(session: Session, kind: str) -> Record:
    """A file that staff of the office sent: not looked at yet, looked at, or taken."""
    with TemporaryDirectory() as folder:
        desk, data = Desk(Path(folder), 1, {}), sheet_of(kind)
        staff = session.scalars(sa.select(User.id).where(User.email == "staff@demo.example")).one()
        actor = actor_for(session, staff)
        assert actor is not None
        with desk.store.received([data]) as taken:
            found = look(taken.path)
            key = new_client_id()
            made = imports.send_file(session, actor, desk.store, taken, found, "Our sheet.csv", key)
        if kind != "import-sent":
            imports.check(session, actor, made, desk.path(made))
    return Record(f"/imports/{key}", {"key": key}, {"seen": str(made.version), "take_id": new_client_id()})


def _requests_file_record(session: Session, _kind: str) -> Record:
    """A file that brought one request, on which nobody worked."""
    batch = ImportBatch(kind=REQUESTS_FILE, file_name="Ours.csv", sha256="0" * 64, rows=1, imported_at=clock.now())
    session.add(batch)
    session.flush()
    content = RequestContent(kind="recommendation", source="upr", country="AFG", asked="A law.", offices=(OFFICE,))
    key = new_client_id()
    record_many(session, SYSTEM, batch.id, [(content, Origin("spreadsheet", key, key))])
    return Record(f"/requests/import/{batch.client_id}", {"key": batch.client_id}, {})


def _request_record(session: Session, kind: str) -> Record:
    """A request of Afghanistan, which office 0060 serves; answered a year and a day ago where the kind says so."""
    content = RequestContent(
        source="government_request", country="AFG", asked="A course for judges.", offices=(OFFICE,)
    )
    made = record_request(session, SYSTEM, content)
    linked = approved(session, OFFICE)
    link_activity(session, SYSTEM, made, linked)
    add_request_step(session, SYSTEM, made, Step("Ask again", "The lead"))
    said = write_request_comment(session, SYSTEM, made, NewComment("Ask the ministry."))
    if kind == "request-accepted":
        day = clock.today() - timedelta(days=400)
        answer_request(session, SYSTEM, made, AnswerGiven("accepted", day), made.version)
    if kind == "request-withdrawn":
        withdraw_request(session, SYSTEM, made, "Entered twice.", made.version)
    session.flush()
    address = {"request": made.reference, "activity": linked.reference, "step": made.steps[0].id, "key": said.id}
    sent = {"version": str(made.version), "country": "AFG", "source": "government_request", "asked": "A course."}
    sent |= {"offices": OFFICE, "activity": linked.reference, "request": made.reference}
    return Record(f"/requests/{made.reference}", address, sent)


def _card_record(session: Session, kind: str) -> Record:
    """A practice card of an activity of office 0060."""
    made = make_card(session, SYSTEM, approved(session, OFFICE), CARD)
    if kind != "card-draft":
        submit_card(session, SYSTEM, made, made.version)
    if kind == "card-reviewed":
        review_card(session, SYSTEM, made, True, "Clear.", made.version)
    sent = {"version": str(made.version), "step": "lesson", "title": "Begin with the police", "words": "Clear."}
    return Record(f"/practices/{made.reference}", {"card": made.reference}, sent)


CARD = CardContent("lesson", "Begin with the police", "Nobody came.", "A course.", "Ask the police first.")
REQUESTS = ("request-open", "request-accepted", "request-withdrawn")
CARDS = ("card-draft", "card-submitted", "card-reviewed")


def _person_record(session: Session, kind: str) -> Record:
    """Somebody with a role; invited only, or deactivated, where the kind says so."""
    person = make_person(session, office=OFFICE)
    held = session.scalars(sa.select(Membership).where(Membership.user_id == person.id)).one()
    person.password = None if kind == "invited-person" else person.password
    set_active(session, person, kind != "left-person")
    session.flush()
    sent = {"seen": seen_of(person), "email": person.email}
    return Record(f"/administration/people/{person.id}", {"key": person.id, "membership": held.id}, sent)


# kind of record -> how a fresh one is made.
KINDS: dict[str, Callable[[Session, str], Record]] = {
    **dict.fromkeys(ACTIVITIES, _activity_record),
    **dict.fromkeys(RETURNS, _return_record),
    **dict.fromkeys(("no-round", "round"), _round_record),
    **dict.fromkeys(("not-exempt", "exempt"), _exemption_record),
    **dict.fromkeys(("body", "merged-body"), _body_record),
    **dict.fromkeys(("membership", "handover"), _membership_record),
    **dict.fromkeys(("import-sent", "import-checked"), _import_record),
    "requests-file": _requests_file_record,
    **dict.fromkeys(REQUESTS, _request_record),
    **dict.fromkeys(CARDS, _card_record),
    **dict.fromkeys(("person", "invited-person", "left-person"), _person_record),
    "nobodys": lambda _session, _kind: Record("/me", {"key": 999_999}),
}


def state_of(session: Session, record: Record) -> tuple[Any, ...]:
    """What a refusal must leave alone: an activity's version and how often it was written, or the short tables."""
    if "reference" not in record.address:
        return tuple(tuple(row) for table in SHORT for row in session.execute(sa.select(table.__table__)))
    written = sa.select(sa.func.count()).where(
        AuditEvent.subject_kind == "activity", AuditEvent.subject_key == record.reference
    )
    asked = sa.select(Activity.version, written.scalar_subquery()).where(Activity.reference == record.reference)
    return tuple(session.execute(asked).one())
