"""What the cells of a row say of an activity: laid over what the record says already, column by column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.activities.rules import (
    OTHER_TYPE,
    Content,
    CounterpartTag,
    MilestoneTag,
    PartnerTag,
    ProvisionTag,
    TypeTag,
)
from app.core.i18n import N_
from app.core.text import fold
from app.exchange.sheet_codes import Codes, parts_of
from app.exchange.sheet_columns import CODED, DATES, FIELD_OF, LISTED, TEXTS
from app.exchange.sheet_values import (
    Finding,
    Unclear,
    error,
    read_amount,
    read_date,
    read_yes_no,
    says_what_is_kept,
    tidy,
    warning,
)

Cells = Mapping[str, str]
Given = tuple[dict[str, Any], list[Finding]]

NO_KIND = N_(
    "Write each body with its kind in brackets, such as Ministry of Justice (government). Those that the office has"
    " recorded before need none."
)
NO_STEP = N_("Write each step as date, kind and law, such as 2024-05 adopted: Child Justice Act.")
WORDS_OF_NOTHING = N_("These words say what “other” is, but “other” is not among the types. They are left aside.")


@dataclass(frozen=True)
class How:
    """How the file writes dates and amounts; `bodies` are those that the office knows: {folded name: kind}."""

    order: str = "dmy"
    decimal: str = "dot"
    bodies: Mapping[str, str] = field(default_factory=dict)


def laid_over(base: Content, cells: Cells, codes: Codes, how: How) -> tuple[Content, list[Finding]]:
    """`base` with what the cells say. Columns that are not among the cells stay as they are; a blank cell clears."""
    changes: dict[str, Any] = {}
    said: list[Finding] = []
    for part in PARTS:
        values, findings = part(base, cells, codes, how)
        changes |= values
        said += findings
    return base.but(changes), said


def _texts(base: Content, cells: Cells, codes: Codes, how: How) -> Given:
    given = {name: tidy(cells[name]) for name in TEXTS if name in cells}
    return {name: text for name, text in given.items() if not says_what_is_kept(text, getattr(base, name))}, []


def _coded(base: Content, cells: Cells, codes: Codes, how: How) -> Given:
    values: dict[str, Any] = {}
    said: list[Finding] = []
    for column, kind in CODED.items():
        if column not in cells:
            continue
        name, cell = FIELD_OF.get(column, column), cells[column].strip()
        if not cell:
            values[name] = getattr(Content, name)  # its default
            continue
        code, more = codes.find(kind, cell, column)
        said += more
        if code is not None:
            values[name] = code
    return values, said


def _listed(base: Content, cells: Cells, codes: Codes, how: How) -> Given:
    values: dict[str, Any] = {}
    said: list[Finding] = []
    for column, kind in LISTED.items():
        if column in cells:
            name = FIELD_OF.get(column, column)
            found, more = codes.find_all(kind, cells[column], column)
            said += more
            values[name] = _as_before(getattr(base, name), tuple(found))
    if "co_offices" in cells:
        named = ";".join(part.partition(":")[0] for part in parts_of(cells["co_offices"]))
        found, more = codes.find_all("office", named, "co_offices")
        said += more
        values["co_offices"] = _as_before(base.co_offices, tuple(found))
    return values, said


def _as_before(before: tuple[Any, ...], now: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same things in another order are no change."""
    return before if set(before) == set(now) else now


def _dates(base: Content, cells: Cells, codes: Codes, how: How) -> Given:
    values: dict[str, Any] = {}
    said: list[Finding] = []
    for name in DATES:
        if name not in cells:
            continue
        cell = cells[name].strip()
        try:
            values[name] = read_date(cell, how.order) if cell else None
        except Unclear as unclear:
            said.append(error(name, unclear.template, cell, **unclear.values))
    return values, said


