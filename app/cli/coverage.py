"""tracker coverage: the kept facts of the figures, checked against the records or made anew."""

from __future__ import annotations

import click
from sqlalchemy import delete

from app.activities.words_upkeep import index_holds_all, rebuild_words, wrong_words
from app.cli.surroundings import surroundings
from app.core.db import unit_of_work
from app.coverage import keeping
from app.reports.kept import fill, wrong_lines
from app.reports.models import FileLine

DRIFTED = 1


@click.group()
def coverage() -> None:
    """Look after the facts that the figures rest on."""


@coverage.command()
def verify() -> None:
    """Recompute everything from the records and tell every difference. Exit code 1 where there is one."""
    with surroundings() as here, here.sessions() as session:
        drifts = list(keeping.verify(session))
        wrong = list(wrong_lines(session))
        astray = [row["reference"] for row in wrong_words(session)]
        whole = index_holds_all(session)
    for drift in drifts:
        click.echo(f"{drift.what}: kept {drift.kept}, by the records {drift.true}")
    for reference in wrong:
        click.echo(f"{reference}: its line of activities.csv is not what the record says")
    for reference in astray:
        click.echo(f"{reference}: what searches read of it is not what its line says")
    if not whole:
        click.echo("The index of words is not that of the records: searches may miss some")
    count = len(drifts) + len(wrong) + len(astray) + (not whole)
    if count:
        click.echo(f"{count} differences. Make the facts anew with: tracker coverage rebuild")
        raise click.exceptions.Exit(DRIFTED)
    click.echo("The kept facts are what the records say.")


@coverage.command()
def rebuild() -> None:
    """Throw the kept facts away and make them anew from the records."""
    with surroundings() as here, unit_of_work(here.sessions) as session:
        count = keeping.rebuild(session)
        session.execute(delete(FileLine))
        lines = sum(fill(session))
        rebuild_words(session)
    click.echo(f"{count} supports kept, and {lines} lines of activities.csv.")
