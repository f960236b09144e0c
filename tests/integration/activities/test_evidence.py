"""Files as evidence: kept once, taken back and put there again, within what a record and an office may hold."""

from __future__ import annotations

import io
import json
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.activities import evidence as service
from app.activities import sweep
from app.activities.evidence import OFFICE_FULL, RECORD_FULL, Added, Details, Limits, add_files, ready
from app.activities.models import Activity, Evidence
from app.activities.services import find_activity, withdraw_activity
from app.cli import main
from app.core.audit import AuditEvent
from app.core.db import new_client_id, unit_of_work
from app.core.errors import Forbidden, Invalid, NotFound, Refused
from app.core.files import FileStore, NoRoom
from app.core.permissions import SYSTEM, Actor
from app.core.sweep import loose, remove
from tests.factories import activities as make
from tests.factories import files
from tests.integration.activities.test_at_the_same_moment import at_once

pytestmark = pytest.mark.both_engines
STRANGER = Actor(user_id=None, name="Stranger", staff_of=frozenset({"0420"}))


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "evidence")


def send(
    session: Session,
    activity: Activity,
    store: FileStore,
    sent: dict[str, bytes],
    *,
    limits: Limits | None = None,
    actor: Actor = SYSTEM,
    client_id: str = "",
    **details: Any,
) -> Added:
    """What the page does."""
    limits = limits or Limits()
    with ExitStack() as stack:
        looked_at = [stack.enter_context(ready(store, limits, io.BytesIO(b), name)) for name, b in sent.items()]
        told = Details(**details)
        return add_files(session, actor, activity, store, limits, looked_at, told, client_id or new_client_id())


def test_files_are_kept_and_told_in_the_history(session: Session, store: FileStore) -> None:
    activity = make.approved(session)
    version, revision = activity.version, activity.approved
    sent = {"minutes.pdf": files.PDF, "room.jpg": files.told_picture()}
    send(session, activity, store, sent, title="Meeting", type="report", on="2025-03", language="fr")
    pdf, photo = activity.evidence
    assert (pdf.title, photo.title) == ("Meeting: minutes", "Meeting: room")
    assert (pdf.type, pdf.on, pdf.language, pdf.visibility) == ("report", "2025-03", "fr", "record")
    assert store.path(pdf.sha256 or "").read_bytes() == files.PDF
    assert b"SECRET" not in store.path(photo.sha256 or "").read_bytes()
    assert store.path(pdf.sha256 or "").stat().st_mode & 0o077 == 0
    assert (activity.version, activity.approved, activity.submitted) == (version, revision, None)
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event
    assert event.action == "activity.files-added"
    assert [row["sha256"] for row in json.loads(event.state)["evidence"]] == [pdf.sha256, photo.sha256]
    assert list(store.temporary()) == []


def test_sent_twice_is_kept_once(session: Session, store: FileStore) -> None:
    activity, other = make.drafted(session), make.drafted(session)
    sent, same = {"a.pdf": files.PDF, "b.jpg": files.told_picture()}, new_client_id()
    assert len(send(session, activity, store, sent, client_id=same).rows) == 2
    assert len(send(session, activity, store, sent, client_id=same).rows) == 2
    again = send(session, activity, store, {"other name.pdf": files.PDF, "c.jpg": files.told_picture()})
    assert (again.rows, again.there) == ([], ["other name.pdf", "c.jpg"])
    assert len(activity.evidence) == 2
    # The form was sent, refused on its way back, and sent again with another choice of files.
    assert len(send(session, activity, store, {"d.txt": b"another"}, client_id=same).rows) == 1
    assert len(activity.evidence) == 3
    send(session, other, store, sent)
    assert len(list(store.kept())) == 3


def test_two_sendings_of_the_same_at_the_same_moment(sessions: sessionmaker[Session], store: FileStore) -> None:
    with unit_of_work(sessions) as session:
        reference = make.drafted(session).reference

    def one(session: Session) -> int:
        return len(send(session, find_activity(session, reference), store, {"a.pdf": files.PDF}).rows)

    assert sorted(at_once(sessions, one, one, one)) == [0, 0, 1]


def test_lost_and_spoilt_bytes_are_healed_by_sending_again(session: Session, store: FileStore) -> None:
    activity = make.drafted(session)
    send(session, activity, store, {"a.pdf": files.PDF})
    place = store.path(activity.evidence[0].sha256 or "")
    for spoil in (place.unlink, lambda: place.write_bytes(b"half")):
        spoil()
        assert [f.why for f in sweep.without_bytes(session, store) if f]
        send(session, activity, store, {"a.pdf": files.PDF})
        assert store.is_whole(place.name)


def test_a_record_and_an_office_hold_so_much(session: Session, store: FileStore) -> None:
    activity, other = make.drafted(session), make.drafted(session)
    narrow = Limits(file=100, record=150, office=220)
    send(session, activity, store, {"a.txt": b"a" * 100}, limits=narrow)
    with pytest.raises(Invalid) as refused:
        send(session, activity, store, {"b.txt": b"b" * 51}, limits=narrow)
    assert [p.message for p in refused.value.problems] == [RECORD_FULL]
    send(session, other, store, {"b.txt": b"b" * 100}, limits=narrow)
    with pytest.raises(Invalid) as refused:
        send(session, other, store, {"c.txt": b"c" * 21}, limits=narrow)
    assert [p.message for p in refused.value.problems] == [OFFICE_FULL]
    with pytest.raises(Refused, match="larger than one file"):
        send(session, other, store, {"d.txt": b"d" * 101}, limits=narrow)
    assert len(list(store.kept())) == 2
    # What was taken back makes room on the record, and finds it taken when it comes back.
    service.remove_evidence(session, SYSTEM, activity, activity.evidence[0].id, "The wrong one.")
    send(session, activity, store, {"e.txt": b"e" * 20}, limits=narrow)
    send(session, activity, store, {"f.txt": b"f" * 80}, limits=Limits(record=150))
    with pytest.raises(Refused) as no_room:
        service.restore_evidence(session, SYSTEM, activity, activity.evidence[0].id, narrow)
    assert str(no_room.value) == RECORD_FULL


