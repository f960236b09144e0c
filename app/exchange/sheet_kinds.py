"""What a file is, by its bytes and never by its name; and archives that are not what they seem."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from app.core.i18n import N_
from app.exchange.sheet_limits import (
    MAX_COLUMNS,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_ROWS,
    MAX_UNPACKED,
    RATIO_FROM,
    Unreadable,
)

HEAD = 4096
CSV, XLSX, ODS, XLS, JSON, IATI = "csv", "xlsx", "ods", "xls", "json", "iati"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
# How files in UTF-32 begin, and XML in EBCDIC.
ENCODING_NOT_READ = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"\x4c\x6f\xa7\x94")
# How files begin that are no tables, whatever their name says.
OTHERS = (
    (b"MZ", N_("a program")), (b"\x7fELF", N_("a program")), (b"\xca\xfe\xba\xbe", N_("a program")),
    (b"\xcf\xfa\xed\xfe", N_("a program")), (b"#!", N_("a program")), (b"%PDF", N_("a PDF")),
    (b"\x89PNG", N_("a picture")), (b"\xff\xd8\xff", N_("a picture")), (b"GIF8", N_("a picture")),
    (b"\x1f\x8b", N_("an archive")), (b"7z\xbc\xaf", N_("an archive")), (b"Rar!", N_("an archive")),
    (b"BZh", N_("an archive")), (b"\xfd7zXZ", N_("an archive")), (b"SQLite format 3", N_("a database")),
    (b"{\\rtf", N_("a text document")),
)  # fmt: skip
EMPTY = N_("The file is empty.")
NOT_A_TABLE = N_("This is %(what)s, not a table. Send a CSV, XLSX, ODS, XLS or JSON file, or IATI XML.")
NOT_READ = N_("The file is in an encoding that is not read here (UTF-32 or EBCDIC). Save it as UTF-8.")
WEB_PAGE = N_(
    "This is a web page with the name of a spreadsheet. Open it in your spreadsheet program and save it as XLSX."
)
OLD_XML = N_("This is an old XML spreadsheet. Open it in your spreadsheet program and save it as XLSX.")
BROKEN_ZIP = N_("The spreadsheet is damaged or cut off. Save it anew and send it again.")
OTHER_ZIP = N_("This archive is no spreadsheet. Send the spreadsheet inside it.")
BINARY = N_("This is a binary spreadsheet (XLSB), which is not read. Save it as XLSX.")
PROTECTED = N_("The spreadsheet is protected by a password. Save it without one and send it again.")
TOO_MANY_PARTS = N_("The spreadsheet has %(n)s parts inside, far more than a real one. It is refused unopened.")
TOO_LARGE = N_("Unpacked, the spreadsheet would have %(n)s MB, more than is read. It is refused unopened.")
BOMB = N_("The spreadsheet unpacks to %(n)s times its size, as no real one does. It is refused unopened.")
ENTITIES = N_("The file declares entities (a DTD), which can be made to explode. It is refused.")
FAR_COLUMN = N_("A cell stands in column %(cell)s, far from all others. At most %(most)s columns are read.")
FAR_ROW = N_("A cell stands at %(cell)s, far below all others. At most %(most)s rows are read.")
NOT_TEXT = N_("The file holds NUL characters, so it is no text. Save the table as CSV or XLSX and send it again.")


def kind_of(path: Path) -> str:
    """csv, xlsx, ods, xls, json or iati.

    Raises:
        Unreadable: it is none of them, or an archive that would explode.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable(EMPTY if not head.strip() or b"\x00" not in head else NOT_TEXT)
    if head.startswith(ENCODING_NOT_READ):
        raise Unreadable(NOT_READ)
    if head.startswith((ZIP, b"PK\x05\x06")):
        return _kind_of_zip(path)
    if head.startswith(OLE):
        return _kind_of_ole(path)
    for magic, what in OTHERS:
        if head.startswith(magic):
            raise Unreadable(NOT_A_TABLE, what=what)
    return _kind_of_text(head)


