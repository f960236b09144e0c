"""A request in words: names of its codes and fields, for pages and comparisons alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.activities.words import Words, day
from app.asked.rules import ANSWERS, KINDS, METS, RESPONSES, RequestContent
from app.core.i18n import N_
from app.core.web.locale import _

LABELS: Mapping[str, str] = {
    "kind": N_("What it is"),
    "country": N_("State"),
    "source": N_("Where it comes from"),
    "asker": N_("Who asked or recommended"),
    "asked": N_("What is asked"),
    "types": N_("Kinds of support asked for"),
    "provisions": N_("Provisions"),
    "symbol": N_("Document symbol"),
    "paragraph": N_("Paragraph"),
    "address": N_("Address of the document"),
    "document_on": N_("Date of the document"),
    "transmitted_on": N_("Sent on by the Committee"),
    "received_on": N_("Received"),
    "observations": N_("Observations and suggestions of the Committee"),
    "original": N_("In the words of the document"),
    "offices": N_("Falls to"),
    "juvenile_justice": N_("About children in conflict with the law"),
    "asks_help": N_("Asks for technical help"),
    "state_response": N_("What the State said to it"),
    "government_agreement": N_("Agreement with the Government"),
    "partners_agreement": N_("Agreement with partners"),
}
KIND_OF: Mapping[str, str] = {
    "country": "country",
    "source": "request_source",
    "types": "support_type",
    "provisions": "provision",
    "offices": "office",
    "government_agreement": "government_agreement",
    "partners_agreement": "government_agreement",
}
OWN: Mapping[str, Mapping[str, str]] = {"kind": KINDS, "state_response": RESPONSES}
DATED = frozenset({"document_on", "transmitted_on", "received_on"})
ANSWER_LABELS: Mapping[str, str] = {
    "answer": N_("Answer"),
    "answered_on": N_("Answered on"),
    "referred_to": N_("Referred to"),
    "declined_reason": N_("Why it was declined"),
    "target_on": N_("Target date"),
    "met": N_("Was it met?"),
    "met_on": N_("Said on"),
    "met_words": N_("In words"),
    "withdrawn_reason": N_("Why it was withdrawn"),
}
ANSWER_WORDS: Mapping[str, Mapping[str, str]] = {"answer": ANSWERS, "met": METS}
SIGNS = {"open": "unanswered", "accepted": "approved", "referred": "submitted", "declined": "nil"}


def shown(words: Words, name: str, value: Any) -> str:
    """A field of a content in words; "" of nothing."""
    if value is None or value in ("", ()):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name in OWN:
        return _(OWN[name].get(value, value))
    if name in DATED:
        return day(value)
    if name in KIND_OF:
        codes = value if isinstance(value, (tuple, list)) else (value,)
        return ", ".join(words.of(KIND_OF[name], code) for code in codes)
    return str(value)


@dataclass(frozen=True)
class Change:
    """A field that reads differently."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def content_changes(words: Words, before: RequestContent, after: RequestContent) -> list[Change]:
    """What `after` says otherwise."""
    found = []
    for name, label in LABELS.items():
        old, new = shown(words, name, getattr(before, name)), shown(words, name, getattr(after, name))
        if old != new:
            found.append(Change(_(label), (old,) if old else (), (new,) if new else ()))
    return found


def answer_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What the answers in two states of a request say otherwise."""
    found = []
    for name, label in ANSWER_LABELS.items():
        old, new = (_answer_word(name, each.get(name)) for each in (before, after))
        if old != new:
            found.append(Change(_(label), (old,) if old else (), (new,) if new else ()))
    return found


def _answer_word(name: str, value: Any) -> str:
    if not value:
        return ""
    if name in ANSWER_WORDS:
        return _(ANSWER_WORDS[name].get(value, value))
    return day(value) if name.endswith("_on") else str(value)