def test_taken_back_with_a_reason_and_put_there_again(session: Session, store: FileStore) -> None:
    activity = make.approved(session)
    send(session, activity, store, {"a.pdf": files.PDF})
    item = activity.evidence[0]
    with pytest.raises(Invalid):
        service.remove_evidence(session, SYSTEM, activity, item.id, " ")
    service.remove_evidence(session, SYSTEM, activity, item.id, "It shows a child.")
    assert service.live(activity) == []
    assert store.is_whole(item.sha256 or "")
    with pytest.raises(NotFound):
        service.remove_evidence(session, SYSTEM, activity, item.id, "Twice.")
    service.restore_evidence(session, SYSTEM, activity, item.id, Limits())
    assert service.live(activity) == [item]
    assert (item.withdrawn_at, item.withdrawn_reason) == (None, "")
    with pytest.raises(NotFound):
        service.restore_evidence(session, SYSTEM, activity, item.id, Limits())
    service.remove_evidence(session, SYSTEM, activity, item.id, "Again.")
    send(session, activity, store, {"a.pdf": files.PDF})
    with pytest.raises(Refused, match="added again"):
        service.restore_evidence(session, SYSTEM, activity, item.id, Limits())
    told = [e.action for e in session.scalars(select(AuditEvent).order_by(AuditEvent.id))][-4:]
    assert told == [
        "activity.evidence-removed", "activity.evidence-restored", "activity.evidence-removed", "activity.files-added",
    ]  # fmt: skip


def test_who_may_not_and_when_not(session: Session, store: FileStore) -> None:
    activity = make.approved(session, visibility="all_staff")
    with pytest.raises(Forbidden):
        send(session, activity, store, {"a.pdf": files.PDF}, actor=STRANGER)
    for wrong in (
        {"type": "gossip"},
        {"visibility": "all"},
        {"on": "soon"},
        {"title": "x" * 201},
        {"language": "x" * 9},
    ):
        with pytest.raises(Invalid) as refused:
            send(session, activity, store, {"a.pdf": files.PDF}, **wrong)
        assert [p.field for p in refused.value.problems] == list(wrong)
    with pytest.raises(Invalid) as refused:
        send(session, activity, store, {})
    assert [p.field for p in refused.value.problems] == ["files"]
    withdraw_activity(session, SYSTEM, activity, "Logged twice.", activity.version)
    with pytest.raises(Refused, match="withdrawn"):
        send(session, activity, store, {"a.pdf": files.PDF})
    assert list(store.kept()) == []
    assert list(store.temporary()) == []


def test_a_full_disk_is_said_in_words(session: Session, store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    activity = make.drafted(session)

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoRoom):
        send(session, activity, store, {"a.pdf": files.PDF})


def test_the_sweeper_leaves_what_is_young_or_has_a_row(sessions: sessionmaker[Session], store: FileStore) -> None:
    with unit_of_work(sessions) as session:
        activity = make.drafted(session)
        send(session, activity, store, {"a.pdf": files.PDF})
        service.remove_evidence(session, SYSTEM, activity, activity.evidence[0].id, "The wrong one.")
    with store.received([b"an orphan"]) as orphan:
        store.keep(orphan)
    half = store.folder / "incoming" / "half"
    half.write_bytes(b"ha")
    with sessions() as session:
        assert list(loose(session, store, sweep.NAMED)) == []
        for path in (*store.kept(), half):
            os.utime(path, (1, 1))
        found = set(loose(session, store, sweep.NAMED))
        assert found == {store.path(orphan.sha256), half}
    with unit_of_work(sessions) as session:  # a row comes between the look and the removal
        key = session.scalars(select(Activity.id)).one()
        session.add(Evidence(activity_id=key, title="x", sha256=orphan.sha256, sent_sha256="x", size=9,
                             media_type="text/plain", file_name="x"))  # fmt: skip
    assert remove(sessions, sweep.NAMED, sorted(found)) == 1
    assert not half.exists()
    assert store.is_whole(orphan.sha256)


def test_the_command(
    sessions: sessionmaker[Session], engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TRACKER_DATABASE_URL", engine_url)
    store = FileStore(tmp_path / "evidence")
    with unit_of_work(sessions) as session:
        activity = make.drafted(session)
        send(session, activity, store, {"a.pdf": files.PDF})
        reference, place = activity.reference, store.path(activity.evidence[0].sha256 or "")
    with store.received([b"an orphan"]) as orphan:
        store.keep(orphan)
    os.utime(store.path(orphan.sha256), (1, 1))
    run = CliRunner().invoke(main, ["evidence", "sweep"])
    assert (run.exit_code, run.stdout) == (0, "1 without a row removed; 1 files on record, 0 of them faulty.\n")
    place.write_bytes(files.PDF.replace(b"1.7", b"1.4"))
    assert CliRunner().invoke(main, ["evidence", "sweep"]).exit_code == 0
    run = CliRunner().invoke(main, ["evidence", "sweep", "--verify"])
    assert run.exit_code == 1
    assert f"{reference}: a.pdf" in run.stdout
    assert "another checksum" in run.stdout
    place.unlink()
    assert "its bytes are missing" in CliRunner().invoke(main, ["evidence", "sweep"]).stdout
