"""What the list of activities shows: rows in words, filters with their choices, chips that say and remove one each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.activities.filters import CODED, NOT_RECORDED, SORTS, ActivityFilters
from app.activities.queries import Page, most_counted
from app.activities.queries_comments import open_comments
from app.activities.queries_record import every_code
from app.activities.reference import reference_data
from app.activities.words import LANGUAGES, ORIGINS, Words, span
from app.codelists.queries import support_types
from app.core import clock
from app.core.db import AnyRow
from app.core.i18n import N_
from app.core.permissions import Actor
from app.core.versions import shared
from app.core.web.locale import _, current_locale, ngettext, number
from app.offices.queries import region_codes
from app.provisions.queries import provisions

Pairs = list[tuple[str, str]]

LABELS = {
    "q": N_("Words"),
    "year": N_("Confirmed in the year"),
    "region": N_("Region"),
    "office": N_("Office"),
    "country": N_("Country"),
    "support_type": N_("Support type"),
    "how": N_("How the office helped"),
    "about": N_("What it was about"),
    "provision": N_("Provision"),
    "role": N_("Role of a provision"),
    "request_source": N_("Who asked"),
    "workflow": N_("Review"),
    "status": N_("How far it is"),
    "concerns": N_("Concerns children in conflict with the law"),
    "scope": N_("Scope"),
    "term": N_("Term"),
    "modality": N_("In which form"),
    "target_group": N_("For whom"),
    "counterpart_kind": N_("Kind of counterpart"),
    "partner": N_("Partner"),
    "partner_role": N_("Role of the partner"),
    "co_office": N_("Office that took part"),
    "co_office_answer": N_("Answer of an office that took part"),
    "obstacle": N_("Obstacle"),
    "quality": N_("Quality"),
    "funding": N_("Funding"),
    "coordinator_involved": N_("Resident coordinator involved"),
    "government_agreement": N_("Agreement with the Government"),
    "partners_agreement": N_("Agreement with partners"),
    "in_country_plan": N_("In the country plan"),
    "visibility": N_("Who may open it"),
    "language": N_("Language of the text"),
    "origin": N_("Where the record comes from"),
    "confirmation": N_("Counts because of"),
    "awaiting": N_("Waits for review"),
    "withdrawn": N_("Withdrawn"),
    "questioned": N_("Questioned"),
    "set_aside": N_("Set aside"),
    "sensitive": N_("Sensitive"),
    "joint": N_("Joint, with other offices"),
    "self_approved": N_("Approved by its own author"),
    "mine": N_("Mine to look after"),
    "asks_us": N_("Asks my office whether it took part"),
}
MARKS_OFFERED = (
    "awaiting", "withdrawn", "questioned", "set_aside", "joint", "self_approved", "mine", "asks_us",
)  # fmt: skip
FRONT = ("region", "office", "how", "about", "provision", "workflow", "status")
SORT_LABELS = {
    "changed": N_("Last changed"),
    "reference": N_("Reference"),
    "office": N_("Office"),
    "start": N_("Start"),
    "title": N_("Title"),
}


FIELDS = (
    "activity_id", "reference", "title", "language", "lead_office", "how", "primary_type", "status", "actual_start",
    "planned_start", "actual_end", "planned_end", "confirmations", "awaiting", "workflow", "withdrawn", "questioned",
    "set_aside",
)  # fmt: skip
"""What a row of the list is made of; a line has four times as much."""


@dataclass(frozen=True)
class Chip:
    """One filter in words, and the address without it."""

    label: str
    remove_url: str


OPTION = Markup('<option value="{}">{}')
"""HTML lets its end go unsaid; six hundred of them are a hundredth of the page."""


class Options:
    """The choices of a select: 130 offices twice and 200 countries in every list are too many for a template's loop."""

    def __init__(self, pairs: Pairs) -> None:
        self.codes = frozenset(code for code, _name in pairs)
        self.many = len(pairs) > 20
        self._html = Markup("").join(OPTION.format(code, name) for code, name in pairs)

    def html(self, chosen: str) -> Markup:
        """The options, with the chosen one selected."""
        if chosen not in self.codes:
            return self._html
        start = Markup('<option value="{}"').format(chosen)
        return self._html.replace(start, start + Markup(" selected"), 1)


NO_OPTIONS = Options([])


