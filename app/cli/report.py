"""tracker report: any report from the shell, as its file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.accounts.queries import user_by_email
from app.cli.progress import progress
from app.cli.surroundings import surroundings
from app.core.errors import Invalid, NotFound, Refused
from app.core.permissions import Actor, Role, demand
from app.offices.queries import actor_for
from app.reports.base import Report
from app.reports.export import FORMATS, Asked, check_file, formats_of
from app.reports.registry import REPORTS, refuse_unknown

# Without a person a command reads as headquarters would: the whole world, and no text of sensitive records.
HEADQUARTERS = Actor(user_id=None, name="Headquarters", roles=frozenset({Role.HEADQUARTERS}))


@click.command()
@click.argument("key", required=False)
@click.option("--filter", "given", multiple=True, metavar="NAME=VALUE", help="Narrow it; several times if need be.")
@click.option("--format", "ending", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@click.option("--as", "email", metavar="EMAIL", help="Read what this person may read; without it, as headquarters.")
def report(key: str | None, given: tuple[str, ...], ending: str, email: str | None) -> None:
    """Write the report KEY to the standard output. Without KEY: the list of reports, with their filters."""
    if key is None:
        _list()
        return
    found = _find(key)
    query = _query(found, given)
    with surroundings() as here, here.sessions() as session:
        if ending not in formats_of(found):
            raise Refused(f"There is no {ending} of {found.key}. There are: {', '.join(formats_of(found))}.")
        actor = _actor(session, email)
        demand(found.permission, actor)
        filters = _filters(session, found, query)
        asked = Asked(found, actor, filters, here.settings.base_url)
        check_file(session, asked, ending)
        _write(FORMATS[ending].produce(session, asked), found.key)


def _list() -> None:
    for each in REPORTS.values():
        names = [p.name for p in each.parameters]
        told = ", ".join(names) if len(names) <= 8 else f"{', '.join(names[:8])}, … as the list of activities"
        click.echo(f"{each.key:22} {each.title} ({told})")


def _find(key: str) -> Report:
    if key not in REPORTS:
        raise NotFound(f"There is no report “{key}”. There are: {', '.join(REPORTS)}.")
    return REPORTS[key]


def _query(found: Report, given: tuple[str, ...]) -> MultiDict[str, str]:
    pairs = [each.partition("=") for each in given]
    refuse_unknown(found, [name for name, _equals, _value in pairs])
    return MultiDict([(name, value) for name, _equals, value in pairs])


def _filters(session: Session, found: Report, query: MultiDict[str, str]) -> Any:
    try:
        return found.read(session, query)
    except Invalid as refused:
        raise Refused("; ".join(f"{p.field}: {p.message}" for p in refused.problems)) from refused


def _actor(session: Session, email: str | None) -> Actor:
    if email is None:
        return HEADQUARTERS
    user = user_by_email(session, email)
    actor = actor_for(session, user.id) if user else None
    if actor is None:
        raise NotFound(f"Nobody signs in with the address {email}.")
    return actor


def _write(blocks: Iterator[bytes], label: str) -> None:
    """The blocks to the standard output; how far they are on the terminal, where the output goes elsewhere."""
    out = sys.stdout.buffer
    if sys.stdout.isatty():
        for block in blocks:
            out.write(block)
        return
    with progress(blocks, label) as steps:
        for block in steps:
            out.write(block)
