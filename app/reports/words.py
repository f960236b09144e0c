"""A report in words: its filters, its codes, its cells. Pages translate them; files keep the codes and English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.asked.counting import LABELS
from app.asked.rules import ANSWERS, KINDS, METS, RESPONSES
from app.codelists.queries import Labels
from app.core.i18n import N_
from app.coverage.definitions import DEFINITIONS
from app.coverage.rules import Basis
from app.practices.rules import STATES, STEPS
from app.reports.base import Parameter, Report

# Words for codes that are on no list of the database: kind → code → word.
WORDS: Mapping[str, Mapping[str, str]] = {
    "basis": {"approved": N_("Approved"), "provisional": N_("Provisional, not yet reviewed")},
    "state": {
        "provided": N_("Provided support"),
        "declared": N_("Declared, not yet approved"),
        "nil": N_("Nil return"),
        "answered_none": N_("Answered, none here"),
        "unanswered": N_("Unanswered"),
        "not_expected": N_("Not expected"),
        "not_open_to_you": N_("Not open to you"),
    },
    "unanswered": {
        "open": N_("Not yet due"),
        "closed": N_("No return received"),
        "frozen": N_("No return received"),
        "not_collected": N_("Not collected"),
    },
    "country_state": {
        "reached": N_("Reached"),
        "reached_only_multi": N_("Reached only through records of several countries"),
        "not_reached": N_("Not reached"),
    },
    "change": {
        "expected_again": N_("Expected again"),
        "no_longer_expected": N_("No longer expected"),
        "support_began": N_("Support began"),
        "support_ended": N_("Support ended"),
        "other_answer": N_("Another answer"),
        "other_region": N_("Another region"),
    },
    "quality": {"none_ticked": N_("None is ticked")},
    "answer": {"support": N_("Support was given"), "nil": N_("No support was given")},
    "return_state": {"draft": N_("Draft"), "signed": N_("Signed"), "reopened": N_("Reopened")},
    "recorded_by": {"office": N_("The office"), "adviser": N_("The adviser")},
    "office_type": {"country": N_("Country office"), "multi_country": N_("Multi-country office")},
    "flag": {
        "unsigned": N_("Unsigned"),
        "contradiction": N_("Contradiction"),
        "dates_only": N_("By dates only"),
        "support_though_not_expected": N_("Support, though not expected"),
    },
    "workflow": {
        "draft": N_("Draft"),
        "submitted": N_("Submitted"),
        "returned": N_("Returned"),
        "approved": N_("Approved"),
        "replaced": N_("Replaced"),
    },
    "entry_points": {
        "entry_points": N_("Prevention, diversion or alternatives"),
        "whole_system": N_("Engaged in the whole system"),
    },
    "facet": {"how": N_("How the office helped"), "about": N_("What the help was about")},
    "request_kind": KINDS,
    "request_answer": ANSWERS,
    "request_met": METS,
    "state_response": RESPONSES,
    "request_measure": LABELS,
    "practice_step": STEPS,
    "practice_state": STATES,
    "dimension": {
        "world": N_("World"),
        "region": N_("Region"),
        "support_type": N_("Support type"),
        "provision": N_("Provision"),
        "region_support_type": N_("Region and support type"),
        "how_region": N_("How, by region"),
        "about_region": N_("About what, by region"),
        "provision_region": N_("Provision, by region"),
        "how_about": N_("How, and about what"),
        "term": N_("Term"),
        "request_source": N_("Who asked"),
        "partner": N_("Partner"),
        "obstacle": N_("Obstacle"),
        "counterpart_kind": N_("Kind of counterpart"),
        "quality_ticks": N_("How many of 5 ticks"),
        "quality": N_("Tick"),
        "milestone": N_("Milestone"),
        "profession": N_("Profession"),
        "entry_points": N_("Entry points"),
        "office": N_("Office"),
        "country": N_("State"),
        "year": N_("Year"),
        "gap_support_type": N_("Support type"),
        "gap_provision": N_("Provision"),
    },
}
ALL = N_("All")
NOT_RECORDED = N_("Not recorded")
NOT_OPEN = N_("Not open to you")
Translate = Callable[..., str]
Told = dict[str, Any]


def as_written(text: str, **values: Any) -> str:
    """No translation: for files, which are the same in every language."""
    return text % values if values else text


@dataclass(frozen=True)
class Speaker:
    """Names and words in one language."""

    labels: Labels
    language: str = "en"
    translate: Translate = as_written

    def code(self, kind: str, code: str) -> str | None:
        """The name of a code of this kind; None where there is none."""
        if code in WORDS.get(kind, {}):
            return self.translate(WORDS[kind][code])
        if code == "not_recorded":
            return self.translate(NOT_RECORDED)
        if code == "not_open_to_you":
            return self.translate(NOT_OPEN)
        if not code:
            return self.translate(ALL)
        name = self.labels.of(kind, code, self.language) if kind else code
        return None if name == code else name


@dataclass(frozen=True)
class Said:
    """One filter in words. `given` is false where it was not asked for."""

    name: str
    label: str
    value: str
    given: bool


def in_words(report: Report, filters: Any, speaker: Speaker) -> list[Said]:
    """The filters of a report in words: those that narrow it, and the basis and years in any case."""
    pairs = report.pairs(filters)
    found = []
    for parameter in report.parameters:
        values = [value for name, value in pairs if name == parameter.name]
        if values or parameter.name in ("year", "basis", "region"):
            said = ", ".join(_value(parameter, value, speaker) for value in values)
            empty = speaker.translate(parameter.empty)
            found.append(Said(parameter.name, speaker.translate(parameter.label), said or empty, bool(values)))
    return found


def _value(parameter: Parameter, value: str, speaker: Speaker) -> str:
    if parameter.words and value in parameter.words:
        return speaker.translate(parameter.words[value])
    return (speaker.code(parameter.names, value) if parameter.names else None) or value


def head(
    report: Report, filters: Any, speaker: Speaker, *, at: str, demonstration: bool, left_out: int, unapproved: int
) -> Told:
    """What a JSON file says of itself before its rows: what, when, of which filters, by which definition."""
    bases = list(report.bases(filters))
    return {
        "report": report.key,
        "title": report.title,
        "definition": report.definition,
        "definition_version": report.version(filters),
        "definition_words": DEFINITIONS[report.version(filters)].words,
        "bases": bases,
        "provisional": Basis.PROVISIONAL in bases,
        "filters": dict(_grouped(report.pairs(filters))),
        "filters_in_words": [f"{said.label}: {said.value}" for said in in_words(report, filters, speaker)],
        "generated_at": at,
        "demonstration": demonstration,
        "sensitive_text_left_out": left_out,
        "unapproved": unapproved,
    }


UNAPPROVED = (
    "records have no approved version (see their workflow): drafts, or not yet reviewed. They count in no figure."
)


def about(told: Told) -> list[tuple[str, str]]:
    """The same as lines for people: the second sheet of a workbook, the first file of an archive."""
    provisional = "Provisional: holds submitted records that nobody has approved yet."
    if len(told["bases"]) > 1:
        provisional = "Approved and provisional, as each row says. " + provisional
    demonstration = "Yes: made up, not real. Never show it as real."
    left_out = told["sensitive_text_left_out"]
    return [
        ("Title", told["title"]),
        ("Report", told["report"]),
        ("What it is", told["definition"]),
        ("Filters", "\n".join(told["filters_in_words"]) or "none"),
        ("Basis", provisional if told["provisional"] else "Approved records." if told["bases"] else "Does not apply."),
        *([("Not approved", f"{told['unapproved']} {UNAPPROVED}")] if told["unapproved"] else []),
        ("Definition version", told["definition_version"]),
        ("Definition", told["definition_words"]),
        ("Made at (UTC)", told["generated_at"]),
        ("Demonstration data", demonstration if told["demonstration"] else "No."),
        ("Text left out", f"{left_out} sensitive records are in it without their text."),
        ("Blank and zero", "A blank means that nothing was recorded. Zero is written as 0."),
    ]


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
