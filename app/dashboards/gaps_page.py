"""What is missing: offices without an answer, nil returns, support that ended, kinds of support nobody gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from app.core import clock
from app.core.permissions import Actor
from app.core.web.locale import _
from app.coverage.further import last_support
from app.coverage.kept import kept_facts, kept_years
from app.coverage.rules import Figure, State, YearFacts, figure
from app.dashboards import definitions, words
from app.dashboards.address import Ask
from app.dashboards.names import Lists
from app.dashboards.naming import named
from app.returns.queries import return_rows, sentences


@dataclass(frozen=True)
class Gap:
    """An office or a kind of support that is missing. Blank where nothing is known."""

    kind: str
    code: str
    name: str
    region: str
    last_support: str
    last_return: str
    said: str
    url: str


@dataclass(frozen=True)
class GapList:
    """One list of offices: those that the reader may see by name, and how many more there are."""

    anchor: str
    state: State | None
    title: str
    meaning: str
    count: int
    gaps: list[Gap]
    hidden: int
    url: str


@dataclass(frozen=True)
class TagGaps:
    """Kinds of support or provisions that no office of the selection works on."""

    anchor: str
    title: str
    gaps: list[Gap]
    of: int


@dataclass(frozen=True)
class GapsPage:
    """Everything that the page shows."""

    figure: Figure
    answer: str
    offices: list[GapList]
    tags: list[TagGaps]
    regions: list[tuple[str, str, list[int]]]

    @property
    def gaps(self) -> list[Gap]:
        """Every line, for the file."""
        of_offices = [gap for each in self.offices for gap in each.gaps]
        return of_offices + [gap for each in self.tags for gap in each.gaps]


@dataclass(frozen=True)
class _Known:
    """What stands beside an office in a list."""

    lists: Lists
    facts: YearFacts
    last: Mapping[str, int]
    returns: Mapping[str, str]
    sentences: Mapping[str, str]
    nil_words: Mapping[str, str]

    def gap(self, kind: str, code: str, said: str) -> Gap:
        """One office of a list."""
        year = self.last.get(code)
        region = self.lists.names.region(self.facts.offices[code].region)
        url = url_for("dashboards.office", code=code)
        name = self.lists.names.office(code)
        return Gap(kind, code, name, region, str(year or ""), self.returns.get(code, ""), said, url)


def gaps_page(session: Session, actor: Actor, lists: Lists, ask: Ask, today: date | None = None) -> GapsPage:
    """The gaps of a year, in the filter's selection."""
    today = today or clock.today()
    every = kept_facts(session, sorted({*kept_years(session, today), ask.year}), today)
    facts = every[ask.year]
    found = figure(facts, ask.basis, ask.part)
    until = [each for year, each in sorted(every.items()) if year <= ask.year]
    nil = {row.office: row.words for row in return_rows(session, [ask.year]) if row.answer == "nil"}
    known = _Known(
        lists, facts, last_support(until, ask.basis), _last_returns(until), sentences(session, ask.year), nil
    )  # fmt: skip
    kinds = _kinds(lists)
    givers = _givers(facts, kinds, ask)
    return GapsPage(
        figure=found,
        answer=words.answer(found, lists.names),
        offices=_office_lists(known, found, actor, ask),
        tags=[_tags(lists, ask, *kind, givers) for kind in kinds],
        regions=[] if ask.part.region else [_region(lists, ask, code, kinds, givers) for code in lists.regions],
    )


def _last_returns(years: Iterable[YearFacts]) -> dict[str, str]:
    """{office: its latest signed return in words}, the years ascending."""
    answers = {"nil": _("nil return"), "support": _("support was given")}
    found: dict[str, str] = {}
    for facts in years:
        for code, office in facts.offices.items():
            if office.signed_answer:
                found[code] = _("%(year)s: %(answer)s", year=str(facts.year), answer=answers[office.signed_answer])
    return found


