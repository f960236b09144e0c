"""What the list of requests shows: the answer in words, the shares, the rows, the filters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.reference import reference_data
from app.activities.words import Words, day
from app.asked.counting import MEASURES, Balance, share
from app.asked.filters import CODED, MARKS, NO_REGION, SHORT, RequestFilters, year_pairs
from app.asked.listing import chosen, load
from app.asked.models import SupportRequest
from app.asked.offers import source_pairs
from app.asked.queries import told_links
from app.asked.rules import ANSWERS, METS
from app.asked.words import LABELS, SIGNS
from app.codelists.queries import support_types
from app.core import clock
from app.core.i18n import N_
from app.core.web.locale import _, ngettext, number
from app.coverage.rules import percent
from app.offices.queries import region_codes

PAGE = 50
SUMMARY = 200
NAMES = {
    "show": N_("Shown"),
    "from": N_("From"),
    "to": N_("To"),
    "year": N_("Year"),
    "region": N_("Region"),
    "office": N_("Office"),
    "country": N_("State"),
    "support_type": N_("Support type"),
    "source": N_("Where it comes from"),
    "kind": N_("What it is"),
    "state_response": N_("What the State said to it"),
    "q": N_("Words"),
    "juvenile_justice": LABELS["juvenile_justice"],
    "asks_help": LABELS["asks_help"],
    "without_topics": N_("No kind of support named yet"),
    "repeats": N_("Says the same as another"),
    "withdrawn": N_("Withdrawn"),
}
# Above the list: what people look for; the rest of the shares stands in the fold.
FRONT = ("asked", "open", "answered", "supported", "asked_not_given", "without_support", "met", "met_overdue")


@dataclass(frozen=True)
class Share:
    """One number of the part, and the list of exactly these."""

    label: str
    text: str
    url: str
    current: bool


@dataclass(frozen=True)
class Row:
    """One request in the list."""

    reference: str
    url: str
    state: str
    summary: str
    source: str
    asked_on: str
    sign: str
    answer: str
    met: str
    activities: int
    repeats: bool


@dataclass(frozen=True)
class Chip:
    """One filter in words, and the address without it."""

    label: str
    remove_url: str


@dataclass(frozen=True)
class Pick:
    """One select of the fold."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]

    @property
    def filterable(self) -> bool:
        """Long enough that a box to shorten it helps."""
        return len(self.options) > 20


@dataclass(frozen=True)
class ListPage:
    """Everything that the page shows."""

    filters: RequestFilters
    sentence: str
    shares: list[Share]
    further: list[Share]
    rows: list[Row]
    total: int
    count_text: str
    chips: list[Chip]
    picks: list[Pick]
    csv_url: str
    json_url: str
    nothing_url: str
    position: str
    prev_url: str
    next_url: str


def list_page(session: Session, filters: RequestFilters) -> ListPage:
    """The page of a list."""
    words = Words(reference_data(session))
    found, references = chosen(session, filters)
    start = (filters.page - 1) * PAGE
    requests = list(load(session, references[start : start + PAGE]))
    linked = told_links(session, [each.id for each in requests])
    total = len(references)
    last = min(start + PAGE, total)
    query = filters.query_string()
    return ListPage(
        filters=filters,
        sentence=sentence(found),
        shares=[_share(found, filters, name) for name in FRONT],
        further=[_share(found, filters, name) for name in MEASURES if name not in FRONT],
        rows=[_row(words, each, len(linked[each.id])) for each in requests],
        total=total,
        count_text=ngettext("%(num)s request", "%(num)s requests", total),
        chips=list(_chips(words, filters)),
        picks=list(_picks(session, words, filters)),
        csv_url=_address(url_for("reports.requests_csv"), query),
        json_url=_address(url_for("reports.requests_json"), query),
        nothing_url=nothing_url(filters),
        position=_("%(first)s to %(last)s of %(total)s", first=number(start + 1), last=number(last),
                   total=number(total)),
        prev_url=_list(filters.query_string(page=str(filters.page - 1))) if filters.page > 1 else "",
        next_url=_list(filters.query_string(page=str(filters.page + 1))) if last < total else "",
    )  # fmt: skip


