"""Importing as acts: send a file, say how to read it, look at every row, take what is good, undo it as a whole."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.bulk import Door
from app.activities.content import name_key
from app.activities.models import ImportBatch
from app.activities.rules import CounterpartTag
from app.core import audit, clock
from app.core.errors import Invalid, NotFound, Refused, Stale
from app.core.files import FileStore, Received, hold
from app.core.garbage import seldom_collected
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can, demand
from app.exchange.date_order import order_of
from app.exchange.delivery_judge import DeliveryJudge
from app.exchange.delivery_run import check_deliveries, take_good_deliveries
from app.exchange.iati_import import Options
from app.exchange.iati_run import check_iati, take_iati
from app.exchange.models import Import
from app.exchange.rules import IATI, SPREADSHEET, Outcome, Scope, State
from app.exchange.run import DryRun, Progress, Taking, Tally, options_of, rows_of
from app.exchange.sheet_columns import (
    ACTIVITIES,
    DATES,
    DELIVERIES,
    NAMES_A_RECORD,
    NUMBERS,
    matched,
    what_rows_are,
)
from app.exchange.sheet_judge import OURS, Judge
from app.exchange.sheet_look import Look, Reading, told, untold

NO_SUCH = N_("There is no such import, or it is not open to you.")
NO_DELIVERY = N_("No column says the date, or to which activity a delivery belongs. Match the columns first.")
NO_TITLE = N_("No column says the title, the reference or the UUID of an activity. Match the columns first.")
NOT_CHECKED = N_("Look at the rows first: nothing is taken unseen.")
NOT_ALL = N_("Some rows have errors, so not all can be taken. Take the good rows, or mend the file and send it again.")
NOTHING_TO_TAKE = N_("There is nothing to take: no row is new or changed.")
NOT_WORKING = N_("The file is not being worked on, so there is nothing to start again.")
WORKING = N_("The file is being worked on. Wait until that has ended.")
TAKEN_ALREADY = N_("This import is taken. What it made can only be undone.")
NO_NEWS: Progress = lambda _done: None  # noqa: E731


@dataclass(frozen=True)
class Chosen:
    """How a file is to be read, and which column is which; `keys` in the order of the columns, "" for none.

    `of` says what its rows are: activities or deliveries.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    keys: tuple[str, ...] = ()
    order: str = "dmy"
    decimal: str = "dot"
    office: str | None = None
    everything: bool = False
    of: str = ACTIVITIES

    @property
    def missing(self) -> str:
        """What must be matched before rows can be judged, in a sentence; "" where nothing is."""
        keys = set(self.keys)
        if self.of == DELIVERIES:
            return "" if "on" in keys and keys & NAMES_A_RECORD else NO_DELIVERY
        return "" if keys & {"title", "reference", "uuid"} else NO_TITLE

    @property
    def reading(self) -> Reading:
        """What the child process must know."""
        return Reading(self.encoding, self.delimiter, self.sheet)

    @property
    def for_iati(self) -> Options:
        """What the taking of an IATI file must know."""
        return Options(self.office, self.everything)


def chosen_of(imported: Import) -> Chosen:
    """What was chosen for the import."""
    given = json.loads(imported.how)
    return Chosen(**{**given, "keys": tuple(given.get("keys", ()))})


def look_of(imported: Import) -> Look:
    """What the child process found out."""
    return untold(json.loads(imported.look))


def proposed(found: Look, office: str | None = None, of: str = "") -> Chosen:
    """How a file is read where nobody says otherwise."""
    headings = [c.heading for c in found.columns], [c.tag for c in found.columns]
    of = of or what_rows_are(*headings)
    keys = matched(*headings, of)
    dates = [c for c, key in zip(found.columns, keys, strict=True) if key in DATES]
    amounts = [c for c, key in zip(found.columns, keys, strict=True) if key in NUMBERS]
    comma = sum(c.comma for c in amounts) > sum(c.dot for c in amounts)
    return Chosen(
        encoding=found.encoding,
        delimiter=found.delimiter,
        sheet=found.sheet,
        keys=tuple(keys),
        order=order_of(dates),
        decimal="comma" if comma else "dot",
        office=office,
        of=of,
    )


def find_import(session: Session, actor: Actor, key: str) -> Import:
    """The import of a client id that the actor may see.

    Raises:
        NotFound: there is none, or it is not open to them.
    """
    found = session.scalar(select(Import).where(Import.client_id == key))
    if found is None or not _may_see(actor, found):
        raise NotFound(NO_SUCH)
    return found


def _may_see(actor: Actor, imported: Import) -> bool:
    return can(Permission.IMPORT_READ, actor, imported)


