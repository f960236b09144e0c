"""Text and values as files bring them, made fit to store: cleaning, shortening, dates, percentages."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from app.core.text import INVISIBLE

TITLE_LIMIT = 150
SUMMARY_LIMIT = 2000
ELLIPSIS = "…"

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_INVISIBLE = re.compile("[\u200b\u2060\u00ad]")
_UNSEEN = re.compile(f"[{INVISIBLE}]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_GAPS = re.compile(r"\n{3,}")

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?")
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?"
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_DATETIME = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})T(?:{_TIME}){_ZONE}")
_LOOSE_DATETIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9:.,]*(?: ?(?:Z|UTC|GMT|[+-][0-9:]+))?")
_PERCENT = re.compile(r"([+-]?)([0-9]{0,12})(?:[.,]([0-9]{1,30}))?\s*%?")


def clean_text(text: str) -> str:
    """`text` without NUL, control characters and lone surrogates, line ends as `\\n`, paragraphs kept."""
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)).replace("\t", " ")
    lines = (line.strip() for line in text.split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()


def clean_line(text: str) -> str:
    """`text` on one line: cleaned, each run of white space one blank, no invisible characters."""
    return " ".join(_INVISIBLE.sub("", clean_text(text)).split())


def clean_identifier(text: str) -> str:
    """`text` on one line, without signs that nobody sees: two identifiers that look the same are the same."""
    return clean_line(_UNSEEN.sub("", text))


def looks_misread(text: str) -> bool:
    """True where `text` is UTF-8 that somebody read in a Western encoding.

    >>> looks_misread("PilÃ´tÃ©"), looks_misread("Piloté")
    (True, False)
    """
    return not text.isascii() and any(_again(text, encoding) for encoding in ("latin-1", "cp1252"))


def _again(text: str, encoding: str) -> bool:
    try:
        return text.encode(encoding).decode("utf-8") != text
    except ValueError:
        return False


def shorten(text: str, limit: int) -> tuple[str, bool]:
    """`text` cut to at most `limit` characters on a word boundary, with an ellipsis; and whether it was cut.

    A letter is never parted from its accents, an emoji never from its joined parts, a surrogate never from
    its pair. A word longer than half the limit is cut inside. A limit below one gives an empty text.
    """
    if len(text) <= limit:
        return text, False
    if limit < 1:
        return "", True
    end = _letter_end(text, limit - 1)
    blank = max((place for place in range(end, limit // 2, -1) if text[place].isspace()), default=-1)
    if blank > 0:
        end = blank
    kept = text[:end].rstrip()
    trimmed = kept.rstrip(",;:–—-").rstrip()
    return (trimmed or kept) + ELLIPSIS, True


def _letter_end(text: str, end: int) -> int:
    """The last place at or before `end` where `text` may be cut inside no letter."""
    while end > 0 and _joined(text, end):
        end -= 1
    return end


def _joined(text: str, place: int) -> bool:
    """True where the characters before and at `place` are read as one letter."""
    before, after = text[place - 1], text[place]
    if _continues(after) or before == "\u200d":
        return True
    if "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff":
        return True
    return _is_flag_half(before) and _is_flag_half(after) and _flag_halves_before(text, place) % 2 == 1


def _continues(char: str) -> bool:
    if unicodedata.category(char) in ("Mn", "Mc", "Me"):
        return True
    return char in "\u200d\u200c" or "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f"


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_halves_before(text: str, place: int) -> int:
    count = 0
    while place - count > 0 and _is_flag_half(text[place - count - 1]):
        count += 1
    return count


def is_iso_date(text: str) -> bool:
    """True for a real day written YYYY-MM-DD, with or without a time zone (the `date` of XML Schema)."""
    match = _DATE.fullmatch(text)
    return match is not None and _day(text[:10]) is not None


def is_iso_datetime(text: str) -> bool:
    """True for a real day and time as XML Schema's `dateTime` writes it."""
    match = _DATETIME.fullmatch(text)
    return match is not None and _day(match[1]) is not None


def read_date(text: str) -> tuple[date | None, bool]:
    """The day that `text` means, or None; and whether it is written as IATI wants it (YYYY-MM-DD).

    A date with a time of day is taken, its time left aside. Any other writing (day first, month only) gives
    None, because it would have to be guessed.
    """
    text = text.strip()
    if _DATE.fullmatch(text):
        return _day(text[:10]), True
    match = _LOOSE_DATETIME.fullmatch(text)
    return (_day(match[1]) if match else None), False


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_percentage(text: str) -> tuple[Decimal | None, bool]:
    """The percentage that `text` means, None if not from 0 to 100; and whether it is well written.

    `33,3` and `50 %` are taken and called badly written.
    """
    text = text.strip()
    match = _PERCENT.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        return None, False
    value = Decimal(f"{match[1]}{match[2] or '0'}.{match[3] or '0'}").normalize()
    if not 0 <= value <= 100:
        return None, False
    return value + 0, "," not in text and "%" not in text
