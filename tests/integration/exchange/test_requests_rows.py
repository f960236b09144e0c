"""What is said of the rows of a spreadsheet of recommendations: dates, changes, cells that are not understood, ids."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.asked.models import SupportRequest
from app.asked.services import change_request, content_of
from app.core.permissions import SYSTEM
from app.exchange.requests_file import request_table
from app.exchange.requests_intake import take_in
from app.exchange.requests_table import Fate, Outcome, Taken, told

Take = Callable[..., Taken]
COLUMNS = (
    "id", "state", "text", "recommending_state", "response", "session", "date", "symbol", "paragraph", "url",
    "is_juvenile_justice", "asks_technical_assistance", "office_code",
)  # fmt: skip
ROW = {
    "id": "A-1", "state": "Afghanistan", "text": "Raise the age", "recommending_state": "Austria", "response": "Noted",
    "session": "20", "date": "2019-04-03", "symbol": "A/HRC/1", "paragraph": "7", "url": "https://a.example/1",
    "is_juvenile_justice": "1", "asks_technical_assistance": "0", "office_code": "0060",
}  # fmt: skip


@pytest.fixture
def take(session: Session, tmp_path: Path) -> Take:
    """`take(data)` takes a file in, `take(data, "mdy")` with its dates month first."""

    def run(data: bytes | str, order: str = "", source: str = "upr") -> Taken:
        path = tmp_path / "file"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return take_in(session, SYSTEM, request_table(path, "file.csv", order), source)

    return run


def sheet(*rows: Mapping[str, str]) -> str:
    """These rows, each with all columns."""
    return "\n".join([",".join(COLUMNS), *(",".join((ROW | row)[name] for name in COLUMNS) for row in rows)]) + "\n"


def found(fate: Fate) -> list[tuple[str, str, str]]:
    """(severity, column, value) of what was found in a row."""
    return [(each.severity, each.column, each.found) for each in fate.findings]


def outcomes(taken: Taken) -> list[str]:
    return [fate.outcome for fate in taken.fates]


def days(session: Session) -> list[str | None]:
    return list(session.scalars(select(SupportRequest.document_on).order_by(SupportRequest.id)))


DATES = "state,text,Adoption date\nNepal,Train judges,03/04/2019\nNepal,Raise the age,03/25/2019\n"


def test_the_order_of_dates_is_found_in_the_whole_file_and_told(take: Take, session: Session) -> None:
    taken = take(DATES)
    assert (outcomes(taken), days(session)) == (["new", "new"], ["2019-03-04", "2019-03-25"])
    assert "month first" in "\n".join(told(taken))
    assert "day first" in "\n".join(told(take(DATES.replace("03/25", "25/03").replace("judges", "police"))))
    assert "first" not in "\n".join(told(take("state,text,date\nNepal,Train guards,2019-04\n")))


def test_the_other_order_may_be_said_and_what_does_not_fit_names_column_and_value(take: Take) -> None:
    taken = take(DATES, "dmy")
    assert outcomes(taken) == ["new", "refused"]
    assert found(taken.fates[1]) == [("error", "Adoption date", "03/25/2019")]
    assert "does not fit the order" in taken.fates[1].words[0]


def test_hours_behind_a_day_hide_its_order_from_nobody(take: Take, session: Session) -> None:
    take(DATES.replace("2019\n", "2019 10:30\n"))
    assert days(session) == ["2019-03-04", "2019-03-25"]


def test_dates_that_tell_no_order_or_both_are_told(take: Take) -> None:
    neither = take("state,text,date\nNepal,Train judges,03/04/2019\n")
    assert "No date tells" in "\n".join(told(neither))
    assert "No date tells" not in "\n".join(told(take("state,text,date\nNepal,Train,03/04/2019\n", "dmy")))
    both = take("state,text,date\nNepal,One,25/03/2019\nNepal,Two,03/25/2019\nNepal,Three,soon\n")
    assert "others only month first" in "\n".join(told(both))
    assert found(both.fates[2]) == [("error", "date", "soon")]


CHANGES = {
    "response": ("Accepted", "The State noted it"),
    "asks_technical_assistance": ("1", "No"),
    "is_juvenile_justice": ("0", "Yes"),
    "recommending_state": ("Ghana", "Austria"),
    "symbol": ("A/HRC/2", "A/HRC/1"),
    "paragraph": ("8", "7"),
    "url": ("https://a.example/2", "https://a.example/1"),
    "date": ("2019-05", "2019-04-03"),
    "text": ("Raise it to 18", "Raise the age"),
}


@pytest.mark.both_engines
def test_the_same_again_is_unchanged(take: Take) -> None:
    take(sheet(ROW))
    again = take(sheet(ROW))
    assert (outcomes(again), again.fates[0].findings) == (["there already"], [])
    assert again.fates[0].reference.startswith("REQ-")


@pytest.mark.both_engines
@pytest.mark.parametrize("column", CHANGES)
def test_every_change_at_the_source_is_told_with_what_was_there(take: Take, session: Session, column: str) -> None:
    now, before = CHANGES[column]
    take(sheet(ROW))
    again = take(sheet({column: now}))
    assert outcomes(again) == ["changed at its source"]
    assert found(again.fates[0]) == [("note", "", ""), ("note", column, now)]
    assert before in again.fates[0].words[1]
    assert session.scalars(select(SupportRequest)).one().state_response == "noted", "offices answered what stands there"


def test_another_session_is_told_with_the_month_before(take: Take) -> None:
    take("id,state,text,session\nA-1,Nepal,Raise the age,20\n")
    again = take("id,state,text,session\nA-1,Nepal,Raise the age,21\n")
    assert (outcomes(again), found(again.fates[0])[1:]) == (["changed at its source"], [("note", "session", "21")])
    assert "2014-10" in again.fates[0].words[1]


def test_a_change_is_told_of_rows_without_an_id_too_and_a_blank_cell_is_one(take: Take) -> None:
    take(sheet({"id": "1"}))
    again = take(sheet({"id": "1", "response": ""}))
    assert outcomes(again) == ["changed at its source"]
    assert found(again.fates[0])[1:] == [("note", "response", "")]


def test_what_a_file_does_not_say_or_ours_says_by_now_is_no_change(take: Take, session: Session) -> None:
    take(sheet(ROW))
    without = "id,state,text,recommending_state,session,symbol,paragraph\n"
    assert outcomes(take(without + "A-1,Afghanistan,Raise the age,Austria,20,A/HRC/1,7\n")) == ["there already"]
    ours = session.scalars(select(SupportRequest)).one()
    own = replace(content_of(ours), state_response="accepted", asked="Raise the age, in our words")
    change_request(session, SYSTEM, ours, own, ours.version)
    assert outcomes(take(sheet(ROW))) == ["there already"], "the source says what it said"
    assert outcomes(take(sheet({"response": "Accepted"}))) == ["there already"], "ours says it by now"
    assert outcomes(take(sheet({"response": "Accepted", "is_juvenile_justice": "0"}))) == ["changed at its source"]


def test_the_same_words_under_another_id_are_a_duplicate_or_a_change(take: Take) -> None:
    take(sheet(ROW))
    other = take(sheet({"id": "B-1"}))
    assert (outcomes(other), other.fates[0].words) == (
        ["duplicate"],
        (f"{other.fates[0].reference} says this already.",),
    )
    assert outcomes(take(sheet({"id": "B-1", "response": "Accepted"}))) == ["changed at its source"]


UNCLEAR = {
    "response": "Perhaps", "asks_technical_assistance": "maybe", "is_juvenile_justice": "who knows", "session": "abc",
    "office_code": "zzz", "url": "our shelf", "paragraph": "7" * 61,
}  # fmt: skip


@pytest.mark.both_engines
@pytest.mark.parametrize("column", UNCLEAR)
def test_what_is_not_understood_is_told_and_the_row_is_taken_without_it(take: Take, column: str) -> None:
    taken = take(sheet({column: UNCLEAR[column]}))
    assert outcomes(taken) == ["new"]
    assert found(taken.fates[0]) == [("warning", column, UNCLEAR[column])]


def test_an_office_that_does_not_serve_the_state_and_one_without_its_zero(take: Take, session: Session) -> None:
    taken = take(sheet({"id": "A-1", "state": "Nepal"}, {"id": "A-2", "office_code": "60", "text": "Train judges"}))
    assert [found(fate) for fate in taken.fates] == [
        [("warning", "office_code", "0060")], [("warning", "office_code", "60")],
    ]  # fmt: skip
    made = session.scalars(select(SupportRequest).order_by(SupportRequest.id)).all()
    assert "0060" not in made[0].office_codes
    assert made[1].office_codes == {"0060"}


def test_sessions_of_others_are_theirs(take: Take) -> None:
    taken = take(sheet({"session": "abc"}), source="crc_concluding_observations")
    assert (outcomes(taken), taken.fates[0].findings) == (["new"], [])


def test_a_date_to_come_is_named_as_the_file_calls_it(take: Take) -> None:
    taken = take(sheet({"date": "2030"}))
    assert (outcomes(taken), found(taken.fates[0])) == (["refused"], [("error", "date", "2030")])


def test_of_columns_that_are_called_alike_the_first_counts_and_it_is_told(take: Take, session: Session) -> None:
    taken = take("state,text,Response,response\nNepal,Train judges,Accepted,Noted\n")
    same = take("state,text,Response,Response\nNepal,Train police,Accepted,Noted\n")
    assert list(session.scalars(select(SupportRequest.state_response))) == ["accepted", "accepted"]
    for each in (taken, same):
        assert "same heading; the first counts: Response" in "\n".join(told(each))
        assert len(each.table.unread) == 1


@pytest.mark.parametrize("column", ["text", "state", "response", "date"])
def test_an_object_in_a_cell_of_json_is_an_error_there(take: Take, column: str) -> None:
    row = {"state": "Nepal", "text": "Raise it", "response": "Noted", "date": "2019"}
    taken = take(json.dumps([row, row | {"text": "Train judges", column: {"a": 1}}]))
    assert outcomes(taken) == ["new", "refused"]
    assert found(taken.fates[1]) == [("error", column, '#OBJECT! {"a": 1}')]


def test_cells_with_errors_are_not_blank(take: Take) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["State", "Text", "Response", "Remark"])
        page.write_row(1, 0, ["Nepal", "Raise it"])
        page.write_formula(1, 2, "=NA()", None, "#N/A")
        page.write_row(2, 0, ["Nepal", "Train judges", "Noted"])
        page.write_formula(2, 3, "=NA()", None, "#N/A")
    taken = take(out.getvalue())
    assert outcomes(taken) == ["refused", "new"], "the remark is not read"
    assert found(taken.fates[0]) == [("error", "Response", "#N/A")]


def test_a_long_text_is_kept_whole(take: Take, session: Session) -> None:
    text = "Raise the age. " * 400
    take(sheet({"text": text}))
    made = session.scalars(select(SupportRequest)).one()
    assert (made.original, len(made.asked)) == (text.strip(), 4000)


def test_cells_beyond_the_columns_are_told(take: Take) -> None:
    taken = take("state,text\nNepal,Raise the age, at once\n")
    assert (outcomes(taken), found(taken.fates[0])) == (["refused"], [("error", "", " at once")])


@pytest.mark.both_engines
def test_two_rows_of_one_id_are_both_named_and_neither_is_taken(take: Take, session: Session) -> None:
    taken = take(sheet({"text": "One"}, {"id": "A-2"}, {"text": "Two"}, {"text": "Three"}))
    assert outcomes(taken) == ["refused", "new", "refused", "refused"]
    assert "This row and row 4 are about the same record. Neither is taken." in taken.fates[0].words
    assert "This row and row 2 are about the same record. Neither is taken." in taken.fates[2].words
    assert session.scalars(select(SupportRequest)).one().original_identifier == "upr:A-2"


def test_a_thousand_rows_of_one_id_are_named_at_each_but_only_some_at_the_first(take: Take) -> None:
    taken = take("id,state,text\n" + "".join(f"A-1,Nepal,Text {n}\n" for n in range(1000)))
    assert taken.counts == [("refused", 1000)]
    assert [len(fate.findings) for fate in (taken.fates[0], taken.fates[-1])] == [20, 1]


def test_one_id_with_one_text_and_two_answers_is_told_at_both(take: Take) -> None:
    assert outcomes(take(sheet(ROW, {"response": "Accepted"}))) == ["refused", "refused"]
    assert outcomes(take(sheet({"id": "1"}, {"id": "2", "response": "Accepted"}))) == ["refused", "refused"]
    assert outcomes(take(sheet(ROW, ROW))) == ["new", "duplicate"]


def test_a_row_that_is_known_and_one_that_contradicts_it_are_both_refused(take: Take) -> None:
    take(sheet(ROW))
    assert outcomes(take(sheet(ROW, {"text": "Other"}))) == [Outcome.REFUSED, Outcome.REFUSED]


def test_two_ids_with_the_same_words_and_two_answers_are_two(take: Take, session: Session) -> None:
    taken = take(sheet(ROW, {"id": "A-2", "response": "Accepted"}))
    assert outcomes(taken) == ["new", "new"]
    assert "Says the same as row 2" in taken.fates[1].words[0]
    first, second = session.scalars(select(SupportRequest).order_by(SupportRequest.id)).all()
    assert second.repeats_id == first.id