def sentence(found: Balance) -> str:
    """The answer in words: of what was asked, how much is open and how much has support."""
    total = len(found.asked)
    if not total:
        return _("No request is on record here.")
    supported = len(share(found, "supported")[0])
    waiting = len(share(found, "open")[0])
    return _(
        "With support: %(supported)s of %(total)s requests (%(percent)s%%); open: %(open)s",
        supported=number(supported), total=number(total), percent=percent(supported, total), open=number(waiting),
    )  # fmt: skip


def nothing_url(filters: RequestFilters) -> str:
    """The States that asked and got nothing; in the last five years if the list says no others."""
    part = filters.part
    pairs = year_pairs(part) or [("from", str(clock.today().year - 4))]
    pairs += [(name, value) for name in ("region", "office") if (value := getattr(part, name))]
    return f"{url_for('asked.nothing_given')}?{urlencode(pairs)}"


def _share(found: Balance, filters: RequestFilters, measure: str) -> Share:
    k, n = (len(each) for each in share(found, measure))
    text = number(k) if measure == "asked" else "–"
    if n and measure != "asked":
        text = _("%(k)s of %(n)s", k=number(k), n=number(n))
        text = _("%(share)s (%(percent)s%%)", share=text, percent=percent(k, n))
    current = filters.show == measure
    return Share(_(MEASURES[measure].label), text, _list(filters.showing(measure).query_string()), current)


def _row(words: Words, request: SupportRequest, linked: int) -> Row:
    text = request.asked
    return Row(
        reference=request.reference,
        url=url_for("asked.request_page", reference=request.reference),
        state=words.of("country", request.country),
        summary=text if len(text) <= SUMMARY else text[:SUMMARY].rsplit(" ", 1)[0] + "…",
        source=words.of("request_source", request.source),
        asked_on=day(request.asked_on),
        sign=SIGNS[request.answer],
        answer=_(ANSWERS[request.answer]),
        met=_(METS[request.met]) if request.met else "",
        activities=linked,
        repeats=request.repeats_id is not None,
    )


def _chips(words: Words, filters: RequestFilters) -> Iterable[Chip]:
    for name, value in filters.pairs():
        rest = [pair for pair in filters.pairs() if pair != (name, value)]
        yield Chip(f"{_(NAMES[name])}: {_value(words, name, value)}", _list(urlencode(rest)))


def _value(words: Words, name: str, value: str) -> str:
    if name == "show":
        return _(MEASURES[value].label)
    if name == "region" and value == NO_REGION:
        return _("No office serves it")
    if name in CODED:
        return words.of(CODED[name], value)
    if name in SHORT:
        return _(SHORT[name][value])
    if name in MARKS:
        return _("Yes") if value == "yes" else _("No")
    return value


def _picks(session: Session, words: Words, filters: RequestFilters) -> Iterable[Pick]:
    data = reference_data(session)
    served = {link.target for office in data.offices.values() for link in office.countries}
    countries = served | ({filters.part.country} if filters.part.country else set())
    regions = [*((code, words.of("region", code)) for code in region_codes(session))]
    yes_no = [("yes", _("Yes")), ("no", _("No"))]
    years = [(str(y), str(y)) for y in range(clock.today().year, 2007, -1)]
    pairs = dict(filters.pairs())
    listed: dict[str, list[tuple[str, str]]] = {
        "from": years,
        "to": years,
        "region": [*regions, (NO_REGION, _("No office serves it"))],
        "country": _sorted(words, "country", countries),
        "office": _sorted(words, "office", data.offices),
        "support_type": [(t.code, words.of("support_type", t.code)) for t in support_types(session)],
        "source": source_pairs(session, words),
        **{name: [(code, _(word)) for code, word in codes.items()] for name, codes in SHORT.items()},
        **dict.fromkeys(MARKS, yes_no),
    }
    if "year" in pairs:
        pairs |= {"from": pairs["year"], "to": pairs["year"]}
    for name, options in listed.items():
        yield Pick(name, _(NAMES[name]), [(code, label, code == pairs.get(name)) for code, label in options])


def _sorted(words: Words, kind: str, codes: Iterable[str]) -> list[tuple[str, str]]:
    return sorted(((code, words.of(kind, code)) for code in codes), key=lambda pair: pair[1].casefold())


def _list(query: str) -> str:
    return _address(url_for("asked.index"), query)


def _address(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
