"""What the page of one activity shows to one reader: the record in words, its years, what waits, what may be done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.activities.content import read_content
from app.activities.evidence_page import Piece, pieces
from app.activities.history_page import Happened, happened
from app.activities.lines import live_deliveries, read_revisions
from app.activities.models import Activity, ActivityRevision, Confirmation, DeliveryLine, NextStep
from app.activities.queries_comments import Spoken, comments_of
from app.activities.queries_record import advisers_of, imported_original
from app.activities.reading import may_read_text
from app.activities.reference import reference_data
from app.activities.review import is_own
from app.activities.rules import COUNTING, Content, How, State
from app.activities.words import Difference, Said, Words, differences, masked, said
from app.core import clock
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _
from app.offices.reviewers import allows_self_approval

COUNTS = {
    How.START: N_("Counts in %(year)s, because it began in that year."),
    How.DELIVERY: N_("Counts in %(year)s, because a delivery is recorded."),
    How.RETURN: N_("Counts in %(year)s, because the annual return says that it was still delivered."),
    How.DATES: N_("Counts in %(year)s by its dates only: nothing else confirms that year."),
}
WOULD_COUNT = {
    How.START: N_("Will count in %(year)s once approved, because it began in that year."),
    How.DELIVERY: N_("Will count in %(year)s once approved, because a delivery is recorded."),
    How.RETURN: N_("Will count in %(year)s once approved, because the annual return says that it was still delivered."),
    How.DATES: N_("Will count in %(year)s once approved, by its dates only: nothing else confirms that year."),
}
NEWEST = 20  # of the history; the rest stands on its own page
CHANGE = {
    State.DRAFT: N_("Change in draft"),
    State.SUBMITTED: N_("Change submitted"),
    State.RETURNED: N_("Change returned"),
}


@dataclass(frozen=True)
class CoOffice:
    """An office named as taking part, its answer, and whether the reader may answer for it."""

    code: str
    name: str
    answer: str
    answer_words: str
    may_answer: bool


@dataclass(frozen=True)
class Totals:
    """Participations over all deliveries: each number None if every line left it blank, and how many lines did."""

    women: int | None
    men: int | None
    not_recorded: int | None
    blank_lines: int


@dataclass(frozen=True)
class May:
    """What the reader may do to the record as it is now."""

    edit: bool
    submit: bool
    withdraw: bool
    undo: bool
    decide: bool
    own_work: bool
    question: bool
    settle: bool
    set_aside: bool
    count_again: bool
    deliver: bool


@dataclass(frozen=True)
class Original:
    """An imported record as its source wrote it."""

    identifier: str
    origin: str
    faults: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class RecordPage:
    """All that the page shows."""

    activity: Activity
    with_text: bool
    title: str
    language: str
    office_name: str
    badges: list[tuple[str, str]]
    shown: ActivityRevision
    rows: list[Said]
    proposed: ActivityRevision | None
    changes: list[Difference]
    waits_for: str
    years: list[str]
    no_year: str
    co_offices: list[CoOffice]
    deliveries: list[DeliveryLine]
    totals: Totals
    steps: list[NextStep]
    evidence: list[Piece]
    history: list[Happened]
    spoken: list[Spoken]
    may_comment: bool
    self_approved: bool
    original: Original | None
    may: May
    term: str
    words: Words


def record_page(session: Session, actor: Actor, activity: Activity) -> RecordPage:
    """The page of `activity` for a reader who may open it."""
    words = Words(reference_data(session))
    with_text = may_read_text(actor, activity)
    shown, proposed = _revisions(actor, activity)
    content = _content(shown, with_text)
    changes = differences(words, content, _content(proposed, with_text)) if proposed else []
    counting = activity.approved or activity.submitted
    return RecordPage(
        activity=activity,
        with_text=with_text,
        title=content.title if with_text else "",
        language=content.language,
        office_name=words.of("office", activity.lead_office),
        badges=[*_badges(words, activity, shown), *_change_badge(proposed)],
        shown=shown,
        rows=[row for row in said(words, content) if row.name not in ("title", "co_offices")],
        proposed=proposed,
        changes=changes,
        waits_for=_waits_for(session, words, actor, activity),
        years=list(_years(activity, counting)) if not _no_year(activity, counting) else [],
        no_year=_no_year(activity, counting),
        co_offices=list(_co_offices(words, actor, activity, shown, proposed)),
        deliveries=live_deliveries(activity),
        totals=_totals(live_deliveries(activity)),
        steps=[step for step in activity.next_steps if step.removed_at is None],
        evidence=pieces(words, actor, activity),
        history=happened(session, actor, activity, NEWEST),
        spoken=comments_of(session, actor, activity),
        may_comment=with_text and can(Permission.COMMENT_WRITE, actor, activity),
        self_approved=activity.approved is not None and activity.approved.self_approved,
        original=_original(session, words, activity, with_text),
        may=_may(session, actor, activity),
        term=words.of("term", shown.term),
        words=words,
    )


def _revisions(actor: Actor, activity: Activity) -> tuple[ActivityRevision, ActivityRevision | None]:
    """The revision to show, and the newer one proposed beside it. A draft is the office's own affair."""
    approved, provisional = read_revisions(activity)
    newest = activity.current if can(Permission.ACTIVITY_EDIT, actor, activity) else provisional
    if activity.approved is None:
        return newest, None
    open_states = (State.DRAFT, State.SUBMITTED, State.RETURNED)
    is_newer = newest.number > approved.number and newest.state in open_states
    return approved, newest if is_newer else None


