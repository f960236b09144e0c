"""tracker scheduled: all that comes round by itself. Run it every few minutes, on as many machines as there are."""

from __future__ import annotations

import click

from app.cli.surroundings import surroundings
from app.mail.letters import Post
from app.operation import scheduled as scheduling

BROKEN = 1


@click.command()
def scheduled() -> None:
    """Answer forgotten passwords, send mail and reminders, close idle accounts, sweep, prove the figures; all of it
    once, however many begin it at the same time."""
    with surroundings() as here:
        settings = here.settings
        place = scheduling.Place(
            engine=here.engine,
            sessions=here.sessions,
            data_dir=settings.data_dir,
            mail_url=settings.mail_url,
            post=Post(settings.base_url, settings.mail_from) if settings.base_url else None,
            idle_days=settings.idle_days,
        )
        told = scheduling.run(place)
    if told is None:
        click.echo("Another one is doing it.")
        return
    for name, words in told.items():
        click.echo(f"{name}: {words}")
    if any(words.startswith("broke") for words in told.values()):
        raise click.exceptions.Exit(BROKEN)
