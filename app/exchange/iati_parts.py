"""From one IATI activity element to a record: text, codes, dates, organisations, links."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.exchange import iati_codes as codes
from app.exchange.iati_findings import Findings
from app.exchange.iati_model import (
    Coded,
    Description,
    DocumentLink,
    Organisation,
    best_text,
)
from app.exchange.iati_text import clean_identifier, clean_line, clean_text, looks_misread, read_date

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_LANGUAGES = {"eng": "en", "fra": "fr", "fre": "fr", "spa": "es", "esp": "es", "ara": "ar", "por": "pt"}
_EARLIEST, _LATEST = 1950, 2100
_DATE_NAMES = {"1": "planned start", "2": "actual start", "3": "planned end", "4": "actual end"}


@dataclass(frozen=True)
class Reading:
    """What reading one activity needs: its element (plain names), where faults go, and what counts as
    known.
    """

    node: Any
    findings: Findings
    language: str
    countries: Collection[str]
    today: date | None

    def children(self, name: str) -> Iterator[Any]:
        """The activity's own children of that name."""
        return iter(self.node.iterchildren(name))


def own_text(node: Any) -> str:
    """All text inside `node`, comments left out."""
    text: Any = node.xpath("string()") if len(node) else node.text
    return str(text or "")


def language_of(node: Any, default: str) -> str:
    """The language of `node` as it says itself, in lower case, else `default`."""
    said: str | None = node.get(_LANG)
    if said is None:
        return default
    word = said.strip().replace("_", "-").lower()[:35]
    return _LANGUAGES.get(word, word)


def _narratives(reading: Reading, node: Any) -> Iterator[tuple[str, str]]:
    """(language, raw text) of each narrative; in IATI 1.0x the element's own text."""
    language = language_of(node, reading.language)
    narratives = list(node.iterchildren("narrative"))
    if narratives:
        for narrative in narratives:
            yield language_of(narrative, language), own_text(narrative)
    else:
        yield language, own_text(node)


def texts_of(
    reading: Reading, nodes: Collection[Any], clean: Callable[[str], str], joined: str | None = None
) -> dict[str, str]:
    """Language to cleaned text over `nodes`. Of two texts in one language the first stays, or `joined`
    joins them.
    """
    found: dict[str, str] = {}
    for node in nodes:
        for language, raw in _narratives(reading, node):
            text = clean(raw)
            if not text:
                continue
            if language not in found:
                found[language] = text
            elif joined is not None:
                found[language] += joined + text
            elif found[language] != text:
                message = f"A second {node.tag} in the same language; the first was taken."
                reading.findings.add("note", node, message, text)
    return found


def name_of(reading: Reading, node: Any) -> str:
    """The best one-line text of `node`."""
    return _best_name(reading, node)[1]


def _best_name(reading: Reading, node: Any) -> tuple[str, str]:
    found: dict[str, str] = {}
    for language, raw in _narratives(reading, node):
        text = clean_line(raw)
        if text:
            found.setdefault(language, text)
    return best_text(found)


def attribute(node: Any, name: str) -> str:
    """An attribute's value on one line, "" where it is missing."""
    return clean_line(node.get(name, ""))


def known_code(
    reading: Reading, node: Any, name: str, known: Collection[str], old: Mapping[str, str] | None = None
) -> str | None:
    """The code in attribute `name` where it is one of `known` (`old` translates IATI 1.0x words), else None.

    A code that is there and unknown is a warning; a missing one is for the caller to judge.
    """
    value = attribute(node, name)
    value = (old or {}).get(value.lower(), value)
    if value in known:
        return value
    if value.lstrip("0") in known:
        return value.lstrip("0")
    if value:
        message = f"The {name} of {node.tag} is not on IATI's list; it was left aside."
        reading.findings.add("warning", node, message, value, attribute=name)
    return None


def read_identifier(reading: Reading) -> str:
    """The activity's identifier on one line, "" with an error where there is none."""
    for node in reading.children("iati-identifier"):
        raw = own_text(node)
        text = clean_identifier(raw)
        if text != raw.strip():
            message = "The identifier holds line breaks or odd blanks, or signs that nobody sees; it was taken without."
            reading.findings.add("warning", node, message, raw)
        if text:
            return text
    reading.findings.add("error", None, "The activity has no identifier (iati-identifier).")
    return ""


