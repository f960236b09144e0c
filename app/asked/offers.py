"""What the form of a request offers, and what a new one says before anybody typed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.activities.reference import reference_data
from app.activities.words import Words
from app.asked.rules import Kind, RequestContent
from app.codelists.queries import codes, support_types
from app.core import clock
from app.core.permissions import Actor, Role
from app.provisions.queries import provisions

Pairs = list[tuple[str, str]]
# Comes from nobody outside: no request.
NOT_ASKED = frozenset({"unicef_initiative"})


def offer(session: Session, held: RequestContent | None = None) -> dict[str, Iterable[tuple[str, str]]]:
    """{list of the form: codes and names}; what `held` has stays on offer."""
    data = reference_data(session)
    words, kept = Words(data), held or RequestContent()
    served = {link.target for office in data.offices.values() for link in office.countries}
    countries = served | ({kept.country} if kept.country else set())
    cited = [p.code for p in provisions(session, include_retired=True) if p.offerable or p.code in kept.provisions]
    offices = [o.code for o in data.offices.values() if o.retired_on is None or o.code in kept.offices]
    return {
        "country": _sorted(words, "country", countries),
        "source": source_pairs(session, words),
        "types": _named(words, "support_type", [t.code for t in support_types(session)] + list(kept.types)),
        "provisions": _named(words, "provision", cited),
        "offices": _sorted(words, "office", offices),
        "agreement": _named(words, "government_agreement", [c.code for c in codes(session, "government_agreement")]),
    }


def source_pairs(session: Session, words: Words) -> Pairs:
    """Where a request can come from."""
    listed = [row.code for row in codes(session, "request_source") if row.code not in NOT_ASKED]
    return _named(words, "request_source", listed)


def preset_request(session: Session, actor: Actor, country: str | None) -> RequestContent:
    """A new request: of the one State that the actor's office serves, to this office."""
    data, home = reference_data(session), actor.home_office
    served: frozenset[str] = frozenset()
    if home and home in data.offices:
        today = clock.office_today(data.offices[home].time_zone)
        served = data.offices[home].countries_between(today, today)
    mine = {Role.COUNTRY_STAFF, Role.COUNTRY_LEAD} & actor.roles
    chosen = country if country in data.countries else (next(iter(served)) if len(served) == 1 else None)
    offices = (home,) if mine and home and (chosen is None or chosen in served) else ()
    return RequestContent(kind=Kind.REQUEST, country=chosen, offices=offices)


def _named(words: Words, kind: str, listed: Iterable[str]) -> Pairs:
    return [(code, words.of(kind, code)) for code in dict.fromkeys(listed)]


def _sorted(words: Words, kind: str, listed: Iterable[str]) -> Pairs:
    return sorted(_named(words, kind, listed), key=lambda pair: pair[1].casefold())
