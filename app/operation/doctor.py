"""What is wrong, in words: the settings, the database, the disk, the mail, what should have been done lately."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.activities import sweep
from app.core import clock, migrations
from app.core.audit import AuditEvent
from app.core.files import FileStore
from app.core.leases import Lease
from app.core.sweep import loose
from app.mail.models import OutboxMessage
from app.mail.queries import OPEN
from app.offices.models import Membership
from app.operation.scheduled import PROVED, SCHEDULED
from app.reference.models import SyncedEntry

GB = 1_000_000_000
ROOM = 2 * GB
LATE = timedelta(hours=2)
LONG_AGO = timedelta(days=8)
STEP = timedelta(minutes=5)


class How(StrEnum):
    """How bad it is. `BAD` ends the command with 1."""

    FINE = "fine"
    ODD = "odd"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what to do where it is not fine."""

    how: How
    words: str


@dataclass(frozen=True)
class Patient:
    """What the doctor looks at. `refusal` is why a production server would not start, None if it would."""

    engine: Engine
    data_dir: Path
    production: bool
    refusal: str | None
    mail_url: str
    base_url: str
    proxies: int
    replica: Engine | None = None


Look = Callable[[Patient, Session], Iterator[Finding]]


def examine(patient: Patient) -> Iterator[Finding]:
    """Everything, one after the other; what needs the database only if it answers."""
    yield from _settings(patient)
    yield from _disk(patient)
    try:
        with patient.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        told = str(getattr(error, "orig", error)).strip().splitlines() or [type(error).__name__]
        yield Finding(How.BAD, f"The database does not answer: {told[0]}. Is it running, and is the address right?")
        return
    yield Finding(How.FINE, f"The database answers ({patient.engine.dialect.name}).")
    if not migrations.at_head(patient.engine):
        yield Finding(How.BAD, "The database is not at the newest revision. Run: tracker db upgrade")
        return
    yield Finding(How.FINE, f"The database is at revision {', '.join(migrations.heads())}.")
    yield from _engine(patient)
    with Session(patient.engine) as session:
        for look in (_lists, _people, _mail, _leftovers, _work, _audit, _clock):
            yield from look(patient, session)
    yield from _replica(patient)


def _settings(patient: Patient) -> Iterator[Finding]:
    if patient.refusal:
        yield Finding(How.BAD, patient.refusal)
    elif patient.production:
        yield Finding(How.FINE, "The secret key is set and long enough.")
    else:
        yield Finding(How.ODD, "This is development: cookies go without https. Set TRACKER_ENV=production to be safe.")
    if patient.production and not patient.base_url.startswith("https://"):
        yield Finding(How.ODD, "TRACKER_BASE_URL is not set to an https:// address: mail cannot link back.")
    if patient.production and not patient.proxies:
        yield Finding(
            How.ODD, "TRACKER_PROXIES is 0: behind a proxy every visitor would seem to come from one address."
        )


def _disk(patient: Patient) -> Iterator[Finding]:
    folder = patient.data_dir
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        yield Finding(How.BAD, f"The data directory {folder} cannot be written. Give it to the user that runs this.")
        return
    free = shutil.disk_usage(folder).free
    how = How.FINE if free >= ROOM else How.BAD
    yield Finding(
        how, f"{free / GB:.1f} GB are free in {folder}." + ("" if free >= ROOM else " Make room: at least 2.")
    )
    if patient.production and folder.stat().st_mode & 0o077:
        yield Finding(How.ODD, f"Others on this machine can look into {folder}. Run: chmod 700 {folder}")


def _engine(patient: Patient) -> Iterator[Finding]:
    with patient.engine.connect() as connection:
        if patient.engine.dialect.name == "sqlite":
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
            keys = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
            sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
            wal, on, whole = mode == "wal", keys == 1, sound == "ok"
            yield Finding(How.FINE if wal else How.BAD, f"The journal is {mode}." + ("" if wal else " It must be WAL."))
            yield Finding(How.FINE if on else How.BAD, "Foreign keys are " + ("on." if on else "off."))
            told = "SQLite finds its file sound." if whole else f"SQLite says: {sound}. Restore the last backup."
            yield Finding(How.FINE if whole else How.BAD, told)
        else:
            version = connection.exec_driver_sql("SHOW server_version").scalar()
            most = int(str(connection.exec_driver_sql("SHOW max_connections").scalar()))
            yield Finding(How.FINE, f"PostgreSQL {version}, {most} connections at most.")
            if connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar():
                yield Finding(How.BAD, "TRACKER_DATABASE_URL leads to a replica: nothing can be written there.")


def _lists(_patient: Patient, session: Session) -> Iterator[Finding]:
    if not session.scalar(select(func.count()).select_from(SyncedEntry)):
        yield Finding(How.BAD, "The lists of offices and provisions are not loaded. Run: tracker reference sync")
    else:
        yield Finding(How.FINE, "The lists are loaded.")


