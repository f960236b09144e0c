"""tracker demo: made-up records and accounts, in development only."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import exists, select

from app.activities.models import Activity
from app.cli.progress import progress
from app.cli.surroundings import surroundings
from app.core.db import unit_of_work
from app.core.errors import Refused
from app.demo.accounts import make_accounts
from app.demo.asked import make_requests
from app.demo.history import make_drafts, make_history
from app.demo.services import AS_OF, DEMO_FILE, load_file
from config import Settings, kept_secret


@click.group()
def demo() -> None:
    """Demonstration data: synthetic, and says so."""


@demo.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=DEMO_FILE)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=AS_OF.isoformat(), show_default=True,
              help="The day up to which ends are actual.")  # fmt: skip
@click.option("--no-history", is_flag=True, help="Leave out the made-up records of 2021 to 2026.")
@click.option("--if-empty", is_flag=True, help="Do nothing where there are activities already.")
def load(file: Path, as_of: datetime, no_history: bool, if_empty: bool) -> None:
    """Load FILE (by default the 2008 file) as imported records, and the demonstration accounts."""
    with surroundings() as here:
        if here.settings.production:
            raise Refused("Demonstration data are made up and never go into production. Set TRACKER_ENV=development.")
        with here.sessions() as session:
            if if_empty and session.scalar(select(exists().where(Activity.id.is_not(None)))):
                return
        with unit_of_work(here.sessions) as session:
            accounts = make_accounts(session, demo_password(here.settings))
            loaded = load_file(session, file, as_of.date(), lambda rows: progress(rows, f"Loading {file.name}"))
            made = 0
            if not no_history and file == DEMO_FILE:
                made = make_history(session, lambda plans: _steps(plans, "Making history"))
                made += make_drafts(session)
                made += make_requests(session)
        click.echo(f"{loaded.added} records loaded, {loaded.known} known already, {made} made up, {accounts} accounts.")


def demo_password(settings: Settings) -> str:
    """The one asked for, else one made at random and kept in the data directory."""
    if settings.demo_password:
        return settings.demo_password
    return kept_secret(settings.data_dir / "demo_password", lambda: secrets.token_urlsafe(12))


def _steps(plans: Sequence[Any], label: str) -> Iterator[Any]:
    with progress(plans, label) as steps:
        yield from steps
