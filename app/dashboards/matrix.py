"""Heatmaps: one hue, the number in each cell, and the empty cell visibly empty.

Rows of the page are built here: loops over some hundred cells are slow in templates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.codelists.queries import SupportTypeRow
from app.core.i18n import N_
from app.core.web.locale import _, ngettext
from app.coverage.kept import kept_facts
from app.coverage.rules import Figure, Slice, YearFacts, figure
from app.dashboards import words
from app.dashboards.address import Ask
from app.dashboards.names import Lists

STEPS = 5
MATRICES = {
    "how-region": N_("How offices helped, by region"),
    "about-region": N_("What the help was about, by region"),
    "provision-region": N_("Provisions that offices cited, by region"),
    "how-about": N_("How offices helped, by what it was about"),
}
MEANINGS = {
    "how-region": N_("Share of each region's offices that provided support of the type."),
    "about-region": N_("Share of each region's offices that provided support about this."),
    "provision-region": N_("Share of each region's offices with an activity that counts and cites the provision."),
    "how-about": N_(
        "Share of the offices with an activity that is of the type in the row and about what the column says: both in"
        " the same activity."
    ),
}
READING = N_(
    "The stronger the colour, the larger the share; a blank ground with 0 is none, a dash means that no office was"
    " expected."
)

CELL = Markup('<td class="{css}"><a href="{url}">{share}<br><small>{k}</small></a></td>')
NONE = Markup('<td class="heat-0"><a href="{url}">0</a></td>')
NOBODY = Markup('<td class="heat-0 blank"><abbr title="{words}">–</abbr></td>')
ROW = Markup('<tr><th scope="row"><a href="{url}"><bdi>{name}</bdi></a>{mark}</th>{cells}</tr>\n')


@dataclass(frozen=True)
class Head:
    """A row or a column: what it is, its page, and what stands small below its name."""

    code: str
    name: str
    url: str
    below: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell: its figure; None where it would need three support types of one activity, which nothing counts."""

    row: Head
    column: Head
    ask: Ask
    figure: Figure | None


@dataclass(frozen=True)
class Grid:
    """A heatmap. `groups` are its rows under their headings, "" for none."""

    which: str
    title: str
    meaning: str
    corner: str
    columns: list[Head]
    groups: list[tuple[str, list[list[Cell]]]]

    @property
    def cells(self) -> list[Cell]:
        """All cells, row after row."""
        return [cell for _title, rows in self.groups for row in rows for cell in row]

    def bodies(self) -> list[tuple[str, Markup]]:
        """The rows of each group as the page shows them."""
        return [(title, shown_rows(rows)) for title, rows in self.groups]


def heat(percent: Decimal | None) -> int:
    """The step of a cell: 0 is empty, 5 is above 80%."""
    if percent is None or percent <= 0:
        return 0
    return min(STEPS, -(-int(percent * 10) // (1000 // STEPS)))


def grid(session: Session, lists: Lists, ask: Ask, which: str) -> Grid:
    """The heatmap `which` (a key of MATRICES) of the figure's year, basis and filter."""
    facts = kept_facts(session, [ask.year])[ask.year]
    columns = _columns(facts, lists, ask, which)
    groups = [
        (title, [[_cell(facts, ask, row, column, which) for column in columns] for row in rows])
        for title, rows in _row_heads(lists, ask, which)
    ]
    corner = _("Provision") if which == "provision-region" else _("Support type")
    return Grid(which, _(MATRICES[which]), f"{_(MEANINGS[which])} {_(READING)}", corner, columns, groups)


def _columns(facts: YearFacts, lists: Lists, ask: Ask, which: str) -> list[Head]:
    if which == "how-about":
        return [_type_head(lists, ask, entry) for entry in _types(lists, ask, "about")]
    regions = [code for code in lists.regions if ask.part.region in (None, code)]
    return [_region_head(facts, lists, ask, code) for code in regions]


def _region_head(facts: YearFacts, lists: Lists, ask: Ask, code: str) -> Head:
    here = ask.narrowed(region=code)
    expected = figure(facts, ask.basis, here.part).n
    below = ngettext("%(num)s office", "%(num)s offices", expected)
    return Head(code, lists.names.region(code), here.coverage_url(), below)


def _row_heads(lists: Lists, ask: Ask, which: str) -> list[tuple[str, list[Head]]]:
    if which != "provision-region":
        return [("", [_type_head(lists, ask, entry) for entry in _types(lists, ask, which.split("-")[0])])]
    kinds = ((True, _("Mandating provisions")), (False, _("Standards")))
    return [(title, _provision_heads(lists, ask, mandating)) for mandating, title in kinds]


def _provision_heads(lists: Lists, ask: Ask, mandating: bool) -> list[Head]:
    chosen = ask.part.provision
    return [
        Head(
            p.code,
            lists.names.provision(p.code),
            ask.narrowed(provision=p.code).coverage_url(),
            "" if p.checked else _("unchecked"),
        )
        for p in lists.provisions
        if p.mandating == mandating and (p.code == chosen if chosen else p.retired_on is None)
    ]


def _types(lists: Lists, ask: Ask, facet: str) -> list[SupportTypeRow]:
    """The types of a facet; those of the filter alone where it names any."""
    own = [entry for entry in lists.types if entry.facet == facet]
    asked = {ask.part.support_type, ask.part.with_type}
    chosen = [entry for entry in own if entry.code in asked]
    return chosen or [entry for entry in own if entry.retired_on is None]


def _type_head(lists: Lists, ask: Ask, entry: SupportTypeRow) -> Head:
    return Head(entry.code, lists.names.support_type(entry.code), _of_types(ask, [entry.code]).coverage_url())


def _of_types(ask: Ask, codes: Iterable[str]) -> Ask:
    """`ask` of these types and no others."""
    first, second = [*codes, None, None][:2]
    return ask.narrowed(support_type=first, with_type=second)


def _cell(facts: YearFacts, ask: Ask, row: Head, column: Head, which: str) -> Cell:
    wanted = [] if which == "provision-region" else [row.code]
    wanted += [column.code] if which == "how-about" else []
    types = list(dict.fromkeys([*wanted, *filter(None, (ask.part.support_type, ask.part.with_type))]))
    part: Slice = ask.part
    if which == "provision-region":
        part = replace(part, provision=row.code)
    if which != "how-about":
        part = replace(part, region=column.code)
    here = _of_types(replace(ask, part=part), types)
    return Cell(row, column, here, figure(facts, here.basis, here.part) if len(types) <= 2 else None)


def shown_rows(rows: Iterable[list[Cell]]) -> Markup:
    """Rows of cells as a page shows them."""
    return Markup("").join(map(_row, rows))


def _row(cells: list[Cell]) -> Markup:
    head = cells[0].row
    mark = Markup(' <span class="soft">({})</span>').format(head.below) if head.below else ""
    return ROW.format(url=head.url, name=head.name, mark=mark, cells=Markup("").join(map(_shown, cells)))


def _shown(cell: Cell) -> Markup:
    found = cell.figure
    if found is None or found.n == 0:
        return NOBODY.format(words=words.share(None) if found else _("not counted"))
    if found.k == 0:
        return NONE.format(url=cell.ask.behind_url())
    return CELL.format(
        css=f"heat-{heat(found.percent)}",
        url=cell.ask.behind_url("provided"),
        share=words.share(found.percent),
        k=words.k_of_n(found.k, found.n),
    )
