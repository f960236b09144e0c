"""A map of equal tiles by region: every office or country has one, so that the smallest island is as near as any."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from app.core import clock
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.web.locale import _
from app.coverage.kept import kept_facts
from app.coverage.rules import Figure, State, YearFacts, figure
from app.dashboards import definitions, words
from app.dashboards.address import Ask
from app.dashboards.country_states import MARKS, WORDS, Reach, reach
from app.dashboards.names import Lists
from app.dashboards.naming import may_name
from app.offices.queries import directory

NOT_OPEN = "not_open"
MAPS = {"countries": N_("Countries reached, a tile each"), "offices": N_("Offices by state, a tile each")}
MEANINGS = {
    "countries": N_(
        "A programme country is reached where qualifying support was delivered. Countries of two regions stand in both."
    ),
    "offices": N_("Each country and multi-country office is in exactly one state."),
}


@dataclass(frozen=True)
class Tile:
    """One office or country. `mark` is its shape and colour; None where its state is not open to the reader."""

    code: str
    short: str
    name: str
    mark: State | None
    label: str
    url: str
    page_url: str
    region: str
    state: str


@dataclass(frozen=True)
class Block:
    """The tiles of one region."""

    code: str
    name: str
    tiles: list[Tile]


@dataclass(frozen=True)
class Key:
    """A state in the key: how many tiles have it, and its list."""

    mark: State | None
    label: str
    count: int
    url: str


@dataclass(frozen=True)
class TileMap:
    """Everything that the page shows."""

    which: str
    title: str
    meaning: str
    answer: str
    blocks: list[Block]
    keys: list[Key]

    @property
    def tiles(self) -> list[Tile]:
        """All tiles, region after region."""
        return [tile for block in self.blocks for tile in block.tiles]


def tile_map(session: Session, actor: Actor, lists: Lists, ask: Ask, which: str, today: date | None = None) -> TileMap:
    """The map `which` (a key of MAPS) of the figure's year, basis and filter."""
    facts = kept_facts(session, [ask.year], today or clock.today())[ask.year]
    found = figure(facts, ask.basis, ask.part)
    regions = [code for code in lists.regions if ask.part.region in (None, code)]
    if which == "countries":
        blocks = [_countries(facts, lists, ask, code) for code in regions]
        keys = _country_keys(found, ask)
        answer = words.countries_line(found)
    else:
        hosts = {code: office.host for code, office in directory(session).offices.items()}
        blocks = [_offices(facts, found, actor, lists, ask, code, hosts) for code in regions]
        keys = _office_keys(found, ask)
        answer = words.answer(found, lists.names)
    return TileMap(which, _(MAPS[which]), _(MEANINGS[which]), answer, [b for b in blocks if b.tiles], keys)


def _countries(facts: YearFacts, lists: Lists, ask: Ask, region: str) -> Block:
    here = ask.narrowed(region=region)
    found = figure(facts, ask.basis, here.part)

    def tile(iso3: str) -> Tile:
        state = reach(found, iso3)
        behind = here.narrowed(country=iso3).behind_url() if ask.part.country in (None, iso3) else here.behind_url()
        page = url_for("dashboards.country", iso3=iso3)
        return Tile(iso3, iso3, lists.names.country(iso3), MARKS[state], _(WORDS[state]), behind, page, region, state)

    return Block(region, lists.names.region(region), _by_name(tile(iso3) for iso3 in found.programme_countries))


def _country_keys(found: Figure, ask: Ask) -> list[Key]:
    """Counted over the whole of the filter: a country of two regions has two tiles, and is counted once."""
    counts = {
        Reach.REACHED: len(found.countries) - len(found.countries_only_multi),
        Reach.ONLY_MULTI: len(found.countries_only_multi),
        Reach.NOT_REACHED: len(found.programme_countries) - len(found.countries),
    }
    return [Key(MARKS[state], _(WORDS[state]), n, ask.behind_url("countries")) for state, n in counts.items()]


def _offices(
    facts: YearFacts, found: Figure, actor: Actor, lists: Lists, ask: Ask, region: str, hosts: dict[str, str]
) -> Block:
    states = {code: state for state, offices in found.by_state.items() for code in offices}

    def tile(code: str) -> Tile:
        state = states[code] if may_name(actor, states[code], code) else None
        label = words.state_label(state, found.round_state) if state else _("not open to you")
        several = "+" if len(facts.offices[code].countries) > 1 else ""
        page = url_for("dashboards.office", code=code)
        short, name = hosts[code] + several, lists.names.office(code)
        return Tile(code, short, name, state, label, ask.behind_url(office=code), page, region, state or NOT_OPEN)

    own = [code for code in states if facts.offices[code].region == region]
    return Block(region, lists.names.region(region), _by_name(map(tile, own)))


def _office_keys(found: Figure, ask: Ask) -> list[Key]:
    shown = [state for state in State if state != State.ANSWERED_NONE or found.slice.of_support]
    return [
        Key(state, words.state_label(state, found.round_state), found.count(state), ask.behind_url(state.value))
        for state in shown
    ]


def _by_name(tiles: Iterable[Tile]) -> list[Tile]:
    return sorted(tiles, key=lambda tile: tile.name)


def meaning_words(found: TileMap) -> str:
    """What the map shows, for the file's caption."""
    return f"{found.meaning} {definitions.version()}"
