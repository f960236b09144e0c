"""What is wrong with a content: the checks of a draft and of a submission. Pure; problems name their form field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from app.activities.rules import (
    COUNTING,
    DIFFERENT_SCOPE,
    FIRST_YEAR,
    NEEDS_REASON,
    NOT_BEGUN,
    OTHER_TYPE,
    STATUS_WORDS,
    SUMMARY_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Content,
    Status,
    partial,
)
from app.core.errors import Problem
from app.core.i18n import N_
from app.core.text import is_blank


@dataclass(frozen=True)
class Surroundings:
    """What the checks must know beyond the content itself.

    `codes` maps a list's name to its codes in use; `served` gives the countries the office serves between two days;
    `offerable` are the provisions that may be newly cited, `kept` those the record cites already.
    """

    office: str
    office_type: str
    served: Callable[[date, date], frozenset[str]]
    today: date
    codes: Mapping[str, frozenset[str]]
    facets: Mapping[str, str]
    mandating: Mapping[str, bool]
    offerable: frozenset[str]
    kept: frozenset[str]
    offices: frozenset[str]
    countries: frozenset[str]
    imported: bool = False
    has_deliveries: bool = False


CODED = {
    "request_source": "request_source",
    "status": "activity_status",
    "concerns": "concerns_children_in_conflict",
    "scope": "scope",
    "term_override": "term",
    "coordinator_involved": "yes_no_unknown",
    "government_agreement": "government_agreement",
    "partners_agreement": "government_agreement",
    "in_country_plan": "yes_no_unknown",
    "funding": "funding",
    "visibility": "visibility",
}
CODED_LISTS = {
    "modalities": "modality",
    "target_groups": "target_group",
    "obstacles": "obstacle",
    "quality": "quality",
}
LONG_TEXTS = ("delivered", "status_reason", "countries_reason", "guidance_used", "results", "lessons", "term_reason")
DATES = ("planned_start", "planned_end", "actual_start", "actual_end", "source_date")
NOT_ON_LIST = N_("This choice is not on the list.")


def draft_problems(content: Content, about: Surroundings) -> tuple[Problem, ...]:
    """What even a draft may not have: no title, text too long, codes that do not exist, dates that are none."""
    found = [*_title(content), *_lengths(content), *_codes(content, about), *_tags(content, about), *_dates(content)]
    return (*found, *_term(content))


def submit_problems(content: Content, about: Surroundings) -> tuple[Problem, ...]:
    """All that keeps a content from being submitted. Imported records may leave required fields "not recorded"."""
    broken = draft_problems(content, about)
    if any(p.field in DATES for p in broken):  # dates that are none cannot be compared
        return (*broken, *(_missing_imported(content) if about.imported else _missing(content, about)))
    return (*broken, *beyond_draft(content, about))


def beyond_draft(content: Content, about: Surroundings) -> tuple[Problem, ...]:
    """What keeps a content from being submitted that as a draft is sound: its dates must be dates."""
    logic = [*_status_rules(content, about), *_order_of_dates(content), *_not_in_future(content, about)]
    logic += [*_overtaken_plan(content, about), *_country_rules(content, about)]
    missing = list(_missing_imported(content)) if about.imported else list(_missing(content, about))
    return (*missing, *logic)


def _title(content: Content) -> Iterator[Problem]:
    if is_blank(content.title):
        yield Problem("title", N_("Give it a title."))
    elif len(content.title) > TITLE_LIMIT:
        yield Problem("title", N_("The title has more than 150 characters."))


def _lengths(content: Content) -> Iterator[Problem]:
    if len(content.summary) > SUMMARY_LIMIT:
        yield Problem("summary", N_("The summary has more than 2,000 characters."))
    for name in LONG_TEXTS:
        if len(getattr(content, name)) > TEXT_LIMIT:
            yield Problem(name, N_("This text has more than 2,000 characters."))
    if len(content.source_symbol) > 200:
        yield Problem("source_symbol", N_("This text has more than 200 characters."))
    if content.funding_amount_usd is not None and not _is_amount(content.funding_amount_usd):
        yield Problem("funding_amount_usd", N_("Give an amount in whole dollars or with cents, for example 1500.50."))


def _is_amount(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2})?", text) is not None


def _codes(content: Content, about: Surroundings) -> Iterator[Problem]:
    for name, list_key in CODED.items():
        value = getattr(content, name)
        if value is not None and value not in about.codes[list_key]:
            yield Problem(name, NOT_ON_LIST)
    for name, list_key in CODED_LISTS.items():
        if not about.codes[list_key].issuperset(getattr(content, name)):
            yield Problem(name, NOT_ON_LIST)


def _tags(content: Content, about: Surroundings) -> Iterator[Problem]:
    yield from _type_tags(content, about)
    for tag in content.provisions:
        if tag.code not in about.offerable | about.kept and not (about.imported and tag.code in about.mandating):
            yield Problem("mandate", N_("This provision cannot be cited: it is not on the list or not yet checked."))
        elif tag.role not in about.codes["provision_role"]:
            yield Problem("mandate", NOT_ON_LIST)
    yield from _bodies(content, about)
    if not about.countries.issuperset(content.countries):
        yield Problem("countries", NOT_ON_LIST)
    if not about.offices.issuperset(content.co_offices) or about.office in content.co_offices:
        yield Problem("co_offices", N_("Name other offices that exist, not the lead office itself."))


def _type_tags(content: Content, about: Surroundings) -> Iterator[Problem]:
    for tag in content.types:
        if tag.code not in about.facets:
            yield Problem("how", NOT_ON_LIST)
        if len(tag.words) > 300:
            yield Problem("other_words", N_("This text has more than 300 characters."))


def _bodies(content: Content, about: Surroundings) -> Iterator[Problem]:
    for index, body in enumerate(content.counterparts):
        if body.kind not in about.codes["counterpart_kind"]:
            yield Problem(f"counterparts-{index}-kind", N_("Say what kind of body this is."))
        if not body.name.strip():
            yield Problem(f"counterparts-{index}-name", N_("Name the organisation."))
        elif len(body.name) > 200:
            yield Problem(f"counterparts-{index}-name", N_("The name has more than 200 characters."))
    for partner in content.partners:
        role_known = partner.role in about.codes["partner_role"] or (about.imported and partner.role == "")
        if partner.code not in about.codes["partner_agency"] or not role_known:
            yield Problem("partners", NOT_ON_LIST)
    for index, step in enumerate(content.milestones):
        yield from _milestone(index, step.kind, step.contribution, step.law, step.link, about)


def _milestone(
    index: int, kind: str, contribution: str | None, law: str, link: str, about: Surroundings
) -> Iterator[Problem]:
    if kind not in about.codes["milestone"]:
        said = NOT_ON_LIST if kind else N_("Say which step this is, or empty its other fields.")
        yield Problem(f"milestones-{index}-kind", said)
    if contribution is not None and contribution not in about.codes["contribution"]:
        yield Problem(f"milestones-{index}-contribution", NOT_ON_LIST)
    if not law.strip() or len(law) > 300:
        yield Problem(f"milestones-{index}-law", N_("Name the law, in 300 characters or fewer."))
    if link and not safe_link(link):
        yield Problem(f"milestones-{index}-link", N_("A link begins with https:// or http://."))


def safe_link(link: str) -> bool:
    """A web address that is safe to show as a link: http or https, no spaces or control characters, 500 at most."""
    plain = link.startswith(("https://", "http://")) and len(link) <= 500
    return plain and not any(c.isspace() or ord(c) < 32 for c in link)


def _dates(content: Content) -> Iterator[Problem]:
    for name in DATES:
        yield from _one_date(name, getattr(content, name))
    for index, step in enumerate(content.milestones):
        yield from _one_date(f"milestones-{index}-on", step.on)


def _one_date(field: str, text: str | None) -> Iterator[Problem]:
    try:
        value = partial(text)
    except ValueError:
        yield Problem(field, N_("This is not a date."))
        return
    if value is not None and not FIRST_YEAR - 40 <= value.year <= 2100:
        yield Problem(field, N_("This year cannot be right."))


def _missing(content: Content, about: Surroundings) -> Iterator[Problem]:
    hows = [t for t in content.types if about.facets.get(t.code) == "how"]
    if not hows:
        yield Problem("how", N_("Say how you helped: tick at least one."))
    if content.request_source is None:
        yield Problem("request_source", N_("Say who asked."))
    if not any(about.mandating.get(t.code) and t.role != "applied" for t in content.provisions):
        yield Problem("mandate", N_("Tick at least one provision that mandates the help."))
    if content.status is None:
        yield Problem("status", N_("Say how far it is."))
    if not content.counterparts:
        yield Problem("counterparts", N_("Name at least one government or civil-society body you worked with."))
    if content.concerns is None:
        yield Problem("concerns", N_("Say whether it concerns children in conflict with the law."))
    if any(t.code == OTHER_TYPE and not t.words.strip() for t in content.types):
        yield Problem("other_words", N_("Say in words what “other” is."))


def _missing_imported(content: Content) -> Iterator[Problem]:
    """Imported records: the least without which nothing could ever be counted or shown."""
    if not content.provisions:
        yield Problem("mandate", N_("Tick at least one provision."))
    if content.status is None:
        yield Problem("status", N_("Say how far it is."))
    if content.concerns is None:
        yield Problem("concerns", N_("Say whether it concerns children in conflict with the law."))


def _status_rules(content: Content, about: Surroundings) -> Iterator[Problem]:
    status = content.status
    if status in NOT_BEGUN:
        for name in ("actual_start", "actual_end"):
            if getattr(content, name):
                yield Problem(name, STATUS_WORDS["planned_only"])
        if about.has_deliveries:
            yield Problem("status", N_("Something was already delivered, so it has begun. Choose another status."))
    if status in COUNTING:
        if not content.actual_start:
            yield Problem("actual_start", STATUS_WORDS["needs_start"])
        if not content.delivered.strip() and not about.imported:
            yield Problem("delivered", STATUS_WORDS["needs_delivered"])
    yield from _ends_and_reasons(content, about)


def _ends_and_reasons(content: Content, about: Surroundings) -> Iterator[Problem]:
    if content.status == Status.CLOSED and not content.actual_end and not about.imported:
        yield Problem("actual_end", STATUS_WORDS["needs_end"])
    if content.status in NEEDS_REASON and not content.status_reason.strip() and not about.imported:
        yield Problem("status_reason", STATUS_WORDS["needs_reason"])


def _order_of_dates(content: Content) -> Iterator[Problem]:
    for kind in ("planned", "actual"):
        start, end = partial(getattr(content, f"{kind}_start")), partial(getattr(content, f"{kind}_end"))
        if start and end and end.latest() < start.earliest():
            yield Problem(f"{kind}_end", N_("It ends before it begins."))
    if content.actual_end and not content.actual_start:
        yield Problem("actual_start", N_("It has an end, so give the date it began."))


def _overtaken_plan(content: Content, about: Surroundings) -> Iterator[Problem]:
    """What began after its planned end has no end any more: neither term nor time could be told from such dates."""
    start, end = partial(content.actual_start), partial(content.planned_end)
    over = content.actual_end or about.imported
    if start and end and not over and end.latest() < start.earliest():
        yield Problem("planned_end", N_("It began after this planned end. Say until when it is planned now."))


def _not_in_future(content: Content, about: Surroundings) -> Iterator[Problem]:
    for name in ("actual_start", "actual_end"):
        value = partial(getattr(content, name))
        if value and value.earliest() > about.today:
            yield Problem(name, N_("This date is still to come. What has not happened yet is planned."))


def period(content: Content, today: date) -> tuple[date, date]:
    """The days in which the activity runs or is to run; today where nothing is known."""
    start = partial(content.actual_start or content.planned_start)
    end = partial(content.actual_end or content.planned_end)
    first = start.earliest() if start else today
    last = end.latest() if end else max(today, first)
    return first, max(first, last)


def _country_rules(content: Content, about: Surroundings) -> Iterator[Problem]:
    everywhere = content.scope in DIFFERENT_SCOPE
    served = about.served(*period(content, about.today))
    if not content.countries:
        if not everywhere and served:
            yield Problem("countries", N_("Tick the countries where the support was given."))
        return
    if not everywhere and not served.issuperset(content.countries):
        yield Problem("countries", N_("The office did not serve all of these countries in that time."))
    all_ticked = len(served) > 1 and served.issubset(content.countries)
    if all_ticked and not content.countries_reason.strip() and not about.imported:
        yield Problem("countries_reason", N_("All countries are ticked: say in a sentence how each one was supported."))


def _term(content: Content) -> Iterator[Problem]:
    if content.term_override and not content.term_reason.strip():
        yield Problem("term_reason", N_("Say why the term differs from the dates."))
