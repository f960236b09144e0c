"""Between a revision's rows and the `Content` that people write."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, selectinload

from app.activities.models import (
    Activity,
    ActivityRevision,
    Counterpart,
    RevisionCode,
    RevisionCoOffice,
    RevisionCounterpart,
    RevisionCountry,
    RevisionMilestone,
    RevisionPartner,
    RevisionProvision,
    RevisionType,
)
from app.activities.reference import ReferenceData, reference_data
from app.activities.rules import (
    CODE_LISTS,
    Content,
    CounterpartTag,
    MilestoneTag,
    PartnerTag,
    ProvisionTag,
    TypeTag,
    derived_scope,
    derived_term,
)
from app.core.text import fold

PLAIN = (
    "title", "language", "summary", "delivered", "request_source", "source_symbol", "source_date", "status",
    "status_reason", "planned_start", "planned_end", "actual_start", "actual_end", "concerns", "countries_reason",
    "term_override", "term_reason", "coordinator_involved", "government_agreement", "partners_agreement",
    "in_country_plan", "funding", "guidance_used", "results", "lessons", "visibility", "sensitive",
)  # fmt: skip
TAGS = ("types", "provisions", "countries", "codes", "counterparts", "partners", "co_offices", "milestones")
"""The lists of a revision."""


def read_content(revision: ActivityRevision) -> Content:
    """What the revision says."""
    codes: dict[str, Any] = {
        name: tuple(c.code for c in revision.codes if c.list_key == list_key) for name, list_key in CODE_LISTS.items()
    }
    amount = revision.funding_amount_usd
    return Content(
        **{name: getattr(revision, name) for name in PLAIN},
        **codes,
        scope=revision.scope,
        funding_amount_usd=None if amount is None else format(amount, "f"),
        types=tuple(TypeTag(t.support_type, t.words) for t in revision.types),
        provisions=tuple(ProvisionTag(p.provision, p.role) for p in revision.provisions),
        countries=tuple(c.country for c in revision.countries),
        counterparts=tuple(
            CounterpartTag(c.counterpart.name, c.counterpart.kind, c.counterpart_id) for c in revision.counterparts
        ),
        partners=tuple(PartnerTag(p.partner, p.role) for p in revision.partners),
        co_offices=tuple(c.office for c in revision.co_offices),
        milestones=tuple(MilestoneTag(m.kind, m.law, m.on, m.link, m.contribution) for m in revision.milestones),
    )


def load_tags(session: Session, activity: Activity) -> None:
    """Read the tags of the revisions that count at once, not list by list of each."""
    wanted = {activity.current_revision_id, activity.submitted_revision_id, activity.approved_revision_id}
    bare = [r.id for r in activity.revisions if r.id in wanted and not set(TAGS) <= inspect(r).dict.keys()]
    if len(bare) > 1:
        every = select(ActivityRevision).where(ActivityRevision.id.in_(bare))
        session.scalars(every.options(*(selectinload(getattr(ActivityRevision, name)) for name in TAGS))).all()


def write_content(session: Session, activity: Activity, revision: ActivityRevision, content: Content) -> None:
    """Make the draft `revision` say `content`. Term and scope are derived where nobody chose them."""
    for name, value in plain_values(reference_data(session), activity.lead_office, content).items():
        setattr(revision, name, value)
    _write_tags(session, revision, content)
    _write_counterparts(session, activity, revision, content)


def plain_values(data: ReferenceData, office: str, content: Content) -> dict[str, Any]:
    """The columns of a revision that says `content`, without its tags."""
    values = {name: getattr(content, name) for name in PLAIN}
    amount = content.funding_amount_usd
    values["scope"] = content.scope or derived_scope(data.offices[office].type, content.countries)
    values["term"] = content.term_override or derived_term(content, data.term_limits)
    values["funding_amount_usd"] = None if amount is None else Decimal(amount)
    return values


def tag_values(content: Content) -> dict[str, list[dict[str, Any]]]:
    """The tags of a revision that says `content`, each as its columns; without counterparts, which are looked up."""
    kinds = {t.code: t for t in content.types}
    return {
        "types": [{"support_type": t.code, "position": i, "words": t.words} for i, t in enumerate(kinds.values())],
        "provisions": [{"provision": p.code, "role": p.role} for p in dict.fromkeys(content.provisions)],
        "countries": [{"country": c} for c in dict.fromkeys(content.countries)],
        "co_offices": [{"office": o} for o in dict.fromkeys(content.co_offices)],
        "partners": [
            {"list_key": "partner_agency", "partner": p.code, "role": p.role} for p in dict.fromkeys(content.partners)
        ],
        "codes": [
            {"list_key": list_key, "code": code, "position": i}
            for name, list_key in CODE_LISTS.items()
            for i, code in enumerate(dict.fromkeys(getattr(content, name)))
        ],
        "milestones": [
            {"position": i, "kind": m.kind, "law": m.law, "on": m.on, "link": m.link, "contribution": m.contribution}
            for i, m in enumerate(content.milestones)
        ],
    }


TAG_MODELS: Mapping[str, Any] = {
    "types": RevisionType,
    "provisions": RevisionProvision,
    "countries": RevisionCountry,
    "co_offices": RevisionCoOffice,
    "partners": RevisionPartner,
    "codes": RevisionCode,
    "milestones": RevisionMilestone,
}


def _write_tags(session: Session, revision: ActivityRevision, content: Content) -> None:
    wanted = {name: [TAG_MODELS[name](**values) for values in listed] for name, listed in tag_values(content).items()}
    if revision.types and _differ(revision.types, wanted["types"], "support_type", "position", "words"):
        revision.types.clear()
        session.flush()  # types that change places would meet on one position on their way
    _replace(revision.types, wanted["types"], "support_type", "position", "words")
    _replace(revision.provisions, wanted["provisions"], "provision", "role")
    _replace(revision.countries, wanted["countries"], "country")
    _replace(revision.co_offices, wanted["co_offices"], "office")
    _replace(revision.partners, wanted["partners"], "partner", "role")
    _replace(revision.codes, wanted["codes"], "list_key", "code", "position")
    _replace(revision.milestones, wanted["milestones"], "position", "kind", "law", "on", "link", "contribution")


def _replace(held: list[Any], wanted: list[Any], *names: str) -> None:
    """Set the list only where it differs, so that an unchanged tag costs no statement."""
    if _differ(held, wanted, *names):
        held[:] = wanted


def _differ(held: list[Any], wanted: list[Any], *names: str) -> bool:
    def as_values(rows: list[Any]) -> list[tuple[Any, ...]]:
        return sorted(tuple(repr(getattr(row, name)) for name in names) for row in rows)

    return as_values(held) != as_values(wanted)


def _write_counterparts(session: Session, activity: Activity, revision: ActivityRevision, content: Content) -> None:
    known = _known_counterparts(session, activity.lead_office, content)
    ids = list(
        dict.fromkeys(_counterpart_id(session, activity.lead_office, tag, known) for tag in content.counterparts)
    )
    rows = [RevisionCounterpart(counterpart_id=key, position=i) for i, key in enumerate(ids)]
    _replace(revision.counterparts, rows, "counterpart_id", "position")


def _known_counterparts(session: Session, office: str, content: Content) -> dict[tuple[str, str], Counterpart]:
    keys = {name_key(tag) for tag in content.counterparts}
    if not keys:
        return {}
    statement = select(Counterpart).where(Counterpart.office == office, Counterpart.name_key.in_(keys))
    return {(each.name_key, each.kind): each for each in session.scalars(statement)}


def name_key(tag: CounterpartTag) -> str:
    """How the name of a body is compared."""
    return fold(tag.name)[:200]  # folding may lengthen: one Arabic ligature becomes eighteen letters


def _counterpart_id(
    session: Session, office: str, tag: CounterpartTag, known: dict[tuple[str, str], Counterpart]
) -> int:
    """The office's counterpart of this name and kind, added unverified where it is new."""
    key = name_key(tag)
    found = known.get((key, tag.kind))
    if found is None:
        found = known[(key, tag.kind)] = Counterpart(office=office, name=tag.name.strip(), name_key=key, kind=tag.kind)
        session.add(found)
        session.flush()
    while found.merged_into is not None:
        found = session.get_one(Counterpart, found.merged_into)
    return found.id
