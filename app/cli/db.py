"""tracker db: the schema's version."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from app.activities.words_upkeep import fill_words
from app.cli.surroundings import surroundings
from app.core import migrations
from app.core.db import make_engine, unit_of_work
from app.core.errors import Refused
from app.reports.kept import fill


@click.group()
def db() -> None:
    """Migrate the database."""


@db.command()
def upgrade() -> None:
    """Migrate to the newest revision, and write lines of files that are missing. Where all is there it does nothing."""
    with surroundings(migrated=False) as here:
        if not migrations.at_head(here.engine):
            migrations.upgrade(here.engine)
        with unit_of_work(here.sessions) as session:
            searched = sum(fill_words(session))
            kept = sum(fill(session))
    if searched:
        click.echo(f"{searched} lines made ready for searches.")
    if kept:
        click.echo(f"{kept} lines of activities.csv written.")
    click.echo(f"The database is at revision {', '.join(migrations.heads())}.")


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="What the removed tables hold is lost. Go on?")
def downgrade(revision: str) -> None:
    """Migrate down to REVISION; "base" removes every table."""
    with surroundings(migrated=False) as here:
        migrations.downgrade(here.engine, revision)
    click.echo(f"The database is at revision {revision}.")


@db.command()
def check() -> None:
    """Say whether the migrations lead to one newest revision, and that one to the models. Uses a scratch database."""
    if len(migrations.heads()) != 1:
        raise Refused(f"There are {len(migrations.heads())} newest revisions; there must be one.")
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'check.sqlite3'}")
        migrations.upgrade(engine)
        differences = migrations.differences(engine)
        engine.dispose()
    if differences:
        raise Refused("The migrations do not lead to the models: " + "; ".join(map(str, differences)))
    click.echo("One newest revision, and it is what the models say.")


@db.command("new")
@click.argument("slug")
def new(slug: str) -> None:
    """Write the next migration, from the newest revision to the models. Read it before you keep it."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'new.sqlite3'}")
        migrations.upgrade(engine)
        made = migrations.write_next(engine, slug)
        engine.dispose()
    click.echo(str(made))
