"""What the library and one card show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.content import read_content
from app.activities.models import Activity
from app.activities.queries_record import names_of
from app.activities.reference import reference_data
from app.activities.rules import TITLE_LIMIT
from app.activities.words import Words, whole_day
from app.codelists.queries import codes, support_types
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _, ngettext
from app.offices.queries import region_codes
from app.practices.models import Practice
from app.practices.policies import is_author
from app.practices.queries import CODED, MARKS, SHORT, PracticeFilters, library, reference_of
from app.practices.rules import STATES, STEPS, CardContent, State, Step
from app.practices.services import content_of
from app.provisions.queries import provisions

SIGNS = {"draft": "draft", "submitted": "submitted", "returned": "returned", "reviewed": "approved"}
NAMES = {
    "q": N_("Words"),
    "support_type": N_("Support type"),
    "provision": N_("Provision"),
    "region": N_("Region"),
    "obstacle": N_("Obstacle"),
    "office": N_("Office"),
    "step": N_("Step"),
    "state": N_("Review"),
    "failed": N_("It did not work"),
    "reused": N_("Used again elsewhere"),
}
TEXT_LABELS = (
    ("problem", N_("The problem")),
    ("done", N_("What was done")),
    ("learned", N_("What was learned")),
    ("conditions", N_("Conditions")),
    ("evidence", N_("Evidence")),
)
SHORT_TEXT = 240


@dataclass(frozen=True)
class Card:
    """One card in the library."""

    reference: str
    url: str
    title: str
    step: str
    failed: bool
    sign: str
    review: str
    office: str
    summary: str
    types: str
    obstacles: str
    reuses: str


@dataclass(frozen=True)
class Pick:
    """One select of the fold."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]


@dataclass(frozen=True)
class Chip:
    """One filter in words, and the address without it."""

    label: str
    remove_url: str


@dataclass(frozen=True)
class LibraryPage:
    """Everything that the library shows."""

    filters: PracticeFilters
    cards: list[Card]
    count_text: str
    chips: list[Chip]
    picks: list[Pick]
    csv_url: str
    json_url: str


def library_page(session: Session, actor: Actor, filters: PracticeFilters) -> LibraryPage:
    """The library, narrowed."""
    words = Words(reference_data(session))
    found = library(session, actor, filters)
    names = names_of(session, (each.reviewer_id for each in found))
    query = filters.query_string()
    ending = f"?{query}" if query else ""
    return LibraryPage(
        filters=filters,
        cards=[_card(words, names, each) for each in found],
        count_text=ngettext("%(num)s card", "%(num)s cards", len(found)),
        chips=list(_chips(words, filters)),
        picks=list(_picks(session, words, filters)),
        csv_url=url_for("reports.report_csv", key="practices") + ending,
        json_url=url_for("reports.report_json", key="practices") + ending,
    )


def review_words(names: dict[int, str], card: Practice) -> str:
    """Reviewer and review state, in one line that stands wherever the card does."""
    state = _(STATES[card.state])
    if card.reviewed_at is None:
        return state
    who, when = names.get(card.reviewer_id or 0, _("The system")), whole_day(card.reviewed_at.date())
    if card.state == State.REVIEWED:
        return _("Reviewed by %(who)s on %(day)s", who=who, day=when)
    if card.state == State.RETURNED:
        return _("Returned by %(who)s on %(day)s", who=who, day=when)
    return _("%(state)s; last looked at by %(who)s on %(day)s", state=state, who=who, day=when)


def _card(words: Words, names: dict[int, str], card: Practice) -> Card:
    text = card.learned or card.problem or card.done
    return Card(
        reference=card.reference,
        url=url_for("practices.card", reference=card.reference),
        title=card.title,
        step=_(STEPS[card.step]),
        failed=card.failed,
        sign=SIGNS[card.state],
        review=review_words(names, card),
        office=words.of("office", card.office),
        summary=text if len(text) <= SHORT_TEXT else text[:SHORT_TEXT].rsplit(" ", 1)[0] + "…",
        types=", ".join(words.of("support_type", each.support_type) for each in card.types),
        obstacles=", ".join(words.of("obstacle", each.obstacle) for each in card.obstacles),
        reuses=ngettext("Used again %(num)s time", "Used again %(num)s times", len(card.reuses)) if card.reuses else "",
    )


@dataclass(frozen=True)
class Used:
    """An office that used it again."""

    office: str
    words: str
    day: str
    reference: str


@dataclass(frozen=True)
class CardPage:
    """Everything that the page of a card shows."""

    card: Practice
    step: str
    sign: str
    review: str
    office: str
    countries: str
    texts: list[tuple[str, str]]
    tags: list[tuple[str, str]]
    activity: str
    used: list[Used]
    may_write: bool
    may_submit: bool
    may_review: bool
    own_work: bool
    may_reuse: bool