@dataclass(frozen=True)
class Pick:
    """One filter of the fold: its choices, the value in use, and further values that travel along."""

    name: str
    label: str
    options: Options
    value: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One activity in the list."""

    reference: str
    url: str
    title: str
    language: str
    office: str
    how: str
    more_ways: int
    status: str
    when: str
    years: str
    badges: tuple[tuple[str, str], ...]
    waits: bool
    comments: int


@dataclass(frozen=True)
class ListPage:
    """All that the page shows."""

    filters: ActivityFilters
    rows: list[Row]
    count_text: str
    total: int | None
    chips: list[Chip]
    unknown: list[str]
    front: list[Pick]
    more: list[Pick]
    marks: list[Pick]
    year: Pick
    sorts: list[tuple[str, str, str, str]]
    shortcuts: list[tuple[str, str, bool]]
    files: list[tuple[str, str]]
    basis_url: str
    next_url: str
    prev_url: str
    clear_url: str


def make_page(session: Session, actor: Actor, filters: ActivityFilters, found: Page) -> ListPage:
    """The page of `found` lines."""
    words = Words(reference_data(session))
    options = _options(session, words)
    spoken = open_comments(session, actor, [line.activity_id for line in found.rows])
    picks = {name: _pick(name, filters, options[name]) for name in options}
    other_basis = "provisional" if filters.basis == "approved" else ""
    return ListPage(
        filters=filters,
        rows=[_row(words, line, spoken.get(line.activity_id, 0)) for line in found.rows],
        count_text=_count(found.total, most_counted(filters)),
        total=found.total,
        chips=list(_chips(words, filters)),
        unknown=list(_unknown(session, words, filters, options)),
        front=[picks[name] for name in FRONT],
        more=[pick for name, pick in picks.items() if name not in FRONT],
        marks=[_mark(name, filters) for name in MARKS_OFFERED],
        year=_pick("year", filters, NO_OPTIONS),
        sorts=[_sort(name, filters) for name in SORTS],
        shortcuts=_shortcuts(actor, filters),
        files=_files(filters.query_string()),
        basis_url=_list(filters.query_string(basis=other_basis)),
        next_url=_list(filters.query_string(after=found.after)) if found.after else "",
        prev_url=_list(filters.query_string(before=found.before)) if found.before else "",
        clear_url=_list(urlencode([("basis", filters.basis)]) if filters.basis != "approved" else ""),
    )


def _list(query: str) -> str:
    return _address(url_for("activities.index"), query)


def _address(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _count(total: int | None, most: int) -> str:
    if total is None:
        return _("More than %(num)s activities", num=number(most))
    return ngettext("%(num)s activity", "%(num)s activities", total)


def _row(words: Words, line: AnyRow, comments: int) -> Row:
    hows = line.how.split(";") if line.how else []
    first = line.primary_type if line.primary_type in hows else (hows[0] if hows else None)
    return Row(
        reference=line.reference,
        url=url_for("activities.record", reference=line.reference),
        title=line.title,
        language=line.language,
        office=words.of("office", line.lead_office),
        how=words.of("support_type", first),
        more_ways=max(len(hows) - 1, 0),
        status=words.of("activity_status", line.status),
        when=span(line.actual_start or line.planned_start, line.actual_end or line.planned_end),
        years=_years(line.confirmations),
        badges=tuple((mark, words.of("workflow", mark)) for mark in _marks(line)),
        waits=bool(line.awaiting and line.workflow == "approved"),
        comments=comments,
    )


def _marks(line: AnyRow) -> Iterator[str]:
    yield line.workflow
    yield from (mark for mark in ("withdrawn", "questioned", "set_aside") if getattr(line, mark))


def _years(confirmations: str) -> str:
    """ "2021, 2022" of "2021:start;2022:delivery;2022:return"."""
    return ", ".join(dict.fromkeys(part.split(":")[0] for part in confirmations.split(";") if part))


def _options(session: Session, words: Words) -> dict[str, Options]:
    """The choices of every coded filter in the language of the request; the process keeps them, ready to be shown."""

    def make() -> dict[str, Options]:
        return {name: Options(pairs) for name, pairs in _choices(session, words).items()}

    return shared(session, ("filters of the list", current_locale().code), make)


def _choices(session: Session, words: Words) -> dict[str, Pairs]:
    """`support_type` is told by how and about, `partner_role` is asked by figures alone: these have no select."""
    types, every = support_types(session, include_retired=True), every_code(session, retired=True)
    offices = _sorted(words, "office", reference_data(session).offices)
    served = {link.target for office in reference_data(session).offices.values() for link in office.countries}
    own: dict[str, Pairs] = {
        "region": _named(words, "region", [*region_codes(session), "HQ"]),
        "office": offices,
        "co_office": offices,
        "country": _sorted(words, "country", served),
        "how": _named(words, "support_type", [t.code for t in types if t.facet == "how"]),
        "about": _named(words, "support_type", [t.code for t in types if t.facet == "about"]),
        "provision": _named(words, "provision", [p.code for p in provisions(session, include_retired=True)]),
        "workflow": _named(words, "workflow", ("draft", "submitted", "returned", "approved")),
        "language": _named(words, "language", LANGUAGES),
        "origin": _named(words, "origin", ORIGINS),
    }  # fmt: skip
    return {
        name: own[name] if name in own else _named(words, kind, every[kind])
        for name, kind in CODED.items()
        if name not in ("support_type", "partner_role")
    }


def _named(words: Words, kind: str, listed: Iterable[str]) -> Pairs:
    return [(code, words.of(kind, code)) for code in listed]


def _sorted(words: Words, kind: str, listed: Iterable[str]) -> Pairs:
    return sorted(_named(words, kind, listed), key=lambda pair: pair[1].casefold())


def _pick(name: str, filters: ActivityFilters, options: Options) -> Pick:
    values = tuple(str(y) for y in filters.year) if name == "year" else filters.coded.get(name, ())
    return Pick(name, _(LABELS[name]), options, values[0] if values else "", values[1:])


def _mark(name: str, filters: ActivityFilters) -> Pick:
    value = filters.marks.get(name)
    options = Options([("yes", _("Yes")), ("no", _("No"))])
    return Pick(name, _(LABELS[name]), options, "" if value is None else ("yes" if value else "no"), ())


def _chips(words: Words, filters: ActivityFilters) -> Iterator[Chip]:
    for name, value in filters.pairs():
        if name in ("basis", "sort", "direction"):
            continue
        rest = filters.pairs(without=(name, value))
        yield Chip(f"{_(LABELS[name])}: {_value(words, name, value)}", _list(urlencode(rest)))


def _value(words: Words, name: str, value: str) -> str:
    if name in CODED:
        return _("Not recorded") if value == NOT_RECORDED else words.of(CODED[name], value)
    if name in ("q", "year"):
        return value
    return _("Yes") if value == "yes" else _("No")


def _unknown(session: Session, words: Words, filters: ActivityFilters, options: dict[str, Options]) -> Iterator[str]:
    """What no list knows: it finds nothing, and the page says why."""
    texts = reference_data(session).labels.texts
    for name, values in filters.coded.items():
        listed = options.get(name, NO_OPTIONS).codes
        for value in values:
            if value not in listed and value != NOT_RECORDED and (CODED[name], value) not in texts:
                yield _("“%(value)s” is not on the list “%(list)s”, so nothing can be found under it.",
                        value=value[:60], list=_(LABELS[name]))  # fmt: skip


def _files(query: str) -> list[tuple[str, str]]:
    """Label and address of the list as a file; the page of the report has the other kinds, with the same filters."""
    return [
        (_("CSV"), _address("/activities.csv", query)),
        (_("Excel"), _address("/activities.xlsx", query)),
        (_("IATI, 4W and other files"), _address("/reports/activities", query)),
    ]


def _sort(name: str, filters: ActivityFilters) -> tuple[str, str, str, str]:
    """Name, label, address, present direction. A second press turns the order round."""
    present = filters.sort == name
    natural = "desc" if name == "changed" else "asc"
    turned = "asc" if filters.descending else "desc"
    direction = turned if present else natural
    query = filters.query_string(
        sort=name if name != "changed" else "", direction=direction if direction != natural else ""
    )
    return name, _(SORT_LABELS[name]), _list(query), ("desc" if filters.descending else "asc") if present else ""


def _shortcuts(actor: Actor, filters: ActivityFilters) -> list[tuple[str, str, bool]]:
    """Lists that people open daily: label, address, whether it is the present one."""
    found: list[tuple[str, list[tuple[str, str]]]] = [(_("All"), [])]
    if actor.advises:
        waiting = [("region", region) for region in sorted(actor.regions)]
        found.append((_("Waiting for my review"), [*waiting, ("awaiting", "yes"), ("basis", "provisional")]))
    if actor.works_in:
        mine = [("office", code) for code in sorted(actor.works_in)]
        found.append((_("My office"), mine))
        found.append((_("Our drafts"), [*mine, ("workflow", "draft")]))
        found.append((_("Returned to us"), [*mine, ("workflow", "returned"), ("basis", "provisional")]))
    found.append((_("Counting this year, so far"), [("year", str(clock.today().year))]))
    present = filters.pairs()
    return [(label, _list(urlencode(pairs)), sorted(pairs) == sorted(present)) for label, pairs in found]
