"""Good files with a cell or some bytes changed: no crash, nothing half-written, each error at its row and column."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.activities.models import Activity, ActivityRevision
from app.core.errors import Refused, TrackerError
from app.exchange.iati_model import UnreadableFile
from app.exchange.models import Import
from app.exchange.rules import Scope
from app.exchange.sheet_columns import columns
from tests.integration.activities.kept import drift
from tests.integration.exchange.hostile import ods_bytes
from tests.integration.exchange.sheets import Sheets, csv_text, row, xlsx_bytes
from tests.integration.exchange.test_hostile import DEEP, mutated
from tests.unit.exchange.iati_files import activity_xml, file_xml

ROWS = [row(title=title, original_identifier=title, countries="AFG", summary="Of it") for title in ("A", "B", "C")]
NASTY = (
    "", " ", "\x07", "\u202e", "=1+1", "x" * 400, "x" * 3000, "2025-02-31", "0000", "-1", "a;b|c,d", "(government)",
    "%(x)s %s", "{{ 1 }}", "\ufffd", "é" * 150, "نص", "1e999", "ROSA-1-1", "CRC-4;CRC-4", "\n\n", "'",
)  # fmt: skip
CELLS, FILES = (400, 600) if DEEP else (8, 4)


def grid(rows: list[dict[str, str]]) -> list[list[str]]:
    return [list(rows[0]), *(list(each.values()) for each in rows)]


MAKERS: dict[str, Callable[[list[dict[str, str]]], bytes]] = {
    "csv": lambda rows: csv_text(rows).encode(),
    "xlsx": lambda rows: xlsx_bytes(grid(rows)),
    "ods": lambda rows: ods_bytes(grid(rows)),
}
BASES = {
    **{kind: make(ROWS) for kind, make in MAKERS.items()},
    "xml": file_xml(*(
        activity_xml(
            iati_identifier=f"<iati-identifier>XX-1-{n}</iati-identifier>",
            recipient_country='<recipient-country code="AF"/>',
        ) for n in range(3)
    )).encode(),
}  # fmt: skip


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Activity)) or 0


def taken(sheets: Sheets, data: bytes, kind: str) -> Import | None:
    """Looked at and the good rows taken: all of them and nothing else. None where the file was refused in words.

    Whatever is refused, the transaction goes on: a fault that broke it would come out at the next statement.
    """
    before = count(sheets.session)
    try:
        imported = sheets.check(data, name=f"file.{kind}", office="0060")
    except (UnreadableFile, TrackerError) as refused:
        assert str(refused)
        assert count(sheets.session) == before
        return None
    good = sheets.outcomes(imported).count("new")
    try:
        sheets.take(imported, scope=Scope.GOOD)
    except Refused:
        assert good == 0
    assert count(sheets.session) == before + good
    asked = select(func.count()).select_from(ActivityRevision)
    assert sheets.session.scalar(asked) == count(sheets.session)
    return imported


def test_the_files_are_good_before_they_are_changed(sheets: Sheets) -> None:
    for kind, data in BASES.items():
        imported = sheets.check(data, name=f"file.{kind}", office="0060")
        assert sheets.outcomes(imported) == ["new"] * 3, (kind, sheets.findings(imported))


@pytest.mark.both_engines
def test_a_changed_cell_is_told_at_its_row_and_nowhere_else(sheets: Sheets, session: Session) -> None:
    chance = random.Random(7)
    for number in range(CELLS):
        place, key = chance.randrange(3), chance.choice(list(ROWS[0]))
        rows = [dict(each) for each in ROWS]
        rows[place][key] = chance.choice(NASTY)
        with session.begin_nested() as savepoint:
            kind = tuple(MAKERS)[number % 3]
            imported = taken(sheets, MAKERS[kind](rows), kind)
            if imported is None:
                assert (kind, rows[place][key]) == ("ods", "\x07")  # no XML holds it
                continue
            errors = sheets.errors(imported)
            wrong = [each.number for each in sheets.rows(imported) if each.outcome == "wrong"]
            assert set(wrong) == {n for n, _column in errors}
            assert {column for _n, column in errors} <= {*columns(), ""}, (number, rows)
            twice = {n for n, _s, _c, text in sheets.findings(imported) if "about the same record" in text}
            line = _line(rows, place) if kind == "csv" else place + 2
            assert set(wrong) - twice <= {line}, (kind, rows, errors)
            savepoint.rollback()
        session.expire_all()
    assert drift(session) == []


def _line(rows: list[dict[str, Any]], place: int) -> int:
    """The line of the file in which a row begins: cells before it may have lines of their own."""
    return csv_text(rows[:place]).count("\n") + 1 if place else 2


def mutated_inside(data: bytes, chance: random.Random) -> bytes:
    """A workbook with some bytes of one of its parts changed, and zipped anew: its checksums are right."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([name for name, part in parts.items() if part])
    parts[name] = mutated(parts[name], chance)
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as archive:
        for each, part in parts.items():
            archive.writestr(each, part)
    return told.getvalue()


CHANGES = [(kind, mutated) for kind in BASES] + [("xlsx", mutated_inside), ("ods", mutated_inside)]


@pytest.mark.parametrize(("kind", "change"), CHANGES, ids=lambda each: getattr(each, "__name__", each))
def test_changed_bytes_break_nothing(
    sheets: Sheets, session: Session, kind: str, change: Callable[[bytes, random.Random], bytes]
) -> None:
    chance = random.Random(kind)
    for _ in range(FILES):
        with session.begin_nested() as savepoint:
            imported = taken(sheets, change(BASES[kind], chance), kind)
            for each in sheets.findings(imported) if imported is not None else ():
                assert each[0] > 0
                assert each[3]
            savepoint.rollback()
        session.expire_all()
    assert drift(session) == []
