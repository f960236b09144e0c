"""The plain form of a figure of requests, and its recount from the facts that were frozen with it. No database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from app.asked.counting import DEFINITION, FURTHER, MEASURES, Asked, Balance, Facts, Given, Part, balance, counted
from app.coverage.rules import percent
from app.reports.asked import AskedRow

FAMILY = "asked"
Plain = dict[str, Any]
DATED = ("answered_on", "target_on")


def is_of_requests(result: Plain) -> bool:
    """The frozen result is one of requests, not of coverage."""
    return result.get("family") == FAMILY


def plain_asked(row: AskedRow) -> tuple[Plain, Plain]:
    """(result, facts) of a row: the shares with all that is behind them, and the requests and support they rest on."""
    found = row.place.found
    return _result(found, row.measure), _facts(found)


def recount_asked(result: Plain, facts: Plain, definition: str) -> Plain | None:
    """The figure counted anew from the frozen facts; None where this program does not know the definition."""
    if definition != DEFINITION or result["measure"] not in {*MEASURES, *FURTHER}:
        return None
    return _result(balance(facts_of(facts), Part(**result["part"])), result["measure"])


def facts_of(plain: Plain) -> Facts:
    """The facts again that `plain_asked` gave."""
    return Facts(
        today=date.fromisoformat(plain["today"]),
        asked=tuple(map(_asked, plain["asked"])),
        given=tuple(Given(**_sets(each)) for each in plain["given"]),
    )


def _result(found: Balance, measure: str) -> Plain:
    members, base = counted(found, measure)
    share = percent(len(members), len(base))
    last = found.part.last
    return {
        "family": FAMILY,
        "measure": measure,
        "part": asdict(found.part),
        "today": found.today.isoformat(),
        "year": last or found.today.year,
        "running": last is None or last >= found.today.year,
        "members": list(members),
        "base": list(base),
        "k": len(members),
        "n": len(base),
        "percent": None if share is None else str(share),
        "definition": DEFINITION,
    }


def _facts(found: Balance) -> Plain:
    """The requests of the part, those that its activities answer, and every activity that any of these rests on."""
    every, ours = found.facts, frozenset(found.given)
    asked = {each.reference: each for each in found.asked}
    asked |= {each.reference: each for each in every.asked if not ours.isdisjoint(each.activities)}
    linked = {key for each in asked.values() for key in each.activities}
    states = {each.country for each in found.asked if each.recommended}
    given = [each for each in every.given if each.activity_id in ours | linked or not states.isdisjoint(each.countries)]
    return {
        "family": FAMILY,
        "today": found.today.isoformat(),
        "asked": [_plain(asked[reference]) for reference in sorted(asked)],
        "given": [_plain(each) for each in sorted(given, key=lambda each: each.activity_id)],
    }


def _plain(thing: Asked | Given) -> Plain:
    return {name: _value(value) for name, value in asdict(thing).items()}


def _value(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


def _asked(plain: Plain) -> Asked:
    values = _sets(plain)
    values |= {name: date.fromisoformat(values[name]) for name in DATED if values[name]}
    return Asked(**values)


def _sets(plain: Plain) -> Plain:
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in plain.items()}


def moved(then: Iterable[str], now: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what came, what went) between two lists."""
    before, after = set(then), set(now)
    return tuple(sorted(after - before)), tuple(sorted(before - after))


def same_asked(then: Plain, now: Plain) -> bool:
    """Both figures have the same k and N, of the same things."""
    return (then["members"], then["base"]) == (now["members"], now["base"])
