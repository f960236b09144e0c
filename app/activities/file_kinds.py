"""What a file is, told by its content, never by its name. What is not on the list is refused with a plain sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO

from app.activities.office_files import office_kind
from app.core.errors import Refused
from app.core.i18n import N_

HEAD = 4096
TAIL = 1024
TAKEN = N_("PDF, Word (docx), Excel (xlsx), PowerPoint (pptx), OpenDocument (odt, ods), JPEG, PNG, WebP, text and CSV")

EMPTY = N_("This file is empty.")
A_PROGRAM = N_("This is a program or a script, whatever its name says. Programs are not taken.")
A_PAGE = N_("This is a web page or a drawing that can run scripts. Save it as PDF and send that.")
OLD_OFFICE = N_(
    "This is an old Office file, or one with a password."
    " Save it as docx, xlsx or pptx without a password, and send that."
)
OTHER_ARCHIVE = N_("This is an archive. Take the files out of it and send those.")
CUT_PDF = N_("This PDF is damaged or was cut off on its way. Open it, save it again and send that.")
TWO_IN_ONE = N_("This file is two kinds of file in one. Save it again from the program that made it and send that.")
NOT_TAKEN = N_("Files of this kind are not taken. Save it as PDF and send that.")


@dataclass(frozen=True)
class FileKind:
    """A kind of file that is taken: its media type, the ending it is given back with, its name in words."""

    media_type: str
    endings: tuple[str, ...]
    name: str
    picture: str = ""


OFFICE = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
PDF = FileKind("application/pdf", (".pdf",), N_("PDF"))
TEXT = FileKind("text/plain", (".txt", ".csv", ".tsv"), N_("Text"))
KINDS = {
    kind.media_type: kind
    for kind in (
        PDF,
        TEXT,
        FileKind("image/jpeg", (".jpg", ".jpeg"), N_("JPEG"), picture="JPEG"),
        FileKind("image/png", (".png",), N_("PNG"), picture="PNG"),
        FileKind("image/webp", (".webp",), N_("WebP"), picture="WEBP"),
        FileKind(OFFICE + "wordprocessingml.document", (".docx",), N_("Word")),
        FileKind(OFFICE + "spreadsheetml.sheet", (".xlsx",), N_("Excel")),
        FileKind(OFFICE + "presentationml.presentation", (".pptx",), N_("PowerPoint")),
        FileKind(ODF + "text", (".odt",), N_("OpenDocument")),
        FileKind(ODF + "spreadsheet", (".ods",), N_("OpenDocument")),
    )
}
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
            b"dex\n", b"\x00asm", b"L\x00\x00\x00\x01\x14\x02\x00")  # fmt: skip
ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Text that some program would run or open as something else than text.
NOT_TEXT = re.compile(
    r"\s*(?:\{\\rtf|%!|<[a-z!?/])|.*<(?:!doctype|html|head|body|script|svg|iframe|\?xml|\?php)\b", re.I | re.S
)
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def kind_of(file: IO[bytes], size: int) -> FileKind:
    """The kind of the file, read from its first and last bytes, and from inside where it is an office file.

    Raises:
        Refused: it is of no kind that is taken, or a damaged or dangerous one; the text says what to do.
    """
    head = _read(file, 0, HEAD)
    if not head:
        raise Refused(EMPTY)
    _refuse_foreign(head)
    if head.startswith(b"PK\x03\x04"):
        return KINDS[office_kind(file, size)]
    if head.startswith(b"%PDF-"):
        return _pdf(_read(file, max(0, size - TAIL), TAIL))
    return _picture(head) or _text(file, head)


def _refuse_foreign(head: bytes) -> None:
    for beginnings, why in ((PROGRAMS, A_PROGRAM), ((OLE,), OLD_OFFICE), (ARCHIVES, OTHER_ARCHIVE)):
        if head.startswith(beginnings):
            raise Refused(why)


def _pdf(tail: bytes) -> FileKind:
    at = tail.rfind(b"PK\x05\x06")
    if at >= 0 and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail):
        raise Refused(TWO_IN_ONE)
    if b"%%EOF" not in tail:
        raise Refused(CUT_PDF)
    return PDF


def _picture(head: bytes) -> FileKind | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return KINDS["image/png"]
    if head.startswith(b"\xff\xd8\xff"):
        return KINDS["image/jpeg"]
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return KINDS["image/webp"]
    return None


def _text(file: IO[bytes], head: bytes) -> FileKind:
    """Text in UTF-8, UTF-16 with its mark, or an older code page; all of it, for bytes may hide behind its first page.

    CSV is text: no content tells them apart for certain, so the file keeps the ending that it came with.
    """
    whole = _read(file, 0, None)
    for encoding in ("utf-16",) if head.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252", "cp1256"):
        try:
            decoded = whole.decode(encoding)
        except UnicodeDecodeError:
            continue
        if CONTROLS.search(decoded):
            break
        if NOT_TEXT.match(decoded[:HEAD]):
            raise Refused(A_PAGE if "<" in decoded[:HEAD] else NOT_TAKEN)
        return TEXT
    raise Refused(NOT_TAKEN)


def _read(file: IO[bytes], at: int, most: int | None) -> bytes:
    file.seek(at)
    return file.read() if most is None else file.read(most)
