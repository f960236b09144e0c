"""tracker mail: send what waits. Run it every few minutes."""

from __future__ import annotations

import click
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.links import answer_resets
from app.cli.progress import progress
from app.cli.surroundings import surroundings
from app.core.db import unit_of_work
from app.core.errors import Refused
from app.mail.carrier import carrier_for
from app.mail.letters import Post
from app.mail.reminders import write_reminders
from app.mail.sending import Sent, bundle, send_each

AWAY = 1


@click.group()
def mail() -> None:
    """Mail about what was submitted, returned, approved, mentioned, and what is due."""


@mail.command()
def send() -> None:
    """Write down what became due, then send what waits. Exit code 1 where the server is away: run it again later."""
    done = Sent()
    with surroundings() as here:
        carrier = carrier_for(here.settings.mail_url)
        if not here.settings.base_url:
            raise Refused(
                "TRACKER_BASE_URL is not set: where do the links in a mail lead? Example: https://example.org"
            )
        post = Post(here.settings.base_url, here.settings.mail_from)
        with unit_of_work(here.sessions) as session:
            answer_resets(session)
        _remind(here.sessions)
        envelopes = bundle(here.sessions)
        mails = send_each(here.sessions, envelopes, carrier, post, done)
        with progress(mails, "Sending", len(envelopes)) as each_one:
            for _one in each_one:
                pass
    click.echo(f"{done.sent} sent, {done.dropped} dropped, {len(envelopes) - done.sent - done.dropped} left.")
    if done.away:
        click.echo(f"The mail server is away: {done.away}. What is left goes out later.", err=True)
        raise click.exceptions.Exit(AWAY)


def _remind(sessions: sessionmaker[Session]) -> None:
    try:
        with unit_of_work(sessions) as session:
            write_reminders(session)
    except IntegrityError:
        pass  # another worker wrote the same ones at the same moment
