"""Dates as people type them: a day, a month and a year box, of which the day, or day and month, may stay empty."""

from __future__ import annotations

from calendar import monthrange

from app.core.i18n import N_

FIRST_YEAR, LAST_YEAR = 1900, 2100
MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)
NOT_DIGITS = N_("Write the day, month and year as numbers, for example 27 3 2024.")
NO_YEAR = N_("Write the year, too.")
SHORT_YEAR = N_("Write the year in four digits, for example 2024.")
YEAR_RANGE = N_("Write a year from 1900 to 2100.")
NO_MONTH = N_("Write the month, too, or leave the day empty.")
MONTH_RANGE = N_("Write the month as a number from 1 to 12.")
DAY_RANGE = N_("Write the day as a number from 1 to 31.")
NEVER = N_("%(day)s %(month)s does not exist.")
NOT_THAT_YEAR = N_("%(day)s %(month)s %(year)s does not exist.")


class DateProblem(ValueError):
    """What is wrong with the boxes: a marked sentence, and which box ("day", "month" or "year") it is about."""

    def __init__(self, message: str, box: str, **values: str) -> None:
        self.message = message
        self.box = box
        self.values = values
        super().__init__(message)


def join_boxes(day: str | None, month: str | None, year: str | None) -> str | None:
    """The ISO text YYYY, YYYY-MM or YYYY-MM-DD of three boxes, None if all are empty. Any script's digits will do.

    >>> join_boxes("٢٧", "3", "2024"), join_boxes("", "03", "2024"), join_boxes("", "", "")
    ('2024-03-27', '2024-03', None)

    Raises:
        DateProblem: they make no date.
    """
    if not any((text or "").strip() for text in (day, month, year)):
        return None
    d, m = _number(day, "day"), _number(month, "month")
    y = _year(year)
    if d is not None and m is None:
        raise DateProblem(NO_MONTH, "month")
    if m is None:
        return f"{y:04}"
    if not 1 <= m <= 12:
        raise DateProblem(MONTH_RANGE, "month")
    if d is None:
        return f"{y:04}-{m:02}"
    _check_day(d, m, y)
    return f"{y:04}-{m:02}-{d:02}"


def split_boxes(text: str | None) -> dict[str, str]:
    """The boxes that show an ISO partial date, without leading zeros; all empty for None.

    >>> split_boxes("2024-03")
    {'day': '', 'month': '3', 'year': '2024'}
    """
    year, month, day = [*(text or "").split("-"), "", ""][:3]
    return {"day": day.lstrip("0"), "month": month.lstrip("0"), "year": year}


def _number(text: str | None, box: str) -> int | None:
    cleaned = "".join((text or "").split())
    if not cleaned:
        return None
    # isdecimal is what int() reads: Arabic-Indic and other digits, but no superscripts or signs.
    if not cleaned.isdecimal() or len(cleaned) > 4:
        raise DateProblem(NOT_DIGITS, box)
    return int(cleaned)


def _year(text: str | None) -> int:
    year = _number(text, "year")
    if year is None:
        raise DateProblem(NO_YEAR, "year")
    if len("".join((text or "").split())) < 4:
        raise DateProblem(SHORT_YEAR, "year")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateProblem(YEAR_RANGE, "year")
    return year


def _check_day(day: int, month: int, year: int) -> None:
    if not 1 <= day <= 31:
        raise DateProblem(DAY_RANGE, "day")
    if day <= monthrange(year, month)[1]:
        return
    ever = day <= monthrange(2024, month)[1]  # 2024 is a leap year
    message = NOT_THAT_YEAR if ever else NEVER
    raise DateProblem(message, "day", day=str(day), month=MONTHS[month - 1], year=str(year))
