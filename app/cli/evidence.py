"""tracker evidence: the bytes of evidence, swept and verified."""

from __future__ import annotations

import click
from sqlalchemy import func, select

from app.activities import sweep as sweeping
from app.activities.models import Evidence
from app.cli.progress import progress
from app.cli.surroundings import surroundings
from app.core.files import FileStore
from app.core.sweep import loose, remove

FAULTY = 1


@click.group()
def evidence() -> None:
    """Look after the files that people sent."""


@evidence.command()
@click.option("--verify", is_flag=True, help="Read every file and compare its checksum.")
def sweep(verify: bool) -> None:
    """Remove bytes without a row (older than an hour), tell rows without bytes. Exit code 1 where there are such."""
    with surroundings() as here:
        store = FileStore(here.settings.data_dir / "evidence")
        with here.sessions() as session:
            leftovers = list(loose(session, store, sweeping.NAMED))
        with progress(leftovers, "Removing bytes without a row") as paths:
            removed = remove(here.sessions, sweeping.NAMED, paths)
        with here.sessions() as session:
            count = session.scalar(select(func.count()).where(Evidence.sha256.is_not(None))) or 0
            checked = sweeping.without_bytes(session, store, verify=verify)
            with progress(checked, "Looking at every file", length=count) as each:
                faults = [fault for fault in each if fault is not None]
    for fault in faults:
        click.echo(f"{fault.reference}: {fault.file_name} (evidence {fault.evidence}): {fault.why}")
    click.echo(f"{removed} without a row removed; {count} files on record, {len(faults)} of them faulty.")
    if faults:
        raise click.exceptions.Exit(FAULTY)
