"""Reading activities: the one query behind list, search and file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from app.activities.filters import NOT_RECORDED, PAGE, ActivityFilters, broken_address, cursor, read_cursor
from app.activities.models import (
    Activity,
    CoOfficeAnswer,
    Counterpart,
    RevisionCode,
    RevisionCoOffice,
    RevisionCounterpart,
    RevisionCountry,
    RevisionPartner,
    RevisionProvision,
    RevisionType,
)
from app.activities.models_line import ActivityLine
from app.activities.models_review import ActivityKeeper
from app.activities.queries_words import Holding, by_index, by_reading, searches
from app.core import clock
from app.core.db import AnyRow, AnySelect, UtcDateTime
from app.core.permissions import Actor
from app.offices.models import OfficeRegion

L = ActivityLine
MASKED = (
    "title", "summary", "delivered", "counterparts", "type_words", "status_reason", "source_symbol", "milestones",
)  # fmt: skip
BESIDE = ("results", "lessons", "guidance_used", "term_reason", "countries_reason")
"""Texts that a record has and no line, which no file has of a sensitive record either."""
LINE_FIELDS = tuple(column.key for column in L.__table__.columns if column.key != "search")
"""The fields of a line, in the order in which `lines` gives them."""
MOST_COUNTED, MOST_COUNTED_WORDS = 10_000, 1_000
DEMONSTRATION = "demo"
"""The origin of made-up records."""


def holds_demonstration(session: Session) -> bool:
    """The database holds made-up records: every page and every file says so."""
    # The word itself, not a parameter: the partial index of these records has it so.
    return bool(session.scalar(select(exists().where(Activity.origin == literal_column(f"'{DEMONSTRATION}'")))))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Lines that the actor may open: the SQL of Permission.ACTIVITY_READ (a test compares the two)."""
    if actor.system:
        return true()
    own = [L.lead_office.in_(actor.works_in | actor.own_other_offices)]
    submitted: list[ColumnElement[bool]] = [L.visibility == "all_staff"]
    if actor.headquarters or actor.administrator:
        submitted.append(true())
    submitted.append(L.lead_office.in_(actor.advises))
    submitted.append(and_(L.visibility == "office_region", L.lead_office.in_(actor.region_offices)))
    if actor.works_in:
        named = exists().where(
            RevisionCoOffice.revision_id == L.revision_id, RevisionCoOffice.office.in_(actor.works_in)
        )
        submitted.append(named)
    return or_(*own, and_(L.ever_submitted, or_(*submitted)))


def text_open_to(actor: Actor) -> ColumnElement[bool]:
    """Lines whose text the actor may read: the SQL of Permission.ACTIVITY_READ_TEXT for sensitive records."""
    if actor.system:
        return true()
    return or_(L.sensitive.is_(False), L.lead_office.in_(actor.works_in | actor.own_other_offices | actor.advises))


def lines(
    actor: Actor, filters: ActivityFilters, ids: Collection[int] | None = None, fields: Sequence[str] = LINE_FIELDS
) -> AnySelect:
    """The filtered lines that the actor may open, text of sensitive ones masked; unsorted, unpaged.

    `ids` narrows to these activities (the records behind a figure); `fields` says what of the lines is read.
    """
    statement = select(*_shown(actor, fields)).where(*_found(actor, filters))
    if ids is not None:
        statement = statement.where(L.activity_id.in_(ids))
    return statement


def _shown(actor: Actor, fields: Sequence[str]) -> list[Any]:
    columns, open_text = L.__table__.columns, text_open_to(actor)
    return [_masked(columns[name], open_text) for name in fields]


def _found(actor: Actor, filters: ActivityFilters, holding: Holding = by_index) -> Iterator[ColumnElement[bool]]:
    yield visible_to(actor)
    yield from _conditions(actor, filters)
    if filters.q:
        yield text_open_to(actor)
        yield holding(filters.q)


def _masked(column: Any, open_text: ColumnElement[bool]) -> Any:
    return case((open_text, column), else_=literal("")).label(column.key) if column.key in MASKED else column


def _conditions(actor: Actor, filters: ActivityFilters) -> Iterator[ColumnElement[bool]]:
    # Bare, as the partial indexes have it: with IS TRUE neither engine would use them.
    yield and_(L.in_approved if filters.basis == "approved" else L.in_provisional)
    if filters.year:
        yield or_(*(L.confirmations.contains(f"{year}:", autoescape=True) for year in filters.year))
    for name, values in filters.coded.items():
        yield CONDITIONS[name](values)
    for names, both in TOGETHER.items():
        if set(names) <= filters.coded.keys():
            yield both(*(filters.coded[name] for name in names))
    for name, value in filters.marks.items():
        condition = OWN_MARKS[name](actor) if name in OWN_MARKS else MARK_CONDITIONS[name]
        yield condition if value else ~condition


def _plain(column: Any) -> Any:
    return lambda values: or_(column.in_(values), column.is_(None)) if NOT_RECORDED in values else column.in_(values)


