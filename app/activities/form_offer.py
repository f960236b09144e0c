"""What the activity form offers to one office: its lists in the reader's language, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.activities.checks import CODED, CODED_LISTS
from app.activities.queries_record import (
    countries_last_used,
    every_code,
    known_counterparts,
    last_language,
    most_used_provisions,
    most_used_types,
)
from app.activities.reference import reference_data
from app.activities.rules import DIFFERENT_SCOPE, Content
from app.activities.words import LANGUAGES, Words, language
from app.codelists.queries import CodeRow, codes, support_types
from app.core import clock
from app.core.web.locale import current_locale
from app.offices.directory import OfficeRecord
from app.offices.queries import region_codes
from app.provisions.queries import ProvisionRow, provisions

Pairs = list[tuple[str, str]]

# Form field -> the code list it offers.
LISTS = {
    **CODED,
    **CODED_LISTS,
    "counterpart_kind": "counterpart_kind",
    "partner": "partner_agency",
    "partner_role": "partner_role",
    "provision_role": "provision_role",
    "milestone": "milestone",
    "contribution": "contribution",
}
SHOWN_FIRST = 8
PROVISIONS_FIRST = 4
MANDATE_ROLES = ("mandated_by", "asked_under", "coordinated_under", "funded_under")
MOST_SUGGESTED = 40


@dataclass(frozen=True)
class Mandate:
    """A provision that may mandate the help, with its words."""

    code: str
    name: str
    summary: str


@dataclass(frozen=True)
class Offer:
    """The choices of one form. `how` and `mandates` have the likeliest first; so many of them are shown unfolded.
    Of `counterparts`, all that need no kind again, the first ones are suggested.
    """

    office: OfficeRecord
    offices: Pairs
    lists: dict[str, Pairs]
    how: Pairs
    about: Pairs
    mandates: list[Mandate]
    standards: list[tuple[str, Pairs]]
    countries: Pairs
    served: Pairs
    countries_in_front: bool
    co_offices: list[tuple[str, Pairs]]
    languages: Pairs
    counterparts: list[tuple[str, str]]
    proposes: dict[str, list[str]]
    needs_document: list[str]
    imported: bool = False
    how_first: int = SHOWN_FIRST
    mandates_first: int = PROVISIONS_FIRST
    suggested: int = MOST_SUGGESTED
    definitions: dict[str, str] = field(default_factory=dict)


def make_offer(
    session: Session, office: str, may_choose: Iterable[str], held: Content | None = None, *, imported: bool = False
) -> Offer:
    """What to offer for a record of `office`. What `held` has already stays on offer, retired or not."""
    data = reference_data(session)
    words = Words(data)
    kept = held or Content()
    record = data.offices[office]
    sources, every = codes(session, "request_source"), every_code(session)
    types = support_types(session)
    how, how_first = _types(session, words, office, kept)
    mandates, standards, mandates_first = _provisions(session, words, office, kept)
    served = record.countries_between(*[clock.office_today(record.time_zone)] * 2)
    return Offer(
        office=record,
        offices=sorted(((code, words.of("office", code)) for code in may_choose), key=_by_name),
        lists={name: _listed(words, list_key, every[list_key], _held(kept, name)) for name, list_key in LISTS.items()},
        how=how,
        about=_listed(
            words, "support_type", [t.code for t in types if t.facet == "about"], _of_facet(kept, data.facets)
        ),
        mandates=mandates,
        standards=standards,
        countries=_countries(session, words, record, kept),
        served=[(code, words.of("country", code)) for code in sorted(served)],
        countries_in_front=len(served) > 1 and kept.scope not in DIFFERENT_SCOPE,
        co_offices=_co_offices(session, words, record),
        languages=_languages(kept),
        counterparts=[(name, kind) for _key, name, kind in known_counterparts(session, office)],
        proposes=_proposes(sources),
        needs_document=[row.code for row in sources if row.attributes.get("needs_document") == "1"],
        imported=imported,
        how_first=how_first,
        mandates_first=mandates_first,
        definitions={t.code: t.definition for t in types},
    )


def preset_content(session: Session, office: str) -> Content:
    """What a new record says before anybody typed: the likely language, the one country, "mainly"."""
    record = reference_data(session).offices[office]
    today = clock.office_today(record.time_zone)
    served = record.countries_between(today, today)
    wrote = last_language(session, office) or current_locale().code
    return Content(
        language=wrote if wrote in LANGUAGES else "en",
        concerns="mainly",
        countries=tuple(served) if len(served) == 1 else (),
    )


def _by_name(pair: tuple[str, str]) -> str:
    return pair[1].casefold()


def _held(content: Content, name: str) -> tuple[str, ...]:
    value = getattr(content, name, None)
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def _listed(words: Words, kind: str, offered: Sequence[str], held: Iterable[str]) -> Pairs:
    """Codes on offer, and those held that are no longer on offer."""
    return [(code, words.of(kind, code)) for code in dict.fromkeys([*offered, *held])]


def _of_facet(content: Content, facets: dict[str, str], facet: str = "about") -> list[str]:
    return [t.code for t in content.types if facets.get(t.code) == facet]


def _types(session: Session, words: Words, office: str, kept: Content) -> tuple[Pairs, int]:
    """The ways of helping, and how many are shown at first: ticked, used before, named in the example of 2008."""
    rows = [t for t in support_types(session) if t.facet == "how"]
    held = _of_facet(kept, reference_data(session).facets, "how")
    offered = [t.code for t in rows]
    examples = [t.code for t in rows if t.attributes.get("in_2008_example") == "1"]
    used = [code for code in most_used_types(session, office) if code in offered]
    front = list(dict.fromkeys([*held, *used, *examples, *offered]))[: max(SHOWN_FIRST, len(held))]
    # Inside the front the order of the list stays, so that a tile keeps its place as long as it is there.
    front.sort(key=lambda code: offered.index(code) if code in offered else len(offered))
    return _listed(words, "support_type", front, offered), len(front)


def _provisions(
    session: Session, words: Words, office: str, kept: Content
) -> tuple[list[Mandate], list[tuple[str, Pairs]], int]:
    cited = {tag.code: tag.role for tag in kept.provisions}
    rows = [p for p in provisions(session, include_retired=True) if p.offerable or p.code in cited]
    mandating = {p.code: p for p in rows if p.mandating}
    mandates = [
        Mandate(p.code, words.of("provision", p.code), words.summary(p.code, p.summary)) for p in mandating.values()
    ]
    used = [code for code in most_used_provisions(session, office) if code in mandating]
    front = list(dict.fromkeys([*(c for c in cited if c in mandating), *used, *mandating]))
    front = front[: max(PROVISIONS_FIRST, sum(1 for code in cited if code in mandating))]
    mandates.sort(key=lambda m: m.code not in front)  # stable: the list's order inside both halves
    return mandates, _by_instrument(words, [p for p in rows if not p.mandating]), len(front)


def _by_instrument(words: Words, rows: Iterable[ProvisionRow]) -> list[tuple[str, Pairs]]:
    groups: dict[str, Pairs] = {}
    for row in rows:
        heading = words.of("instrument", row.instrument.code)
        groups.setdefault(heading, []).append((row.code, words.of("provision", row.code)))
    return list(groups.items())


def _countries(session: Session, words: Words, office: OfficeRecord, kept: Content) -> Pairs:
    """Countries the office ever served, last used first; of a regional office or headquarters, those of its offices."""
    found = {link.target for link in office.countries}
    if not found or kept.scope in DIFFERENT_SCOPE:
        found |= _countries_around(session, office)
    found |= set(kept.countries)
    last = countries_last_used(session, office.code)
    pairs = sorted(((code, words.of("country", code)) for code in found), key=_by_name)
    return sorted(pairs, key=lambda pair: pair[0] not in last)


def _countries_around(session: Session, office: OfficeRecord) -> set[str]:
    """The countries served in the office's region; everywhere for headquarters."""
    today = clock.today()
    region = office.region_on(today)
    every = reference_data(session).directory.on(today)
    return {c for row in every if office.type == "hq" or row.region == region for c in row.countries}


def _co_offices(session: Session, words: Words, office: OfficeRecord) -> list[tuple[str, Pairs]]:
    """Other offices by region, one's own region first."""
    today = clock.today()
    rows = [row for row in reference_data(session).directory.on(today) if row.code != office.code]
    own = office.region_on(today)
    regions = sorted(dict.fromkeys([*region_codes(session), "HQ"]), key=lambda code: code != own)
    groups = []
    for region in regions:
        pairs = sorted(((r.code, words.of("office", r.code)) for r in rows if r.region == region), key=_by_name)
        groups.append((words.of("region", region), pairs))
    return [group for group in groups if group[1]]


def _languages(kept: Content) -> Pairs:
    return [(code, language(code)) for code in dict.fromkeys([*LANGUAGES, kept.language])]


def _proposes(sources: Iterable[CodeRow]) -> dict[str, list[str]]:
    """Who asked -> the provisions it proposes; the person ticks."""
    found = {row.code: str(row.attributes.get("provision", "")).replace("|", ";").split(";") for row in sources}
    return {code: [c.strip() for c in proposed if c.strip()] for code, proposed in found.items() if any(proposed)}
