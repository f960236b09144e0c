"""The paragraph of an office for its annual report: statements from approved records, each with its references."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.activities.models_line import ActivityLine
from app.activities.queries import holds_demonstration
from app.activities.queries_files import counterparts_of, file_fields, file_lines
from app.activities.queries_year import Delivered, Milestone, deliveries_in, known_sum, milestones_in
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.web.locale import _, ngettext, number
from app.coverage.kept import kept_records
from app.coverage.rules import DEFINITION, Basis, Figure, Slice, figure
from app.dashboards import words
from app.dashboards.behind import activities_of_offices
from app.dashboards.files import MADE_UP
from app.dashboards.names import Names
from app.offices.queries import directory

SOME = 400
"""So many ids are asked for at once."""


@dataclass(frozen=True)
class Records:
    """All that the statements rest on: the records of one office and year that the reader may open.

    `closed` counts those that count for the office and are not open to the reader.
    """

    office: str
    year: str
    names: Names
    lines: tuple[Any, ...]
    closed: int
    bodies: Mapping[int, list[tuple[str, str]]]
    deliveries: tuple[Delivered, ...]
    milestones: tuple[Milestone, ...]
    region: Figure | None

    def refs(self, lines: Iterable[Any]) -> str:
        """References as they stand behind a statement: [ROSA-2025-0001, ROSA-2025-0004]."""
        return f"[{', '.join(dict.fromkeys(line.reference for line in lines))}]"

    def of_ids(self, ids: Collection[int]) -> list[Any]:
        """The lines of these activities."""
        return [line for line in self.lines if line.activity_id in ids]


@dataclass(frozen=True)
class Paragraph:
    """The text, a line that says what it is made of, and whether there is any record behind it."""

    code: str
    office: str
    year: int
    text: str
    source: str
    records: tuple[str, ...]
    closed: int
    title: str


def paragraph(session: Session, actor: Actor, names: Names, code: str, year: int) -> Paragraph:
    """The paragraph of an office and a year, in the reader's language.

    Raises:
        NotFound: there is no office with this code.
    """
    if code not in directory(session).offices:
        raise NotFound(N_("There is no office with this code."))
    found = _records(session, actor, names, code, year)
    return Paragraph(
        code=code,
        office=found.office,
        year=year,
        text="\n\n".join(_statements(found)),
        source=_source(session, found),
        records=tuple(line.reference for line in found.lines),
        closed=found.closed,
        title=_("Support to justice for children, %(office)s, %(year)s", office=found.office, year=found.year),
    )


def _records(session: Session, actor: Actor, names: Names, code: str, year: int) -> Records:
    facts = kept_records(session, year)
    whole = figure(facts, Basis.APPROVED)
    ids = sorted(activities_of_offices(facts, whole).get(code, ()))
    lines = [line for start in range(0, len(ids), SOME) for line in _lines(session, actor, ids[start : start + SOME])]
    region = facts.regions.get(code)
    return Records(
        office=names.office(code),
        year=words.when(whole),
        names=names,
        lines=tuple(sorted(lines, key=lambda line: line.reference)),
        closed=len(ids) - len(lines),
        bodies=counterparts_of(session, lines),
        deliveries=tuple(deliveries_in(session, [line.activity_id for line in lines], year)),
        milestones=tuple(milestones_in(session, [line.revision_id for line in lines], year)),
        region=figure(facts, Basis.APPROVED, Slice(region=region)) if region else None,
    )


def _lines(session: Session, actor: Actor, ids: Collection[int]) -> list[Any]:
    """As files have them: what is written here is passed on, so it has no text of sensitive records."""
    statement = file_lines(actor, ActivityFilters(), file_fields()).where(ActivityLine.activity_id.in_(ids))
    return list(session.execute(statement))


def _statements(found: Records) -> Iterator[str]:
    """The statements in the order of a report, a blank line between them. What is not recorded is said."""
    yield _opening(found)
    if found.lines:
        yield from filter(None, (make(found) for make in MAKERS))
        yield from _each(found)
    if found.region is not None:
        yield _in_region(found, found.region)


def _opening(found: Records) -> str:
    count = len(found.lines)
    said = [
        ngettext(
            "In %(year)s %(office)s gave technical support on justice for children in conflict with the law through"
            " %(num)s activity whose record is approved %(refs)s.",
            "In %(year)s %(office)s gave technical support on justice for children in conflict with the law through"
            " %(num)s activities whose records are approved %(refs)s.",
            count,
            year=found.year,
            office=found.office,
            refs=found.refs(found.lines),
        )
        if count
        else _("No approved record of %(office)s in %(year)s is open here.", office=found.office, year=found.year)
    ]
    if found.closed:
        said.append(
            ngettext(
                "%(num)s more counts for the office and is not open to you.",
                "%(num)s more count for the office and are not open to you.",
                found.closed,
            )
        )
    return " ".join(said)


def _tagged(found: Records, tags: Callable[[Any], Iterable[str]]) -> tuple[dict[str, list[Any]], list[Any]]:
    """({name: lines that carry it}, lines that carry none)."""
    groups: dict[str, list[Any]] = {}
    without = []
    for line in found.lines:
        names = list(dict.fromkeys(tags(line)))
        for name in names:
            groups.setdefault(name, []).append(line)
        if not names:
            without.append(line)
    return groups, without


def _listed(found: Records, groups: Mapping[str, list[Any]]) -> str:
    ordered = sorted(groups.items(), key=lambda each: (-len(each[1]), each[0]))
    return "; ".join(f"{name} {found.refs(lines)}" for name, lines in ordered)


def _codes(cell: str) -> list[str]:
    return [part.partition(":")[0] for part in cell.split(";") if part]


def _how(found: Records) -> str:
    groups, without = _tagged(found, lambda line: map(found.names.support_type, _codes(line.how)))
    return _said(found, _("How it helped: %(list)s."), groups, without)


def _about(found: Records) -> str:
    groups, without = _tagged(found, lambda line: map(found.names.support_type, _codes(line.about)))
    return _said(found, _("What the help was about: %(list)s."), groups, without)


def _provisions(found: Records) -> str:
    groups, without = _tagged(found, lambda line: map(found.names.provision, _codes(line.provisions)))
    return _said(found, _("Provisions cited: %(list)s."), groups, without)


def _counterparts(found: Records) -> str:
    groups, without = _tagged(found, lambda line: (name for name, _kind in found.bodies.get(line.revision_id, ())))
    return _said(found, _("Worked with: %(list)s."), groups, [line for line in without if not line.text_left_out])


def _countries(found: Records) -> str:
    groups, without = _tagged(found, lambda line: map(found.names.country, _codes(line.countries)))
    return _said(found, _("Countries: %(list)s."), groups, without) if len(groups) > 1 or without else ""


def _said(found: Records, sentence: str, groups: Mapping[str, list[Any]], without: list[Any]) -> str:
    """One statement; of which records nothing is recorded is said as well."""
    missing = _("not recorded %(refs)s", refs=found.refs(without)) if without else ""
    listed = "; ".join(filter(None, (_listed(found, groups), missing)))
    return sentence % {"list": listed} if listed else ""


def _deliveries(found: Records) -> str:
    if not found.deliveries:
        return _("What was delivered in the year is not recorded line by line.")
    lines = found.of_ids({each.activity_id for each in found.deliveries})
    count = len(found.deliveries)
    said = ngettext(
        "%(num)s delivery of the year is recorded %(refs)s.",
        "%(num)s deliveries of the year are recorded %(refs)s.",
        count,
        refs=found.refs(lines),
    )
    return f"{said} {_people(found)}"


def _people(found: Records) -> str:
    counted = [each for each in found.deliveries if each.has_people]
    if not counted:
        return _("Participations are not recorded.")
    lines = found.of_ids({each.activity_id for each in counted})
    people = _("Participations, not persons: women %(women)s, men %(men)s, sex not recorded %(others)s %(refs)s.",
               women=_sum(each.women for each in counted), men=_sum(each.men for each in counted),
               others=_sum(each.not_recorded for each in counted), refs=found.refs(lines))  # fmt: skip
    blank = len(found.deliveries) - len(counted)
    if not blank:
        return people
    return f"{people} " + ngettext(
        "Of %(num)s further delivery none are recorded.", "Of %(num)s further deliveries none are recorded.", blank
    )


def _sum(values: Iterable[int | None]) -> str:
    known = known_sum(list(values))
    return _("not recorded") if known is None else number(known)


def _milestones(found: Records) -> str:
    by_revision = {line.revision_id: line for line in found.lines}
    told = []
    for each in found.milestones:
        line = by_revision[each.revision_id]
        law = "" if line.text_left_out else f" {each.law}"
        told.append(f"{found.names.of('milestone', each.kind)}:{law} ({each.on}) {found.refs([line])}")
    return _("Steps of laws in the year: %(list)s.", list="; ".join(told)) if told else ""


def _sensitive(found: Records) -> str:
    lines = [line for line in found.lines if line.text_left_out]
    if not lines:
        return ""
    return ngettext(
        "%(num)s of these records is sensitive, and its text is left out %(refs)s.",
        "%(num)s of these records are sensitive, and their text is left out %(refs)s.",
        len(lines),
        refs=found.refs(lines),
    )


MAKERS = (_how, _about, _provisions, _counterparts, _countries, _deliveries, _milestones, _sensitive)


def _each(found: Records) -> Iterator[str]:
    """Each activity by its title, and what was delivered in the words of its record."""
    for line in found.lines:
        if not line.text_left_out:
            delivered = line.delivered or _("what was delivered is not recorded")
            yield f"{line.title} {found.refs([line])}: {delivered}"


def _in_region(found: Records, region: Figure) -> str:
    return _(
        "In the region %(region)s, %(k_of_n)s offices provided such support in %(year)s (%(share)s).",
        region=found.names.region(region.slice.region or ""),
        k_of_n=words.k_of_n(region.k, region.n),
        year=found.year,
        share=words.share(region.percent),
    )


def _source(session: Session, found: Records) -> str:
    """What every file of it says at its end."""
    said = [
        _("Made from the approved records of %(office)s for %(year)s, definition %(version)s, at %(time)s.",
          office=found.office, year=found.year, version=DEFINITION, time=clock.stamp()),
        _(MADE_UP) + "." if holds_demonstration(session) else "",
    ]  # fmt: skip
    return " ".join(filter(None, said))
