"""Activities as IATI sees them: our codes in its code lists, and where it has none in its vocabulary 99."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.queries_files import counterparts_of
from app.activities.rules import PartialDate
from app.codelists.queries import Labels, labels, small_lists, support_types
from app.core.permissions import Actor
from app.offices.models import Country
from app.reports.published import codes, pairs, published_lines
from app.reports.renderers.iati import Element, Record, Text, shares

UNICEF, UN_BODY, OWN, DAC = "XM-DAC-41122", "40", "99", "1"
NO_PLACE = "urn:technical-assistance-tracker"
"""Stands before the names of our vocabularies where the installation has no address of its own."""
SCOPES = {"global": "1", "regional": "2", "multi_country": "3", "national": "4", "subnational": "5"}
UNSPECIFIED_REGION = "998"  # Developing countries, unspecified
ACCOUNTABLE, EXTENDING, IMPLEMENTING = "2", "3", "4"
PARTNER_ROLES = {"lead": ACCOUNTABLE, "funds": "1", "implements": IMPLEMENTING, "co_provider": IMPLEMENTING}
BODIES = {
    "government": "10", "judiciary": "10", "parliament": "10", "nhri": "15", "civil_society": "22", "un": UN_BODY,
    "academia": "80",
}  # fmt: skip
OTHER_BODY = "90"
SILENT = "Sensitive record: its text is left out"


@dataclass(frozen=True)
class Tables:
    """What our codes are in IATI's lists."""

    names: Labels
    iso2: Mapping[str, str]
    lists: Mapping[str, Mapping[str, Mapping[str, Any]]]
    place: str

    def attribute(self, list_key: str, code: str, name: str) -> str:
        """A further column of a list, e.g. the DAC sector of a support type."""
        return str(self.lists.get(list_key, {}).get(code, {}).get(name) or "")

    def vocabulary(self, name: str) -> dict[str, str]:
        """Our own vocabulary: 99, and where it is."""
        return {"vocabulary": OWN, "vocabulary-uri": f"{self.place}{'/' if '//' in self.place else ':'}{name}"}


def read_tables(session: Session, base_url: str) -> Tables:
    """The tables as they are now; `base_url` is the installation's own address, where it has one."""
    lists = {key: {each.code: each.attributes for each in rows} for key, rows in small_lists(session).items()}
    lists["support_type"] = {each.code: each.attributes for each in support_types(session, include_retired=True)}
    iso2 = dict(session.execute(select(Country.iso3, Country.iso2)).all())
    return Tables(labels(session), iso2, lists, base_url.rstrip("/") or NO_PLACE)


def iati_records(session: Session, actor: Actor, filters: ActivityFilters, tables: Tables) -> Iterator[Record]:
    """What goes out, as IATI's activities."""
    for block in published_lines(session, actor, filters, dated=True):
        bodies = counterparts_of(session, block)
        for row in block:
            yield record_of(row, bodies.get(row.revision_id, []), tables)


def record_of(row: Any, bodies: Iterable[tuple[str, str]], tables: Tables) -> Record:
    """One line with its counterparts, whose names come apart from it."""
    children = (
        Element("reporting-org", {"ref": UNICEF, "type": UN_BODY, "secondary-reporter": "1"},
                [Text(tables.names.of("partner_agency", "unicef"), "en")]),
        *_texts(row, tables),
        *_organisations(row, bodies, tables),
        *_identifiers(row),
        Element("activity-status", {"code": tables.attribute("activity_status", row.status, "iati_activity_status")}),
        *_dates(row),
        *([Element("activity-scope", {"code": SCOPES[row.scope]})] if row.scope in SCOPES else []),
        *_places(row, tables),
        *_sectors(row, tables),
        *_tags(row, tables),
        *_aid_types(row, tables),
    )  # fmt: skip
    return Record(f"{UNICEF}-{row.lead_office}/TA/{row.reference}", row.language, row.changed_at, children)


def _texts(row: Any, tables: Tables) -> Iterator[Element]:
    if row.text_left_out:
        yield Element("title", {}, [Text(SILENT, "en")])
        yield Element("description", {"type": "1"}, [Text(SILENT, "en")])
    else:
        yield Element("title", {}, [Text(row.title)])
        yield Element("description", {"type": "1"}, [Text(row.summary or row.title)])
        if row.delivered:
            yield Element("description", {"type": "4"}, [Text(row.delivered)])
    groups = [tables.names.of("target_group", code) for code in codes(row.target_groups)]
    if groups:
        yield Element("description", {"type": "3"}, [Text("; ".join(groups), "en")])