def send_file(
    session: Session,
    actor: Actor,
    store: FileStore,
    taken: Received,
    found: Look,
    file_name: str,
    client_id: str,
    office: str | None = None,
) -> Import:
    """Keep a file that was looked at. Sent twice with one `client_id`, it is one import."""
    demand(Permission.ACTIVITY_IMPORT, actor)
    before = session.scalar(select(Import).where(Import.client_id == client_id))
    if before is not None:
        demand(Permission.IMPORT_READ, actor, before)
        return before
    hold(session)
    store.keep(taken)
    return _enter(session, actor, found, client_id, office, (file_name[:200], taken.sha256, taken.size))


def send_sheet(session: Session, actor: Actor, imported: Import, found: Look) -> Import:
    """Another sheet of a workbook that was sent, as an import of its own; asked for twice, it is the same."""
    demand(Permission.ACTIVITY_IMPORT, actor)
    client_id = str(uuid.uuid5(OURS, f"sheet {imported.client_id} {found.sheet}"))
    before = session.scalar(select(Import).where(Import.client_id == client_id))
    if before is not None:
        return before
    file = (imported.file_name, imported.sha256, imported.size)
    hold(session)
    return _enter(session, actor, found, client_id, imported.office, file)


def _enter(
    session: Session, actor: Actor, found: Look, client_id: str, office: str | None, file: tuple[str, str, int]
) -> Import:
    """Write down a file (its name, checksum and size) that was looked at."""
    imported = Import(
        client_id=client_id,
        kind=IATI if found.kind == IATI else SPREADSHEET,
        file_name=file[0],
        sha256=file[1],
        size=file[2],
        uploaded_by=actor.user_id,
        uploaded_at=clock.now(),
        office=office,
        look=json.dumps(told(found), ensure_ascii=False),
        how=json.dumps(asdict(proposed(found, office)), ensure_ascii=False),
        state=State.SENT,
    )
    session.add(imported)
    session.flush()
    write_audit(session, actor, "import.sent", imported)
    return imported


def choose(
    session: Session, actor: Actor, imported: Import, chosen: Chosen, found: Look, seen: int, *, ready: bool = True
) -> None:
    """Say how the file is to be read; what an earlier look at the rows found is forgotten. Not `ready`: to be matched.

    Raises:
        Stale: somebody chose in between. Refused: it is taken, or being worked on. Invalid: no title.
    """
    demand(Permission.ACTIVITY_IMPORT, actor)
    lock(session, imported, seen)
    _refuse_state(imported)
    if ready and imported.kind == SPREADSHEET and chosen.missing:
        raise Invalid.at("keys", chosen.missing)
    imported.counts = "{}"
    imported.how = json.dumps(asdict(chosen), ensure_ascii=False)
    imported.look = json.dumps(told(found), ensure_ascii=False)
    imported.office = chosen.office
    imported.state = State.SENT
    imported.version += 1
    session.flush()


@seldom_collected()
def check(session: Session, actor: Actor, imported: Import, path: Path, progress: Progress = NO_NEWS) -> None:
    """The dry run: judge every row and write down what it is. No record is touched.

    Raises:
        Unreadable, Invalid.
    """
    demand(Permission.ACTIVITY_IMPORT, actor)
    chosen, key = chosen_of(imported), imported.id
    if imported.kind == IATI:
        tally = check_iati(session, actor, imported, path, chosen.for_iati, progress)
    else:
        tally = _check_rows(session, actor, imported, path, chosen, progress).told()
    imported = session.get_one(Import, key)
    imported.counts = json.dumps(tally)
    imported.state, imported.checked_at, imported.trouble = State.CHECKED, clock.now(), ""
    imported.version += 1
    session.flush()


def _check_rows(
    session: Session, actor: Actor, imported: Import, path: Path, chosen: Chosen, progress: Progress
) -> Tally:
    if chosen.missing:
        raise Invalid.at("keys", chosen.missing)
    options, rows = options_of(asdict(chosen), look_of(imported).kind), rows_of(path, chosen.reading)
    if chosen.of == DELIVERIES:
        return check_deliveries(session, imported.id, DeliveryJudge(session, actor, options), rows, progress)
    judge = Judge(session, actor, options, Door(session, actor, SPREADSHEET))
    run = DryRun(session, imported.id, judge)
    run.run(rows, progress)
    return run.tally


def give_up(session: Session, actor: Actor, imported: Import, seen: int) -> None:
    """Take an import from work that died, so that it can be begun again. Work that lives all the same ends itself.

    Raises:
        Refused: nobody is at work on it. Stale: the work has ended, or somebody began it again.
    """
    demand(Permission.ACTIVITY_IMPORT, actor)
    lock(session, imported, seen)
    if imported.state != State.WORKING:
        raise Refused(NOT_WORKING)
    imported.state = state_before(imported)
    imported.version += 1
    session.flush()


