"""Export, then import: every row is unchanged, in CSV, JSON and XLSX, for any text that Unicode allows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.models_line import ActivityLine
from app.activities.review import approve_activity
from app.activities.rules import Content, CounterpartTag, MilestoneTag, ProvisionTag, TypeTag
from app.activities.services import record_activity, save_activity, submit_activity
from app.core.formulas import guard, unguard
from app.core.permissions import SYSTEM
from app.core.tables import Kind
from app.core.text import is_blank
from app.exchange.rules import Outcome
from app.exchange.sheet_look import Reading, look_at
from app.reports.definitions.activities import table
from app.reports.renderers.csv import write_csv
from app.reports.renderers.json import write_json
from tests.factories.activities import quick
from tests.integration.exchange.sheets import resaved, xlsx_bytes
from tests.integration.exchange.test_hostile import DEEP, judge

# Neither PostgreSQL nor a CSV file keeps a NUL: the forms take it out, and so it is taken out here.
TEXT = st.text(max_size=60).map(lambda text: text.replace("\0", ""))
FORMULAS = st.sampled_from(["=1+1", "'=1+1", "''", "+", "-5", "@x", "\t=1", " =1", "＝1", "_x0041_", "_x005F_x0041_",
                            "a;b", 'a"b', "a,b", "\r\n", "\ufeff", "\ufffe", "'"])  # fmt: skip
ANY = st.one_of(TEXT, FORMULAS, st.tuples(FORMULAS, TEXT).map("".join))
NAMED = ANY.filter(lambda text: not is_blank(text))


@st.composite
def contents(draw: st.DrawFn) -> Content:
    return quick(
        title=draw(NAMED.filter(lambda text: len(text) <= 150)),
        summary=draw(ANY),
        delivered=draw(NAMED),
        status_reason=draw(ANY),
        source_symbol=draw(ANY),
        types=(TypeTag("training"), TypeTag("other", draw(NAMED)), TypeTag("diversion")),
        provisions=(ProvisionTag("E1997-30-8", "mandated_by"), ProvisionTag("CRC-40", "applied")),
        counterparts=(CounterpartTag(draw(NAMED), "government"), CounterpartTag("Bar; (and) bench", "civil_society")),
        milestones=(MilestoneTag("adopted", draw(NAMED), "2024-05"),),
        lessons=draw(ANY),
        sensitive=draw(st.booleans()),
        funding_amount_usd="1500.50",
    )


def exported(session: Session, basis: str) -> tuple[bytes, bytes, bytes, bytes]:
    """activities.csv, activities.json, a workbook of the same columns with text as text, the CSV file saved as one."""
    filters = ActivityFilters(basis=basis)
    as_csv = b"".join(write_csv(table(session, SYSTEM, filters)))
    as_json = b"".join(write_json({"title": "Activities"}, table(session, SYSTEM, filters)))
    made = table(session, SYSTEM, filters)
    rows = [[column.key for column in made.columns]]
    rows += [[_cell(column.kind, column.value(line)) for column in made.columns] for line in made.rows]
    return as_csv, as_json, xlsx_bytes(rows), resaved(as_csv)


def left_out(session: Session) -> set[str]:
    """References of the records of which files have no text."""
    return set(session.scalars(select(ActivityLine.reference).where(ActivityLine.sensitive.is_(True))))


def _cell(kind: Kind, value: Any) -> Any:
    if kind == Kind.YES_NO:
        return "" if value is None else "yes" if value else "no"
    return "" if value is None else value


@settings(max_examples=300 if DEEP else 8)
@given(st.lists(contents(), min_size=1, max_size=2), st.booleans())
def test_every_row_is_unchanged(standing: Session, tmp_path_factory: Any, made: list[Content], newer: bool) -> None:
    folder: Path = tmp_path_factory.getbasetemp()
    for content in made:  # they stay: the next example's files have them, too
        activity = record_activity(standing, SYSTEM, "0060", content)
        if newer:
            submit_activity(standing, SYSTEM, activity, activity.version)
            approve_activity(standing, SYSTEM, activity, activity.version)
            save_activity(standing, SYSTEM, activity, quick(title="Being written"), activity.version)
    for ending, data in zip(("csv", "json", "xlsx", "resaved.xlsx"), exported(standing, "approved"), strict=True):
        path = folder / f"round.{ending}"
        path.write_bytes(data)
        verdicts = judge(standing, look_at(path, Reading()), path)
        assert len(verdicts) >= len(made)
        for verdict in verdicts:
            assert verdict.outcome == Outcome.UNCHANGED, (ending, verdict.fields, verdict.findings)
            # Of a sensitive record the text is left out, and that it was not compared is told.
            sensitive = verdict.reference in left_out(standing)
            told = [("note", "text_left_out", "")] if sensitive else []
            assert [(f.severity, f.column, f.found) for f in verdict.findings] == told, ending


@given(ANY)
def test_exactly_the_one_apostrophe_comes_off(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text).replace("'", "") == text.replace("'", "")
    assert not any(re.match(r"\s*[=@]", part) for part in re.split(r"[;\t\r\n]", guard(text)))


def test_a_changed_cell_is_told_after_the_round_trip(standing: Session, tmp_path: Path) -> None:
    record_activity(standing, SYSTEM, "0060", quick(title="=Course", lessons="Kept"))
    told = json.loads(exported(standing, "approved")[1])
    told["rows"] = told["rows"][-1:]
    told["rows"][0]["title"] = "Another"
    told["rows"][0]["how"] = ["research"]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(told))
    (verdict,) = judge(standing, look_at(path, Reading()), path)
    assert (verdict.outcome, set(verdict.fields)) == (Outcome.CHANGED, {"title", "types"})
    assert verdict.content is not None
    assert verdict.content.lessons == "Kept"


def test_text_that_was_left_out_is_neither_compared_nor_changed_and_the_reader_is_told(
    standing: Session, tmp_path: Path
) -> None:
    record_activity(standing, SYSTEM, "0060", quick(title="Secret", summary="Names", sensitive=True))
    told = json.loads(exported(standing, "approved")[1])
    told["rows"] = [told["rows"][-1] | {"title": "Written over what was left out", "delivery_status": "closed"}]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(told))
    (verdict,) = judge(standing, look_at(path, Reading()), path)
    assert (verdict.outcome, verdict.fields) == (Outcome.CHANGED, ("status",))
    assert any("left out of the file" in each.template for each in verdict.findings)
