"""Pages of a provision and of a support type: what it is, how many offices cited or gave it by year, what is tagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.activities.filters import ActivityFilters
from app.codelists.queries import SupportTypeRow, former_names, support_types
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import N_
from app.core.permissions import Actor
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import Figure, Slice, figure
from app.dashboards import words
from app.dashboards.address import Ask
from app.dashboards.listing import ActivityList, activity_list
from app.dashboards.names import Names
from app.provisions.queries import InstrumentRow, ProvisionRow, provision, provisions


@dataclass(frozen=True)
class YearFigure:
    """The figure of one year, and the page that asks for it."""

    label: str
    ask: Ask
    figure: Figure


@dataclass(frozen=True)
class TagPage:
    """What a page of a tag shows, whatever the tag is."""

    code: str
    name: str
    former: tuple[str, ...]
    answer: str
    years: list[YearFigure]
    activities: ActivityList


@dataclass(frozen=True)
class ProvisionPage:
    """A provision and what is tagged to it."""

    provision: ProvisionRow
    instrument: str
    tag: TagPage


@dataclass(frozen=True)
class SupportTypePage:
    """A support type and what is tagged to it."""

    support_type: SupportTypeRow
    tag: TagPage


@dataclass(frozen=True)
class InstrumentGroup:
    """An instrument and its provisions, each with its name."""

    instrument: InstrumentRow
    name: str
    provisions: list[tuple[ProvisionRow, str]]


def provision_page(session: Session, actor: Actor, names: Names, code: str) -> ProvisionPage:
    """The page of one provision.

    Raises:
        NotFound: there is no provision with this code.
    """
    found = provision(session, code)
    if found is None:
        raise NotFound(N_("There is no such provision."))
    filters = ActivityFilters(coded={"provision": (code,)})
    tag = _tag(session, actor, names, ("provision", code), Slice(provision=code), filters)
    return ProvisionPage(names.summary(found), names.of("instrument", found.instrument.code), tag)


def support_type_page(session: Session, actor: Actor, names: Names, code: str) -> SupportTypePage:
    """The page of one support type.

    Raises:
        NotFound: there is no support type with this code.
    """
    found = next((t for t in support_types(session, include_retired=True) if t.code == code), None)
    if found is None:
        raise NotFound(N_("There is no such support type."))
    filters = ActivityFilters(coded={"support_type": (code,)})
    tag = _tag(session, actor, names, ("support_type", code), Slice(support_type=code), filters)
    return SupportTypePage(found, tag)


def provisions_by_instrument(session: Session, names: Names) -> list[InstrumentGroup]:
    """Every provision in use, by instrument, in the order of the list."""
    groups: dict[str, InstrumentGroup] = {}
    for row in provisions(session):
        group = groups.setdefault(
            row.instrument.code,
            InstrumentGroup(row.instrument, names.of("instrument", row.instrument.code), []),
        )
        group.provisions.append((names.summary(row), names.provision(row.code)))
    return list(groups.values())


def types_by_facet(session: Session, names: Names) -> dict[str, list[tuple[SupportTypeRow, str]]]:
    """The support types in use: how offices helped, and what the help was about."""
    rows = [(row, names.support_type(row.code)) for row in support_types(session)]
    return {facet: [(row, name) for row, name in rows if row.facet == facet] for facet in ("how", "about")}


def unchecked(session: Session) -> Sequence[ProvisionRow]:
    """Provisions that nobody has confirmed yet."""
    return [row for row in provisions(session) if not row.checked]


def _tag(
    session: Session,
    actor: Actor,
    names: Names,
    label: tuple[str, str],
    part: Slice,
    filters: ActivityFilters,
    today: date | None = None,
) -> TagPage:
    today = today or clock.today()
    all_facts = kept_facts(session, kept_years(session, today), today)
    figures = [figure(facts, part=part) for _year, facts in sorted(all_facts.items(), reverse=True)]
    years = [
        YearFigure(words.when(each), Ask(each.year, part=part), each)
        for each in figures
        if each.running or each.activities
    ]
    return TagPage(
        code=label[1],
        name=names.of(*label),
        former=former_names(session, *label),
        answer=words.answer(figures[0], names),
        years=years,
        activities=activity_list(session, actor, filters),
    )