def _organisations(row: Any, bodies: Iterable[tuple[str, str]], tables: Tables) -> Iterator[Element]:
    def one(role: str, kind: str, name: str, language: str = "", ref: str = "") -> Element:
        return Element("participating-org", {"ref": ref, "role": role, "type": kind}, [Text(name, language)])

    yield one(ACCOUNTABLE, UN_BODY, tables.names.of("partner_agency", "unicef"), "en", UNICEF)
    offices = [row.lead_office, *(code for code, answer in pairs(row.co_offices) if answer == "accepted")]
    for office in offices:
        yield one(EXTENDING, UN_BODY, tables.names.of("office", office), "en")
    for partner, role in pairs(row.partners):
        kind = tables.attribute("partner_agency", partner, "iati_org_type") or OTHER_BODY
        name = tables.names.of("partner_agency", partner)
        ref = tables.attribute("partner_agency", partner, "iati_org_id")
        yield one(PARTNER_ROLES.get(role, EXTENDING), kind, name, "en", ref)
    for name, kind in bodies:
        yield one(IMPLEMENTING, BODIES.get(kind, OTHER_BODY), name)


def _identifiers(row: Any) -> Iterator[Element]:
    """Our own reference (A1), and under which identifier an imported record stood at its source (A3: earlier one)."""
    yield Element("other-identifier", {"ref": row.reference, "type": "A1"})
    if row.original_identifier:
        yield Element("other-identifier", {"ref": row.original_identifier, "type": "A3"})


def _dates(row: Any) -> Iterator[Element]:
    """A month or a year covers all of itself: a start is its first day, an end its last, and a narrative says so."""
    starts = (("1", row.planned_start), ("2", row.actual_start))
    ends = (("3", row.planned_end), ("4", row.actual_end))
    for kind, text in (*starts, *ends):
        if text:
            known = PartialDate(text)
            day = known.earliest() if (kind, text) in starts else known.latest()
            said = [] if known.precision == "day" else [Text(f"Known to the {known.precision}: {text}", "en")]
            yield Element("activity-date", {"iso-date": day.isoformat(), "type": kind}, said)


def _places(row: Any, tables: Tables) -> Iterator[Element]:
    countries = [(code, tables.iso2[code]) for code in codes(row.countries) if tables.iso2.get(code)]
    for (iso3, iso2), share in zip(countries, shares(len(countries) or 1), strict=False):
        name = [Text(tables.names.of("country", iso3), "en")]
        yield Element("recipient-country", {"code": iso2, "percentage": share}, name)
    if not countries:
        yield Element("recipient-region", {"code": UNSPECIFIED_REGION, "vocabulary": DAC, "percentage": "100"})


def _sectors(row: Any, tables: Tables) -> Iterator[Element]:
    """DAC purpose codes, and our support types in a vocabulary of our own; each adds up to a hundred."""
    types = [*codes(row.how), *codes(row.about)]
    mapped = dict.fromkeys(tables.attribute("support_type", code, "iati_sector") for code in types)
    purposes = [code for code in mapped if code]
    for code, share in zip(purposes, shares(len(purposes) or 1), strict=False):
        yield Element("sector", {"vocabulary": DAC, "code": code, "percentage": share})
    for code, share in zip(types, shares(len(types) or 1), strict=False):
        said = {**tables.vocabulary("support-types"), "code": code, "percentage": share}
        yield Element("sector", said, [Text(tables.names.of("support_type", code), "en")])


def _tags(row: Any, tables: Tables) -> Iterator[Element]:
    """The mandate: each provision once, its roles in the narrative."""
    roles: dict[str, list[str]] = {}
    for provision, role in pairs(row.provisions):
        roles.setdefault(provision, []).append(tables.names.of("provision_role", role))
    for provision, named in roles.items():
        name = f"{tables.names.of('provision', provision)} ({', '.join(named)})"
        yield Element("tag", {**tables.vocabulary("provisions"), "code": provision}, [Text(name, "en")])


def _aid_types(row: Any, tables: Tables) -> Iterator[Element]:
    found = [tables.attribute("modality", code, "iati_aid_type") for code in codes(row.modality)]
    primary = tables.attribute("support_type", row.primary_type or "", "iati_aid_type")
    first = next((code for code in found if code), primary)
    if first:
        yield Element("default-aid-type", {"code": first, "vocabulary": "1"})
