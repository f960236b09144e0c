"""P7: taking a spreadsheet in, beside the bare rows of the same records written by executemany."""

from __future__ import annotations

import csv
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.activities.models import Activity, ActivityRevision
from app.activities.reference import reference_data
from app.core.db import new_client_id, writing
from app.core.files import FileStore
from app.core.permissions import SYSTEM
from app.exchange import services
from app.exchange.models import Import
from app.exchange.reading import look
from app.exchange.rules import Scope
from tests.bench.measures import Result, Site

ROWS = 4000
HEAD = ("lead_office", "original_identifier", "title", "summary", "delivered", "how", "about", "provisions", "modality",
        "target_groups", "delivery_status", "actual_start", "counterparts", "request_source", "concerns")  # fmt: skip


def imports(site: Site, folder: Path) -> Iterator[Result]:
    """Rows a second of the whole taking and of the dry run, against the bare rows; memory against rows."""
    store = FileStore(folder / "imports")
    small, large = (_file(site, folder, rows) for rows in (ROWS // 4, ROWS))
    _import(site, store, small)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    checked, taken, bare = _import(site, store, large)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for what, seconds in (("import: taking, all kept", taken), ("import: dry run", checked)):
        share = bare / seconds
        words = f"{ROWS / seconds:,.0f} rows/s = {share:.2f} × raw executemany ({ROWS / bare:,.0f})"
        yield Result("P7", what, words, "at least 0.5 ×", share >= 0.5)
    growth = after / before
    words = f"peak {after / 1024:,.0f} MB = {growth:.2f} × that at {ROWS // 4:,} rows"
    yield Result("P7", f"import: memory at {ROWS:,} rows", words, "at most 1.2 ×", growth <= 1.2)


def _file(site: Site, folder: Path, rows: int) -> Path:
    path = folder / f"import-{rows}.csv"
    with site.sessions() as session, path.open("w", encoding="utf-8", newline="") as file:
        data = reference_data(session)
        offices = [o.code for o in data.offices.values() if o.reports][:60]
        modality, groups = (sorted(data.codes[name]) for name in ("modality", "target_group"))
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for n in range(rows):
            writer.writerow([
                offices[n % len(offices)], f"B-{rows}-{n}", f"Synthetic course {n} for judges", "A summary of it. " * 8,
                "Three days of training.", "training;law_reform", "diversion", "E1997-30-8;CRC-4",
                modality[n % len(modality)], f"{groups[0]};{groups[-1]}", "active", f"20{10 + n % 15}-03-10",
                f"Ministry {n % 7} (government)", "government_request", "mainly",
            ])  # fmt: skip
    return path


def _import(site: Site, store: FileStore, path: Path) -> tuple[float, float, float]:
    """Seconds of the dry run, of the taking, and of the bare rows. All of it is rolled back."""
    with writing(), site.sessions() as session:
        with store.received([path.read_bytes()]) as received:
            imported = services.send_file(
                session, SYSTEM, store, received, look(received.path), path.name, new_client_id()
            )
        file, key = store.path(imported.sha256), imported.id
        checked = _timed(lambda: services.check(session, SYSTEM, imported, file))
        imported = session.get_one(Import, key)
        take_id = new_client_id()
        taken = _timed(lambda: services.take(session, SYSTEM, imported, file, Scope.ALL, take_id))
        rows = _bare_rows(session, session.get_one(Import, key).batch_id)
        session.rollback()
        bare = _timed(lambda: _write(session, rows))
        session.rollback()
    return checked, taken, bare


def _timed(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _bare_rows(session: Session, batch_id: int | None) -> dict[Any, list[dict[str, Any]]]:
    """The records as they came in: an activity and its revision, no tags, no lines, no audit."""
    activities = session.execute(select(Activity.__table__).where(Activity.batch_id == batch_id)).mappings()
    found = [{**row, "batch_id": None, "current_revision_id": None} for row in activities]
    ids = [row["id"] for row in found]
    revisions = [
        dict(row)
        for start in range(0, len(ids), 500)
        for row in session.execute(
            select(ActivityRevision.__table__).where(ActivityRevision.activity_id.in_(ids[start : start + 500]))
        ).mappings()
    ]
    return {Activity.__table__: found, ActivityRevision.__table__: revisions}


def _write(session: Session, rows: dict[Any, list[dict[str, Any]]]) -> None:
    for table, listed in rows.items():
        session.connection().execute(insert(table), listed)
