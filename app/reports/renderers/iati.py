"""The one writer of IATI 2.03: plain records in the order that the schema asks, written while they are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from app.core.text import xml_text

VERSION = "2.03"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
OURS = "urn:technical-assistance-tracker:file"
"""The namespace of what the file says of itself: the schema leaves room for attributes of others."""
SEND = 1 << 16
Attributes = Mapping[str, str | None]


@dataclass(frozen=True)
class Text:
    """A narrative. `language` is blank where it is the record's own."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class Element:
    """A child of an activity: its name, its attributes (None is left out), its narratives."""

    name: str
    attributes: Attributes
    narratives: Sequence[Text] = ()


@dataclass(frozen=True)
class Record:
    """One activity: its language, its identifier, when it was changed, and its children in any order."""

    identifier: str
    language: str
    changed_at: str
    children: Sequence[Element]


# The order of the schema (iati-activity is a sequence).
ORDER = {
    name: place
    for place, name in enumerate((
        "reporting-org", "title", "description", "participating-org", "other-identifier", "activity-status",
        "activity-date", "activity-scope", "recipient-country", "recipient-region", "sector", "tag",
        "default-aid-type",
    ))
}  # fmt: skip


def write_iati(said: Sequence[tuple[str, str]], attributes: Attributes, records: Iterable[Record]) -> Iterator[bytes]:
    """The file as bytes, by the block. `said` stands in a comment at its head, `attributes` at its root."""
    sink = _Sink()
    at_root = {f"{{{OURS}}}{name}": xml_text(value) for name, value in attributes.items() if value}
    at_root["version"] = VERSION
    if attributes.get("generated"):
        at_root["generated-datetime"] = str(attributes["generated"])
    with etree.xmlfile(sink, encoding="utf-8") as file:
        file.write_declaration()
        file.write(etree.Comment(_comment(said)))
        with file.element("iati-activities", at_root, nsmap={"tracker": OURS}):
            for record in records:
                file.write("\n", _activity(record))
                if sink.size >= SEND:
                    file.flush()
                    yield sink.taken()
            file.write("\n")
    yield sink.taken()


class _Sink:
    """Takes what is written until somebody takes it on."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> None:
        self.pieces.append(data)
        self.size += len(data)

    def taken(self) -> bytes:
        data = b"".join(self.pieces)
        self.pieces, self.size = [], 0
        return data


def _comment(said: Sequence[tuple[str, str]]) -> str:
    """A comment may not hold two hyphens; what people typed into a filter may."""
    text = "\n".join(f"{label}: {value}" for label, value in said)
    return f"\n{xml_text(re.sub('-(?=-)', '- ', text))} \n"


def _activity(record: Record) -> Any:
    activity = etree.Element(
        "iati-activity",
        {XML_LANG: record.language, "last-updated-datetime": record.changed_at, "hierarchy": "1"},
    )
    etree.SubElement(activity, "iati-identifier").text = xml_text(record.identifier)
    for child in sorted(record.children, key=lambda child: ORDER[child.name]):
        given = {name: xml_text(value) for name, value in child.attributes.items() if value}
        made = etree.SubElement(activity, child.name, given)
        for narrative in child.narratives:
            text = etree.SubElement(made, "narrative")
            text.text = xml_text(narrative.text)
            if narrative.language and narrative.language != record.language:
                text.set(XML_LANG, narrative.language)
    return activity


def shares(count: int) -> list[str]:
    """`count` equal shares of a hundred that add up to exactly that: 33.34, 33.33, 33.33."""
    each, rest = divmod(10_000, count)
    parts = [each + (1 if place < rest else 0) for place in range(count)]
    return [f"{part // 100}.{part % 100:02}".removesuffix(".00") for part in parts]
