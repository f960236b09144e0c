"""Region by support type: one hue, the number in each cell. Rows are built here: loops over cells are slow in pages."""

from __future__ import annotations

from decimal import Decimal

from markupsafe import Markup

from app.coverage.rules import YearFacts, figure
from app.dashboards import words
from app.dashboards.address import Ask
from app.dashboards.names import Lists

STEPS = 5

CELL = Markup('<td class="{css}"><a href="{url}">{share}<br><small>{k}</small></a></td>')
NONE = Markup('<td class="heat-0"><a href="{url}">0</a></td>')
NOBODY = Markup('<td class="heat-0 blank"><abbr title="{words}">–</abbr></td>')
ROW = Markup('<tr><th scope="row"><a href="{url}">{name}</a></th>{cells}</tr>\n')


def heat(percent: Decimal | None) -> str:
    """The class of a cell: heat-0 is empty, heat-5 is above 80%."""
    if percent is None or percent <= 0:
        return "heat-0"
    return f"heat-{min(STEPS, -(-int(percent * 10) // (1000 // STEPS)))}"


def matrix(facts: YearFacts, ask: Ask, lists: Lists, facet: str) -> Markup:
    """The body of the matrix: a row for each support type of the facet, a cell for each region."""
    rows = [_row(facts, ask.narrowed(support_type=t.code), lists) for t in lists.types if _shown(t.facet, facet, t)]
    return Markup("").join(rows)


def _shown(own: str, facet: str, support_type: object) -> bool:
    return own == facet and getattr(support_type, "retired_on", None) is None


def _row(facts: YearFacts, ask: Ask, lists: Lists) -> Markup:
    cells = Markup("").join(_cell(facts, ask.narrowed(region=region)) for region in lists.regions)
    url = ask.narrowed(region=None).coverage_url()
    return ROW.format(url=url, name=lists.names.support_type(ask.part.support_type or ""), cells=cells)


def _cell(facts: YearFacts, ask: Ask) -> Markup:
    found = figure(facts, ask.basis, ask.part)
    if found.n == 0:
        return NOBODY.format(words=words.share(None))
    if found.k == 0:
        return NONE.format(url=ask.behind_url())
    return CELL.format(
        css=heat(found.percent),
        url=ask.behind_url("provided"),
        share=words.share(found.percent),
        k=words.k_of_n(found.k, found.n),
    )