def _tagged(model: Any, column: Any, *more: Any) -> Any:
    return lambda values: exists().where(model.revision_id == L.revision_id, column.in_(values), *more)


def _seldom_tagged(model: Any, column: Any) -> Any:
    """For tags of which each is on few records: these are looked up, not all lines gone through."""
    return lambda values: L.revision_id.in_(select(model.revision_id).where(column.in_(values)))


def _listed(list_key: str) -> Any:
    return _tagged(RevisionCode, RevisionCode.code, RevisionCode.list_key == list_key)


def _cell(column: Any) -> Any:
    """A code that stands after a colon in a joined cell."""
    return lambda values: or_(*(column.contains(f":{value}", autoescape=True) for value in values))


def _in_region(values: Collection[str]) -> ColumnElement[bool]:
    """Led from an office whose region today is one of these. Coverage has its own, dated way (`behind` a figure)."""
    today = clock.today()
    return L.lead_office.in_(
        select(OfficeRegion.office).where(
            OfficeRegion.region.in_(values),
            or_(OfficeRegion.valid_from.is_(None), OfficeRegion.valid_from <= today),
            or_(OfficeRegion.valid_to.is_(None), OfficeRegion.valid_to >= today),
        )
    )


def _of_counterpart_kind(values: Collection[str]) -> ColumnElement[bool]:
    of_kind = select(RevisionCounterpart.revision_id).join(Counterpart).where(Counterpart.kind.in_(values))
    return L.revision_id.in_(of_kind)


def _partner_as(partners: Collection[str] | None, roles: Collection[str]) -> ColumnElement[bool]:
    """One of these partners (None: any) in one of these roles."""
    known = ["" if role == NOT_RECORDED else role for role in roles]
    tagged = select(RevisionPartner.revision_id).where(RevisionPartner.role.in_(known))
    return L.revision_id.in_(tagged if partners is None else tagged.where(RevisionPartner.partner.in_(partners)))


CONDITIONS: dict[str, Any] = {
    "region": _in_region,
    "office": _plain(L.lead_office),
    "country": _seldom_tagged(RevisionCountry, RevisionCountry.country),
    "support_type": _tagged(RevisionType, RevisionType.support_type),
    "how": _tagged(RevisionType, RevisionType.support_type),
    "about": _tagged(RevisionType, RevisionType.support_type),
    "provision": _tagged(RevisionProvision, RevisionProvision.provision),
    "role": _tagged(RevisionProvision, RevisionProvision.role),
    "request_source": _plain(L.request_source),
    "workflow": _plain(L.workflow),
    "status": _plain(L.status),
    "concerns": _plain(L.concerns),
    "scope": _plain(L.scope),
    "term": _plain(L.term),
    "modality": _listed("modality"),
    "target_group": _listed("target_group"),
    "counterpart_kind": _of_counterpart_kind,
    "partner": _seldom_tagged(RevisionPartner, RevisionPartner.partner),
    "partner_role": lambda values: _partner_as(None, values),
    "co_office": _seldom_tagged(RevisionCoOffice, RevisionCoOffice.office),
    "co_office_answer": _cell(L.co_offices),
    "obstacle": _listed("obstacle"),
    "quality": _listed("quality"),
    "funding": _plain(L.funding),
    "coordinator_involved": _plain(L.coordinator_involved),
    "government_agreement": _plain(L.government_agreement),
    "partners_agreement": _plain(L.partners_agreement),
    "in_country_plan": _plain(L.in_country_plan),
    "visibility": _plain(L.visibility),
    "language": _plain(L.language),
    "origin": _plain(L.origin),
    "confirmation": _cell(L.confirmations),
}


def _office_answers(offices: Collection[str], answers: Collection[str]) -> ColumnElement[bool]:
    pairs = (f"{office}:{answer}" for office in offices for answer in answers)
    return or_(*(L.co_offices.contains(pair, autoescape=True) for pair in pairs))


TOGETHER: dict[tuple[str, str], Any] = {
    ("partner", "partner_role"): _partner_as,
    ("co_office", "co_office_answer"): _office_answers,
}
"""Filters that, asked together, must hold of the same body."""
MARK_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "awaiting": and_(L.awaiting),  # bare, as its partial index has it
    "withdrawn": L.withdrawn.is_(True),
    "questioned": L.questioned.is_(True),
    "set_aside": L.set_aside.is_(True),
    "sensitive": L.sensitive.is_(True),
    "joint": L.co_offices != "",
    "self_approved": and_(L.self_approved),
}


def _kept_by(actor: Actor) -> ColumnElement[bool]:
    """What the reader looks after."""
    return L.activity_id.in_(select(ActivityKeeper.activity_id).where(ActivityKeeper.user_id == actor.user_id))


def _asks_office_of(actor: Actor) -> ColumnElement[bool]:
    """A record that names an office of the reader as taking part, and waits for its answer."""
    asks = select(CoOfficeAnswer.activity_id).where(
        CoOfficeAnswer.office.in_(actor.works_in), CoOfficeAnswer.answer == "named"
    )
    return and_(L.activity_id.in_(asks), L.withdrawn.is_(False))


