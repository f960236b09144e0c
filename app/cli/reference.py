"""tracker reference: the lists that come with the program."""

from __future__ import annotations

import click

from app.cli.surroundings import surroundings
from app.core.db import unit_of_work
from app.reference.sync import sync_reference


@click.group()
def reference() -> None:
    """Load the reference lists."""


@reference.command()
def sync() -> None:
    """Bring offices, provisions, codes and names into the database. What was edited there stays."""
    with surroundings() as here, unit_of_work(here.sessions) as session:
        report = sync_reference(session)
    counts = [f"{report.total(what):,} {what}" for what in ("added", "changed", "retired", "unchanged")]
    click.echo(f"Reference lists: {', '.join(counts)}.")
    for name, count in report.lists.items():
        if count.changed or count.retired:
            click.echo(f"  {name}: {count.added} added, {count.changed} changed, {count.retired} retired")
    for name, entries in report.left.items():
        click.echo(f"  {name}: edited here, left alone: {'; '.join(entries)}")