def read_titles(reading: Reading) -> dict[str, str]:
    """Language to title; an error where there is none."""
    titles = texts_of(reading, list(reading.children("title")), clean_line)
    if not titles:
        reading.findings.add("error", None, "The activity has no title.")
    return titles


def read_descriptions(reading: Reading) -> tuple[Description, ...]:
    """The descriptions by type, in the order of their first occurrence; without a type it is the general
    one.
    """
    by_type: dict[str, list[Any]] = {}
    for node in reading.children("description"):
        kind = known_code(reading, node, "type", codes.DESCRIPTION_TYPE) or "1"
        by_type.setdefault(kind, []).append(node)
    read = [Description(kind, texts_of(reading, nodes, clean_text, "\n\n")) for kind, nodes in by_type.items()]
    return tuple(each for each in read if each.texts)


def read_status(reading: Reading) -> str | None:
    """IATI's activity status code, None with an error where it is missing or unknown."""
    node = next(reading.children("activity-status"), None)
    if node is None:
        reading.findings.add("error", None, "The activity has no status.")
        return None
    written = attribute(node, "code") or own_text(node).strip()
    code = codes.OLD_STATUS_NAMES.get(written.lower(), written)
    if code in codes.ACTIVITY_STATUS:
        return code
    message = "The activity's status is not on IATI's list (1 to 6)." if written else "The status has no code."
    reading.findings.add("error", node, message, written, attribute="code")
    return None


def read_scope(reading: Reading) -> str | None:
    """IATI's activity scope code, None where missing or unknown."""
    node = next(reading.children("activity-scope"), None)
    return None if node is None else known_code(reading, node, "code", codes.ACTIVITY_SCOPE)


def read_dates(reading: Reading) -> dict[str, date]:
    """Date type (1 planned start, 2 actual start, 3 planned end, 4 actual end) to day. The first of two
    is taken.
    """
    found: dict[str, date] = {}
    places: dict[str, Any] = {}
    for node in reading.children("activity-date"):
        kind = known_code(reading, node, "type", _DATE_NAMES, codes.OLD_DATE_TYPES)
        day = _read_day(reading, node, _DATE_NAMES.get(kind or "", "date")) if kind else None
        if kind is None or day is None:
            continue
        if kind in found and found[kind] != day:
            message = f"A second {_DATE_NAMES[kind]}; the first was taken."
            reading.findings.add("warning", node, message, day.isoformat())
        found.setdefault(kind, day)
        places.setdefault(kind, node)
    _check_dates(reading, found, places)
    return found


def _read_day(reading: Reading, node: Any, name: str) -> date | None:
    written = attribute(node, "iso-date") or _old_day(node)
    if not written:
        reading.findings.add("warning", node, f"The {name} is blank.")
        return None
    day, well_written = read_date(written)
    if day is None:
        message = f"The {name} is not a date written YYYY-MM-DD; it was left aside."
        reading.findings.add("error", node, message, written, attribute="iso-date")
        return None
    if not _EARLIEST <= day.year <= _LATEST:
        message = f"The {name} cannot be right; it was left aside."
        reading.findings.add("warning", node, message, written, attribute="iso-date")
        return None
    if not well_written:
        message = f"The {name} has a time of day; only the day was taken."
        reading.findings.add("note", node, message, written, attribute="iso-date")
    return day


def _old_day(node: Any) -> str:
    """IATI 1.0x allowed the day as text."""
    return "" if next(node.iterchildren("narrative"), None) is not None else clean_line(own_text(node))


def _check_dates(reading: Reading, found: Mapping[str, date], places: Mapping[str, Any]) -> None:
    end = "4" if "4" in found else "3"
    start = "2" if "2" in found else "1"
    for first, last in dict.fromkeys([("1", "3"), ("2", "4"), (start, end)]):
        if first in found and last in found and found[last] < found[first]:
            message = f"The {_DATE_NAMES[last]} is before the {_DATE_NAMES[first]} ({found[first]})."
            reading.findings.add("warning", places[last], message, found[last].isoformat())
    for kind in ("2", "4"):
        if reading.today and kind in found and found[kind] > reading.today:
            message = f"The {_DATE_NAMES[kind]} is in the future."
            reading.findings.add("warning", places[kind], message, found[kind].isoformat())


