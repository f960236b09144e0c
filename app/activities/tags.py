"""What lists are narrowed by, as tags beside the words of a line: so that words and filters are found together.

Only what leaves few lines is worth a tag: one that nearly all have costs more than it saves. And tags only narrow: who
may see a line, and which filters it meets, is said by the conditions of `queries`. A test finds the same lines with
and without tags.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from app.activities.filters import ActivityFilters
from app.activities.reference import ReferenceData
from app.activities.wordindex import Sought, tag
from app.core.permissions import Actor
from app.offices.directory import OfficeRecord
from app.offices.rules import covers

TYPES = ("how", "about")
# Filter -> the fields of a line that hold its codes.
CODES: Mapping[str, tuple[str, ...]] = {
    "office": ("lead_office",),
    "country": ("countries",),
    "support_type": TYPES,
    "how": TYPES,
    "about": TYPES,
    "provision": ("provisions",),
    "workflow": ("workflow",),
    "status": ("status",),
    "request_source": ("request_source",),
}
_NAME = dict.fromkeys(TYPES, "support_type")


def tags_of(line: Mapping[str, Any]) -> Iterator[str]:
    """The tags of a line, given by its fields."""
    office = line["lead_office"]
    yield from (tag("year", entry[:4]) for entry in line["confirmations"].split(";") if entry)
    for name, fields in CODES.items():
        if name not in _NAME:
            yield from (tag(name, code) for field in fields for code in _codes(line[field]))
    yield from (tag("with", code) for code in _codes(line["co_offices"]))
    if line["ever_submitted"]:
        yield tag("sent", office)
        if line["visibility"] == "all_staff":
            yield tag("all")
        elif line["visibility"] == "office_region":
            yield tag("near", office)


def _codes(cell: str | None) -> Iterator[str]:
    """`E1997-30-8:mandated_by;CRC-4:applied` -> the codes."""
    return (part.partition(":")[0] for part in (cell or "").split(";") if part)


def sought(data: ReferenceData, actor: Actor, filters: ActivityFilters, words: Collection[str], today: date) -> Sought:
    """The words, and of filters and rights what tags say of them."""
    return Sought(tuple(words), tuple(map(tuple, _groups(data, actor, filters, today))))


def _groups(data: ReferenceData, actor: Actor, filters: ActivityFilters, today: date) -> Iterator[list[str]]:
    if filters.year:
        yield [tag("year", str(year)) for year in filters.year]
    for name, values in filters.coded.items():
        if name in CODES:
            yield [tag(_NAME.get(name, name), value) for value in values]
    if regions := filters.coded.get("region"):
        yield [tag("office", code) for code, office in data.offices.items() if _in_one_of(regions, office, today)]
    if not (actor.system or actor.headquarters or actor.administrator):  # these may see nearly all
        yield list(_open_to(actor))


def _in_one_of(regions: Collection[str], office: OfficeRecord, day: date) -> bool:
    return any(r.target in regions and covers(r.valid_from, r.valid_to, day) for r in office.regions)


def _open_to(actor: Actor) -> Iterator[str]:
    """As `queries.visible_to`."""
    yield tag("all")
    yield from (tag("office", office) for office in sorted(actor.works_in | actor.own_other_offices))
    yield from (tag("sent", office) for office in sorted(actor.advises))
    yield from (tag("near", office) for office in sorted(actor.region_offices))
    yield from (tag("with", office) for office in sorted(actor.works_in))
