"""Who does what, where, when: a row for each country of each activity that goes out, as humanitarian clusters ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.queries_files import counterparts_of
from app.codelists.queries import Labels, labels, support_types
from app.core import clock
from app.core.permissions import Actor
from app.core.tables import Column, Kind, Table
from app.offices.queries import directory
from app.reports.published import codes, pairs, published_lines

SECTOR = "Protection: justice for children"
BY_COUNTRY = "Not recorded by country"
SAID = {
    "Report": "#meta+report",
    "Filters": "#meta+filter",
    "Basis": "#meta+basis",
    "Definition version": "#meta+definition",
    "Made at (UTC)": "#date+generated",
    "Demonstration data": "#meta+demonstration",
    "Text left out": "#meta+left_out",
    "Not in this file": "#meta+kept_back",
}
"""What the file says of itself: the same in every row, for a sheet with tags has no other place."""
ABOUT = {
    "title": "Who does what, where, when (4W)",
    "definition": (
        "One row for each country of each approved activity that you may open and that is neither withdrawn nor set"
        " aside. Participations stand only where an activity has one country, for they are not recorded by country;"
        " they are participations, not persons. The text of sensitive records is left out."
    ),
}


@dataclass(frozen=True)
class Row:
    """An activity in one of its countries; the country is blank where none is recorded."""

    line: Any
    country: str
    alone: bool
    bodies: tuple[str, ...]


def _of(name: str) -> Callable[[Row], Any]:
    return lambda row: getattr(row.line, name)


def _people(name: str) -> Callable[[Row], Any]:
    return lambda row: getattr(row.line, name) if row.alone else None


def _column(label: str, hxl: str, value: Callable[[Row], Any], kind: Kind = Kind.TEXT) -> Column[Any]:
    return Column(hxl, label, kind, value, hxl)


def columns(session: Session, said: Mapping[str, str]) -> tuple[Column[Any], ...]:
    """The columns, and after them what is the same in every row: what file this is."""
    names = labels(session)
    offices = directory(session).offices
    sectors = {t.code: str(t.attributes.get("iati_sector") or "") for t in support_types(session, include_retired=True)}
    today = clock.today()

    def region(row: Row) -> str | None:
        office = offices.get(row.line.lead_office)
        return office.region_on(today) if office else None

    def named(kind: str, cell: Callable[[Row], str]) -> Callable[[Row], str]:
        return lambda row: "; ".join(names.of(kind, code) for code in codes(cell(row)))

    def types(row: Row) -> str:
        return ";".join([*codes(row.line.how), *codes(row.line.about)])

    def sector_codes(row: Row) -> str:
        return ";".join(dict.fromkeys(sectors[code] for code in codes(types(row)) if sectors.get(code)))

    return (
        _column("Office code", "#org+code+office", _of("lead_office"), Kind.CODE),
        _column("Office", "#org+name+office", lambda r: names.of("office", r.line.lead_office)),
        _column("Counterparts", "#org+name+impl", lambda r: "; ".join(r.bodies)),
        _column("Partners", "#org+partner", lambda r: _partners(r, names)),
        _column("Sector", "#sector+name", lambda _row: SECTOR),
        _column("Sector (DAC)", "#sector+code+v_dac", sector_codes, Kind.LIST),
        _column("Activity reference", "#activity+code", _of("reference"), Kind.CODE),
        _column("Activity", "#activity+name", _of("title")),
        _column("Description", "#description+activity", _of("summary")),
        _column("Support types", "#activity+type", named("support_type", types)),
        _column("Modalities", "#modality", named("modality", _of("modality"))),
        _column("Region code", "#region+code", region, Kind.CODE),
        _column("Country code", "#country+code+v_iso3", lambda r: r.country, Kind.CODE),
        _column("Country", "#country+name", lambda r: names.of("country", r.country) if r.country else ""),
        _column("Scope", "#meta+scope", lambda r: names.of("scope", r.line.scope) if r.line.scope else ""),
        _column("Status", "#status", lambda r: names.of("activity_status", r.line.status) if r.line.status else ""),
        _column("Start", "#date+start", lambda r: r.line.actual_start or r.line.planned_start, Kind.DATE),
        _column("End", "#date+end", lambda r: r.line.actual_end or r.line.planned_end, Kind.DATE),
        _column("For whom", "#beneficiary+type", named("target_group", _of("target_groups"))),
        _column("Participations, women", "#reached+f", _people("women"), Kind.INTEGER),
        _column("Participations, men", "#reached+m", _people("men"), Kind.INTEGER),
        _column("Participations, sex not recorded", "#reached+unknown", _people("sex_not_recorded"), Kind.INTEGER),
        _column("Participations by country", "#meta+reached", lambda r: "" if r.alone else BY_COUNTRY),
        _column("Provisions", "#meta+provision", lambda r: _provisions(r, names)),
        _column("Requested by", "#activity+request", lambda r: _asked(r, names)),
        _column("Last updated", "#date+updated", _of("changed_at"), Kind.INSTANT),
        _column("Text left out, for it is sensitive", "#meta+text_left_out", _of("text_left_out"), Kind.YES_NO),
        _column("Delivery lines without a number of women", "#meta+blank+f", _people("women_blank"), Kind.INTEGER),
        _column("Delivery lines without a number of men", "#meta+blank+m", _people("men_blank"), Kind.INTEGER),
        _column("Delivery lines without a number of sex not recorded", "#meta+blank+unknown",
                _people("sex_not_recorded_blank"), Kind.INTEGER),
        *(_same(label, tag, said.get(label, "")) for label, tag in SAID.items()),
    )  # fmt: skip


def _same(label: str, hxl: str, value: str) -> Column[Any]:
    return _column(label, hxl, lambda _row: value)


def _partners(row: Row, names: Labels) -> str:
    return "; ".join(dict.fromkeys(names.of("partner_agency", code) for code, _role in pairs(row.line.partners)))


def _provisions(row: Row, names: Labels) -> str:
    return "; ".join(dict.fromkeys(names.of("provision", code) for code, _role in pairs(row.line.provisions)))


def _asked(row: Row, names: Labels) -> str:
    return names.of("request_source", row.line.request_source) if row.line.request_source else ""


def four_w(session: Session, actor: Actor, filters: ActivityFilters, said: Mapping[str, str]) -> Table[Row]:
    """The sheet."""
    return Table(columns(session, said), _rows(session, actor, filters))


def _rows(session: Session, actor: Actor, filters: ActivityFilters) -> Iterator[Row]:
    for block in published_lines(session, actor, filters):
        bodies = counterparts_of(session, block)
        for line in block:
            countries = codes(line.countries) or [""]
            with_whom = tuple(name for name, _kind in bodies.get(line.revision_id, []))
            for country in countries:
                yield Row(line, country, len(countries) == 1, with_whom)
