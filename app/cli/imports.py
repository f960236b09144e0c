"""tracker import: files of others, taken in as drafts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from app.cli.progress import progress, progress_of
from app.cli.surroundings import surroundings
from app.core.db import unit_of_work
from app.core.permissions import SYSTEM
from app.exchange import cli as sheets
from app.exchange.date_order import ORDERS
from app.exchange.desk import Desk
from app.exchange.iati_import import ImportedRow, Options, Outcome, SourceFile, import_iati, summary
from app.exchange.iati_model import UnreadableFile
from app.exchange.iati_run import severity_of
from app.exchange.reading import look_iati
from app.exchange.requests_cells import UPR
from app.exchange.requests_file import request_table
from app.exchange.requests_intake import take_in
from app.exchange.requests_table import told
from app.exchange.sheet_look import Look
from app.exchange.work import ACTS, Job, work

TAB = ("tab", "\\t")
"""How a tab is written where a shell keeps it from being one."""


class _DryRun(Exception):
    """Ends the transaction without keeping anything."""


@click.group("import")
def imports() -> None:
    """Read files of others in. Nothing is approved by importing it."""


@imports.command("activities")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--good", is_flag=True, help="Take the good rows, and leave those with errors.")
@click.option("--office", metavar="CODE", help="The office of rows that name none.")
@click.option("--encoding", default="", help="The encoding of a CSV file, such as cp1252; found out if not said.")
@click.option(
    "--delimiter", default="", help="What parts the columns of a CSV file (tab for a tab); found out if not said."
)
@click.option("--sheet", default="", help="The sheet of a workbook; the first with known headings if not said.")
@click.option("--order", type=click.Choice(ORDERS), help="The order of dates such as 03/04/2025.")
@click.option("--decimal", type=click.Choice(["dot", "comma"]), help="What stands before cents.")
def activities(file: Path, dry_run: bool, good: bool, office: str | None, **how: str | None) -> None:
    """Make drafts of the activities in a spreadsheet FILE (CSV, XLSX, ODS, XLS or JSON), or add its deliveries.

    What its rows are is told by its columns: a date, the activity's reference and no title are deliveries.
    """
    told = {name: value for name, value in how.items() if value}
    if told.get("delimiter", "").lower() in TAB:
        told["delimiter"] = "\t"
    with surroundings() as here:
        desk = Desk(here.settings.data_dir / "imports", here.settings.import_mb, {})
        try:
            with unit_of_work(here.sessions) as session:
                run = sheets.SheetRun(session, desk, file, office, told)
                counts = _look_and_tell(run)
                if not dry_run:
                    _take_and_tell(run, good, counts)
                else:
                    raise _DryRun
        except _DryRun:
            click.echo("Dry run: nothing was kept.")
    click.echo(f"{counts['rows']} rows in {file.name}: {sheets.summary(counts)}.")


def _look_and_tell(run: sheets.SheetRun) -> dict[str, int]:
    for line in run.reading():
        click.echo(line)
    with progress_of(run.rows, "Looking at rows") as tell:
        counts = run.check(tell)
    for line in run.findings():
        click.echo(line)
    return counts


def _take_and_tell(run: sheets.SheetRun, good: bool, counts: dict[str, int]) -> None:
    """Raises Invalid where not all rows can be taken and not only the good ones are asked for."""
    if counts["new"] + counts["changed"]:
        with progress_of(run.rows, "Taking rows") as tell:
            run.take(good, tell)


@imports.command("work", hidden=True)
@click.argument("key")
@click.argument("act", type=click.Choice(list(ACTS)))
@click.argument("version", type=int)
@click.argument("scope", default="")
@click.argument("take_id", default="")
def work_on(key: str, act: str, version: int, scope: str, take_id: str) -> None:
    """What a page started: look at the rows of a long import, take them, or undo it."""
    with surroundings() as here:
        desk = Desk(here.settings.data_dir / "imports", here.settings.import_mb, {})
        work(here.sessions, desk, Job(key, act, version, scope, take_id))


@imports.command("iati")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--office", metavar="CODE", help="The office of activities that name none.")
@click.option("--all", "everything", is_flag=True, help="Take activities outside the subject too.")
def iati(file: Path, dry_run: bool, office: str | None, everything: bool) -> None:
    """Make drafts of the activities in an IATI FILE, for the office to confirm."""
    found = _look(file)
    for severity, message in found.faults:
        click.echo(f"{severity}: {message}")
    counts: Counter[Outcome] = Counter()
    with surroundings() as here:
        try:
            with unit_of_work(here.sessions) as session:
                source = SourceFile(file, file.name, found.rows)
                _tell_all(import_iati(session, SYSTEM, source, Options(office, everything)), found.rows, counts)
                if dry_run:
                    raise _DryRun
        except _DryRun:
            click.echo("Dry run: nothing was kept.")
    click.echo(f"{found.rows} activities in {file.name}: {summary(counts)}.")


def _look(file: Path) -> Look:
    """Raises UnreadableFile, which names the file."""
    try:
        return look_iati(file)
    except UnreadableFile as refusal:
        raise UnreadableFile(f"{file.name}: {refusal}") from refusal


@imports.command("requests")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--source", metavar="CODE", default=UPR, show_default=True, help="Where the recommendations come from.")
@click.option(
    "--dates", type=click.Choice(ORDERS), help="The order of dates such as 03/04/2025; found out if not said."
)
def requests(file: Path, dry_run: bool, source: str, dates: str | None) -> None:
    """Enter the recommendations in a spreadsheet FILE (CSV, XLSX, XLS, ODS, JSON) as requests."""
    with surroundings() as here:
        try:
            with unit_of_work(here.sessions) as session:
                taken = take_in(session, SYSTEM, request_table(file, file.name, dates or ""), source)
                if dry_run:
                    raise _DryRun
        except _DryRun:
            click.echo("Dry run: nothing was kept.")
    for line in told(taken):
        click.echo(line)


def _tell_all(rows: Iterable[ImportedRow], total: int, counts: Counter[Outcome]) -> None:
    with progress(rows, "Reading activities", total) as steps:
        for row in steps:
            counts[row.outcome] += 1
            for line in _words(row):
                click.echo(line)


def _words(row: ImportedRow) -> Iterator[str]:
    """What a person reads about one activity: its fate, why it was taken, and each fault at its place."""
    place = " ".join(part for part in (f"office {row.office}" if row.office else "", row.reference) if part)
    yield f"{row.position}. {row.identifier}: {row.outcome}" + (f" ({place})" if place else "")
    for suggestion in row.suggestions:
        yield f"   suggests {suggestion.support_type} ({suggestion.strength}): {suggestion.because}"
    if row.changed:
        yield f"   the source says otherwise now: {', '.join(row.changed)}"
    for fault in row.faults:
        value = f" Found: {fault.value}" if fault.value else ""
        times = f" ({fault.times} times)" if fault.times > 1 else ""
        yield f"   {severity_of(row, fault)} at {fault.where}: {fault.message}{times}{value}"
