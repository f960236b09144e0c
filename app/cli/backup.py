"""tracker backup: everything that must not be lost, while people write."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.surroundings import surroundings
from app.core.files import FileStore
from app.operation.backup import EVIDENCE, back_up, new_folder


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def backup(folder: Path) -> None:
    """Write a backup of the database and the files of evidence into a new folder inside FOLDER.

    People may go on writing: it holds the state of one moment. Keep it as carefully as the database itself, and the
    secret key apart from both.
    """
    with surroundings() as here:
        place = new_folder(folder)
        for words in back_up(here.engine, FileStore(here.settings.data_dir / EVIDENCE), place):
            click.echo(words, err=True)
    click.echo(str(place))
