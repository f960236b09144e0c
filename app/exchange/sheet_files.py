"""Spreadsheets that we hand out: the template with its code lists, and the bad rows with the reasons beside them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.i18n import N_
from app.core.text import fold
from app.exchange.sheet_columns import ACTIVITIES, CODED, DATES, DELIVERIES, LISTED, columns

DROPPED = {**CODED, "primary_type": "support_type", "lead_office": "office", "sensitive": "yes_no",
           "profession": "target_group", "people_basis": "people_basis"}  # fmt: skip
"""Columns with a drop-down: one code each."""
SEVERAL = {**LISTED, "how": "how", "about": "about", "provisions": "provision", "partners": "partner_agency",
           "co_offices": "office", "counterparts": "counterpart_kind", "milestones": "milestone"}  # fmt: skip
# What a template leaves to the record, or says in another of its columns.
NOT_ASKED = frozenset({"uuid", "revision", "changed_at", "provision_roles", "line"})
NEEDED = {
    ACTIVITIES: frozenset({"lead_office", "title", "how", "request_source", "provisions", "delivery_status",
                           "counterparts", "concerns"}),
    DELIVERIES: frozenset({"on"}),
}  # fmt: skip
NUMERIC = frozenset({"women", "men", "not_recorded", "hours"})
ROWS = 1_000
HELP = (
    N_("One row is one activity: one purpose with one lead counterpart, however many sessions."),
    N_("Columns with a star are needed before an activity can be submitted. The rest is optional."),
    N_("Write codes or names, in any language of this program. Several in one cell are parted by a semicolon."),
    N_("Dates: 2024-03-27, or 2024-03 where the day, or 2024 where the month is not known."),
    N_("Write each counterpart with its kind in brackets: Ministry of Justice (government); Bar (civil_society)."),
    N_("Leave the reference blank for a new record. With a reference, the row changes that record."),
    N_("A blank cell beside a reference clears what the record says there; leave out columns that are to stay."),
    N_("“Original identifier” is your own number of the row. With one, the same row is known when it comes again."),
    N_("Never write about one child: no names, no case numbers, no dates of birth."),
    N_("What you send becomes drafts. You see every row before anything is taken."),
    N_(
        "The sheet of deliveries is optional: one row for each session, text or visit, with its date and who took part."
    ),
    N_("A delivery says whose it is by the activity’s reference, or by your own number of it and the office."),
    N_("Where people of several professions took part, write a row for each under the other, with the same date."),
    N_("Leave numbers empty that are not known: empty is not zero."),
)
HEADS = (N_("Column"), N_("Code of the column"), N_("What to write"))
TEXT, ONE, MANY, DATE = N_("Text"), N_("One of the list"), N_("Several of the list"), N_("A date")
NUMBER = N_("A number")
REASONS = N_("What is wrong")
ROW_NUMBER = N_("Row of the file")


@dataclass(frozen=True)
class Lists:
    """The code lists of a template: list → (code, name) in the person's language."""

    entries: Mapping[str, Sequence[tuple[str, str]]]


def asked_for(of: str = ACTIVITIES) -> list[str]:
    """The columns of a template, in order."""
    return [key for key, column in columns(of).items() if column.settable and key not in NOT_ASKED]


def heading(key: str, language: str, of: str = ACTIVITIES) -> str:
    """The heading of a column."""
    return columns(of)[key].labels[language] + (" *" if key in NEEDED[of] else "")


