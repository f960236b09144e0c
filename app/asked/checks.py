"""What a request, an answer and a word about its end must have, against the lists of today. Part of the services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.activities.reference import reference_data
from app.activities.rules import PartialDate
from app.asked.models import SupportRequest
from app.asked.rules import (
    ADDRESS_LIMIT,
    ANSWERS,
    DATES,
    FIRST_YEAR,
    KINDS,
    METS,
    PARAGRAPH_LIMIT,
    RESPONSES,
    SHORT_LIMIT,
    TEXT_LIMIT,
    Answer,
    AnswerGiven,
    RequestContent,
)
from app.core import clock
from app.core.errors import Problem
from app.core.i18n import N_

NOT_ON_LIST = N_("This choice is not on the list.")
TOO_LONG = {
    TEXT_LIMIT: N_("This text has more than 4,000 characters."),
    SHORT_LIMIT: N_("This text has more than 200 characters."),
    ADDRESS_LIMIT: N_("This text has more than 500 characters."),
    PARAGRAPH_LIMIT: N_("This text has more than 60 characters."),
    2000: N_("This text has more than 2,000 characters."),
}
LIMITS = {
    "asked": TEXT_LIMIT, "original": TEXT_LIMIT * 5, "observations": TEXT_LIMIT, "asker": SHORT_LIMIT,
    "symbol": SHORT_LIMIT, "paragraph": PARAGRAPH_LIMIT, "address": ADDRESS_LIMIT,
}  # fmt: skip


def content_problems(session: Session, content: RequestContent, kept: SupportRequest | None = None) -> list[Problem]:
    """Everything wrong with what is said of a request, each at its field."""
    return [
        *_missing(content),
        *_lists(session, content, kept),
        *_lengths(content),
        *_dates(content),
        *_address(content),
    ]


def _missing(content: RequestContent) -> Iterator[Problem]:
    if not content.country:
        yield Problem("country", N_("Choose the State."))
    if not content.source:
        yield Problem("source", N_("Choose where it comes from."))
    if not content.asked.strip():
        yield Problem("asked", N_("Say in a few words what is asked."))


def _lists(session: Session, content: RequestContent, kept: SupportRequest | None) -> Iterator[Problem]:
    data = reference_data(session)
    single = (
        ("kind", content.kind, frozenset(KINDS)),
        ("country", content.country, data.countries),
        ("source", content.source, data.codes["request_source"]),
        ("state_response", content.state_response, frozenset(RESPONSES)),
        ("government_agreement", content.government_agreement, data.codes["government_agreement"]),
        ("partners_agreement", content.partners_agreement, data.codes["government_agreement"]),
    )
    yield from (Problem(name, NOT_ON_LIST) for name, code, known in single if code and code not in known)
    cited = frozenset(each.provision for each in kept.provisions) if kept else frozenset()
    several = (
        ("types", content.types, frozenset(data.facets)),
        ("provisions", content.provisions, data.offerable | cited),
        ("offices", content.offices, frozenset(data.offices)),
    )
    yield from (Problem(name, NOT_ON_LIST) for name, codes, known in several if not set(codes) <= known)


def _lengths(content: RequestContent) -> Iterator[Problem]:
    for name, most in LIMITS.items():
        if len(getattr(content, name)) > most:
            yield Problem(name, TOO_LONG.get(most, N_("This text is too long.")))


def _dates(content: RequestContent) -> Iterator[Problem]:
    read: dict[str, PartialDate] = {}
    for name in DATES:
        try:
            text = getattr(content, name)
            if text:
                read[name] = PartialDate(text)
        except ValueError:
            yield Problem(name, N_("This is not a date."))
    yield from _impossible(read)


def _impossible(read: Mapping[str, PartialDate]) -> Iterator[Problem]:
    for name, on in read.items():
        if on.earliest() > clock.today():
            yield Problem(name, N_("This date is still to come."))
        elif on.year < FIRST_YEAR:
            yield Problem(name, N_("This is before the Convention was there: 1989 is the first year."))
    for (_name, first), (name, then) in pairwise(read.items()):
        if then.latest() < first.earliest():
            yield Problem(name, N_("This is before the date above it."))


def _address(content: RequestContent) -> Iterator[Problem]:
    if content.address and urlsplit(content.address).scheme not in ("http", "https"):
        yield Problem("address", N_("Write the whole address; it begins with https:// or http://."))


def answer_problems(session: Session, request: SupportRequest, command: AnswerGiven) -> list[Problem]:
    """What an answer lacks."""
    return list(_of_answer(request, command))


def _of_answer(request: SupportRequest, command: AnswerGiven) -> Iterator[Problem]:
    if command.answer not in ANSWERS:
        yield Problem("answer", N_("Choose an answer."))
    if command.answer == Answer.REFERRED and not command.referred_to.strip():
        yield Problem("referred_to", N_("Say to whom it was referred."))
    if command.answer == Answer.DECLINED and not command.reason.strip():
        yield Problem("declined_reason", N_("Say why; the State may ask, and so will the next person."))
    for name, words in (("referred_to", command.referred_to), ("declined_reason", command.reason)):
        if len(words) > 2000:
            yield Problem(name, TOO_LONG[2000])
    yield from _days(request, command)


def _days(request: SupportRequest, command: AnswerGiven) -> Iterator[Problem]:
    if command.on is not None and command.on > clock.today():
        yield Problem("answered_on", N_("This date is still to come."))
    if command.on is not None and request.asked_on and command.on < PartialDate(request.asked_on).earliest():
        yield Problem("answered_on", N_("This is before it was asked."))
    if command.target_on is not None and command.on is not None and command.target_on < command.on:
        yield Problem("target_on", N_("The target is before the answer."))


def met_problems(request: SupportRequest, met: str, words: str, on: date | None) -> list[Problem]:
    """What the answer to “was it met?” lacks."""
    found = []
    if met not in METS:
        found.append(Problem("met", N_("Choose one of the three.")))
    if not words.strip():
        found.append(Problem("met_words", N_("Say in a sentence how you know.")))
    elif len(words) > 2000:
        found.append(Problem("met_words", TOO_LONG[2000]))
    if on is not None and on > clock.today():
        found.append(Problem("met_on", N_("This date is still to come.")))
    elif on is not None and request.answered_on is not None and on < request.answered_on:
        found.append(Problem("met_on", N_("This is before the answer.")))
    return found
