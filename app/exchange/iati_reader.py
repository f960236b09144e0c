"""Reads IATI activity files: `check_file` says whether and what, `read_iati` hands over the activities
one by one.

Pure: no database, no Flask. Memory does not grow with the file: each activity is dropped once it is
handed over. Nothing is fetched, no entity is expanded, no DTD is loaded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from app.exchange import iati_parts as parts
from app.exchange.iati_codes import COUNTRY, our_scope, our_status
from app.exchange.iati_contact import strip_contacts
from app.exchange.iati_findings import Fault, Findings, Severity, local_name, namespace
from app.exchange.iati_model import (
    Coded,
    Country,
    Description,
    DocumentLink,
    FileCheck,
    IatiActivity,
    Organisation,
    Place,
    Region,
    Sector,
    UnreadableFile,
    best_text,
)
from app.exchange.iati_money import check_money
from app.exchange.iati_places import read_places, read_sectors
from app.exchange.iati_shape import check_shape
from app.exchange.iati_stream import MAX_ACTIVITIES, MAX_ACTIVITY_BYTES, MAX_BYTES, Limits, Stream, line_of
from app.exchange.iati_suggest import Suggestion, office_code_from_identifier, suggest_support_types
from app.exchange.iati_text import SUMMARY_LIMIT, TITLE_LIMIT, clean_identifier, clean_line, clean_text, shorten

__all__ = [
    "MAX_ACTIVITIES",
    "MAX_ACTIVITY_BYTES",
    "MAX_BYTES",
    "SUMMARY_LIMIT",
    "TITLE_LIMIT",
    "Coded",
    "Country",
    "Description",
    "DocumentLink",
    "Fault",
    "FileCheck",
    "IatiActivity",
    "Limits",
    "Organisation",
    "Place",
    "Region",
    "Sector",
    "Severity",
    "Suggestion",
    "UnreadableFile",
    "check_file",
    "clean_line",
    "clean_text",
    "office_code_from_identifier",
    "our_scope",
    "our_status",
    "read_iati",
    "shorten",
    "suggest_support_types",
]

_VERSIONS = frozenset({"1.01", "1.02", "1.03", "1.04", "1.05", "2.01", "2.02", "2.03"})
_XML_NAMESPACES = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2001/XMLSchema-instance")


def check_file(path: Path, *, limits: Limits | None = None) -> FileCheck:
    """Read the whole file once, keeping nothing, and say what it is.

    In: a file and the sizes allowed. Out: its size, version, number of activities and identifiers that
    stand there more than once. Raises UnreadableFile where it is missing, empty, too large, not XML, cut
    off, wrongly encoded, declares entities, or is no IATI activity file.
    """
    stream = Stream(path, limits or Limits())
    first: dict[str, Place] = {}
    more: dict[str, list[Place]] = {}
    count = 0
    for node in stream.activities():
        count += 1
        identifier = _identifier_of(node)
        place = Place(count, line_of(node))
        if not identifier:
            continue
        if identifier in first:
            more.setdefault(identifier, [first[identifier]]).append(place)
        else:
            first[identifier] = place
    return FileCheck(
        size=stream.size,
        activities=count,
        version=stream.version,
        encoding=stream.encoding,
        duplicates={identifier: tuple(places) for identifier, places in more.items()},
        faults=_file_faults(stream, count),
    )


def read_iati(
    path: Path,
    *,
    check: FileCheck | None = None,
    today: date | None = None,
    countries: Collection[str] = COUNTRY,
    limits: Limits | None = None,
) -> Iterator[IatiActivity]:
    """The activities of an IATI file in its order, each with its faults.

    check: what `check_file` said about this file; without it the file is checked first, at the call, so
    that nothing is handed over from a file that turns out broken. today: with it, actual dates in the
    future are told. countries: the two-letter codes that count as known. Raises UnreadableFile as
    `check_file` does.
    """
    known = check or check_file(path, limits=limits)
    return _read(path, known, today, countries, limits or Limits())


def _read(
    path: Path, check: FileCheck, today: date | None, countries: Collection[str], limits: Limits
) -> Iterator[IatiActivity]:
    stream = Stream(path, limits)
    for position, node in enumerate(stream.activities(), start=1):
        default = parts.language_of(node, stream.language)
        yield _read_activity(node, position, check, default, today, countries)


def _read_activity(
    node: Any, position: int, check: FileCheck, language: str, today: date | None, countries: Collection[str]
) -> IatiActivity:
    line = line_of(node)
    removed = strip_contacts(node)
    foreign = _foreign_namespaces(node)
    original = _serialised(node)
    own_namespace = _drop_namespace(node)
    findings = Findings(node, position)
    _note_surroundings(findings, removed, foreign, own_namespace)
    check_shape(node, findings, old=_is_old(node, check.version))
    reading = parts.Reading(node, findings, language, countries, today)
    identifier = parts.read_identifier(reading)
    _tell_duplicates(findings, identifier, position, check)
    titles = parts.read_titles(reading)
    title_language, title = best_text(titles)
    dates = parts.read_dates(reading)
    recipient_countries, recipient_regions = read_places(reading)
    parts.note_empty_narratives(reading)
    parts.note_misread(reading)
    check_money(reading)
    return IatiActivity(
        identifier=identifier,
        position=position,
        line=line,
        version=check.version,
        default_language=language,
        hierarchy=parts.attribute(node, "hierarchy"),
        reporting_org=parts.read_reporting_org(reading),
        title=title,
        title_language=title_language,
        titles=titles,
        descriptions=parts.read_descriptions(reading),
        activity_status=parts.read_status(reading),
        planned_start=dates.get("1"),
        planned_end=dates.get("3"),
        actual_start=dates.get("2"),
        actual_end=dates.get("4"),
        participating_orgs=parts.read_participating_orgs(reading),
        recipient_countries=recipient_countries,
        recipient_regions=recipient_regions,
        sectors=read_sectors(reading),
        default_aid_types=parts.read_aid_types(reading),
        scope=parts.read_scope(reading),
        humanitarian=parts.read_humanitarian(reading),
        tags=parts.read_tags(reading),
        document_links=parts.read_document_links(reading),
        locations=sum(1 for _ in reading.children("location")),
        transactions=sum(1 for _ in reading.children("transaction")),
        original=original,
        faults=findings.faults(),  # last: everything above adds to them
    )


def _serialised(node: Any) -> str:
    from lxml import etree

    return str(etree.tostring(node, encoding="unicode", with_tail=False))


def _foreign_namespaces(node: Any) -> list[str]:
    """The namespaces inside the activity that are neither IATI's own nor XML's."""
    known = {"", namespace(node.tag), *_XML_NAMESPACES}
    found: set[str] = set()
    for each in node.iter("*"):
        found.add(namespace(each.tag))
        found.update(namespace(name) for name in each.attrib)
    return sorted(found - known)


def _drop_namespace(node: Any) -> str:
    """Give the elements in the activity's own namespace their plain names; say which namespace it was."""
    space = namespace(node.tag)
    if space:
        for each in list(node.iter(f"{{{space}}}*")):
            each.tag = local_name(each.tag)
    return space