def _content(revision: ActivityRevision, with_text: bool) -> Content:
    content = read_content(revision)
    return content if with_text else masked(content)


def _badges(words: Words, activity: Activity, shown: ActivityRevision) -> Iterator[tuple[str, str]]:
    yield shown.state, words.of("workflow", shown.state)
    marks = {
        "withdrawn": activity.withdrawn_at,
        "questioned": activity.questioned_at,
        "set_aside": activity.set_aside_at,
    }
    yield from ((name, words.of("workflow", name)) for name, at in marks.items() if at is not None)


def _change_badge(proposed: ActivityRevision | None) -> Iterator[tuple[str, str]]:
    if proposed is not None:
        yield proposed.state, _(CHANGE[State(proposed.state)])


def _waits_for(session: Session, words: Words, actor: Actor, activity: Activity) -> str:
    """Whose turn it is, in a sentence; "" where nobody's."""
    if activity.withdrawn_at is not None:
        return ""
    if activity.submitted is not None:
        return _waits_for_adviser(session, words, activity)
    if activity.questioned_at is not None or activity.current.state == State.RETURNED:
        return _("Waits for the office to answer: correct it and submit it again.")
    if activity.current.state == State.DRAFT and can(Permission.ACTIVITY_EDIT, actor, activity):
        return _("Not yet submitted: only your office sees this draft.")
    return ""


def _waits_for_adviser(session: Session, words: Words, activity: Activity) -> str:
    office = reference_data(session).offices[activity.lead_office]
    region = office.region_on(clock.today())
    if region is None or not office.reports:
        return _("Submitted. Waits for headquarters to look at it.")
    names = advisers_of(session, region)
    if not names:
        return _("Submitted. Waits for an adviser of %(region)s; there is none at present.",
                 region=words.of("region", region))  # fmt: skip
    return _("Submitted. Waits for the adviser of %(region)s: %(names)s.",
             region=words.of("region", region), names=", ".join(names))  # fmt: skip


def _years(activity: Activity, revision: ActivityRevision | None) -> Iterator[str]:
    """A sentence for each year, told by the strongest of what confirms it."""
    sentences = COUNTS if activity.approved is not None else WOULD_COUNT
    order = list(How)
    for year, how in sorted(_strongest(activity.confirmations, revision, order).items()):
        yield _(sentences[how], year=str(year))