def _people(patient: Patient, session: Session) -> Iterator[Finding]:
    today = clock.today()
    lasting = Membership.valid_to.is_(None) | (Membership.valid_to >= today)
    administrators = select(func.count(func.distinct(User.id))).join(Membership, Membership.user_id == User.id)
    if not session.scalar(administrators.where(Membership.role == "administrator", User.active, lasting)):
        yield Finding(How.BAD, "Nobody is an administrator. Run: tracker admin create EMAIL")
    if session.scalar(select(func.count()).where(User.demonstration, User.active)):
        if patient.production:
            yield Finding(
                How.BAD, "There are demonstration accounts, whose password is no secret. Use another database."
            )
        else:
            yield Finding(How.FINE, "There are demonstration accounts: fine in development, refused in production.")


def _mail(patient: Patient, session: Session) -> Iterator[Finding]:
    if not patient.mail_url:
        yield Finding(How.ODD, "TRACKER_MAIL_URL is not set: nobody gets mail.")
    elif patient.production and patient.mail_url.startswith("file:"):
        yield Finding(How.ODD, "Mail goes into a folder, not to people.")
    M = OutboxMessage  # noqa: N806
    waiting = select(func.count(M.id), func.min(M.due_at)).where(OPEN, M.due_at <= clock.now())
    count, oldest = session.execute(waiting).one()
    if count and oldest is not None and clock.now() - oldest > LATE:
        yield Finding(How.BAD, f"{count} messages wait, the oldest since {_when(oldest)}. Does tracker scheduled run?")
    else:
        yield Finding(How.FINE, f"{count} messages wait to be sent.")


def _leftovers(patient: Patient, session: Session) -> Iterator[Finding]:
    store = FileStore(patient.data_dir / "evidence")
    lost = [fault for fault in sweep.without_bytes(session, store) if fault is not None]
    if lost:
        yield Finding(
            How.BAD, f"{len(lost)} files of evidence are not where they should be. Run: tracker evidence sweep"
        )
    unnamed = sum(1 for _path in loose(session, store, sweep.NAMED))
    if unnamed:
        yield Finding(How.ODD, f"{unnamed} files that no record names lie about. tracker scheduled removes them.")
    if not lost and not unnamed:
        yield Finding(How.FINE, "Every file of evidence is in its place.")


def _work(_patient: Patient, session: Session) -> Iterator[Finding]:
    leases = {row.name: row for row in session.scalars(select(Lease))}
    last = leases.get(SCHEDULED)
    if last is None or last.last_ended_at is None:
        yield Finding(
            How.ODD, "Scheduled work never ran: no mail, no sweeping. Run every few minutes: tracker scheduled"
        )
    elif clock.now() - last.last_ended_at > LATE:
        yield Finding(How.BAD, f"Scheduled work ran last at {_when(last.last_ended_at)}. Is its timer on?")
    elif "broke" in last.last_result:
        yield Finding(How.BAD, f"Scheduled work broke: {last.last_result}")
    else:
        yield Finding(How.FINE, f"Scheduled work ran at {_when(last.last_ended_at)}.")
    proof = leases.get(PROVED)
    if proof is None or proof.last_ended_at is None or clock.now() - proof.last_ended_at > LONG_AGO:
        yield Finding(How.ODD, "The figures were not proved in the last week. Run: tracker coverage verify")
    elif not proof.last_result.startswith("0 "):
        yield Finding(How.BAD, f"Kept facts of the figures: {proof.last_result}. Run: tracker coverage rebuild")
    else:
        yield Finding(How.FINE, f"The figures were proved at {_when(proof.last_ended_at)}.")


def _audit(_patient: Patient, session: Session) -> Iterator[Finding]:
    if session.get_bind().dialect.name == "sqlite":
        asked = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'"
    else:
        asked = (
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'audit_event'::regclass AND NOT tgisinternal"
            " AND tgenabled <> 'D'"
        )
    if int(session.execute(text(asked)).scalar_one()) < 2:
        yield Finding(How.BAD, "The database would let the audit be changed: its triggers are gone. Restore them.")
    else:
        yield Finding(How.FINE, "The audit can only grow.")


def _clock(_patient: Patient, session: Session) -> Iterator[Finding]:
    now = clock.now()
    last = session.scalar(select(AuditEvent.at).order_by(AuditEvent.id.desc()).limit(1))
    if last is not None and last - now > STEP:
        yield Finding(How.BAD, f"The clock says {_when(now)}, but the last event is of {_when(last)}. Set the clock.")
    if session.get_bind().dialect.name == "postgresql":
        there = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        apart = abs(there - now)
        if apart > STEP:
            yield Finding(How.BAD, f"The database's clock is {apart} away from this machine's. Set one of them.")
            return
    if last is None or last - now <= STEP:
        yield Finding(How.FINE, f"The clock says {_when(now)}.")


def _replica(patient: Patient) -> Iterator[Finding]:
    if patient.replica is None:
        return
    try:
        with patient.replica.connect() as connection:
            if not connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar():
                yield Finding(How.ODD, "TRACKER_READ_DATABASE_URL leads to a server that is no replica.")
                return
            lag = connection.exec_driver_sql(
                "SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0"
                " ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END"
            ).scalar()
            how = How.FINE if float(lag or 0) < STEP.total_seconds() else How.ODD
            yield Finding(how, f"The read replica answers, {float(lag or 0):.0f} seconds behind.")
    except SQLAlchemyError:
        yield Finding(How.ODD, "The read replica does not answer: pages are read from the primary.")


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
