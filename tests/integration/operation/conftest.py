"""A small life with a file of evidence, in a database that really commits."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app.activities.models import Evidence
from app.activities.services import write_audit
from app.core import clock
from app.core.db import unit_of_work
from app.core.files import FileStore
from app.core.permissions import SYSTEM
from app.returns.services import open_round, sign_return
from tests.factories.activities import approved
from tests.factories.people import make_person

BYTES = b"Notes of the meeting\n"


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "evidence")


@pytest.fixture
def lived(sessions: sessionmaker[Session], store: FileStore) -> sessionmaker[Session]:
    """Two people, an approved activity with a file, a signed return."""
    with store.received([BYTES]) as taken:
        store.keep(taken)
        with unit_of_work(sessions) as session:
            make_person(session, "one@demo.example", role=None)
            made = approved(session, "0060")
            session.add(
                Evidence(
                    activity_id=made.id, title="Notes", sha256=taken.sha256, sent_sha256=taken.sha256,
                    size=taken.size, media_type="text/plain", file_name="notes.txt", added_at=clock.now(),
                )
            )  # fmt: skip
            session.flush()
            session.refresh(made)
            write_audit(session, SYSTEM, "activity.files-added", made)
            open_round(session, 2025)
            sign_return(session, SYSTEM, "0420", 2025, "nil", words="Nobody asked.")
    return sessions