def _strongest(rows: list[Confirmation], revision: ActivityRevision | None, order: list[How]) -> dict[int, How]:
    found: dict[int, How] = {}
    for row in rows:
        if row.revision_id in (None, revision.id if revision else None):
            how = How(row.how)
            found[row.year] = min(found.get(row.year, how), how, key=order.index)
    return found


def _no_year(activity: Activity, revision: ActivityRevision | None) -> str:
    """Why it counts in no year; "" where it does."""
    if activity.withdrawn_at is not None:
        return _("Counts in no year, because it is withdrawn.")
    if activity.set_aside_at is not None:
        return _("Counts in no year, because the adviser set it aside.")
    if revision is None:
        return _("Counts in no year yet: it must be submitted and approved first.")
    if revision.status not in COUNTING:
        return _("Counts in no year, because nothing was delivered yet or it was cancelled.")
    if revision.concerns not in ("mainly", "also"):
        return _("Counts in no year, because it does not concern children in conflict with the law.")
    if not revision.provisions:
        return _("Counts in no year, because it cites no provision.")
    return "" if activity.confirmations else _("Counts in no year: no date confirms one.")


def _co_offices(
    words: Words, actor: Actor, activity: Activity, shown: ActivityRevision, proposed: ActivityRevision | None
) -> Iterator[CoOffice]:
    named = {c.office for revision in (shown, proposed) if revision for c in revision.co_offices}
    answers = {a.office: a.answer for a in activity.co_offices}
    for code in sorted(named | set(answers)):
        answer = answers.get(code, "")
        may_answer = bool(answer) and activity.withdrawn_at is None
        yield CoOffice(
            code=code,
            name=words.of("office", code),
            answer=answer,
            answer_words=words.of("co_office_answer", answer) or _("Will be asked when this is submitted"),
            may_answer=may_answer and can(Permission.ACTIVITY_ANSWER_JOINT, actor, code),
        )


def _totals(lines: list[DeliveryLine]) -> Totals:
    people = [p for line in lines for p in line.participations]

    def total(name: str) -> int | None:
        known = [n for n in (getattr(p, name) for p in people) if n is not None]
        return sum(known) if known else None  # blank is not zero

    blank = sum(1 for line in lines if not line.participations)
    return Totals(total("women"), total("men"), total("not_recorded"), blank)


def _original(session: Session, words: Words, activity: Activity, with_text: bool) -> Original | None:
    if not activity.imported:
        return None
    found = imported_original(session, activity.id)
    return Original(
        identifier=activity.original_identifier or "",
        origin=words.of("origin", activity.origin),
        faults=tuple(_faults(found.faults)) if found and with_text else (),
        text=found.text if found and with_text else "",
    )


def _faults(text: str) -> Iterator[str]:
    """The faults that the import found, in words: a list of sentences, or of mappings with a message."""
    try:
        found = json.loads(text)
    except ValueError:
        found = [text]
    for fault in found if isinstance(found, list) else [found]:
        yield str(fault.get("message") or fault) if isinstance(fault, dict) else str(fault)


def _may(session: Session, actor: Actor, activity: Activity) -> May:
    live = activity.withdrawn_at is None
    edits = can(Permission.ACTIVITY_EDIT, actor, activity)
    reviews = live and can(Permission.ACTIVITY_REVIEW, actor, activity)
    own = activity.submitted is not None and is_own(actor, activity.submitted)
    closed = own and not allows_self_approval(session, activity.lead_office)
    withdraws = can(Permission.ACTIVITY_WITHDRAW, actor, activity)
    return May(
        edit=edits and live,
        submit=live and activity.current.state == State.DRAFT and can(Permission.ACTIVITY_SUBMIT, actor, activity),
        withdraw=withdraws and live,
        undo=withdraws and not live,
        decide=reviews and activity.submitted is not None,
        own_work=closed,
        question=reviews and activity.approved is not None and activity.questioned_at is None,
        settle=reviews and activity.questioned_at is not None,
        set_aside=reviews and activity.approved is not None and activity.set_aside_at is None,
        count_again=reviews and activity.set_aside_at is not None,
        deliver=edits and live and activity.current.status in COUNTING,
    )