def _single(base: Content, cells: Cells, codes: Codes, how: How) -> Given:
    """The amount and the mark of sensitive records."""
    values: dict[str, Any] = {}
    said: list[Finding] = []
    readers: tuple[tuple[str, Callable[[str], Any], Any], ...] = (
        ("funding_amount_usd", lambda cell: format(Decimal(read_amount(cell, how.decimal)), ".2f"), None),
        ("sensitive", read_yes_no, False),
    )
    for name, read, blank in readers:
        if name in cells:
            cell = cells[name].strip()
            try:
                values[name] = read(cell) if cell else blank
            except Unclear as unclear:
                said.append(error(name, unclear.template, cell, **unclear.values))
    return values, said


def _types(base: Content, cells: Cells, codes: Codes, how: How) -> Given:
    if not cells.keys() & {"how", "about", "primary_type", "type_words"}:
        return {}, []
    facets = codes.data.facets
    said: list[Finding] = []
    wanted: list[str] = []
    for column in ("how", "about"):
        if column in cells:
            found, more = codes.find_all("support_type", cells[column], column)
            said += more
        else:
            found = [t.code for t in base.types if facets.get(t.code) == column]
        wanted += [code for code in found if code not in wanted]
    wanted, more = _primary_first(base, wanted, cells, codes)
    said += more
    words, more = _words(base, wanted, cells)
    said += more
    return {"types": tuple(TypeTag(code, words.get(code, "")) for code in wanted)}, said


def _primary_first(base: Content, wanted: list[str], cells: Cells, codes: Codes) -> tuple[list[str], list[Finding]]:
    first = base.types[0].code if base.types else None
    said: list[Finding] = []
    if cells.get("primary_type", "").strip():
        first, said = codes.find("support_type", cells["primary_type"].strip(), "primary_type")
    if first is not None and (first in wanted or "primary_type" in cells):
        wanted = [first, *(code for code in wanted if code != first)]
    before = [t.code for t in base.types]
    same = set(before) == set(wanted) and before[:1] == wanted[:1]
    return (before if same else wanted), said


def _words(base: Content, wanted: list[str], cells: Cells) -> tuple[dict[str, str], list[Finding]]:
    before = {t.code: t.words for t in base.types if t.words}
    if "type_words" not in cells:
        return before, []
    told = tidy(cells["type_words"])
    if says_what_is_kept(told, "; ".join(before.values())):
        return before, []
    if OTHER_TYPE in wanted:
        return {OTHER_TYPE: told}, []
    return {}, [warning("type_words", WORDS_OF_NOTHING, told)] if told else []


def _provisions(base: Content, cells: Cells, codes: Codes, how: How) -> Given:
    said: list[Finding] = []
    tags: list[ProvisionTag] = []
    if cells.get("provision_roles", "").strip():
        for part in parts_of(cells["provision_roles"]):
            text, _mark, role = part.partition(":")
            code, more = codes.find("provision", text.strip(), "provision_roles")
            said += more
            if role.strip():
                named, more = codes.find("provision_role", role.strip(), "provision_roles")
                said += more
            else:
                named = _usual_role(codes, code)
            if code is not None and named is not None:
                tags.append(ProvisionTag(code, named))
    elif "provisions" in cells:
        found, said = codes.find_all("provision", cells["provisions"], "provisions")
        kept = [tag for tag in base.provisions if tag.code in found]
        new = [code for code in found if code not in {tag.code for tag in kept}]
        tags = kept + [ProvisionTag(code, _usual_role(codes, code)) for code in new]
    elif "provision_roles" not in cells:
        return {}, []
    return {"provisions": _as_before(base.provisions, tuple(dict.fromkeys(tags)))}, said


def _usual_role(codes: Codes, code: str | None) -> str:
    return "mandated_by" if code is not None and codes.data.mandating.get(code) else "applied"


_GLUED = re.compile(r"[;|\n]|\)\s*,")
"""Several bodies, of which some have no kind: new names have none of these."""
_BODY = re.compile(r"\s*(.+?)\s*\(([^()]*)\)\s*(?:[;|\n]|$)", re.DOTALL)


_KIND_BEHIND = re.compile(r"\([^()]*\)\s*$")


