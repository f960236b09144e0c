"""The columns of activities.csv, told once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Any

from app.activities.queries_files import FILE_FIELDS
from app.core.i18n import N_
from app.core.tables import Column, Kind


def _get(name: str) -> Callable[[Any], Any]:
    """The field of a line, by its place: a file of a hundred thousand rows has millions of cells."""
    return itemgetter(FILE_FIELDS.index(name))


def _codes(name: str) -> Callable[[Any], str]:
    """The codes of a cell such as CRC-4:mandated_by;CRC-4:asked_under, each once."""
    get = _get(name)
    return lambda row: _without_roles(get(row))


@lru_cache(maxsize=4096)
def _without_roles(cell: str) -> str:
    return ";".join(dict.fromkeys(part.partition(":")[0] for part in cell.split(";") if part))


# The page shows the first of them; the files have all.
ON_PAGE = frozenset({
    "reference", "title", "lead_office", "delivery_status", "actual_start", "actual_end", "how", "about", "countries",
    "workflow",
})  # fmt: skip
# The kind of label that names the codes of a column.
NAMES = {
    "workflow": "workflow", "delivery_status": "activity_status", "concerns": "concerns_children_in_conflict",
    "lead_office": "office", "countries": "country", "how": "support_type", "about": "support_type",
    "provisions": "provision", "request_source": "request_source", "origin": "origin", "language": "language",
    "primary_type": "support_type", "scope": "scope", "term": "term", "modality": "modality",
    "target_groups": "target_group", "obstacles": "obstacle", "quality": "quality", "funding": "funding",
    "coordinator_involved": "yes_no_unknown", "government_agreement": "government_agreement",
    "partners_agreement": "government_agreement", "in_country_plan": "yes_no_unknown", "visibility": "visibility",
    "newest_workflow": "workflow",
}  # fmt: skip


def _column(key: str, label: str, kind: Kind = Kind.TEXT, field: str | None = None, hxl: str = "") -> Column[Any]:
    return Column(key, label, kind, _get(field or key), hxl, NAMES.get(key, ""), key in ON_PAGE)


COLUMNS: tuple[Column[Any], ...] = (
    _column("reference", N_("Reference"), Kind.CODE, hxl="#activity+code"),
    _column("uuid", N_("UUID"), Kind.CODE),
    _column("revision", N_("Revision"), Kind.INTEGER),
    _column("approved_revision", N_("Approved revision"), Kind.INTEGER),
    _column("workflow", N_("Workflow"), Kind.CODE),
    _column("withdrawn", N_("Withdrawn"), Kind.YES_NO),
    _column("questioned", N_("Questioned"), Kind.YES_NO),
    _column("set_aside", N_("Set aside"), Kind.YES_NO),
    _column("delivery_status", N_("Status"), Kind.CODE, "status", "#status"),
    _column("concerns", N_("Concerns children in conflict with the law"), Kind.CODE),
    _column("planned_start", N_("Planned start"), Kind.DATE),
    _column("planned_end", N_("Planned end"), Kind.DATE),
    _column("actual_start", N_("Actual start"), Kind.DATE, hxl="#date+start"),
    _column("actual_end", N_("Actual end"), Kind.DATE, hxl="#date+end"),
    _column("confirmations", N_("Confirmed years"), Kind.LIST),
    _column("lead_office", N_("Lead office"), Kind.CODE, hxl="#org+code+office"),
    _column("co_offices", N_("Co-offices with answers"), Kind.LIST),
    _column("countries", N_("Countries"), Kind.LIST, hxl="#country+code+v_iso3"),
    _column("how", N_("How"), Kind.LIST, hxl="#activity+type"),
    _column("about", N_("About what"), Kind.LIST),
    Column("provisions", N_("Provisions"), Kind.LIST, _codes("provisions"), "#meta+provision", "provision", False),
    _column("request_source", N_("Who asked"), Kind.CODE, hxl="#activity+request"),
    _column("origin", N_("Origin"), Kind.CODE),
    _column("original_identifier", N_("Original identifier")),
    _column("title", N_("Title"), hxl="#activity+name"),
    _column("language", N_("Language"), Kind.CODE),
    _column("summary", N_("Summary"), hxl="#description+activity"),
    _column("delivered", N_("What was delivered")),
    _column("status_reason", N_("Reason")),
    _column("primary_type", N_("Primary support type"), Kind.CODE),
    _column("type_words", N_("Other, in words")),
    _column("provision_roles", N_("Provisions with roles"), Kind.LIST, "provisions"),
    _column("source_symbol", N_("Document symbol")),
    _column("source_date", N_("Document date"), Kind.DATE),
    _column("counterparts", N_("Counterparts")),
    _column("partners", N_("Partners with roles"), Kind.LIST, hxl="#org+partner"),
    _column("scope", N_("Scope"), Kind.CODE),
    _column("term", N_("Term"), Kind.CODE, hxl="#activity+term"),
    _column("modality", N_("Modality"), Kind.LIST, hxl="#modality"),
    _column("target_groups", N_("Target groups"), Kind.LIST, hxl="#beneficiary+type"),
    _column("coordinator_involved", N_("Resident coordinator involved"), Kind.CODE),
    _column("government_agreement", N_("Agreement with Government"), Kind.CODE),
    _column("partners_agreement", N_("Agreement with partners"), Kind.CODE),
    _column("in_country_plan", N_("In the country plan"), Kind.CODE),
    _column("milestones", N_("Legal milestones")),
    _column("obstacles", N_("Obstacles"), Kind.LIST),
    _column("quality", N_("Quality ticks"), Kind.LIST),
    _column("funding", N_("Funding"), Kind.CODE),
    _column("delivery_lines", N_("Delivery lines"), Kind.INTEGER),
    _column("participations_women", N_("Participations, women"), Kind.INTEGER, "women"),
    _column("participations_men", N_("Participations, men"), Kind.INTEGER, "men"),
    _column("participations_sex_not_recorded", N_("Participations, sex not recorded"), Kind.INTEGER,
            "sex_not_recorded"),
    _column("delivery_lines_without_people", N_("Delivery lines without participations"), Kind.INTEGER,
            "lines_without_people"),
    _column("visibility", N_("Visibility"), Kind.CODE),
    _column("sensitive", N_("Sensitive"), Kind.YES_NO),
    _column("newest_revision", N_("Newest revision"), Kind.INTEGER),
    _column("newest_workflow", N_("Workflow of the newest revision"), Kind.CODE),
    _column("created_at", N_("Created"), Kind.INSTANT),
    _column("changed_at", N_("Changed"), Kind.INSTANT),
    _column("submitted_at", N_("Submitted"), Kind.INSTANT),
    _column("approved_at", N_("Approved"), Kind.INSTANT),
)  # fmt: skip


MARKS: tuple[Column[Any], ...] = (
    _column("self_approved", N_("Approved by its own author"), Kind.YES_NO),
    _column("text_left_out", N_("Text left out, for it is sensitive"), Kind.YES_NO),
    _column("women_blank", N_("Delivery lines without a number of women"), Kind.INTEGER),
    _column("men_blank", N_("Delivery lines without a number of men"), Kind.INTEGER),
    _column("sex_not_recorded_blank", N_("Delivery lines without a number of sex not recorded"), Kind.INTEGER),
)
"""After all others but the mark of demonstration data: who reads the file by place finds them where they were."""
