"""tracker accounts: who has been away for long."""

from __future__ import annotations

import click

from app.cli.surroundings import surroundings
from app.core.db import unit_of_work
from app.people.admin import disable_idle, idle_people


@click.group()
def accounts() -> None:
    """Accounts of people."""


@accounts.command("disable-idle")
@click.option("--days", type=click.IntRange(1, 3650), default=None, help="Days without a sign-in (TRACKER_IDLE_DAYS).")
@click.option("--dry-run", is_flag=True, help="Only say who it would be.")
def disable_idle_command(days: int | None, dry_run: bool) -> None:
    """Deactivate accounts without a sign-in for long. Run it daily. Nothing is deleted."""
    with surroundings() as here:
        limit = days or here.settings.idle_days
        if dry_run:
            with here.sessions() as session:
                for each in idle_people(session, limit):
                    click.echo(f"{each.user.email}: {each.since.date().isoformat()}")
            return
        with unit_of_work(here.sessions) as session:
            done, kept = disable_idle(session, limit)
    for user in done:
        click.echo(f"{user.email}: deactivated.")
    for user in kept:
        click.echo(f"{user.email}: left alone, for nobody else is administrator.", err=True)
    click.echo(f"{len(done)} deactivated.")
