"""tracker doctor: what is wrong, in words."""

from __future__ import annotations

import click

from app.core.db import make_engine
from app.operation.doctor import How, Patient, examine
from config import Settings

ILL = 1
MARKS = {How.FINE: "fine", How.ODD: "look", How.BAD: "BAD "}


@click.command()
@click.option("--quiet", is_flag=True, help="Tell only what is not fine.")
def doctor(quiet: bool) -> None:
    """Look at settings, database, disk, mail and what should have run. Exit code 1 where something is wrong."""
    settings = Settings.from_env()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database_url)
    replica = make_engine(settings.read_database_url) if settings.read_database_url else None
    patient = Patient(
        engine=engine,
        data_dir=settings.data_dir,
        production=settings.production,
        refusal=settings.refuse_to_serve(),
        mail_url=settings.mail_url,
        base_url=settings.base_url,
        proxies=settings.proxies,
        replica=replica,
    )
    try:
        found = list(examine(patient))
    finally:
        engine.dispose()
        if replica is not None:
            replica.dispose()
    for each in found:
        if not (quiet and each.how is How.FINE):
            click.echo(f"{MARKS[each.how]}  {each.words}")
    bad = sum(1 for each in found if each.how is How.BAD)
    if bad:
        click.echo(f"{bad} to be put right.")
        raise click.exceptions.Exit(ILL)
    click.echo("Nothing is wrong.")
