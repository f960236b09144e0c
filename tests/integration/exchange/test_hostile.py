"""Well over a hundred hostile and odd files, and mutated ones: the right answer, and never half an import."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.activities.bulk import Door
from app.activities.models import Activity
from app.core.permissions import SYSTEM
from app.exchange import reading, services
from app.exchange.reading import look, read_rows
from app.exchange.rules import SEVERITIES, SPREADSHEET, Outcome
from app.exchange.run import options_of
from app.exchange.sheet_columns import columns
from app.exchange.sheet_judge import Judge, Verdict
from app.exchange.sheet_kinds import IATI, kind_of
from app.exchange.sheet_limits import Unreadable
from app.exchange.sheet_look import Look, Reading, headed, look_at, opened
from tests.integration.exchange.hostile import Case, cases
from tests.integration.exchange.sheets import csv_text, row, xlsx_bytes

CASES = cases()
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
Read = Callable[[bytes], tuple[Look, list[Verdict]]]


@pytest.fixture
def read(standing: Session, tmp_path: Path) -> Read:
    """The file looked at, its rows read and judged, in this process: the child does nothing else."""

    def run(data: bytes) -> tuple[Look, list[Verdict]]:
        path = tmp_path / "file"
        path.write_bytes(data)
        found = look_at(path, Reading())
        return found, judge(standing, found, path)

    return run


def judge(session: Session, found: Look, path: Path) -> list[Verdict]:
    chosen = services.proposed(found)
    how = {"keys": chosen.keys, "order": chosen.order, "decimal": chosen.decimal}
    judge = Judge(session, SYSTEM, options_of(how, found.kind), Door(session, SYSTEM, SPREADSHEET))
    rows, _headings, _tags, first = headed(opened(path, chosen.reading), path)
    return judge.judge([*first, *rows])


def test_there_are_well_over_a_hundred() -> None:
    assert len(CASES) >= 149
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile(read: Read, case: Case) -> None:
    data = case.make()
    if case.errors is None and case.rows is None:
        with pytest.raises(Unreadable) as refused:
            read(data)
        assert case.refused in str(refused.value)
        return
    found, verdicts = read(data)
    if case.rows is not None:
        assert (found.rows, len(verdicts)) == (case.rows, case.rows)
    if case.errors is not None:
        wrong = {v.number: {f.column for f in v.findings if f.severity == "error"} for v in verdicts if v.wrong}
        assert wrong == case.errors, [v.findings for v in verdicts]
        assert {v.number for v in verdicts if v.outcome == Outcome.WRONG} == set(case.errors)


@pytest.mark.parametrize("name", ["a windows program named csv", "explodes", "one open quote", "a cell at XFD1"])
def test_the_child_says_the_same(tmp_path: Path, name: str) -> None:
    case = next(each for each in CASES if each.name == name)
    path = tmp_path / "file"
    path.write_bytes(case.make())
    with pytest.raises(Unreadable, match=case.refused):
        look(path)


def test_a_child_that_needs_too_much_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty million empty lists, with a limit that is soon reached: refused in words, not with a crash."""
    monkeypatch.setattr(reading, "MEMORY", 200 * 1024 * 1024)
    path = tmp_path / "file.json"
    path.write_bytes(b'[{"title": [' + b"[],[],[],[],[],[],[],[]," * 400_000 + b"0]}]")
    with pytest.raises(Unreadable, match="more memory or time"):
        list(read_rows(path, Reading()))


def test_a_child_waits_for_a_slow_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taking a hundred thousand rows lasts longer than reading them may: only a silent child is ended."""
    monkeypatch.setattr(reading, "SECONDS", 3)
    path = tmp_path / "file.csv"
    path.write_text("lead_office,title\n" + f"0060,{'x' * 400}\n" * 2000)
    count = 0
    for batch in read_rows(path, Reading()):
        time.sleep(0.8)
        count += len(batch)
    assert count == 2000


BASES = {
    "csv": csv_text([row(), row(title="B", summary='x "y", z\nw'), row(title="C", countries="AFG;IND")]).encode(),
    "xlsx": xlsx_bytes([list(row()), list(row().values()), list(row(title="B").values())]),
    "json": b'[{"lead_office": "0060", "title": "A", "how": ["training"]}, {"lead_office": "60", "title": "B"}]',
}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The file with some of its bytes changed, taken out, doubled or put elsewhere."""
    told = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place, length = chance.randrange(len(told) + 1), chance.randint(1, 12)
        act = chance.randrange(5)
        if act == 0:
            told[place : place + length] = chance.randbytes(length)
        elif act == 1:
            del told[place : place + length]
        elif act == 2:
            told[place:place] = told[place : place + length] * chance.randint(1, 4)
        elif act == 3:
            told[place:place] = chance.choice((b'"', b"\x00", b",", b"\r\n", b";", b"=", b"\xff", b"'", b"\xe9"))
        else:
            told = told[:place]
    return bytes(told)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_mutated_files(standing: Session, tmp_path: Path, kind: str) -> None:
    """No crash; what is read has every finding at a row and a column of the file; nothing is written."""
    chance, path = random.Random(kind), tmp_path / "file"
    before = standing.scalar(select(func.count()).select_from(Activity))
    for number in range(5000 if DEEP else 60):
        data = mutated(BASES[kind], chance)
        path.write_bytes(data)
        try:
            found = look_at(path, Reading()) if kind_of(path) != IATI else None
            verdicts = judge(standing, found, path) if found else []
        except Unreadable as refused:
            assert str(refused)
            continue
        lines = data.count(b"\n") + data.count(b"\r") + 2 if kind == "csv" else 1_000_000
        for verdict in verdicts:
            assert 0 < verdict.number <= lines, (number, data)
            for finding in verdict.findings:
                assert finding.severity in SEVERITIES
                assert finding.column in columns() or finding.column == "", (number, finding)
                assert finding.template % finding.values if finding.values else finding.template
    assert standing.scalar(select(func.count()).select_from(Activity)) == before


def test_mutated_workbooks(tmp_path: Path) -> None:
    """Through the child, as always: whatever happens there, what comes back is rows or a sentence."""
    chance, path = random.Random(5), tmp_path / "file"
    for _ in range(2000 if DEEP else 6):
        path.write_bytes(mutated(BASES["xlsx"], chance))
        try:
            found = look(path)
            if found.kind != IATI:
                list(read_rows(path, Reading(found.encoding, found.delimiter, found.sheet)))
        except Unreadable as refused:
            assert str(refused)