def read_reporting_org(reading: Reading) -> Organisation:
    """Who reports; an error where no reference says so."""
    node = next(reading.children("reporting-org"), None)
    if node is None:
        reading.findings.add("error", None, "The activity does not say who reports it (reporting-org).")
        return Organisation("", "")
    if not attribute(node, "ref"):
        reading.findings.add("error", node, "The reporting organisation has no reference (ref).")
    return _organisation(reading, node, None)


def read_participating_orgs(reading: Reading) -> tuple[Organisation, ...]:
    """The participating organisations in the file's order; equal ones once, nameless ones without
    reference not.
    """
    found: dict[Organisation, None] = {}
    for node in reading.children("participating-org"):
        role = known_code(reading, node, "role", codes.ORGANISATION_ROLE, codes.OLD_ROLES)
        organisation = _organisation(reading, node, role)
        if organisation.ref or organisation.name:
            found[organisation] = None
        else:
            reading.findings.add("warning", node, "A participating organisation has neither name nor reference.")
    return tuple(found)


def _organisation(reading: Reading, node: Any, role: str | None) -> Organisation:
    language, name = _best_name(reading, node)
    kind = known_code(reading, node, "type", codes.ORGANISATION_TYPE)
    return Organisation(attribute(node, "ref"), name, kind, role, language)


def read_aid_types(reading: Reading) -> tuple[Coded, ...]:
    """The default aid types."""
    found: dict[Coded, None] = {}
    for node in reading.children("default-aid-type"):
        coded = Coded(attribute(node, "vocabulary") or "1", attribute(node, "code"))
        if coded.code:
            found[coded] = None
        if coded.code and coded.vocabulary == "1" and coded.code not in codes.AID_TYPE:
            message = "The aid type is not on OECD-DAC's list."
            reading.findings.add("warning", node, message, coded.code, attribute="code")
    return tuple(found)


def read_tags(reading: Reading) -> tuple[Coded, ...]:
    """The tags with their names."""
    found: dict[Coded, None] = {}
    for node in reading.children("tag"):
        vocabulary, code = attribute(node, "vocabulary"), attribute(node, "code")
        if vocabulary and vocabulary not in codes.TAG_VOCABULARY:
            message = "The tag's vocabulary is not on IATI's list."
            reading.findings.add("warning", node, message, vocabulary, attribute="vocabulary")
        if code:
            found[Coded(vocabulary, code, name_of(reading, node))] = None
    return tuple(found)


def read_document_links(reading: Reading) -> tuple[DocumentLink, ...]:
    """The document links whose address a browser can open (`www.` alone counts as http), each once."""
    found: dict[str, DocumentLink] = {}
    for node in reading.children("document-link"):
        url = attribute(node, "url")
        if url.lower().startswith("www."):
            url = "http://" + url
        if not url.lower().startswith(("http://", "https://")):
            message = "The document's address does not begin with http; it was left aside."
            reading.findings.add("warning", node, message, url, attribute="url")
            continue
        title = next((name_of(reading, each) for each in node.iterchildren("title")), "")
        language = next((attribute(each, "code").lower() for each in node.iterchildren("language")), "")
        categories = tuple(attribute(each, "code") for each in node.iterchildren("category"))
        link = DocumentLink(url, title, attribute(node, "format"), language, categories)
        found.setdefault(url, link)
    return tuple(found.values())


def read_humanitarian(reading: Reading) -> bool | None:
    """Whether the activity as a whole is humanitarian; None where it does not say."""
    return {"1": True, "true": True, "0": False, "false": False}.get(attribute(reading.node, "humanitarian").lower())


def note_empty_narratives(reading: Reading) -> None:
    """A note for each kind of place where a narrative is empty."""
    for node in reading.node.iter("narrative"):
        if not own_text(node).strip():
            reading.findings.add("note", node, "A narrative is empty.")


def note_misread(reading: Reading) -> None:
    """A warning at the first text that looks garbled: a file declares its encoding once, so the others will be, too."""
    for node in reading.node.iter("*"):
        if node.text and looks_misread(node.text):
            message = (
                "The text looks garbled, as UTF-8 read in another encoding: the file may declare the wrong one."
                " Save it again as UTF-8."
            )
            reading.findings.add("warning", node, message, node.text.strip())
            return
