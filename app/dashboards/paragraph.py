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
    """The text, a line that says what it is made of, and (reference, title) of the records behind it."""

    code: str
    office: str
    year: int
    text: str
    source: str
    records: tuple[tuple[str, str], ...]
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
        records=tuple((line.reference, line.title) for line in found.lines),
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
    """The statements in the order of a report, a blank line between paragraphs. What is not recorded is said."""
    if found.lines:
        yield _sentences(
            _opening(found), *(make(found) for make in (_how, _about, _provisions, _counterparts, _countries))
        )
        yield from filter(None, (_each(found), _deliveries(found), _milestones(found), _sensitive(found)))
    else:
        yield _opening(found)
    if found.region is not None:
        yield _in_region(found, found.region)


def _sentences(*parts: str) -> str:
    return " ".join(filter(None, parts))


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
    return _sentences(*said)


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
    """The names, those of the most records first; names of the same records together, with their references once."""
    together: dict[tuple[str, ...], list[str]] = {}
    for name, lines in sorted(groups.items(), key=lambda each: (-len(each[1]), each[0])):
        together.setdefault(tuple(line.reference for line in lines), []).append(name)
    return "; ".join(f"{words.joined(names)} {found.refs(groups[names[0]])}" for names in together.values())


def _codes(cell: str) -> list[str]:
    return [part.partition(":")[0] for part in cell.split(";") if part]


def _how(found: Records) -> str:
    groups, without = _tagged(found, lambda line: map(found.names.support_type, _codes(line.how)))
    said = N_("The forms of help were: %(list)s."), N_("The form of the help is not recorded %(refs)s.")
    return _said(found, said, groups, without)


def _about(found: Records) -> str:
    groups, without = _tagged(found, lambda line: map(found.names.support_type, _codes(line.about)))
    said = N_("The subjects were: %(list)s."), N_("What the help was about is not recorded %(refs)s.")
    return _said(found, said, groups, without)


def _provisions(found: Records) -> str:
    groups, without = _tagged(found, lambda line: map(found.names.provision, _codes(line.provisions)))
    said = N_("The records cite: %(list)s."), N_("No provision is cited %(refs)s.")
    return _said(found, said, groups, without)


def _counterparts(found: Records) -> str:
    groups, without = _tagged(found, lambda line: (name for name, _kind in found.bodies.get(line.revision_id, ())))
    said = N_("The office worked with: %(list)s."), N_("The counterparts are not recorded %(refs)s.")
    return _said(found, said, groups, [line for line in without if not line.text_left_out])


def _countries(found: Records) -> str:
    groups, without = _tagged(found, lambda line: map(found.names.country, _codes(line.countries)))
    said = N_("The countries were: %(list)s."), N_("The country is not recorded %(refs)s.")
    return _said(found, said, groups, without) if len(groups) > 1 or without else ""


def _said(found: Records, said: tuple[str, str], groups: Mapping[str, list[Any]], without: list[Any]) -> str:
    """The statement of what is recorded, and the one of the records in which nothing is."""
    return _sentences(
        _(said[0], list=_listed(found, groups)) if groups else "",
        _(said[1], refs=found.refs(without)) if without else "",
    )


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
    refs = found.refs(found.of_ids({each.activity_id for each in counted}))
    kinds = (
        (N_("women"), [each.women for each in counted]),
        (N_("men"), [each.men for each in counted]),
        (N_("sex not recorded"), [each.not_recorded for each in counted]),
    )
    known = words.in_a_row(_summed(name, values) for name, values in kinds if known_sum(values) is not None)
    blank = words.in_a_row(_(name) for name, values in kinds if known_sum(values) is None)
    people = _("Participations, not persons: %(known)s %(refs)s.", known=known, refs=refs)
    none = _("Not recorded in any delivery: %(blank)s.", blank=blank) if blank else ""
    further = len(found.deliveries) - len(counted)
    left = ngettext(
        "Of %(num)s further delivery no participations are recorded.",
        "Of %(num)s further deliveries no participations are recorded.",
        further,
    )  # fmt: skip
    return _sentences(people, none, left if further else "")


def _summed(name: str, values: Collection[int | None]) -> str:
    """ "women 12 (blank in 2 deliveries)": each sum says how many were blank (METHODOLOGY)."""
    blank = sum(value is None for value in values)
    said = f"{_(name)} {number(known_sum(values))}"
    if not blank:
        return said
    return f"{said} ({ngettext('blank in %(num)s delivery', 'blank in %(num)s deliveries', blank)})"


def _milestones(found: Records) -> str:
    by_revision = {line.revision_id: line for line in found.lines}
    told = []
    for each in found.milestones:
        line = by_revision[each.revision_id]
        law = _("name left out") if line.text_left_out else each.law
        told.append(f"{found.names.of('milestone', each.kind)}: {law} ({each.on}) {found.refs([line])}")
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


def _each(found: Records) -> str:
    """Each activity by its title, with what was delivered in the words of its record, a paragraph each."""
    open_lines = [line for line in found.lines if not line.text_left_out]
    told = [f"{line.title} {found.refs([line])}: {line.delivered}" for line in open_lines if line.delivered]
    without = [f"{line.title} {found.refs([line])}" for line in open_lines if not line.delivered]
    if without:
        told.append(_("What was delivered is not recorded of: %(list)s.", list="; ".join(without)))
    return "\n\n".join(told)


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
