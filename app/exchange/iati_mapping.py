"""From an IATI activity to our own fields. Pure: what cannot be known stays blank, what was changed is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from app.activities.rules import (
    COUNTING,
    NOT_BEGUN,
    SUMMARY_LIMIT,
    TITLE_LIMIT,
    Content,
    PartnerTag,
    TypeTag,
)
from app.core.i18n import LABEL_LANGUAGES
from app.core.text import fold
from app.exchange.iati_codes import UNICEF_REFS, our_scope, our_status
from app.exchange.iati_findings import VALUE_LIMIT, Fault
from app.exchange.iati_model import IatiActivity
from app.exchange.iati_suggest import Suggestion, suggest_support_types
from app.exchange.iati_text import clean_line, shorten

# What an organisation does in IATI (1 funding, 2 accountable, 3 extending, 4 implementing), in our words.
PARTNER_ROLES = {"1": "funds", "2": "lead", "3": "co_provider", "4": "implements"}
UNICEF = "unicef"


@dataclass(frozen=True)
class Tables:
    """Lists that the mapping looks things up in: code tables as mappings of text to text."""

    support_types: tuple[Mapping[str, str], ...]
    iso3_of: Mapping[str, str]
    partners: Mapping[str, str]
    modalities: Mapping[str, str]


@dataclass(frozen=True)
class Mapped:
    """Our content, the suggestions it rests on, the years in which the source says that it ran, and what to say."""

    content: Content
    suggestions: tuple[Suggestion, ...]
    first_year: int | None
    last_year: int | None
    notes: tuple[Fault, ...]

    @property
    def in_subject(self) -> bool:
        """At least one code that is core to, or related to, justice for children."""
        return bool(self.suggestions)


def map_activity(source: IatiActivity, tables: Tables, today: date) -> Mapped:
    """What the office gets as a draft to confirm. Provisions, who asked and counterparts stay for people to say."""
    notes: list[Fault] = [*_reporter(source), *_not_entered(source, tables)]
    suggestions = suggest_support_types(source, tables.support_types)
    status = our_status(source.activity_status)
    planned, actual = _dates(source, status, today, notes)
    content = Content(
        title=_title(source, notes),
        language=_language(source),
        summary=_cut("summary", source.description, SUMMARY_LIMIT, source, notes),
        types=tuple(TypeTag(s.support_type) for s in suggestions),
        status=status,
        planned_start=planned[0],
        planned_end=planned[1],
        actual_start=actual[0],
        actual_end=actual[1],
        scope=our_scope(source.scope),
        countries=_countries(source, tables),
        partners=tuple(_partners(source, tables)),
        modalities=_modalities(source, tables),
    )
    runs = status in COUNTING and actual[0] is not None
    first = int(actual[0][:4]) if runs and actual[0] else None
    last = int(actual[1][:4]) if runs and actual[1] else first
    return Mapped(content, suggestions, first, max(first, last) if first and last else None, tuple(notes))


def _reporter(source: IatiActivity) -> Iterator[Fault]:
    """A warning where somebody else reports: the office may have taken part, but its own work it is not for sure.

    A missing reference is told by the reader; then the name alone decides.
    """
    body = source.reporting_org
    named = body.ref or (body.name if UNICEF not in fold(body.name) else "")
    if named and not source.is_unicef:
        told = "It is reported by another organisation than UNICEF. Take it only if the office took part."
        who = f"{body.name} ({body.ref})" if body.name and body.ref else named
        yield Fault("warning", f"iati-activity[{source.position}]/reporting-org", told, who, source.line)


def _not_entered(source: IatiActivity, tables: Tables) -> Iterator[Fault]:
    """Notes about what a person may want to add: titles in other languages, organisations that our list lacks."""
    where = f"iati-activity[{source.position}]"
    languages = [language or "?" for language, title in source.titles.items() if title != source.title]
    if languages:
        told = "The title in other languages was not entered; the original keeps it."
        yield Fault("note", f"{where}/title", told, ", ".join(languages)[:VALUE_LIMIT], source.line)
    known = {*tables.partners, *UNICEF_REFS}
    names = [body.name or body.ref for body in source.participating_orgs if body.ref.upper() not in known]
    if names:
        told = "These organisations were not entered. Add those that are counterparts or partners."
        listed = "; ".join(dict.fromkeys(names))[:VALUE_LIMIT]
        yield Fault("note", f"{where}/participating-org", told, listed, source.line)


def _title(source: IatiActivity, notes: list[Fault]) -> str:
    title = _cut("title", clean_line(source.title), TITLE_LIMIT, source, notes)
    return title or shorten(source.identifier or f"Activity {source.position}", TITLE_LIMIT)[0]


def _cut(what: str, text: str, limit: int, source: IatiActivity, notes: list[Fault]) -> str:
    short, was_cut = shorten(text, limit)
    if was_cut:
        message = (
            f"The {what} had {len(text):,} characters and was shortened to {limit:,}; the original keeps it whole."
        )
        notes.append(Fault("warning", f"iati-activity[{source.position}]/{what}", message, line=source.line))
    return short


def _language(source: IatiActivity) -> str:
    language = source.title_language.partition("-")[0]
    return language if language in LABEL_LANGUAGES else "en"


Pair = tuple[str | None, str | None]


def _dates(source: IatiActivity, status: str | None, today: date, notes: list[Fault]) -> tuple[Pair, Pair]:
    """(planned start and end, actual start and end). Actual dates of what has not begun, or still to come, are left."""
    planned = (_text(source.planned_start), _text(source.planned_end))
    actual: list[str | None] = []
    for name, value in (("actual start", source.actual_start), ("actual end", source.actual_end)):
        reason = ""
        if value is not None and value > today:
            reason = "is still to come"
        elif value is not None and status in NOT_BEGUN:
            reason = "does not fit an activity that has not begun"
        if reason:
            where = f"iati-activity[{source.position}]/activity-date"
            message = f"The {name} {reason}; it was left out."
            notes.append(Fault("warning", where, message, str(value), source.line))
        actual.append(None if reason else _text(value))
    start, end = actual
    if start and end and end < start:
        notes.append(
            Fault("warning", f"iati-activity[{source.position}]/activity-date",
                  "It ends before it begins; the end was left out.", end, source.line)
        )  # fmt: skip
        end = None
    return planned, (start, end if start else None)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _countries(source: IatiActivity, tables: Tables) -> tuple[str, ...]:
    found = (tables.iso3_of.get(country.iso2.upper()) for country in source.recipient_countries)
    return tuple(dict.fromkeys(iso3 for iso3 in found if iso3))


def _partners(source: IatiActivity, tables: Tables) -> Iterable[PartnerTag]:
    seen = set()
    for body in source.participating_orgs:
        code = tables.partners.get(body.ref.upper())
        tag = PartnerTag(code or "", PARTNER_ROLES.get(body.role or "", ""))
        if code and body.ref.upper() not in UNICEF_REFS and tag not in seen:
            seen.add(tag)
            yield tag


def _modalities(source: IatiActivity, tables: Tables) -> tuple[str, ...]:
    found = (tables.modalities.get(aid.code) for aid in source.default_aid_types if aid.vocabulary == "1")
    return tuple(dict.fromkeys(code for code in found if code))
