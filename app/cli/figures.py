"""tracker figures: the frozen figures, and whether they still stand."""

from __future__ import annotations

import json

import click

from app.cli.progress import progress
from app.cli.surroundings import surroundings
from app.figures.queries import frozen_figures
from app.figures.queries import verify as verify_figure
from app.figures.words import verdict

BROKEN = 1


@click.group()
def figures() -> None:
    """Look after frozen figures."""


@figures.command("list")
def listing() -> None:
    """Name every frozen figure with its seal."""
    with surroundings() as here, here.sessions() as session:
        for each in frozen_figures(session):
            result = json.loads(each.result)
            mark = " (withdrawn)" if each.withdrawal else ""
            click.echo(f"{each.id} {each.title}{mark}: {result['k']} of {result['n']} in {each.year}, {each.sha256}")


@figures.command()
def verify() -> None:
    """Recompute every seal and recount every figure from its revisions. Exit code 1 where one does not stand."""
    broken = 0
    with surroundings() as here, here.sessions() as session:
        every = frozen_figures(session)
        with progress(every, "Verifying") as steps:
            for each in steps:
                found = verify_figure(session, each)
                if not found.stands:
                    broken += 1
                    click.echo(f"{each.id} {each.title}: {' '.join(verdict(found))}")
    if broken:
        raise click.exceptions.Exit(BROKEN)
    click.echo(f"Frozen figures that stand: {len(every)}.")