OWN_MARKS: dict[str, Callable[[Actor], ColumnElement[bool]]] = {"mine": _kept_by, "asks_us": _asks_office_of}
"""Marks that say of each reader something else."""


@dataclass(frozen=True)
class Page:
    """One page of a list. `total` is None where there are more than are counted; cursors are "" at the ends."""

    rows: list[AnyRow]
    total: int | None
    after: str
    before: str


def page_of_lines(
    session: Session,
    actor: Actor,
    filters: ActivityFilters,
    size: int = PAGE,
    fields: Sequence[str] = LINE_FIELDS,
) -> Page:
    """A page in a stable order (sort value, then id), reached by keyset, as fast deep as at the start.

    `fields`, the activity's id among them, says what of the lines is read.
    """
    key = _sort_key(actor, filters.sort)
    holding, total = _looked_for(session, actor, filters)
    # First which lines, from an index alone where one holds all that is asked; then what is shown of those few.
    wanted = select(L.revision_id, key.label("sort_key")).where(*_found(actor, filters, holding))
    backwards = bool(filters.before)
    place = filters.before or filters.after
    descending = filters.descending != backwards
    if place:
        value, activity_id = read_cursor(place)
        here = tuple_(key, L.activity_id)
        there = tuple_(_sort_value(value, filters.sort), literal(activity_id))
        wanted = wanted.where(here < there if descending else here > there)
    found = wanted.order_by(*_both(key, L.activity_id, descending)).limit(size + 1).subquery()
    statement = select(*_shown(actor, fields), found.c.sort_key).join(found, found.c.revision_id == L.revision_id)
    rows = list(session.execute(statement.order_by(*_both(found.c.sort_key, L.activity_id, descending))))
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_next = backwards or more
    has_previous = more if backwards else bool(place)
    return Page(
        rows=rows,
        total=total,
        after=_place(rows[-1]) if rows and has_next else "",
        before=_place(rows[0]) if rows and has_previous else "",
    )


def _both(first: Any, second: Any, descending: bool) -> tuple[Any, Any]:
    return (first.desc(), second.desc()) if descending else (first.asc(), second.asc())


def _place(row: AnyRow) -> str:
    value = row.sort_key
    return cursor(value if isinstance(value, str) else value.isoformat(), row.activity_id)


def _sort_value(text: str, sort: str) -> ColumnElement[Any]:
    if sort != "changed":
        return literal(text)
    try:
        return literal(datetime.fromisoformat(text).astimezone(UTC), UtcDateTime)
    except (ValueError, OverflowError):
        raise broken_address() from None


def count_lines(session: Session, actor: Actor, filters: ActivityFilters) -> int | None:
    """How many lines the filters leave; None where more than `most_counted`."""
    return _looked_for(session, actor, filters)[1]


def _looked_for(session: Session, actor: Actor, filters: ActivityFilters) -> tuple[Holding, int | None]:
    """How words are looked for, and how many lines the filters leave, as `count_lines` tells."""
    holding: Holding = by_reading
    for search in searches(session, actor, filters):
        holding = search.holding
        if search.some is None:
            return holding, _count(session, actor, filters, holding)
        if _count(session, actor, filters, by_reading, search.some) is None:
            return holding, None  # of some of them more than are counted: so of all
    return holding, _count(session, actor, filters, by_reading)


def _count(
    session: Session, actor: Actor, filters: ActivityFilters, holding: Holding, *among: ColumnElement[bool]
) -> int | None:
    most = most_counted(filters)
    found = _found(actor, filters, holding)
    some = select(literal(1)).select_from(L).where(*among, *found).limit(most + 1).subquery()
    total = session.scalar(select(func.count()).select_from(some)) or 0
    return total if total <= most else None


def most_counted(filters: ActivityFilters) -> int:
    """Up to how many lines of a list are counted: where words are looked for, each may have to be read whole."""
    return MOST_COUNTED_WORDS if filters.q else MOST_COUNTED


def _sort_key(actor: Actor, sort: str) -> ColumnElement[Any]:
    columns: dict[str, Any] = {
        "reference": L.reference,
        "office": L.lead_office,
        "start": func.coalesce(L.actual_start, L.planned_start, ""),
        "title": case((text_open_to(actor), func.lower(L.title)), else_=literal("")),
    }
    return columns.get(sort, L.changed_at)  # type: ignore[no-any-return]


def lines_by_ids(
    session: Session, actor: Actor, ids: Collection[int], basis: str, fields: Sequence[str] = LINE_FIELDS
) -> list[AnyRow]:
    """The lines of these activities that the actor may open, by reference. The rest is "n more, not open to you".

    `fields`, the reference among them, says what of the lines is read.
    """
    if not ids:
        return []
    found: list[AnyRow] = []
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        whole = lines(actor, ActivityFilters(basis=basis), part)
        found += session.execute(whole.with_only_columns(*(whole.selected_columns[name] for name in fields))).all()
    return sorted(found, key=lambda row: row.reference)
