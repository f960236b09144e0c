"""A request, a shown need or a recommendation: what it says, how it is answered, whether it was met. Pure.

Source: METHODOLOGY ("Words": request) and CRC 45(b), 1997/30 paras 3 and 8, Vienna Guidelines 35.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from app.core.i18n import N_

TEXT_LIMIT = 4000
SHORT_LIMIT = 200
ADDRESS_LIMIT = 500
PARAGRAPH_LIMIT = 60
# Recommends a project or technical co-operation (1997/30 para 8).
RECOMMENDED_BY = "crc_concluding_observations"
PARA_8 = "E1997-30-8"
FIRST_YEAR = 1989


class Kind(StrEnum):
    """What the document does."""

    REQUEST = "request"
    NEED = "need"
    RECOMMENDATION = "recommendation"


class Answer(StrEnum):
    """What the office answered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFERRED = "referred"
    DECLINED = "declined"


class Met(StrEnum):
    """Whether what was asked was met, said a year after the answer."""

    MET = "met"
    PARTLY = "partly_met"
    NOT_MET = "not_met"


KINDS: Mapping[str, str] = {
    Kind.REQUEST: N_("Request"),
    Kind.NEED: N_("Need shown"),
    Kind.RECOMMENDATION: N_("Recommendation"),
}
ANSWERS: Mapping[str, str] = {
    Answer.OPEN: N_("Open"),
    Answer.ACCEPTED: N_("Accepted"),
    Answer.REFERRED: N_("Referred"),
    Answer.DECLINED: N_("Declined"),
}
METS: Mapping[str, str] = {Met.MET: N_("Met"), Met.PARTLY: N_("Partly met"), Met.NOT_MET: N_("Not met")}
RESPONSES: Mapping[str, str] = {
    "accepted": N_("The State accepted it"),
    "noted": N_("The State noted it"),
}
# Whether a thing that was accepted or referred was met is asked; of what was declined nothing was promised.
PROMISED = frozenset({Answer.ACCEPTED, Answer.REFERRED})
DATES = ("document_on", "transmitted_on", "received_on")


@dataclass(frozen=True)
class RequestContent:
    """All that is said of a request itself. Blank text is ""; what is not recorded is None; dates are partial."""

    kind: str = Kind.REQUEST
    source: str | None = None
    country: str | None = None
    asker: str = ""
    symbol: str = ""
    paragraph: str = ""
    address: str = ""
    document_on: str | None = None
    transmitted_on: str | None = None
    received_on: str | None = None
    asked: str = ""
    original: str = ""
    observations: str = ""
    types: tuple[str, ...] = ()
    provisions: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    juvenile_justice: bool | None = None
    asks_help: bool | None = None
    state_response: str | None = None
    government_agreement: str | None = None
    partners_agreement: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for the audit event."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> RequestContent:
        """The content of an audit event; fields that are no more are left out."""
        known: dict[str, Any] = {f.name: told[f.name] for f in fields(cls) if f.name in told}
        known |= {name: tuple(value) for name, value in known.items() if isinstance(value, list)}
        return cls(**known)


CONTENT_FIELDS = tuple(f.name for f in fields(RequestContent))
TAGS = frozenset({"types", "provisions", "offices"})


@dataclass(frozen=True)
class AnswerGiven:
    """The command for an answer. `on` is the day of the answer, `target_on` that by which something is to be done."""

    answer: str
    on: date | None = None
    referred_to: str = ""
    reason: str = ""
    target_on: date | None = None


def asked_on(document: str | None, transmitted: str | None, received: str | None) -> str | None:
    """The day from which a request waits: when it was received, else sent on, else dated."""
    return received or transmitted or document


def year_of(on: str | None) -> int | None:
    """The year of a partial date."""
    return int(on[:4]) if on else None


def met_due_on(answer: str, answered_on: date | None) -> date | None:
    """The day from which the office is asked “was it met?”: a year after the answer; None where nothing was promised.

    >>> met_due_on("accepted", date(2024, 2, 29)), met_due_on("declined", date(2024, 1, 1))
    (datetime.date(2025, 3, 1), None)
    """
    if answer not in PROMISED or answered_on is None:
        return None
    try:
        return answered_on.replace(year=answered_on.year + 1)
    except ValueError:
        return date(answered_on.year + 1, 3, 1)


def is_recommendation_of_para_8(source: str | None, provisions: Iterable[str]) -> bool:
    """The Committee found the State in need of improvement and recommends help (1997/30 para 8)."""
    return source == RECOMMENDED_BY or PARA_8 in provisions
