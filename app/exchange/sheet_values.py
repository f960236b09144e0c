"""One cell as a value: dates, amounts, yes and no, text. What cannot be told for sure is refused, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.activities.rules import PartialDate
from app.core.formulas import unguard
from app.core.i18n import N_
from app.core.text import bare, fold

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
DOT, COMMA = "dot", "comma"
FOUND_LIMIT = 200

NOT_A_DATE = N_("This is no date. Write 2024-03-27, 2024-03 or 2024.")
SHORT_YEAR = N_("Write the year in four digits, for example 2024.")
NO_SUCH_DAY = N_("There is no such day.")
ORDER = N_("This date does not fit the order chosen for the file (%(order)s).")
NOT_AN_AMOUNT = N_("This is no amount. Write it as 1500 or 1500.50.")
NOT_YES_NO = N_("Write yes or no.")


@dataclass(frozen=True)
class Finding:
    """Something about one cell of a row. `template` is a marked sentence, `values` fill its %(name)s."""

    severity: str
    column: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    found: str = ""

    def told(self) -> list[Any]:
        """As plain values, for keeping."""
        return [self.severity, self.column, self.template, dict(self.values), self.found]

    @property
    def text(self) -> str:
        """The sentence."""
        return self.template % self.values if self.values else self.template

    @property
    def line(self) -> str:
        """As a command tells it: how bad it is, where, what, and what stands there."""
        place = f" at {self.column}" if self.column else ""
        value = f" Found: {self.found}" if self.found else ""
        return f"   {self.severity}{place}: {self.text}{value}"


def error(column: str, template: str, found: str = "", **values: Any) -> Finding:
    """The row cannot be taken."""
    return Finding("error", column, template, values, found[:FOUND_LIMIT])


def warning(column: str, template: str, found: str = "", **values: Any) -> Finding:
    """The row can be taken; somebody should look."""
    return Finding("warning", column, template, values, found[:FOUND_LIMIT])


def note(column: str, template: str, found: str = "", **values: Any) -> Finding:
    """Good to know."""
    return Finding("note", column, template, values, found[:FOUND_LIMIT])


class Unclear(ValueError):
    """The cell cannot be read."""

    def __init__(self, template: str, **values: Any) -> None:
        self.template, self.values = template, values
        super().__init__(template)


def tidy(cell: str) -> str:
    r"""Text as forms keep it: NFC, line ends as \n, no control characters, no space at the ends.

    >>> tidy(" a\x00b\r\nc ")
    'ab\nc'
    """
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    text = unicodedata.normalize("NFC", cell.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


_ESCAPE = re.compile(r"(_x[0-9a-fA-F]{4}_)")
_CODE = re.compile(r"_x([0-9a-fA-F]{4})_")


@cache
def _from_escape(code: str) -> str:
    return chr(int(code, 16))


def through_xlsx(text: str) -> str:
    """`text` as it comes back out of an XLSX file: the format writes some characters as _xHHHH_, not always well."""
    if "_x" not in text and "\ufffe" not in text and "\uffff" not in text:
        return text
    written = _ESCAPE.sub(r"_x005F\1", text).replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_")
    return _CODE.sub(lambda found: _from_escape(found[1]) if found[1].upper()[:3] != "FFF" else found[0], written)


def same_text(one: str, other: str) -> bool:
    """The two are the same to a reader; also where one of them has been through a spreadsheet."""
    first, second = tidy(one), tidy(other)
    return first == second or first == tidy(through_xlsx(other)) or tidy(through_xlsx(one)) == second


def says_what_is_kept(cell: str, kept: str) -> bool:
    """The cell has the text that is recorded, as it stands or as our CSV files guard it: a spreadsheet program that
    opens such a file and saves it as another kind keeps the guard as a letter of the text.
    """
    return same_text(cell, kept) or ("'" in cell and same_text(unguard(cell), kept))


def western_digits(text: str) -> str:
    """Arabic, Persian and other digits as 0 to 9, without marks of direction around them. A superscript is none.

    >>> western_digits("\u200f١٢"), western_digits("12²")
    ('12', '12²')
    """
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c, c)) for c in bare(text))


_CLOCK = r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?"
_TIME = rf"(?:[T ]{_CLOCK}(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:Z|UTC|[+-]\d{{2}}:?\d{{2}}))?)?"
_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?" + _TIME)
_PARTED = re.compile(r"(\d{1,2})[./\-\s](\d{1,2})[./\-\s](\d{4})" + _TIME)
_NUMBER = re.compile(r"\d{4}\.\d")
"""2025.10 typed as a number comes as 2025.1: October or January, nobody knows."""
_TWO_DIGITS = re.compile(r"\d{1,2}[./\-\s]\d{1,2}[./\-\s]\d{2}")
_MONTH_YEAR = re.compile(r"(\d{1,2})[./\-](\d{4})")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:\.|er|st|nd|rd|th|º|ª)?[\s\-/]+)?(?:of\s+|de\s+)?([^\W\d_]+)[.,]?[\s\-/]+(?:de\s+|del\s+)?(\d{4})",
    re.IGNORECASE,
)
_MONTH_BEFORE = re.compile(r"([^\W\d_]+)[.]?[\s\-]+(\d{1,2})(?:st|nd|rd|th)?,?[\s\-]+(\d{4})", re.IGNORECASE)


@cache
def _months() -> Mapping[str, int]:
    from babel import Locale

    found: dict[str, int] = {}
    for language in ("en", "fr", "es", "ar"):
        for width in ("wide", "abbreviated"):
            for number, name in Locale(language).months["format"][width].items():
                found.setdefault(fold(name).rstrip("."), number)
    return found


def read_date(cell: str, order: str) -> str:
    """ISO text of a day, a month or a year. Raises Unclear."""
    text = western_digits(cell).strip()
    iso = _ISO.fullmatch(text)
    if iso and not _NUMBER.fullmatch(text):
        return _joined(int(iso[1]), iso[2], iso[3])
    parted = _PARTED.fullmatch(text)
    if parted:
        day, month = (parted[1], parted[2]) if order == DAY_FIRST else (parted[2], parted[1])
        if int(month) > 12 >= int(day):
            raise Unclear(ORDER, order=N_("day first") if order == DAY_FIRST else N_("month first"))
        return _joined(int(parted[3]), month, day)
    if _TWO_DIGITS.fullmatch(text):
        raise Unclear(SHORT_YEAR)
    half = _MONTH_YEAR.fullmatch(text)
    if half:
        return _joined(int(half[2]), half[1], None)
    return _with_a_name(text)


def _with_a_name(text: str) -> str:
    """A date whose month is a word: 10 March 2025, 10-Mar-2025, 1er mars 2025, 3 de abril de 2025, March 10, 2025."""
    turned = _MONTH_BEFORE.fullmatch(text)
    named = _NAMED.fullmatch(text)
    day, month, year = (turned[2], turned[1], turned[3]) if turned else named.groups() if named else ("", "", "")
    number = _months().get(fold(month))
    if number is None:
        raise Unclear(NOT_A_DATE)
    return _joined(int(year), str(number), day)


def _joined(year: int, month: str | None, day: str | None) -> str:
    text = f"{year:04d}" + (f"-{int(month):02d}" if month else "") + (f"-{int(day):02d}" if day else "")
    try:
        return PartialDate(text).text
    except ValueError:
        raise Unclear(NO_SUCH_DAY) from None


_SPACED = re.compile(r"^\d{1,3}([ \u00a0\u2009\u202f'’]\d{3})+(?!\d)")
"""Thousands parted by a space or an apostrophe; two numbers in a cell are no number."""
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,2})?")


def read_amount(cell: str, decimal: str) -> str:
    """An amount with a dot before its cents. Raises Unclear."""
    text = re.sub(r"^(USD|US\$|\$)\s*|\s*(USD|US\$|\$)$", "", western_digits(cell).strip())
    text = text.replace("٬", "," if decimal == DOT else ".").replace("٫", "." if decimal == DOT else ",")
    text = _SPACED.sub(lambda found: re.sub(r"[^\d]", "", found[0]), text)
    group, point = (",", ".") if decimal == DOT else (".", ",")
    whole, mark, cents = text.partition(point)
    if group in cents or (group in whole and not re.fullmatch(rf"\d{{1,3}}(\{group}\d{{3}})+", whole)):
        raise Unclear(NOT_AN_AMOUNT)
    plain = whole.replace(group, "") + ("." + cents if mark else "")
    if not _AMOUNT.fullmatch(plain):
        raise Unclear(NOT_AN_AMOUNT)
    return plain


YES_NO = {
    "yes": frozenset(map(fold, ("yes", "y", "true", "1", "x", "oui", "vrai", "si", "verdadero", "نعم"))),
    "no": frozenset(map(fold, ("no", "n", "false", "0", "non", "faux", "falso", "لا"))),
}
"""How yes and no are written, for comparing."""


def read_yes_no(cell: str) -> bool:
    """True or false; blank is no. Raises Unclear."""
    text = fold(cell)
    if text in YES_NO["yes"]:
        return True
    if not text or text in YES_NO["no"]:
        return False
    raise Unclear(NOT_YES_NO)


_SUMS = frozenset(
    fold(word)
    for word in (
        "total", "totals", "grand total", "sub total", "subtotal", "sum", "total général", "sous-total", "somme",
        "total general", "suma", "итого", "всего", "المجموع", "الإجمالي", "المجموع الكلي", "总计", "合计",
    )
)  # fmt: skip

LONGEST_SUM = 25


def names_a_sum(title: str) -> bool:
    """True where a row of this title adds others up.

    >>> names_a_sum("Grand total:"), names_a_sum("Total reform of the code")
    (True, False)
    """
    return len(title) < LONGEST_SUM and fold(title.rstrip(" :.=")) in _SUMS