def _note_surroundings(findings: Findings, removed: tuple[int, int], foreign: list[str], space: str) -> None:
    if any(removed):
        told = f"Contact data was left out: {removed[0]} elements, {removed[1]} addresses in text or attributes."
        findings.add("note", None, told)
    if foreign:
        told = "The activity holds data of other standards; it is kept in the original and not read."
        findings.add("note", None, told, ", ".join(foreign))
    if space:
        findings.add("note", None, "The file puts IATI's elements in a namespace of its own.", space)


def _is_old(node: Any, version: str) -> bool:
    """True for IATI 1.0x, by the file's word, else by the lack of narratives."""
    if version:
        return version.startswith("1")
    return next(node.iter("narrative"), None) is None


def _tell_duplicates(findings: Findings, identifier: str, position: int, check: FileCheck) -> None:
    places = check.duplicates.get(identifier, ())
    others = [f"activity {each.position} (line {each.line})" for each in places if each.position != position]
    if others:
        told = f"The same identifier stands also at {', '.join(others[:10])}."
        findings.add("error", None, told, identifier)


def _identifier_of(node: Any) -> str:
    for each in node.iterchildren("{*}iati-identifier"):
        if text := clean_identifier(parts.own_text(each)):
            return text
    return ""


def _file_faults(stream: Stream, count: int) -> tuple[Fault, ...]:
    found = []
    version = stream.version[:200]
    if not version:
        found.append(Fault("warning", "iati-activities", "The file does not say which version of IATI it follows."))
    elif version not in _VERSIONS:
        unknown = f"The file names an unknown version of IATI ({version})."
        found.append(Fault("warning", "iati-activities", unknown, version))
    if not count:
        instead = f": inside its first element stands <{stream.instead[:60]}>" if stream.instead else ""
        found.append(Fault("error", "iati-activities", f"The file holds no activity{instead}."))
    return tuple(found)