def state_before(imported: Import) -> State:
    """What an import was before somebody began to work on it."""
    if imported.taken_at is not None:
        return State.TAKEN
    return State.CHECKED if json.loads(imported.counts) else State.SENT


def may_take(session: Session, imported: Import, scope: str, seen: int) -> None:
    """Raises Refused or Stale where nothing may be taken now, Invalid where not all can be."""
    lock(session, imported, seen)
    if imported.state in (State.TAKEN, State.UNDONE):
        raise Refused(TAKEN_ALREADY)
    if imported.state != State.CHECKED:
        raise Refused(WORKING if imported.state == State.WORKING else NOT_CHECKED)
    counts = json.loads(imported.counts)
    if scope == Scope.ALL and counts[Outcome.WRONG]:
        raise Invalid.at("scope", NOT_ALL)
    if not counts[Outcome.NEW] + counts[Outcome.CHANGED]:
        raise Refused(NOTHING_TO_TAKE)


@seldom_collected()
def take(
    session: Session,
    actor: Actor,
    imported: Import,
    path: Path,
    scope: str,
    take_id: str,
    progress: Progress = NO_NEWS,
) -> Import:
    """Take the rows, in this one transaction. Sent twice with one `take_id`, the second changes nothing.

    Raises:
        Refused: records were changed since the dry run. Forbidden, Invalid, Unreadable.
    """
    demand(Permission.ACTIVITY_IMPORT, actor)
    if imported.take_id == take_id and imported.state in (State.TAKEN, State.UNDONE):
        return imported
    chosen, key = chosen_of(imported), imported.id
    batch_id = None
    if imported.kind == IATI:
        batch_id = take_iati(session, actor, imported, path, chosen.for_iati, progress)
    elif chosen.of == DELIVERIES:
        judge = DeliveryJudge(session, actor, options_of(asdict(chosen), look_of(imported).kind))
        take_good_deliveries(session, actor, key, judge, rows_of(path, chosen.reading), progress)
    else:
        batch_id = _take_rows(session, actor, imported, path, chosen, progress)
    imported = session.get_one(Import, key)
    imported.batch_id, imported.scope, imported.take_id = batch_id, scope, take_id
    imported.state, imported.taken_at, imported.trouble = State.TAKEN, clock.now(), ""
    imported.version += 1
    session.flush()
    write_audit(session, actor, "import.taken", imported)
    return imported


def _take_rows(session: Session, actor: Actor, imported: Import, path: Path, chosen: Chosen, progress: Progress) -> int:
    key, client_id, kind = imported.id, imported.client_id, look_of(imported).kind
    batch = ImportBatch(
        kind=SPREADSHEET,
        file_name=imported.file_name,
        sha256=imported.sha256,
        rows=json.loads(imported.counts)["rows"],
        imported_by=actor.user_id,
        imported_at=clock.now(),
    )
    session.add(batch)
    session.flush()
    batch_id = batch.id
    door = Door(session, actor, SPREADSHEET, batch_id, body_id(client_id))
    judge = Judge(session, actor, options_of(asdict(chosen), kind), door, advises=False)
    Taking(session, actor, key, judge, door).run(rows_of(path, chosen.reading), progress)
    return batch_id


def body_id(client_id: str) -> Callable[[str, CounterpartTag], str]:
    """Client ids of the bodies that an import adds, so that undoing it knows them again."""
    return lambda office, tag: str(uuid.uuid5(OURS, f"{client_id} {office} {tag.kind} {name_key(tag)}"))


def lock(session: Session, imported: Import, seen: int) -> None:
    """Nobody else changes the import now. Raises Stale where it is not the version `seen`."""
    session.flush()
    session.refresh(imported, with_for_update=True)
    if imported.version != seen:
        raise Stale(seen, imported.version)


def _refuse_state(imported: Import) -> None:
    if imported.state in (State.TAKEN, State.UNDONE):
        raise Refused(TAKEN_ALREADY)
    if imported.state == State.WORKING:
        raise Refused(WORKING)


def write_audit(session: Session, actor: Actor, action: str, imported: Import) -> None:
    """What was done with the import."""
    state = {
        "file_name": imported.file_name, "sha256": imported.sha256, "size": imported.size, "state": imported.state,
        "scope": imported.scope, "counts": json.loads(imported.counts), "how": json.loads(imported.how),
    }  # fmt: skip
    subject = ("import", imported.client_id)
    audit.record(session, actor_id=actor.user_id, action=action, subject=subject, state=state)
    session.flush()
