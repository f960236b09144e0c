"""Names of files are text for people: kept without what could mislead them, never used as a path."""

from __future__ import annotations

import re
import unicodedata

from app.activities.file_kinds import FileKind

LONGEST = 150


def plain_name(sent: str) -> str:
    """The last part of a name as a browser sent it, as visible text of one line, at most 150 characters.

    >>> plain_name("C:\\\\docs\\\\report.pdf"), plain_name("../../etc/passwd"), plain_name("a\\u202egpj.exe")
    ('report.pdf', 'passwd', 'agpj.exe')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", sent))[-1]
    visible = "".join(c for c in last if not _is_hidden(c))
    name = " ".join(visible.split()).strip(". ")
    if len(name) > LONGEST:
        stem, ending = stem_and_ending(name)
        name = stem[: LONGEST - len(ending)] + ending
    return name or "file"


def stem_and_ending(name: str) -> tuple[str, str]:
    """The name before its last full stop, and its ending in small letters (blank where it has none that looks so)."""
    found = re.fullmatch(r"(.+)(\.[A-Za-z0-9]{1,8})", name)
    return (found[1], found[2].lower()) if found else (name, "")


def name_to_give(name: str, kind: FileKind) -> str:
    """The name a download gets: its ending says what the content is, whatever the sender's name said.

    A PDF that came as report.pdf.exe leaves as report.pdf.exe.pdf.
    """
    return name if stem_and_ending(name)[1] in kind.endings else name + kind.endings[0]


def _is_hidden(character: str) -> bool:
    """Controls, format characters (those that turn the direction of writing make jpg.exe of exe.gpj), line ends."""
    category = unicodedata.category(character)
    return category.startswith("C") or category in ("Zl", "Zp")