def csv_template(language: str, of: str = ACTIVITIES) -> bytes:
    """The headings alone."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([heading(key, language, of) for key in asked_for(of)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def xlsx_template(language: str, lists: Lists, say: Callable[[str], str], *, rtl: bool = False) -> bytes:
    """The sheets to fill in, a help sheet, and the code lists that their drop-downs read."""
    with _book() as (book, out):
        strong, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@"})
        sheets = [book.add_worksheet(sheet_name(say(name))) for name in SHEETS]
        if rtl or language == "ar":
            for each in sheets:
                each.right_to_left()
        activities, deliveries, help_sheet, codes = sheets
        places = _write_lists(codes, lists, strong, say)
        for of, sheet in ((ACTIVITIES, activities), (DELIVERIES, deliveries)):
            _write_form(sheet, of, language, places, (strong, text))
        _write_help(help_sheet, language, say, (strong, wrap))
    return out.getvalue()


HELP_SHEET, LISTS_SHEET = N_("Help"), N_("Lists")
SHEETS = (N_("Activities"), N_("Deliveries"), HELP_SHEET, LISTS_SHEET)


def sheet_name(words: str) -> str:
    """The words without what no name of a sheet may have, and no longer than it may be."""
    return re.sub(r"[\[\]:*?/\\]", "", words)[:31].strip("'")


class _book:  # noqa: N801 - used like a function
    """A workbook in memory, in which text is never a formula, a link or a number."""

    def __enter__(self) -> tuple[Any, io.BytesIO]:
        import xlsxwriter  # a tenth of a second that few requests need

        self.out = io.BytesIO()
        plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = xlsxwriter.Workbook(self.out, {"in_memory": True, **plain})
        return self.book, self.out

    def __exit__(self, kind: Any, *_more: Any) -> None:
        if kind is None:
            self.book.close()


def _write_lists(sheet: Any, lists: Lists, strong: Any, say: Callable[[str], str]) -> dict[str, str]:
    """Two columns a list, code and name. Returns where the codes of each stand."""
    places = {}
    name = LISTS_SHEET
    for number, (key, entries) in enumerate(lists.entries.items()):
        column = number * 2
        sheet.write_string(0, column, key, strong)
        for place, (code, label) in enumerate(entries, 1):
            sheet.write_string(place, column, code)
            sheet.write_string(place, column + 1, label)
        # People choose names; where two are alike, codes.
        named = len({fold(label) for _code, label in entries}) == len(entries)
        letter = _letters(column + named)
        quoted = sheet_name(say(name)).replace("'", "''")
        places[key] = f"='{quoted}'!${letter}$2:${letter}${len(entries) + 1}"
        sheet.set_column(column, column, 18)
        sheet.set_column(column + 1, column + 1, 34)
    sheet.freeze_panes(1, 0)
    return places


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def _write_form(sheet: Any, of: str, language: str, places: Mapping[str, str], formats: tuple[Any, Any]) -> None:
    strong, text = formats
    for column, key in enumerate(asked_for(of)):
        sheet.write_string(0, column, heading(key, language, of), strong)
        # As text, so that 0060 stays 0060 and 2024-03 is no day.
        wide = key in ("title", "summary", "delivered", "what")
        sheet.set_column(column, column, 40 if wide else 20, None if key in NUMERIC else text)
        if key in DROPPED and places.get(DROPPED[key]):
            sheet.data_validation(1, column, ROWS, column, {
                "validate": "list", "source": places[DROPPED[key]], "error_type": "warning",
            })  # fmt: skip
    sheet.freeze_panes(1, 0)


def _write_help(sheet: Any, language: str, say: Callable[[str], str], formats: tuple[Any, Any]) -> None:
    strong, wrap = formats
    for row, sentence in enumerate(HELP):
        sheet.merge_range(row, 0, row, 2, say(sentence), wrap)
        sheet.set_row(row, 32)
    start = len(HELP) + 1
    for column, words in enumerate(HEADS):
        sheet.write_string(start, column, say(words), strong)
    listed = [(of, key) for of in (ACTIVITIES, DELIVERIES) for key in asked_for(of)]
    for row, (of, key) in enumerate(listed, start + 1):
        told = (heading(key, language, of), key, _what(key, say))
        for column, words in enumerate(told):
            sheet.write_string(row, column, words, wrap)
    for column, width in enumerate((36, 26, 48)):
        sheet.set_column(column, column, width)


def _what(key: str, say: Callable[[str], str]) -> str:
    if key in DATES or key in NUMERIC:
        return say(DATE if key in DATES else NUMBER)
    if key in DROPPED:
        return f"{say(ONE)}: {DROPPED[key]}"
    return f"{say(MANY)}: {SEVERAL[key]}" if key in SEVERAL else say(TEXT)


def bad_rows(
    headings: Sequence[str],
    keys: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    reasons: Mapping[int, Sequence[tuple[str, str]]],
    say: Callable[[str], str],
    of: str = ACTIVITIES,
) -> bytes:
    """The wrong rows as they were sent, with the reasons at their cells and in a last column, to be mended and sent.

    `reasons` gives (column's key, sentence) of each row.
    """
    with _book() as (book, out):
        strong, bad = book.add_format({"bold": True}), book.add_format({"bg_color": "#FFE0B2"})
        sheet = book.add_worksheet(sheet_name(say(SHEETS[of == DELIVERIES])))
        last = len(headings)
        for column, words in enumerate((*headings, say(REASONS), say(ROW_NUMBER))):
            sheet.write_string(0, column, words, strong)
        place_of = {key: place for place, key in enumerate(keys) if key}
        for place, (number, cells) in enumerate(rows, 1):
            said = reasons.get(number, ())
            at: dict[int, list[str]] = {}
            for key, sentence in said:
                at.setdefault(place_of.get(key, last), []).append(sentence)
            for column, cell in enumerate(list(cells)[:last]):
                sheet.write_string(place, column, cell, bad if column in at else None)
            for column, sentences in at.items():
                sheet.write_comment(place, column, "\n".join(sentences)[:2000], {"x_scale": 2})
            told = (f"{headings[place_of[key]]}: {text}" if key in place_of else text for key, text in said)
            sheet.write_string(place, last, "\n".join(told)[:32000], strong)
            sheet.write_string(place, last + 1, str(number))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(reasons)), last + 1)
    return out.getvalue()
