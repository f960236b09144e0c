"""Feeds an IATI file through lxml piece by piece, safely, and refuses in plain words what cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.exchange.iati_findings import local_name
from app.exchange.iati_model import UnreadableFile
from app.exchange.iati_refusals import ENTITIES, check_kind, refusal

MAX_BYTES = 512 * 2**20
MAX_ACTIVITIES = 200_000
MAX_ACTIVITY_BYTES = 16 * 2**20

_CHUNK = 64 * 1024
_PROBE_CHUNK = 4 * 1024
_PROLOG = 2**20
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "recover": False,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold: bytes in all, activities, bytes in one activity."""

    size: int = MAX_BYTES
    activities: int = MAX_ACTIVITIES
    activity: int = MAX_ACTIVITY_BYTES


def line_of(node: Any) -> int:
    """The line on which an element begins; past line 65535 it may be off by a few."""
    return node.sourceline or 0


class Stream:
    """One file, looked at from its first bytes. `activities` may be walked once.

    encoding, instead: known at the end; the latter names the first element at the top, should it be no activity.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        """Look at the file's beginning. Raises UnreadableFile where it is no IATI activity file or too
        large.
        """
        self._path = path
        self._limits = limits
        self.size = _size_of(path, limits)
        self.version = ""
        self.language = ""
        self.encoding = ""
        self.instead = ""
        self._doctype = False
        self._probe()

    def activities(self) -> Iterator[Any]:
        """Each `iati-activity` element in turn, emptied when the next is asked for.

        Raises UnreadableFile where the file breaks off, is not well-formed or too large.
        """
        from lxml import etree

        tags = ("{*}iati-activities", "{*}iati-activity")
        parser: Any = etree.XMLPullParser(events=("start", "end"), tag=tags, **_OPTIONS)
        count = fed = last_end = 0
        root = None
        for piece in self._pieces(_CHUNK):
            _feed(parser, piece)
            fed += len(piece)
            for event, node in parser.read_events():
                root = node if root is None else root
                if event == "start" or not _is_activity(node, root):
                    continue
                count += 1
                last_end = fed
                self._check_activity(node, count)
                yield node
                node.clear(keep_tail=True)
            if root is not None and root.tag.endswith("activities"):
                self.instead = self.instead or _first_name(root)
                del root[:-1]
            self._check_amount(fed, fed - last_end, count)
        _close(parser)
        if root is not None:
            self.encoding = root.getroottree().docinfo.encoding or ""

    def _pieces(self, size: int) -> Iterator[bytes]:
        """The file's bytes in pieces; blanks before the XML declaration, which XML forbids, are skipped."""
        try:
            with self._path.open("rb") as file:
                head = file.read(_CHUNK)
                while head and not head.strip():
                    head = file.read(_CHUNK)
                head = head.lstrip(b" \t\r\n")
                yield from (head[start : start + size] for start in range(0, len(head), size))
                while piece := file.read(size):
                    yield piece
        except OSError as error:
            raise UnreadableFile(f"The file cannot be opened: {error.strerror}.") from error

    def _probe(self) -> None:
        """Read just as far as the root element."""
        from lxml import etree

        parser: Any = etree.XMLPullParser(events=("start",), **_OPTIONS)
        fed = 0
        for piece in self._pieces(_PROBE_CHUNK):
            if not fed:
                check_kind(piece)
            _feed(parser, piece)
            fed += len(piece)
            event = next(iter(parser.read_events()), None)
            if event is not None:
                self._look_at_root(event[1])
                return
            if fed > _PROLOG:
                raise UnreadableFile("No XML element comes within the first megabyte of this file.")
        if not fed:
            raise UnreadableFile("The file is empty.")
        _close(parser)
        raise UnreadableFile("The file holds no XML element.")

    def _look_at_root(self, root: Any) -> None:
        info = root.getroottree().docinfo
        self._doctype = bool(info.doctype)
        if info.internalDTD is not None and next(info.internalDTD.iterentities(), None) is not None:
            raise UnreadableFile(ENTITIES)
        name = local_name(root.tag)
        if name == "iati-organisations":
            raise UnreadableFile("This is an IATI organisation file. Only activity files are read.")
        if name not in ("iati-activities", "iati-activity"):
            raise UnreadableFile(f"This is XML, but no IATI activity file: it begins with <{name[:60]}>.")
        self.version = (root.get("version") or "").strip()
        self.language = (root.get(_LANG) or "").strip().lower()

    def _check_activity(self, node: Any, count: int) -> None:
        from lxml import etree

        if count > self._limits.activities:
            raise UnreadableFile(f"The file holds more than {self._limits.activities} activities. Split it.")
        if self._doctype and next(node.iter(etree.Entity), None) is not None:
            raise UnreadableFile(ENTITIES)

    def _check_amount(self, fed: int, since: int, count: int) -> None:
        if fed > self._limits.size:
            raise UnreadableFile(_too_large(self._limits))
        if since > self._limits.activity + _CHUNK:
            megabytes = self._limits.activity // 2**20
            raise UnreadableFile(
                f"Activity {count + 1}, or what stands before it, is larger than {megabytes} megabytes."
            )


def _is_activity(node: Any, root: Any) -> bool:
    """An activity is a child of the root, or the root itself; one inside another is part of that."""
    return local_name(node.tag) == "iati-activity" and (node is root or node.getparent() is root)


def _first_name(root: Any) -> str:
    return next((local_name(child.tag) for child in root.iterchildren("*")), "")


def _size_of(path: Path, limits: Limits) -> int:
    try:
        if not path.is_file():
            raise UnreadableFile("There is no such file.")
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        raise UnreadableFile("The file cannot be opened.") from error
    if not size:
        raise UnreadableFile("The file is empty.")
    if size > limits.size:
        raise UnreadableFile(_too_large(limits))
    return size


def _too_large(limits: Limits) -> str:
    return f"The file is larger than {limits.size // 2**20} megabytes, the most that is read. Split it."


def _feed(parser: Any, piece: bytes) -> None:
    from lxml import etree

    try:
        parser.feed(piece)
    except etree.LxmlError as error:
        raise refusal(parser) from error


def _close(parser: Any) -> None:
    from lxml import etree

    try:
        parser.close()
    except etree.LxmlError as error:
        raise refusal(parser) from error
