"""From one IATI activity element to a record: recipient countries and regions, sectors, and their shares."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.exchange import iati_codes as codes
from app.exchange.iati_findings import Severity
from app.exchange.iati_model import Country, Level, Region, Sector
from app.exchange.iati_parts import Reading, attribute, name_of
from app.exchange.iati_text import read_percentage

_ROUNDING = Decimal("0.01")


def _percentage(reading: Reading, node: Any) -> Decimal | None:
    written = node.get("percentage")
    if written is None:
        return None
    value, well_written = read_percentage(written)
    if value is None:
        message = f"The percentage of {node.tag} is not a number from 0 to 100; it was left aside."
        reading.findings.add("warning", node, message, written, attribute="percentage")
    elif not well_written:
        message = f"The percentage of {node.tag} should be a plain number such as 33.3."
        reading.findings.add("note", node, message, written, attribute="percentage")
    return value


def _check_sum(reading: Reading, node: Any, what: str, shares: list[Decimal | None]) -> None:
    """Report shares that do not make 100. One thing alone needs no share; several need one each."""
    given = [share for share in shares if share is not None]
    if not given or len(given) < len(shares):
        if len(shares) > 1:
            reading.findings.add("warning", node, f"Not every one of the {what} has a percentage.")
        return
    total = sum(given, Decimal(0))
    if abs(total - 100) > _ROUNDING:
        severity: Severity = "note" if abs(total - 100) <= 1 else "warning"
        message = f"The percentages of the {what} do not add up to 100."
        reading.findings.add(severity, node, message, f"{total:f}")


def read_places(reading: Reading) -> tuple[tuple[Country, ...], tuple[Region, ...]]:
    """The recipient countries and regions; those of its transactions where the activity itself names none."""
    nodes = list(reading.node.iterchildren("recipient-country", "recipient-region"))
    level: Level = "activity"
    if not nodes:
        level = "transaction"
        nodes = reading.node.xpath("transaction/recipient-country | transaction/recipient-region")
        if not nodes:
            reading.findings.add("warning", None, "The activity names no recipient country or region.")
    countries: dict[str, Country] = {}
    regions: dict[tuple[str, str], Region] = {}
    shares: dict[str, list[Decimal | None]] = {}
    for node in nodes:
        share = _percentage(reading, node) if level == "activity" else None
        if node.tag == "recipient-country":
            shares.setdefault("", []).append(share)
            _take_country(reading, node, share, level, countries)
        else:
            vocabulary = attribute(node, "vocabulary") or "1"
            shares.setdefault(vocabulary, []).append(share)
            _take_region(reading, node, Region(vocabulary, attribute(node, "code"), share, "", level), regions)
    if level == "activity":
        _check_place_shares(reading, nodes, shares)
    return tuple(countries.values()), tuple(regions.values())


def _check_place_shares(reading: Reading, nodes: list[Any], shares: dict[str, list[Decimal | None]]) -> None:
    """Countries and the regions of each vocabulary together make 100."""
    of_countries = shares.pop("", [])
    for of_regions in shares.values() or [[]]:
        _check_sum(reading, nodes[0], "recipient countries and regions", of_countries + of_regions)


def _take_country(
    reading: Reading, node: Any, share: Decimal | None, level: Level, countries: dict[str, Country]
) -> None:
    written = attribute(node, "code")
    code = written.upper()
    if not written:
        if node.get("code") is not None:
            reading.findings.add("warning", node, "The recipient country's code is blank.")
        return
    if code not in reading.countries:
        message = "The recipient country is no known two-letter code; it was left aside."
        reading.findings.add("warning", node, message, written, attribute="code")
        return
    if written != code:
        reading.findings.add("note", node, "Country codes are written in capitals.", written, attribute="code")
    if code in countries and level == "activity":
        reading.findings.add("warning", node, "The same recipient country stands there twice.", code)
    countries.setdefault(code, Country(code, share, level))


def _take_region(reading: Reading, node: Any, region: Region, regions: dict[tuple[str, str], Region]) -> None:
    if not region.code:
        return
    if region.vocabulary == "1" and region.code not in codes.REGION:
        message = "The recipient region is not on OECD-DAC's list."
        reading.findings.add("warning", node, message, region.code, attribute="code")
    named = Region(region.vocabulary, region.code, region.percentage, name_of(reading, node), region.level)
    regions.setdefault((region.vocabulary, region.code), named)


def read_sectors(reading: Reading) -> tuple[Sector, ...]:
    """The sectors in the file's order; those of its transactions, without shares, where the activity has
    none.
    """
    nodes = list(reading.children("sector"))
    level: Level = "activity"
    if not nodes:
        level = "transaction"
        nodes = reading.node.xpath("transaction/sector")
        if not nodes:
            reading.findings.add("warning", None, "The activity names no sector.")
    found: dict[tuple[str, str], Sector] = {}
    shares: dict[str, list[Decimal | None]] = {}
    for node in nodes:
        vocabulary = _sector_vocabulary(reading, node)
        share = _percentage(reading, node) if level == "activity" else None
        shares.setdefault(vocabulary, []).append(share)
        code = attribute(node, "code")
        if code:
            _check_sector(reading, node, vocabulary, code)
            _add_sector(reading, node, Sector(vocabulary, code, share, name_of(reading, node), level), found)
    if level == "activity":
        for vocabulary, given in shares.items():
            _check_sum(reading, nodes[0], f"sectors of vocabulary {vocabulary}", given)
    return tuple(found.values())


def _add_sector(reading: Reading, node: Any, sector: Sector, found: dict[tuple[str, str], Sector]) -> None:
    """Sectors that stand there twice are one with both shares."""
    if sector.percentage == 0:
        reading.findings.add("note", node, "The sector's share is 0 percent.", sector.code)
    before = found.setdefault((sector.vocabulary, sector.code), sector)
    if before is sector or sector.level == "transaction":
        return
    reading.findings.add("note", node, "The same sector stands there twice; the shares were added.", sector.code)
    if sector.percentage is not None:
        both = (before.percentage or Decimal(0)) + sector.percentage
        found[sector.vocabulary, sector.code] = replace(before, percentage=both)


def _sector_vocabulary(reading: Reading, node: Any) -> str:
    written = attribute(node, "vocabulary") or "1"
    vocabulary = codes.OLD_SECTOR_VOCABULARIES.get(written.lower(), written)
    if vocabulary not in codes.SECTOR_VOCABULARY:
        message = "The sector's vocabulary is not on IATI's list."
        reading.findings.add("warning", node, message, written, attribute="vocabulary")
    return vocabulary


def _check_sector(reading: Reading, node: Any, vocabulary: str, code: str) -> None:
    if vocabulary != "1" or code in codes.DAC_SECTOR:
        return
    if code in codes.DAC_SECTOR_WITHDRAWN:
        reading.findings.add("note", node, "OECD-DAC has withdrawn this sector code.", code, attribute="code")
    else:
        message = "The sector is not on OECD-DAC's list of five-digit purpose codes."
        reading.findings.add("warning", node, message, code, attribute="code")
