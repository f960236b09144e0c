"""What a file says of a delivery, laid over what is recorded; and in what the two differ. Pure."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Any

from app.activities.deliveries import PEOPLE, Delivery, People, plain_hours
from app.activities.models import DeliveryLine
from app.core.i18n import N_
from app.core.text import fold
from app.exchange.delivery_rows import COMMON, DeliveryRow
from app.exchange.sheet_values import Finding, error, note, says_what_is_kept, warning

SAME_ROW = N_("Row %(row)s says exactly the same. If there were two deliveries, say in “What” which is which.")
ADDED_UP = N_("Its numbers are added to those of the other rows of this delivery. Look whether it is a total.")
LOST = N_("The record has people here that the file does not have, who would go: %(codes)s.")
RECORDED = N_("Recorded now: %(profession)s, women %(women)s, men %(men)s, sex not recorded %(not_recorded)s.")


def refuse_doubles(rows: Sequence[DeliveryRow], before: Sequence[People]) -> None:
    """Rows that say the same, more often than is recorded; a warning where one profession stands there twice."""
    there = list(before)
    seen: dict[People | None, DeliveryRow] = {}
    professions: dict[str | None, DeliveryRow] = {}
    for row in rows:
        if row.people in there:
            there.remove(row.people)
            continue
        first = seen.setdefault(row.people, row)
        other = professions.setdefault(row.people.profession if row.people else None, row)
        if first is not row:
            row.verdict.findings.append(error("", SAME_ROW, row=first.verdict.number))
            first.verdict.findings.append(error("", SAME_ROW, row=row.verdict.number))
        elif other is not row or (row.people and not row.people.profession and len(rows) > 1):
            row.verdict.findings.append(warning("profession", ADDED_UP))


def can_be_matched(before: Delivery, rows: Sequence[DeliveryRow], absent: frozenset[str]) -> bool:
    """Where columns of people are missing, each row must tell which of the recorded people it is about."""
    if len(absent) == len(PEOPLE) or not any(getattr(p, name) is not None for p in before.people for name in absent):
        return True
    if "profession" in absent:
        return len(rows) == len(before.people)
    return len({p.profession for p in before.people}) == len(before.people)


def _completed(before: Delivery, rows: Sequence[DeliveryRow], absent: frozenset[str]) -> tuple[People, ...]:
    """The people that the rows tell, with what is recorded in the columns that the file does not have."""
    found = []
    for place, row in enumerate(rows):
        if row.people is None:
            continue
        by_name = (p for p in before.people if p.profession == row.people.profession)
        there = next(by_name, None) if "profession" not in absent else dict(enumerate(before.people)).get(place)
        kept = {name: getattr(there, name) for name in absent} if there is not None else {}
        found.append(replace(row.people, **kept))
    return tuple(people for people in found if not people.blank)


def laid_over(before: Delivery, told: dict[str, Any], rows: Sequence[DeliveryRow], absent: frozenset[str]) -> Delivery:
    """`before` with what the file says; columns that it does not have (`absent`: those of people) stay as they are."""
    same = {name for name in ("what", "place") if name in told and says_what_is_kept(told[name], getattr(before, name))}
    given = {name: value for name, value in told.items() if name not in same}
    given["on"] = given.get("on") or ""
    if rows[0].people is not None:
        people = _completed(before, rows, absent)
        given["people"] = before.people if _sorted(people) == _sorted(before.people) else people
    return replace(before, **given)


def changed_columns(before: Delivery, after: Delivery) -> list[str]:
    """The columns in which the two differ."""
    fields = [name for name in COMMON if getattr(before, name) != getattr(after, name)]
    if _sorted(before.people) == _sorted(after.people):
        return fields
    both = {p.profession for p in before.people} & {p.profession for p in after.people}
    numbers = [name for name in PEOPLE[1:] if _one(before, name, both) != _one(after, name, both)]
    professions = [sorted(repr(p.profession) for p in each.people) for each in (before, after)]
    return fields + (["profession"] if professions[0] != professions[1] or not numbers else []) + numbers


def _one(delivery: Delivery, name: str, professions: Container[str | None]) -> list[str]:
    """One number of these professions, for comparing."""
    return sorted(repr((p.profession, getattr(p, name))) for p in delivery.people if p.profession in professions)


def note_loss(findings: list[Finding], before: Delivery, after: Delivery) -> None:
    """What is recorded, where a file says otherwise; a warning where it has no people of a recorded profession."""
    lost = {p.profession for p in before.people} - {p.profession for p in after.people}
    if lost:
        findings.append(warning("profession", LOST, codes=", ".join(sorted(code or "–" for code in lost))))
    findings += [note("", RECORDED, **numbers_of(p), profession=p.profession or "–") for p in before.people]


def numbers_of(people: People) -> dict[str, Any]:
    """The numbers as they are shown; one that is not known is no zero."""
    return {name: "–" if getattr(people, name) is None else getattr(people, name) for name in PEOPLE[1:]}


def content_of(line: DeliveryLine) -> tuple[str, ...]:
    """As `DeliveryRow.content`."""
    return (fold(line.on), fold(line.what), fold(line.place))


def _sorted(people: Sequence[People]) -> list[People]:
    return sorted(people, key=repr)


def plain_values(delivery: Delivery) -> tuple[Any, ...]:
    """What it says, however its hours and people are written."""
    return (
        delivery.on,
        delivery.what,
        delivery.place,
        plain_hours(delivery.hours),
        delivery.people_basis,
        _sorted(delivery.people),
    )
