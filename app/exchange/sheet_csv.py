"""Reading CSV strictly: in which encoding, with which delimiter, and where it is broken."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

from app.core.i18n import N_
from app.exchange.sheet_kinds import NOT_TEXT
from app.exchange.sheet_limits import MAX_COLUMNS, MAX_FIELD, MAX_ROWS, Unreadable

ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp1256")
DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 256 * 1024
OPEN_QUOTE = N_("A quotation mark is opened in line %(line)s and never closed.")
BAD_QUOTE = N_("In line %(line)s text follows a closing quotation mark. Double the marks inside a text.")
LONG_FIELD = N_(
    "A field that begins in line %(line)s has more than 131,072 characters. A quotation mark may be missing there."
)
MANY_COLUMNS = N_("Line %(line)s has %(n)s columns. At most %(most)s are read.")
MANY_ROWS = N_("The file has more than %(most)s rows. Send it in parts.")
NOT_IN_ENCODING = N_("The file is not all %(encoding)s: the bytes near line %(line)s are something else.")

Row = tuple[int, list[str]]


def encoding_of(path: Path) -> tuple[str, bool]:
    """(encoding, whether it is sure).

    Raises:
        Unreadable: it is no text.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16", True
        bare = _bare_utf16(head)
        if bare:
            return bare, True
        file.seek(0)
        if _is_utf8(file):
            return "utf-8", True
        file.seek(0)
        whole = file.read(4 * SAMPLE)
    if b"\x00" in whole:
        raise Unreadable(NOT_TEXT)
    _refuse_spoilt_utf8(whole)
    return _guessed(whole), False


def _bare_utf16(head: bytes) -> str:
    """UTF-16 without its mark: every other byte of Latin text is a NUL."""
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half, other = head[offset:4096:2], head[1 - offset : 4096 : 2]
        if len(half) > 3 and half.count(0) > 0.6 * len(half) and not other.count(0):
            return name
    return ""


def _is_utf8(file: io.BufferedReader) -> bool:
    """Reads all of it. Raises Unreadable where it holds a NUL."""
    reader = io.TextIOWrapper(file, encoding="utf-8", errors="strict", newline="")
    try:
        while piece := reader.read(SAMPLE):
            if "\x00" in piece:
                raise Unreadable(NOT_TEXT)
    except UnicodeDecodeError:
        return False
    finally:
        reader.detach()
    return True


def _refuse_spoilt_utf8(data: bytes) -> None:
    """UTF-8 but for a few bytes: to read it as something else would spoil every accent in it."""
    text = data.decode("utf-8", "replace")
    odd = text.count("\ufffd")
    if odd and sum(c > "\x7f" for c in text) - odd >= odd:
        raise Unreadable(NOT_IN_ENCODING, encoding="utf-8", line=text[: text.index("\ufffd")].count("\n") + 1)


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes  # a tenth of a second that UTF-8 need not pay

    best = from_bytes(data, cp_isolation=["cp1252", "cp1256"], threshold=0.6).best()
    return best.encoding if best is not None and best.encoding in ENCODINGS else "cp1252"


def delimiter_of(text: str, known: Callable[[list[str]], int]) -> str:
    """The mark that parts the most columns we know, else the most columns of equal rows; a comma where none does."""
    best, found = (0, 0), ","
    for mark in DELIMITERS:
        try:
            rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True) if any(row)]
        except csv.Error:
            rows = [line.split(mark) for line in text.splitlines() if line.strip()]
        rows = rows[:20]
        if not rows:
            continue
        width = max(map(len, rows))
        even = sum(len(row) == width for row in rows)
        score = (max(known(row) for row in rows), (width > 1) * width * even)
        if score > best:
            best, found = score, mark
    return found


def sample_of(path: Path, encoding: str) -> str:
    """The first lines, for telling the delimiter."""
    try:
        with path.open(encoding=_codec(encoding), errors="replace", newline="") as file:
            text = file.read(16 * 1024)
    except (LookupError, UnicodeError):
        return ""
    return text.rpartition("\n")[0] or text


def _codec(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding


def read_csv(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    """(number, cells) of every row that is not blank. Rows are numbered as a spreadsheet shows them: a row whose cells
    have lines of their own is one, and blank ones count.

    Raises:
        Unreadable: broken quotes, another encoding, too wide, too long.
    """
    csv.field_size_limit(MAX_FIELD)
    with path.open(encoding=_codec(encoding), errors="strict", newline="") as file:
        reader = csv.reader(_without_nul(file), delimiter=delimiter, strict=True)
        count = 0
        for number in itertools.count(1):
            line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _refusal(error, line, reader.line_num) from error
            except UnicodeError as error:
                raise Unreadable(NOT_IN_ENCODING, encoding=encoding, line=reader.line_num + 1) from error
            if len(row) > MAX_COLUMNS:
                raise Unreadable(MANY_COLUMNS, line=line, n=f"{len(row):,}", most=MAX_COLUMNS)
            if any(map(str.strip, row)):
                count += 1
                if count > MAX_ROWS + 1:
                    raise Unreadable(MANY_ROWS, most=f"{MAX_ROWS:,}")
                yield number, row


def _without_nul(file: io.TextIOWrapper) -> Iterator[str]:
    for line in file:
        if "\x00" in line:
            raise Unreadable(NOT_TEXT)
        yield line


def _refusal(error: csv.Error, line: int, at: int) -> Unreadable:
    words = str(error)
    if "field larger" in words:
        return Unreadable(LONG_FIELD, line=line)
    if "unexpected end" in words:
        return Unreadable(OPEN_QUOTE, line=line)
    return Unreadable(BAD_QUOTE, line=at)