def _office_lists(known: _Known, found: Figure, actor: Actor, ask: Ask) -> list[GapList]:
    silent, nil = found.by_state[State.UNANSWERED], found.nil
    ended = [
        code
        for state in (State.DECLARED, State.NIL, State.ANSWERED_NONE, State.UNANSWERED)
        for code in found.by_state[state]
        if code in known.last and known.last[code] < ask.year
    ]
    round_state = found.round_state
    title, meaning = (
        words.state_label(State.UNANSWERED, round_state),
        definitions.of_state(State.UNANSWERED, round_state),
    )
    unanswered = State.UNANSWERED
    return [
        _offices(actor, "unanswered", unanswered, title, meaning, _gaps(known, "unanswered", silent, known.sentences),
                 ask.behind_url("unanswered")),
        _offices(actor, "nil", State.NIL, _("Nil returns"), definitions.of_state(State.NIL, round_state),
                 _gaps(known, "nil", nil, known.nil_words), ask.behind_url("nil")),
        _offices(actor, "ended", None, _("Support that ended"),
                 _("Offices that provided support in an earlier year, and not in this one."),
                 _gaps(known, "ended", ended, known.sentences), "#ended"),
    ]  # fmt: skip


def _gaps(known: _Known, kind: str, codes: Iterable[str], said: Mapping[str, str]) -> dict[str, Gap]:
    return {code: known.gap(kind, code, said.get(code, "")) for code in codes}


def _offices(
    actor: Actor, anchor: str, state: State | None, title: str, meaning: str, gaps: Mapping[str, Gap], url: str
) -> GapList:
    split = named(actor, state or State.UNANSWERED, gaps)
    shown = sorted((gaps[code] for code in split.codes), key=lambda gap: (gap.region, gap.name))
    return GapList(anchor, state, title, meaning, len(gaps), shown, split.hidden, url)


Kinds = list[tuple[str, str, list[str]]]


def _kinds(lists: Lists) -> Kinds:
    """(key, title, codes in use) of each kind of tag."""
    types = [entry for entry in lists.types if entry.retired_on is None]
    cited = [entry for entry in lists.provisions if entry.retired_on is None]
    return [
        ("how", _("Ways of helping that nobody used"), [t.code for t in types if t.facet == "how"]),
        ("about", _("Subjects nobody worked on"), [t.code for t in types if t.facet == "about"]),
        ("mandates", _("Mandating provisions nobody cited"), [p.code for p in cited if p.mandating]),
        ("standards", _("Standards nobody cited"), [p.code for p in cited if not p.mandating]),
    ]


Givers = dict[tuple[str, str], frozenset[str]]


def _givers(facts: YearFacts, kinds: Kinds, ask: Ask) -> Givers:
    """(kind, tag) → the regions with an office in k. Asked once of the whole: a region's k are its own offices."""
    found = {}
    for kind, _title, codes in kinds:
        for code in codes:
            here = _with_tag(ask, code, kind in ("how", "about"))
            provided = figure(facts, here.basis, here.part).by_state[State.PROVIDED]
            found[(kind, code)] = frozenset(facts.offices[office].region for office in provided)
    return found


def _tags(lists: Lists, ask: Ask, kind: str, title: str, codes: list[str], givers: Givers) -> TagGaps:
    of_type = kind in ("how", "about")
    name = lists.names.support_type if of_type else lists.names.provision
    empty = [
        Gap(kind, code, name(code), "", "", "", "", _with_tag(ask, code, of_type).coverage_url())
        for code in codes
        if not givers[(kind, code)]
    ]
    return TagGaps(kind, title, empty, len(codes))


def _with_tag(ask: Ask, code: str, of_type: bool) -> Ask:
    """The filter with this tag as well; a support type of the filter stays as the second one."""
    if not of_type:
        return ask.narrowed(provision=code)
    kept = ask.part.support_type if ask.part.support_type != code else None
    return ask.narrowed(support_type=code, with_type=kept)


def _region(lists: Lists, ask: Ask, region: str, kinds: Kinds, givers: Givers) -> tuple[str, str, list[int]]:
    """A region's name, its own page, and how many tags of each kind have no office there."""
    counts = [sum(region not in givers[(kind, code)] for code in codes) for kind, _title, codes in kinds]
    return lists.names.region(region), ask.narrowed(region=region).url("dashboards.gaps"), counts
