"""What each row of the reference files becomes in the database, list by list, parents before children."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.codelists.models import Code, Label, SupportType
from app.core.i18n import LABEL_LANGUAGES
from app.offices.models import (
    Country,
    Office,
    OfficeCountry,
    OfficeRegion,
    PublishedFigure,
    Region,
    RegionProposal,
    RosterInterval,
)
from app.provisions.models import Instrument, Provision
from app.reference.files import read
from app.reference.merge import Listing, State, by_key, end, keep

# One file a list; the columns beside code and name become attributes.
CODE_FILES = {
    "modality": "modalities",
    "target_group": "target_groups",
    "partner_agency": "partner_agencies",
    "term": "terms",
    "request_source": "request_sources",
    "activity_status": "activity_status",
    "justice_stage": "justice_stages",
    "unicef_intervention": "unicef_intervention_codes",
}
# (kind of label, file, column of the code, column of the English name)
NAMED = (
    ("region", "regions", "code", "name"),
    ("office", "offices", "office_code", "office_name"),
    ("instrument", "instruments", "instrument", "full_title"),
    ("provision", "provisions", "code", "label"),
    ("support_type", "support_types", "code", "name"),
)
ON_ROSTER = ("country", "multi_country")

Rows = list[dict[str, str]]
Pairs = Iterator[tuple[str, State]]


def listings() -> list[Listing]:
    """Every list of the files, parents before children."""
    return [
        Listing("region", Region, ("code",), by_key(_regions()), keep),
        Listing("country", Country, ("iso3",), by_key(_countries())),
        Listing("office", Office, ("code",), by_key(_offices())),
        Listing("office_region", OfficeRegion, ("office", "valid_from"), by_key(_office_regions()), end),
        Listing("region_proposal", RegionProposal, ("office", "valid_from"), by_key(_proposals()), keep),
        Listing(
            "office_country",
            OfficeCountry,
            ("office", "country", "valid_from"),
            by_key(_office_countries()),
            end,
        ),
        Listing("roster", RosterInterval, ("office", "valid_from"), by_key(_roster()), end),
        Listing("instrument", Instrument, ("code",), by_key(_instruments())),
        Listing("provision", Provision, ("code",), by_key(_provisions())),
        Listing("support_type", SupportType, ("code",), by_key(_support_types())),
        Listing("code", Code, ("list_key", "code"), by_key(_codes())),
        Listing("published_figure", PublishedFigure, ("code",), by_key(_published_figures())),
        Listing("label", Label, ("kind", "code", "language", "former"), by_key(_labels()), keep, _keep_former_name),
        Listing(
            "former_name",
            Label,
            ("kind", "code", "language", "text", "former"),
            by_key(_former_names()),
            keep,
        ),
    ]


def first_day(year: str) -> date | None:
    """An office opened in a year is on the roster from its 1 January; a blank year is unknown."""
    return date(int(year), 1, 1) if year else None


def last_day(year: str) -> date | None:
    """Closed in a year means until its 31 December (METHODOLOGY, State); blank is open."""
    return date(int(year), 12, 31) if year else None


def _regions() -> Pairs:
    for position, row in enumerate(read("regions"), 1):
        yield (
            row["code"],
            {
                "code": row["code"],
                "name_in_2008": row["name_in_2008"],
                "seat": row["seat"],
                "position": position,
            },
        )


def _countries() -> Pairs:
    for row in read("countries"):
        yield (
            row["iso3"],
            {c: row[c] for c in ("iso3", "iso2", "m49", "unicef_status")} | {"retired_on": None},
        )


def _offices() -> Pairs:
    zones = {row["office_code"]: row["time_zone"] for row in read("office_time_zones")}
    for row in read("offices"):
        yield (
            row["office_code"],
            {
                "code": row["office_code"],
                "type": row["office_type"],
                "host": row["host_iso3"],
                "time_zone": zones[row["office_code"]],
                "short_name": row["short_name"],
                "dates_confidence": row["dates_confidence"],
                "source": row["source"],
                "note": row["note"],
                "retired_on": None,
            },
        )


def _office_regions() -> Pairs:
    """The history; for regional offices and headquarters, which it leaves out, the region in the office list."""
    history = read("office_region_history")
    told = {row["office_code"] for row in history}
    rest = [row | {"valid_from": "", "valid_to": ""} for row in read("offices") if row["office_code"] not in told]
    for key, row in _numbered(history + rest, "office_code"):
        interval = {"valid_from": first_day(row["valid_from"]), "valid_to": last_day(row["valid_to"])}
        yield key, {"office": row["office_code"], "region": row["region"], "source": row["source"]} | interval


def _proposals() -> Pairs:
    """Announced changes go here and nowhere else: they are not facts (METHODOLOGY, State)."""
    for key, row in _numbered(read("region_changes_announced"), "office_code"):
        state = {c: row[c] for c in ("region", "valid_from", "status", "source")}
        yield key, {"office": row["office_code"]} | state


def _office_countries() -> Pairs:
    for key, row in _numbered(read("office_countries"), "office_code", "iso3"):
        interval = {"valid_from": first_day(row["valid_from"]), "valid_to": last_day(row["valid_to"])}
        yield key, {"office": row["office_code"], "country": row["iso3"], "role": row["role"]} | interval


def _roster() -> Pairs:
    """Country and multi-country offices only. `active_2023` closes nothing: only a year of closing does."""
    rows = [row for row in read("offices") if row["office_type"] in ON_ROSTER]
    for key, row in _numbered(rows, "office_code"):
        interval = {"valid_from": first_day(row["opened"]), "valid_to": last_day(row["closed"])}
        yield key, {"office": row["office_code"], "source": row["source"]} | interval


def _instruments() -> Pairs:
    columns = ("kind", "adopting_body", "symbol", "adopted", "in_force", "source_address")
    for position, row in enumerate(read("instruments"), 1):
        state: State = {c: row[c] for c in columns}
        yield row["instrument"], state | {"code": row["instrument"], "position": position, "retired_on": None}


def _provisions() -> Pairs:
    columns = (
        "code",
        "instrument",
        "summary",
        "addressed_to",
        "kind",
        "status",
        "source_address",
        "confidence",
    )
    for position, row in enumerate(read("provisions"), 1):
        state: State = {c: row[c] for c in columns}
        yield (
            row["code"],
            state
            | {
                "place": row["provision"],
                "year": int(row["year"]),
                "origin": row["group"],
                "mandating": row["about_technical_assistance"] == "1",
                "checked": row["confidence"] == "high",
                "position": position,
                "retired_on": None,
            },
        )


def _support_types() -> Pairs:
    for position, row in enumerate(read("support_types"), 1):
        state: State = {c: row[c] for c in ("code", "facet", "definition")}
        attributes = _others(row, "code", "name", "facet", "definition")
        yield row["code"], state | {"attributes": attributes, "position": position, "retired_on": None}


def _codes() -> Pairs:
    for list_key, code, _name, position, attributes in _all_codes():
        state = {"list_key": list_key, "code": code, "position": position, "attributes": attributes}
        yield f"{list_key}/{code}", state | {"retired_on": None}


def _all_codes() -> Iterator[tuple[str, str, str, int, dict[str, str]]]:
    """(list, code, English name, position, attributes) of every small list."""
    for list_key, file in CODE_FILES.items():
        for position, row in enumerate(read(file), 1):
            name = row.get("name") or row["name_today"]
            yield list_key, row["code"], name, position, _others(row, "code", "name", "name_today")
    for row in read("choices"):
        yield row["list"], row["code"], row["name"], int(row["order"]), {}


def _published_figures() -> Pairs:
    same = ("as_of", "scope", "indicator", "value", "qualifier", "unit", "unit_counted")
    for row in read("published_figures"):
        state: State = {c: row[c] for c in (*same, "source_title", "source_address", "checked", "note")}
        more = {"year": int(row["year"]), "comparable": row["comparable_with_coverage"], "retired_on": None}
        yield row["figure_id"], state | {"code": row["figure_id"]} | more


def _labels() -> Pairs:
    for kind, code, language, text in _names():
        state = {"kind": kind, "code": code, "language": language, "text": text, "former": False}
        yield f"{kind}/{code}/{language}", state


def _names() -> Iterator[tuple[str, str, str, str]]:
    """(kind, code, language, text) of every present name. Countries have four languages, the rest English."""
    for kind, file, code_column, name_column in NAMED:
        for row in read(file):
            yield kind, row[code_column], "en", row[name_column]
    for row in read("countries"):
        for language in LABEL_LANGUAGES:
            if row[f"name_{language}"]:
                yield "country", row["iso3"], language, row[f"name_{language}"]
    for list_key, code, name, _position, _attributes in _all_codes():
        yield list_key, code, "en", name


def _former_names() -> Pairs:
    for row in read("regions"):
        if row["name_in_2008"]:
            yield _former("region", row["code"], row["name_in_2008"])
    for row in read("partner_agencies"):
        if row["name_in_seed"] != row["name_today"]:
            yield _former("partner_agency", row["code"], row["name_in_seed"])


def _former(kind: str, code: str, text: str) -> tuple[str, State]:
    return f"{kind}/{code}", {"kind": kind, "code": code, "language": "en", "text": text, "former": True}


def _keep_former_name(session: Session, row: Any, before: State) -> None:
    """A name the files changed stays known under its old spelling, for imports."""
    session.add(Label(kind=row.kind, code=row.code, language=row.language, text=before["text"], former=True))


def _others(row: dict[str, str], *told: str) -> dict[str, str]:
    return {column: value for column, value in row.items() if column not in told}


def _numbered(rows: Rows, *columns: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows keyed by `columns` and a running number, since one office may have several intervals."""
    seen: Counter[str] = Counter()
    for row in rows:
        key = "/".join(row[c] for c in columns)
        seen[key] += 1
        yield f"{key}/{seen[key]}", row
