"""tracker admin: the first people."""

from __future__ import annotations

import secrets
import sys

import click

from app.accounts.services import create_user
from app.cli.surroundings import surroundings
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM, Role
from app.offices.services import NewMembership, add_membership


@click.group()
def admin() -> None:
    """Make administrators."""


@admin.command()
@click.argument("email")
@click.option("--name", default="Administrator", show_default=True, help="The person's name.")
def create(email: str, name: str) -> None:
    """Make an administrator with the address EMAIL. Asks for a password, or makes one where nobody can be asked."""
    password = _asked() if sys.stdin.isatty() else ""
    made = "" if password else secrets.token_urlsafe(15)
    with surroundings() as here, unit_of_work(here.sessions) as session:
        user = create_user(session, email=email, name=name, password=password or made)
        add_membership(session, SYSTEM, NewMembership(user_id=user.id, role=Role.ADMINISTRATOR, home=True))
        address = user.email
    click.echo(f"{address} is an administrator.")
    if made:
        click.echo(f"Password (shown once): {made}")


def _asked() -> str:
    answer: str = click.prompt(
        "Password (leave empty to have one made)",
        default="",
        show_default=False,
        hide_input=True,
        confirmation_prompt=True,
    )
    return answer
