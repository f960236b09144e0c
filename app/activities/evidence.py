"""Evidence: links and files on a record, added, taken back and put there again. Part of the room's services.

None of it needs a review, so none of it touches the revision or its version (see `facts`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.activities.checks import NOT_ON_LIST, safe_link
from app.activities.file_kinds import FileKind, kind_of
from app.activities.file_names import plain_name, stem_and_ending
from app.activities.lines import settle
from app.activities.models import Activity, Evidence
from app.activities.photographs import without_metadata
from app.activities.reference import reference_data
from app.activities.rules import PartialDate
from app.activities.services import lock_activity, needed_reason, refuse_withdrawn, write_audit
from app.core import clock
from app.core.errors import Invalid, NotFound, Problem, Refused
from app.core.files import CHUNK, FileStore, Received, hold
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, demand

MB = 1024 * 1024
NO_SUCH = N_("There is no such piece of evidence.")
RECORD_FULL = N_("The files of this record would be larger together than is allowed. Nothing was stored.")
OFFICE_FULL = N_("The files of your office would be larger together than is allowed. Nothing was stored.")


@dataclass(frozen=True)
class Limits:
    """How much may be sent and kept, in bytes; `files` at once."""

    file: int = 10 * MB
    record: int = 100 * MB
    office: int = 2000 * MB
    files: int = 10

    @property
    def together(self) -> int:
        """So much may be sent at once."""
        return 5 * self.file


@dataclass(frozen=True)
class Details:
    """What is said of a piece of evidence. `on` is a partial date (ISO text)."""

    title: str = ""
    type: str = "other"
    on: str | None = None
    language: str | None = None
    visibility: str = "record"


@dataclass(frozen=True)
class ReadyFile:
    """A file that was looked at and may be kept: its bytes (a photograph's without metadata), and what was sent."""

    taken: Received
    sent_sha256: str
    kind: FileKind
    name: str


@dataclass
class Added:
    """What a sending did: new rows, or those of the same sending before; and names of files that were there already."""

    rows: list[Evidence] = field(default_factory=list)
    there: list[str] = field(default_factory=list)


@contextmanager
def ready(store: FileStore, limits: Limits, file: IO[bytes], name: str) -> Iterator[ReadyFile]:
    """Look at a file and write it where it can be kept from. Slow, so it comes before the transaction.

    Raises:
        Refused: too large, or nothing that is taken. NoRoom: the disk is full.
    """
    size = file.seek(0, 2)
    if size > limits.file:
        raise Refused(N_("This file is larger than one file may be."))
    kind = kind_of(file, size)
    with store.received(_chunks(file)) as sent:
        if not kind.picture:
            yield ReadyFile(sent, sent.sha256, kind, plain_name(name))
            return
        with store.received([without_metadata(file, kind.picture)]) as made_anew:
            yield ReadyFile(made_anew, sent.sha256, kind, plain_name(name))


def add_files(
    session: Session,
    actor: Actor,
    activity: Activity,
    store: FileStore,
    limits: Limits,
    files: Sequence[ReadyFile],
    details: Details,
    client_id: str,
) -> Added:
    """Keep files as evidence: first their bytes, then their rows. Sent twice with one `client_id`, each is kept once.

    Raises:
        Invalid: no file, wrong details, or over a limit. Refused: the record is withdrawn. Forbidden.
        NoRoom: the disk is full.
    """
    demand(Permission.ACTIVITY_EDIT, actor, activity)
    lock_activity(session, activity)
    refuse_withdrawn(activity)
    hold(session)
    done, new = _sort(session, activity, files, client_id)
    problems = _detail_problems(session, details) + _file_problems(session, activity, limits, files, new)
    if problems:
        raise Invalid(problems)
    for each in files:
        # Also of those that have a row: bytes that were lost or spoilt meanwhile are whole again.
        if each in new.values() or not store.holds(each.taken.sha256, each.taken.size):
            store.keep(each.taken)
    for key, each in new.items():
        done.rows.append(_file_row(actor, each, details, key, alone=len(files) == 1))
    if new:
        activity.evidence.extend(row for row in done.rows if row.client_id in new)
        _finish(session, actor, activity, "activity.files-added")
    return done


def add_link(
    session: Session, actor: Actor, activity: Activity, address: str, details: Details, client_id: str
) -> Evidence:
    """Add a link to evidence. Raises Invalid, Refused (withdrawn), Forbidden."""
    demand(Permission.ACTIVITY_EDIT, actor, activity)
    sent_before = session.scalar(select(Evidence).where(Evidence.client_id == client_id))
    if sent_before is not None and sent_before.activity_id == activity.id:
        return sent_before
    lock_activity(session, activity)
    refuse_withdrawn(activity)
    problems = _detail_problems(session, details)
    if not safe_link(address):
        problems.append(Problem("address", N_("A link begins with https:// or http:// and has no spaces.")))
    if not details.title.strip():
        problems.append(Problem("title", N_("Give the link a title of 200 characters or fewer.")))
    if problems:
        raise Invalid(problems)
    link = _row(actor, details, client_id, title=details.title.strip(), address=address)
    activity.evidence.append(link)
    _finish(session, actor, activity, "activity.link-added")
    return link


def remove_evidence(session: Session, actor: Actor, activity: Activity, item_id: int, reason: str) -> None:
    """Take a piece of evidence back, with a reason. Its bytes stay, so that it can be put there again.

    Raises:
        NotFound: the record has no such evidence. Invalid: no reason. Refused: withdrawn. Forbidden.
    """
    item = _locked_item(session, actor, activity, item_id)
    if item.withdrawn_at is not None:
        raise NotFound(NO_SUCH)
    item.withdrawn_reason = needed_reason(reason)
    item.withdrawn_at = clock.now()
    item.withdrawn_by = actor.user_id
    _finish(session, actor, activity, "activity.evidence-removed", item.withdrawn_reason)


def restore_evidence(session: Session, actor: Actor, activity: Activity, item_id: int, limits: Limits) -> None:
    """Put evidence that was taken back there again.

    Raises:
        NotFound: the record has no such evidence. Refused: withdrawn, the same file was added meanwhile, or over a
        limit. Forbidden.
    """
    item = _locked_item(session, actor, activity, item_id)
    if item.withdrawn_at is None:
        raise NotFound(NO_SUCH)
    if item.sent_sha256 and item.sent_sha256 in {each.sent_sha256 for each in live(activity)}:
        raise Refused(N_("The same file was added again meanwhile."))
    if used_by_record(activity) + (item.size or 0) > limits.record:
        raise Refused(RECORD_FULL)
    item.withdrawn_at = item.withdrawn_by = None
    item.withdrawn_reason = ""
    _finish(session, actor, activity, "activity.evidence-restored")


def live(activity: Activity) -> list[Evidence]:
    """Evidence that was not taken back."""
    return [item for item in activity.evidence if item.withdrawn_at is None]


def used_by_record(activity: Activity) -> int:
    """Bytes of the record's files, without those that were taken back."""
    return sum(item.size or 0 for item in live(activity))


def used_by_office(session: Session, office: str) -> int:
    """Bytes of all files on the office's records; those taken back too, for they lie on the disk."""
    asked = select(func.coalesce(func.sum(Evidence.size), 0)).join(Activity).where(Activity.lead_office == office)
    return int(session.scalar(asked) or 0)


def _locked_item(session: Session, actor: Actor, activity: Activity, item_id: int) -> Evidence:
    demand(Permission.ACTIVITY_EDIT, actor, activity)
    lock_activity(session, activity)
    refuse_withdrawn(activity)
    item = next((each for each in activity.evidence if each.id == item_id), None)
    if item is None:
        raise NotFound(NO_SUCH)
    return item


def _sort(
    session: Session, activity: Activity, files: Sequence[ReadyFile], client_id: str
) -> tuple[Added, dict[str, ReadyFile]]:
    """What this sending did before and what was there already; and the new files by their ids."""
    done, new = Added(), {}
    there = {item.sent_sha256 for item in live(activity)}
    keys = {_key(client_id, each): each for each in files}
    before = {row.client_id: row for row in session.scalars(select(Evidence).where(Evidence.client_id.in_(keys)))}
    for key, each in keys.items():
        if key in before and before[key].activity_id == activity.id:
            done.rows.append(before[key])
        elif each.sent_sha256 in there:
            done.there.append(each.name)
        else:
            new[key] = each
    return done, new


def _key(client_id: str, file: ReadyFile) -> str:
    """The id of one file of a sending: of its bytes, so that another choice of files in the same form is another."""
    return str(uuid.uuid5(uuid.UUID(client_id), file.sent_sha256))


def _file_problems(
    session: Session, activity: Activity, limits: Limits, files: Sequence[ReadyFile], new: dict[str, ReadyFile]
) -> list[Problem]:
    if not files:
        return [Problem("files", N_("Choose a file."))]
    more = sum(each.taken.size for each in new.values())
    if more and used_by_record(activity) + more > limits.record:
        return [Problem("files", RECORD_FULL)]
    if more and used_by_office(session, activity.lead_office) + more > limits.office:
        return [Problem("files", OFFICE_FULL)]
    return []


def _detail_problems(session: Session, details: Details) -> list[Problem]:
    found = []
    if len(details.title) > 200:
        found.append(Problem("title", N_("Give a title of 200 characters or fewer.")))
    if details.type not in reference_data(session).codes["evidence_type"]:
        found.append(Problem("type", NOT_ON_LIST))
    if details.visibility not in ("record", "office"):
        found.append(Problem("visibility", NOT_ON_LIST))
    if details.language is not None and len(details.language) > 8:
        found.append(Problem("language", NOT_ON_LIST))
    try:
        PartialDate(details.on or "2000")
    except ValueError:
        found.append(Problem("on", N_("This is not a date.")))
    return found


def _file_row(actor: Actor, file: ReadyFile, details: Details, client_id: str, *, alone: bool) -> Evidence:
    """A title belongs to one file; of several, each has its own name behind it."""
    stem = stem_and_ending(file.name)[0]
    title = details.title.strip()
    told = title if title and alone else f"{title}: {stem}" if title else stem
    return _row(
        actor,
        details,
        client_id,
        title=told[:200],
        sha256=file.taken.sha256,
        sent_sha256=file.sent_sha256,
        size=file.taken.size,
        media_type=file.kind.media_type,
        file_name=file.name,
    )


def _row(actor: Actor, details: Details, client_id: str, **what: str | int) -> Evidence:
    return Evidence(
        client_id=client_id,
        type=details.type,
        on=details.on,
        language=details.language,
        visibility=details.visibility,
        added_at=clock.now(),
        added_by=actor.user_id,
        **what,
    )


def _finish(session: Session, actor: Actor, activity: Activity, action: str, reason: str = "") -> None:
    settle(session, activity, actor.user_id)
    write_audit(session, actor, action, activity, reason)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk
