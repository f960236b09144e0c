"""An activity in words: names of codes, dates, and every field of a content, for pages and comparisons alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from flask_babel import get_locale

from app.activities.reference import ReferenceData
from app.activities.rules import Content, PartialDate, derived_term, partial
from app.core.i18n import N_
from app.core.web.locale import _, current_locale, number

WORKFLOW = {
    "draft": N_("Draft"),
    "submitted": N_("Submitted"),
    "returned": N_("Returned"),
    "approved": N_("Approved"),
    "replaced": N_("Replaced"),
    "withdrawn": N_("Withdrawn"),
    "questioned": N_("Questioned"),
    "set_aside": N_("Set aside"),
}
ORIGINS = {
    "form": N_("Recorded here"),
    "demo": N_("Demonstration file"),
    "iati": N_("IATI file"),
    "spreadsheet": N_("Spreadsheet"),
}
# In their own names: whoever looks for a language knows it by that.
LANGUAGES = {
    "en": "English",
    "fr": "français",
    "es": "español",
    "ar": "العربية",
    "pt": "português",
    "ru": "русский",
    "zh": "中文",
    "und": N_("Another language"),
}
OWN_WORDS = {"workflow": WORKFLOW, "origin": ORIGINS}


class Words:
    """Names of codes in the language of the request."""

    def __init__(self, data: ReferenceData) -> None:
        self._data = data
        self._language = current_locale().code

    def of(self, kind: str, code: str | None) -> str:
        """The name of a code in a list, "" of none."""
        if code is None or code == "":
            return ""
        if kind == "language":
            return language(code)
        if kind in OWN_WORDS:
            return _(OWN_WORDS[kind].get(code, code))
        return self._data.labels.of(kind, code, self._language)

    def summary(self, provision: str, english: str) -> str:
        """What a provision says, in plain words."""
        return self._data.labels.summary(provision, english, self._language)

    def every(self, kind: str, codes: Iterable[str]) -> tuple[str, ...]:
        """The names of several codes."""
        return tuple(self.of(kind, code) for code in codes)

    def type_tags(self, content: Content, facet: str) -> tuple[str, ...]:
        """The support types of a facet, with the words that say what "other" is."""
        names = ((self.of("support_type", t.code), t.words, t.code) for t in content.types)
        return tuple(
            f"{name}: {words}" if words else name for name, words, code in names if self._data.facets.get(code) == facet
        )

    def mandating(self, code: str) -> bool:
        """The provision asks for or allows technical help."""
        return bool(self._data.mandating.get(code))

    def derived_term(self, content: Content) -> str:
        """short, medium or long, as the dates say; "" without dates."""
        return self.of("term", derived_term(content, self._data.term_limits))


def language(code: str) -> str:
    """The name of a language."""
    return _(LANGUAGES[code]) if code in LANGUAGES else code


def day(text: str | None) -> str:
    """A partial date in words: "21 March 2026", "March 2026", "2026"; "" of none."""
    try:
        value = partial(text)
    except ValueError:
        return text or ""
    if value is None:
        return ""
    if value.precision == "year":
        return value.text
    pattern = "d MMMM y" if value.precision == "day" else "MMMM y"
    return format_date(value.earliest(), pattern, locale=get_locale() or "en")


def whole_day(value: date | None) -> str:
    """A date in words."""
    return day(value.isoformat()) if value else ""


def span(start: str | None, end: str | None) -> str:
    """From when to when, as far as known."""
    if start and end and PartialDate(start) == PartialDate(end):
        return day(start)
    if start and end:
        return _("%(start)s to %(end)s", start=day(start), end=day(end))
    if start:
        return _("from %(start)s", start=day(start))
    return _("until %(end)s", end=day(end)) if end else ""


Show = Callable[[Words, Content], tuple[str, ...]]


@dataclass(frozen=True)
class Said:
    """One field of a content in words. `text`: closed to those who may not read the text of a sensitive record."""

    name: str
    label: str
    values: tuple[str, ...]
    text: bool
    needed: bool


def _plain(name: str) -> Show:
    def show(words: Words, content: Content) -> tuple[str, ...]:
        value = getattr(content, name)
        return (value,) if value else ()

    return show


def _coded(name: str, kind: str) -> Show:
    def show(words: Words, content: Content) -> tuple[str, ...]:
        value = getattr(content, name)
        codes = value if isinstance(value, tuple) else (value,) if value else ()
        return words.every(kind, codes)

    return show


def _dated(name: str) -> Show:
    def show(words: Words, content: Content) -> tuple[str, ...]:
        text = day(getattr(content, name))
        return (text,) if text else ()

    return show


def _provisions(mandating: bool) -> Show:
    def show(words: Words, content: Content) -> tuple[str, ...]:
        return tuple(
            words.of("provision", tag.code)
            if tag.role == "applied"
            else f"{words.of('provision', tag.code)} ({words.of('provision_role', tag.role)})"
            for tag in content.provisions
            if (words.mandating(tag.code) and tag.role != "applied") == mandating
        )

    return show


def _counterparts(words: Words, content: Content) -> tuple[str, ...]:
    return tuple(f"{tag.name} ({words.of('counterpart_kind', tag.kind)})" for tag in content.counterparts)


def _partners(words: Words, content: Content) -> tuple[str, ...]:
    return tuple(
        f"{words.of('partner_agency', tag.code)} ({words.of('partner_role', tag.role)})"
        if tag.role
        else words.of("partner_agency", tag.code)
        for tag in content.partners
    )


def _milestones(words: Words, content: Content) -> tuple[str, ...]:
    steps = []
    for tag in content.milestones:
        about = [day(tag.on), words.of("contribution", tag.contribution), tag.link]
        steps.append(f"{tag.law}: " + ", ".join(filter(None, [words.of("milestone", tag.kind), *about])))
    return tuple(steps)


def _amount(words: Words, content: Content) -> tuple[str, ...]:
    if content.funding_amount_usd is None:
        return ()
    return (number(Decimal(content.funding_amount_usd)),)


def _sensitive(words: Words, content: Content) -> tuple[str, ...]:
    return (_("Yes: title, text and counterparts are open to the office and its adviser only"),) * content.sensitive


@dataclass(frozen=True)
class _Field:
    name: str
    label: str
    show: Show
    text: bool = False
    needed: bool = False


# In the order in which a record is read. `needed` fields are shown as "not recorded" where they are blank.
FIELDS = (
    _Field("title", N_("Title"), _plain("title"), text=True),
    _Field("language", N_("Language of the text"), _coded("language", "language")),
    _Field("how", N_("How the office helped"), lambda w, c: w.type_tags(c, "how"), needed=True),
    _Field("about", N_("What it was about"), lambda w, c: w.type_tags(c, "about")),
    _Field("delivered", N_("What was delivered"), _plain("delivered"), text=True),
    _Field("summary", N_("Summary"), _plain("summary"), text=True),
    _Field("status", N_("How far it is"), _coded("status", "activity_status"), needed=True),
    _Field("status_reason", N_("Why it is suspended or cancelled"), _plain("status_reason"), text=True),
    _Field("actual_start", N_("Began"), _dated("actual_start")),
    _Field("actual_end", N_("Ended"), _dated("actual_end")),
    _Field("planned_start", N_("Planned start"), _dated("planned_start")),
    _Field("planned_end", N_("Planned end"), _dated("planned_end")),
    _Field("term_override", N_("Term, other than by its dates"), _coded("term_override", "term")),
    _Field("term_reason", N_("Why the term differs"), _plain("term_reason"), text=True),
    _Field("request_source", N_("Who asked"), _coded("request_source", "request_source"), needed=True),
    _Field("source_symbol", N_("Symbol of the document"), _plain("source_symbol"), text=True),
    _Field("source_date", N_("Date of the document"), _dated("source_date")),
    _Field("mandate", N_("Mandate"), _provisions(True), needed=True),
    _Field("standards", N_("Standards applied"), _provisions(False)),
    _Field("counterparts", N_("With whom"), _counterparts, text=True, needed=True),
    _Field("partners", N_("Partners"), _partners),
    _Field("co_offices", N_("Offices that took part"), _coded("co_offices", "office")),
    _Field("coordinator_involved", N_("Resident coordinator involved"),
           _coded("coordinator_involved", "yes_no_unknown")),
    _Field("government_agreement", N_("Agreement with the Government"),
           _coded("government_agreement", "government_agreement")),
    _Field("partners_agreement", N_("Agreement with partners"), _coded("partners_agreement", "government_agreement")),
    _Field("in_country_plan", N_("In the country plan"), _coded("in_country_plan", "yes_no_unknown")),
    _Field("concerns", N_("Concerns children in conflict with the law"),
           _coded("concerns", "concerns_children_in_conflict"), needed=True),
    _Field("scope", N_("Scope"), _coded("scope", "scope")),
    _Field("countries", N_("Countries"), _coded("countries", "country")),
    _Field("countries_reason", N_("How each country was supported"), _plain("countries_reason"), text=True),
    _Field("modalities", N_("In which form"), _coded("modalities", "modality")),
    _Field("target_groups", N_("For whom"), _coded("target_groups", "target_group")),
    _Field("milestones", N_("Steps of laws"), _milestones, text=True),
    _Field("obstacles", N_("Obstacles"), _coded("obstacles", "obstacle")),
    _Field("funding", N_("Funding"), _coded("funding", "funding")),
    _Field("funding_amount_usd", N_("Amount in US dollars"), _amount),
    _Field("guidance_used", N_("Guidance used"), _plain("guidance_used"), text=True),
    _Field("results", N_("Results"), _plain("results"), text=True),
    _Field("lessons", N_("Lessons"), _plain("lessons"), text=True),
    _Field("quality", N_("Quality"), _coded("quality", "quality")),
    _Field("visibility", N_("Who may open it"), _coded("visibility", "visibility")),
    _Field("sensitive", N_("Sensitive"), _sensitive),
)  # fmt: skip


def said(words: Words, content: Content) -> Iterator[Said]:
    """Every field of the content in words, blank ones too."""
    for field in FIELDS:
        yield Said(field.name, _(field.label), field.show(words, content), field.text, field.needed)


def masked(content: Content) -> Content:
    """`content` as those read it who may not read the text of a sensitive record."""
    blank = dict.fromkeys((f.name for f in FIELDS if f.text), "")
    empty: dict[str, tuple[()]] = dict.fromkeys(("counterparts", "milestones"), ())
    types = tuple(replace(tag, words="") for tag in content.types)
    return replace(content, **{**blank, **empty, "types": types})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Difference:
    """A field in which two contents differ."""

    name: str
    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def differences(words: Words, before: Content, after: Content) -> list[Difference]:
    """The fields in which `after` reads differently from `before`."""
    pairs = zip(said(words, before), said(words, after), strict=True)
    return [Difference(old.name, old.label, old.values, new.values) for old, new in pairs if old.values != new.values]