def _kind_of_text(head: bytes) -> str:
    if head.startswith(UTF16):
        plain = head.decode("utf-16", "replace").encode("utf-8", "replace")
    else:
        plain = head.removeprefix(b"\xef\xbb\xbf")
    start = plain.lstrip()[:HEAD].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table")) or (start.startswith(b"<") and b"<table" in start):
        raise Unreadable(WEB_PAGE)
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        raise Unreadable(OLD_XML)
    if start.startswith(b"<"):
        return IATI
    # A CSV may begin with these, too, but hardly with what follows them here.
    return JSON if re.match(rb'\[\s*[\[{\]]|\{\s*["}]', start) else CSV


def _kind_of_ole(path: Path) -> str:
    with path.open("rb") as file:
        if "EncryptedPackage".encode("utf-16-le") in file.read(1024 * 1024):
            raise Unreadable(PROTECTED)
    return XLS


def _kind_of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _look_at_sizes(members)
            names = {member.filename for member in members}
            kind = _kind_of_members(archive, names)
            if any(member.flag_bits & 1 for member in members):
                raise Unreadable(PROTECTED)
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    _look_at_part(archive, member, sheet="/worksheets/" in member.filename)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(BROKEN_ZIP) from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise Unreadable(BROKEN_ZIP) from error
    return kind


def _look_at_sizes(members: list[zipfile.ZipInfo]) -> None:
    """By what the archive declares, before a byte of it is unpacked."""
    if len(members) > MAX_MEMBERS:
        raise Unreadable(TOO_MANY_PARTS, n=f"{len(members):,}")
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if unpacked > MAX_UNPACKED:
        raise Unreadable(TOO_LARGE, n=f"{unpacked // (1024 * 1024):,}")
    if unpacked > RATIO_FROM and unpacked > MAX_RATIO * max(packed, 1):
        raise Unreadable(BOMB, n=f"{unpacked // max(packed, 1):,}")


def _kind_of_members(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        raise Unreadable(BINARY)
    office_file = "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)
    if office_file or any(name.startswith("xl/workbook") for name in names):
        return XLSX
    if "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype")[:100]:
        if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise Unreadable(PROTECTED)
        return ODS
    raise Unreadable(OTHER_ZIP)


_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)")
# Six digits, or three letters: where no table of ours reaches.
_FAR_ROW = re.compile(rb'<c [^>]*?\br="([A-Z]{1,3}(\d{6,10}))"')
_FAR_COLUMN = re.compile(rb'<c [^>]*?\br="([A-Z]{3,9}\d+)"')


def _look_at_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, sheet: bool) -> None:
    """Whether it declares entities; of a sheet, whether a cell stands so far away that the table would explode."""
    with archive.open(member) as file:
        _look_at_pieces(overlapping(pieces(file), 200), sheet=sheet)


def _look_at_pieces(given: Iterable[bytes], *, sheet: bool) -> None:
    seen = 0
    for piece in given:
        if seen < HEAD * 4 and _DTD.search(piece):
            raise Unreadable(ENTITIES)
        seen += len(piece)
        if sheet:
            far = _FAR_COLUMN.search(piece)
            if far:
                raise Unreadable(FAR_COLUMN, cell=far[1].decode(), most=MAX_COLUMNS)
            for found in _FAR_ROW.finditer(piece):
                if int(found[2]) > MAX_ROWS + 100:
                    raise Unreadable(FAR_ROW, cell=found[1].decode(), most=f"{MAX_ROWS:,}")
        elif seen > HEAD * 4:
            return


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """A part of an archive, unpacked by the megabyte. Whoever opened it closes it, also where a piece is refused."""
    while piece := file.read(1024 * 1024):
        yield piece


def overlapping(given: Iterable[bytes], overlap: int) -> Iterator[bytes]:
    """Each piece with the end of the one before it, so that nothing looked for is cut in two."""
    tail = b""
    for piece in given:
        yield tail + piece
        tail = piece[-overlap:]
