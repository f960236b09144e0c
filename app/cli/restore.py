"""tracker restore: a backup brought back, or tried."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.surroundings import surroundings
from app.core.files import FileStore
from app.operation import restore as restoring
from app.operation.backup import EVIDENCE, newest

FAULTY = 1


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--check", is_flag=True, help="Restore into a temporary place, verify everything, leave nothing behind.")
def restore(folder: Path, check: bool) -> None:
    """Bring the backup in FOLDER (or the newest one in it) back into an empty database and an empty data directory."""
    found = newest(folder)
    with surroundings(migrated=False) as here:
        if check:
            faults = list(restoring.check(here.engine, found))
            for fault in faults:
                click.echo(fault)
            if faults:
                raise click.exceptions.Exit(FAULTY)
            click.echo(f"{found.name} is sound: rows, checksums, figures and files are all there.")
            return
        restoring.restore(here.engine, FileStore(here.settings.data_dir / EVIDENCE), found)
    click.echo(f"{found.name} is restored. Next: tracker db upgrade, tracker doctor")