def _counterparts(base: Content, cells: Cells, codes: Codes, how: How) -> Given:
    if "counterparts" not in cells:
        return {}, []
    text, place = tidy(cells["counterparts"]), 0
    named = _known_bodies(text, how.bodies)
    if named is not None:
        text, place = "; ".join(named), 0
    known = {fold(t.name) for t in base.counterparts}
    tags: list[CounterpartTag] = []
    said: list[Finding] = []
    while place < len(text):
        found = _BODY.match(text, place)
        if found is None:
            said.append(error("counterparts", NO_KIND, text[place:]))
            break
        kind, more = codes.find("counterpart_kind", found[2].strip(), "counterparts")
        said += more
        if _GLUED.search(found[1]) and fold(found[1]) not in known:
            said.append(error("counterparts", NO_KIND, found[1]))
        if kind is not None:
            tags.append(CounterpartTag(found[1], kind))
        place = found.end()
    before = [(fold(t.name), t.kind) for t in base.counterparts]
    same = before == [(fold(t.name), t.kind) for t in tags]
    return {"counterparts": base.counterparts if same else tuple(tags)}, said


def _known_bodies(text: str, bodies: Mapping[str, str]) -> list[str] | None:
    """Each part with its kind behind it; None where one has none and is no body that the office knows."""
    parts = list(parts_of(text))
    if not bodies or all(_KIND_BEHIND.search(part) for part in parts):
        return None
    told = [part if _KIND_BEHIND.search(part) else f"{part} ({bodies.get(fold(part), '')})" for part in parts]
    return None if any(part.endswith("()") for part in told) else told


def _partners(base: Content, cells: Cells, codes: Codes, how: How) -> Given:
    if "partners" not in cells:
        return {}, []
    tags: list[PartnerTag] = []
    said: list[Finding] = []
    for part in codes.parts("partner_agency", cells["partners"]):
        name, role = _named_role(codes, part)
        code, more = codes.find("partner_agency", name, "partners")
        said += more
        named: str | None = ""
        if role:
            named, more = codes.find("partner_role", role, "partners")
            said += more
        if code is not None and named is not None:
            tags.append(PartnerTag(code, named))
    return {"partners": _as_before(base.partners, tuple(dict.fromkeys(tags)))}, said


def _named_role(codes: Codes, part: str) -> tuple[str, str]:
    """`unicef:lead` or `UNICEF (lead)`; a name that is on the list as it stands has no role behind it."""
    if codes.knows("partner_agency", part):
        return part, ""
    name, mark, role = part.rpartition(":")
    if mark:
        return name.strip(), role.strip()
    found = re.fullmatch(r"(.+?)\s*\(([^()]*)\)", part)
    return (found[1], found[2]) if found else (part, "")


_NEXT_STEP = re.compile(r"(?:; |\n)(?=(?:\d{4}(?:-\d\d){0,2} )?[^\s:;]+: )")
_STEP = re.compile(r"(?:(\d{4}(?:-\d\d){0,2}) )?([^\s:;]+): ?(.+)", re.DOTALL)


def _milestones(base: Content, cells: Cells, codes: Codes, how: How) -> Given:
    if "milestones" not in cells:
        return {}, []
    known = {(m.on, m.kind, fold(m.law)): m for m in base.milestones}
    tags: list[MilestoneTag] = []
    said: list[Finding] = []
    text = tidy(cells["milestones"])
    for part in _NEXT_STEP.split(text) if text else ():
        found = _STEP.fullmatch(part.strip())
        if found is None:
            said.append(error("milestones", NO_STEP, part))
            continue
        kind, more = codes.find("milestone", found[2], "milestones")
        said += more
        if kind is not None:
            law = found[3].strip()
            tags.append(known.get((found[1], kind, fold(law))) or MilestoneTag(kind, law, found[1]))
    return {"milestones": tuple(tags)}, said


PARTS = (_texts, _coded, _listed, _dates, _single, _types, _provisions, _counterparts, _partners, _milestones)


def changed_fields(before: Content, after: Content) -> Iterator[str]:
    """The names of the fields in which two contents differ."""
    for name in before.__dataclass_fields__:
        if getattr(before, name) != getattr(after, name):
            yield name
