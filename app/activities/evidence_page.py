"""What pages show of evidence: each piece in words, and how much room is left before anybody sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.evidence import MB, Limits, used_by_office, used_by_record
from app.activities.file_kinds import KINDS
from app.activities.models import Activity, Evidence
from app.activities.queries_record import names_of
from app.activities.reading import may_open, may_read_text
from app.activities.reference import reference_data
from app.activities.words import Words, day
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _, number


@dataclass(frozen=True)
class Piece:
    """One piece of evidence as a reader who may open it sees it."""

    id: int
    title: str
    href: str
    is_file: bool
    kind: str
    size: str
    type: str
    on: str
    language: str
    office_only: bool
    added_by: int | None
    added_at: datetime | None
    removed_because: str


@dataclass(frozen=True)
class Room:
    """Sizes in words: of one file, of what is sent at once, and how much of each quota is used."""

    file: str
    together: str
    files: int
    record_used: str
    record: str
    office_used: str
    office: str
    full: bool


@dataclass(frozen=True)
class EvidencePage:
    """All that the page of a record's evidence shows."""

    activity: Activity
    with_text: bool
    title: str
    pieces: list[Piece]
    removed: list[Piece]
    hidden: int
    people: dict[int, str]
    room: Room
    may_add: bool
    may_edit: bool


def evidence_page(session: Session, actor: Actor, activity: Activity, limits: Limits) -> EvidencePage:
    """The page of `activity`'s evidence for a reader who may open the record."""
    words = Words(reference_data(session))
    with_text = may_read_text(actor, activity)
    shown = pieces(words, actor, activity)
    edits = can(Permission.ACTIVITY_EDIT, actor, activity)
    shows = activity.current if edits else activity.approved or activity.submitted or activity.current
    return EvidencePage(
        activity=activity,
        with_text=with_text,
        title=shows.title if with_text else "",
        pieces=shown,
        removed=pieces(words, actor, activity, removed=True),
        hidden=sum(1 for each in activity.evidence if each.withdrawn_at is None) - len(shown),
        people=names_of(session, (each.added_by for each in activity.evidence)),
        room=_room(session, activity, limits),
        may_add=edits and activity.withdrawn_at is None,
        may_edit=edits and activity.withdrawn_at is None,
    )


def pieces(words: Words, actor: Actor, activity: Activity, *, removed: bool = False) -> list[Piece]:
    """The pieces that the reader may open: those that stand, or those that were taken back."""
    chosen = [each for each in activity.evidence if (each.withdrawn_at is not None) == removed]
    return [_piece(words, activity, each) for each in chosen if may_open(actor, activity, each)]


def size_words(size: int) -> str:
    """A number of bytes as people say it.

    >>> size_words(2 * MB), size_words(300)
    ('2 MB', '1 kB')
    """
    if size < MB:
        return _("%(n)s kB", n=number(max(1, round(size / 1024))))
    return _("%(n)s MB", n=number(round(size / MB, 1)))


def _piece(words: Words, activity: Activity, item: Evidence) -> Piece:
    address = item.address or url_for("activities.evidence_file", reference=activity.reference, item=item.id)
    kind = KINDS.get(item.media_type or "")
    return Piece(
        id=item.id,
        title=item.title,
        href=address,
        is_file=item.address is None,
        kind=_(kind.name) if kind else _("Link"),
        size=size_words(item.size) if item.size else "",
        type=words.of("evidence_type", item.type),
        on=day(item.on),
        language=words.of("language", item.language),
        office_only=item.visibility == "office",
        added_by=item.added_by,
        added_at=item.added_at,
        removed_because=item.withdrawn_reason,
    )


def _room(session: Session, activity: Activity, limits: Limits) -> Room:
    record, office = used_by_record(activity), used_by_office(session, activity.lead_office)
    return Room(
        file=size_words(limits.file),
        together=size_words(limits.together),
        files=limits.files,
        record_used=size_words(record) if record else "",
        record=size_words(limits.record),
        office_used=size_words(office) if office else "",
        office=size_words(limits.office),
        full=record >= limits.record or office >= limits.office,
    )
