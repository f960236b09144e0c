"""tracker audit: the record of who did what, written out, and proved against the data."""

from __future__ import annotations

import sys

import click

from app.administration.audit_page import AuditFilter, as_line, events
from app.cli.surroundings import surroundings
from app.operation import replay as replaying

APART = 1


@click.group()
def audit() -> None:
    """Export the audit, and prove that it gives the data."""


@audit.command()
def export() -> None:
    """Write every event to the standard output, a JSON object a line, with everything that is in it."""
    with surroundings() as here, here.sessions() as session:
        for event in events(session, AuditFilter()):
            sys.stdout.write(as_line(event, whole=True))


@audit.command()
@click.option("--words", is_flag=True, help="Show both states of each difference. They hold what people wrote.")
def replay(words: bool) -> None:
    """Replay the audit from empty and compare it with the data. Exit code 1 where they differ."""
    with surroundings() as here, here.sessions() as session:
        apart = list(replaying.compare(session))
        count = len(replaying.replay(session))
    for each in apart:
        kind, key = each.subject
        what = "not in the data" if each.there is None else "not in the audit" if each.replayed is None else "differs"
        click.echo(f"{kind} {key}: {what}")
        if words:
            click.echo(f"  audit: {each.replayed}\n  data:  {each.there}")
    if apart:
        click.echo(f"{len(apart)} of {count} subjects differ.")
        raise click.exceptions.Exit(APART)
    click.echo(f"Replayed from empty, the audit gives the data: {count} subjects.")
