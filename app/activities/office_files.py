"""Office files looked into: which kind each is, and that it is no bomb, holds no macros, needs no password."""

from __future__ import annotations

import zipfile
import zlib
from typing import IO

from app.core.errors import Refused
from app.core.i18n import N_

MOST_MEMBERS = 5_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_TIMES = 200  # an honest file grows tenfold; text that repeats, a hundredfold
SMALL = 1024 * 1024  # so much is no bomb, however well it packs
MOST_OF_A_LIST = 4 * 1024 * 1024
CHUNK = 256 * 1024

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
MAIN_PARTS = {WORD: "word/document.xml", EXCEL: "xl/workbook.xml", POWERPOINT: "ppt/presentation.xml"}
OPEN_DOCUMENT = (
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
)
MACROS = ("vbaproject.bin", "vbadata.xml")
MACRO_FOLDERS = ("basic/", "scripts/", "xl/macrosheets/", "word/activex/", "xl/activex/", "ppt/activex/")

DAMAGED = N_("This file is damaged or was cut off on its way. Open it, save it again and send that.")
AN_ARCHIVE = N_("This is an archive. Take the files out of it and send those.")
LOCKED = N_("This file needs a password. Save it without one and send that.")
BOMB = N_("This file unpacks to far more than it should. It is not taken.")
WITH_MACROS = N_("This file has macros, which are programs. Save it without them (docx, xlsx, pptx) and send that.")


def office_kind(file: IO[bytes], size: int) -> str:
    """The media type of an office file.

    Raises:
        Refused: an archive of another kind, damaged, with macros, with a password, or a bomb.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _refuse_dangerous(members, size)
            names = {member.filename for member in members}
            _refuse_macros(names)
            found = _open_document(archive, names) or _open_xml(archive, names)
            _unpack(archive, members)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError, KeyError) as error:
        raise Refused(DAMAGED) from error
    return found


def _refuse_dangerous(members: list[zipfile.ZipInfo], size: int) -> None:
    if any(member.flag_bits & 0x1 for member in members):
        raise Refused(LOCKED)
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or unpacked > max(SMALL, size * MOST_TIMES):
        raise Refused(BOMB)
    names = [member.filename for member in members]
    if len(set(names)) != len(names) or any(name.startswith(("/", "\\")) or ".." in name.split("/") for name in names):
        raise Refused(DAMAGED)


def _refuse_macros(names: set[str]) -> None:
    for name in (each.lower() for each in names):
        if name.rsplit("/", 1)[-1] in MACROS or name.startswith(MACRO_FOLDERS):
            raise Refused(WITH_MACROS)


def _open_document(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" not in names:
        return ""
    told = _text(archive, "mimetype").strip()
    if told not in OPEN_DOCUMENT or "content.xml" not in names:
        raise Refused(AN_ARCHIVE)
    if "encryption-data" in _text(archive, "META-INF/manifest.xml"):
        raise Refused(LOCKED)
    return told


def _open_xml(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "[Content_Types].xml" not in names:
        raise Refused(AN_ARCHIVE)
    types = _text(archive, "[Content_Types].xml")
    if "macroenabled" in types.lower() or "macrosheet" in types.lower():
        raise Refused(WITH_MACROS)
    for kind, part in MAIN_PARTS.items():
        if f"{kind}.main+xml" in types and part in names:
            return kind
    raise Refused(AN_ARCHIVE)


def _text(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as member:
        read = member.read(MOST_OF_A_LIST + 1)
    if len(read) > MOST_OF_A_LIST:
        raise Refused(BOMB)
    return read.decode("utf-8", errors="replace")


def _unpack(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Read every member once: sizes that lie and bytes that are damaged come to light, nothing is kept."""
    left = MOST_UNPACKED
    for member in members:
        with archive.open(member) as opened:
            while chunk := opened.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise Refused(BOMB)