def card_page(session: Session, actor: Actor, card: Practice) -> CardPage:
    """The page of one card."""
    words, content = Words(reference_data(session)), content_of(card)
    names = names_of(session, [card.reviewer_id])
    live = card.withdrawn_at is None
    writes = live and can(Permission.PRACTICE_WRITE, actor, card)
    reviews = live and card.state == State.SUBMITTED and can(Permission.PRACTICE_REVIEW, actor, card)
    shown = card.activity.approved or card.activity.submitted or card.activity.current
    countries = words.every("country", read_content(shown).countries)
    opens = can(Permission.ACTIVITY_READ, actor, card.activity)
    return CardPage(
        card=card,
        step=_(STEPS[card.step]),
        sign=SIGNS[card.state],
        review=review_words(names, card),
        office=words.of("office", card.office),
        countries=", ".join(countries),
        texts=[(_(label), getattr(card, name)) for name, label in TEXT_LABELS],
        tags=[
            (_("Kinds of support"), ", ".join(words.every("support_type", content.types))),
            (_("Provisions"), ", ".join(words.every("provision", content.provisions))),
            (_("Obstacles"), ", ".join(words.every("obstacle", content.obstacles))),
        ],
        activity=card.activity.reference if opens else "",
        used=[
            Used(words.of("office", each.office), each.words, whole_day(each.recorded_at.date()),
                 reference_of(session, each.activity_id))
            for each in card.reuses
        ],
        may_write=writes,
        may_submit=writes and card.state in (State.DRAFT, State.RETURNED),
        may_review=reviews and not is_author(actor, card),
        own_work=reviews and is_author(actor, card),
        may_reuse=live and can(Permission.PRACTICE_REUSE, actor),
    )  # fmt: skip


def offer(session: Session, held: CardContent) -> dict[str, list[tuple[str, str]]]:
    """The lists of the form; what `held` has stays on offer."""
    words = Words(reference_data(session))
    listed = {
        "obstacles": ("obstacle", [c.code for c in codes(session, "obstacle")], held.obstacles),
        "types": ("support_type", [t.code for t in support_types(session)], held.types),
        "provisions": ("provision", [p.code for p in provisions(session) if p.offerable], held.provisions),
    }
    return {
        name: [(code, words.of(kind, code)) for code in dict.fromkeys([*offered, *kept])]
        for name, (kind, offered, kept) in listed.items()
    }


def preset_card(session: Session, activity: Activity) -> CardContent:
    """What a card of this activity says before anybody typed: its lesson, what was delivered, its codes."""
    said = read_content(activity.approved or activity.submitted or activity.current)
    return CardContent(
        step=Step.LESSON,
        title=said.title[:TITLE_LIMIT],
        done=said.delivered,
        learned=said.lessons,
        evidence=said.results,
        obstacles=said.obstacles,
        types=tuple(tag.code for tag in said.types),
        provisions=tuple(dict.fromkeys(tag.code for tag in said.provisions)),
    )


def _chips(words: Words, filters: PracticeFilters) -> Iterable[Chip]:
    for name, value in filters.pairs():
        rest = [pair for pair in filters.pairs() if pair != (name, value)]
        query = urlencode(rest)
        yield Chip(
            f"{_(NAMES[name])}: {_value(words, name, value)}",
            url_for("practices.index") + ("?" + query if query else ""),
        )


def _value(words: Words, name: str, value: str) -> str:
    if name in CODED:
        return words.of(CODED[name], value)
    if name in SHORT:
        return _(SHORT[name][value])
    if name in MARKS:
        return _("Yes") if value == "yes" else _("No")
    return value


def _picks(session: Session, words: Words, filters: PracticeFilters) -> Iterable[Pick]:
    chosen = dict(filters.pairs())
    listed: dict[str, list[tuple[str, str]]] = {
        "support_type": [(t.code, words.of("support_type", t.code)) for t in support_types(session)],
        "provision": [(p.code, words.of("provision", p.code)) for p in provisions(session)],
        "region": [(code, words.of("region", code)) for code in region_codes(session)],
        "obstacle": [(c.code, words.of("obstacle", c.code)) for c in codes(session, "obstacle")],
        **{name: [(code, _(word)) for code, word in known.items()] for name, known in SHORT.items()},
        **{name: [("yes", _("Yes")), ("no", _("No"))] for name in MARKS},
    }
    for name, options in listed.items():
        yield Pick(name, _(NAMES[name]), [(code, label, code == chosen.get(name)) for code, label in options])
