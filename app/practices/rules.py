"""A practice card: an innovation, a lesson or a good practice, and what each needs. Pure.

Source: Vienna Guidelines 35 (common problems, examples of good practice, shared experience).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from app.core.errors import Problem
from app.core.i18n import N_

TITLE_LIMIT = 150
TEXT_LIMIT = 4000


class Step(StrEnum):
    """The three steps of a practice: tried, learned from, proved."""

    INNOVATION = "innovation"
    LESSON = "lesson"
    GOOD_PRACTICE = "good_practice"


class State(StrEnum):
    """Where the card is in its review."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REVIEWED = "reviewed"


STEPS: Mapping[str, str] = {
    Step.INNOVATION: N_("Innovation"),
    Step.LESSON: N_("Lesson"),
    Step.GOOD_PRACTICE: N_("Good practice"),
}
STEP_HINTS: Mapping[str, str] = {
    Step.INNOVATION: N_("Something new that was tried. Nobody knows yet whether it works."),
    Step.LESSON: N_("What was learned, from a failure as well as from a success. A failure is welcome here."),
    Step.GOOD_PRACTICE: N_("It worked, there is evidence, and it is known where it can be used again."),
}
STATES: Mapping[str, str] = {
    State.DRAFT: N_("Draft, not reviewed"),
    State.SUBMITTED: N_("Waits for review"),
    State.RETURNED: N_("Returned to the office"),
    State.REVIEWED: N_("Reviewed"),
}


@dataclass(frozen=True)
class CardContent:
    """All that a card says. Blank text is not recorded."""

    step: str = Step.LESSON
    title: str = ""
    problem: str = ""
    done: str = ""
    learned: str = ""
    conditions: str = ""
    evidence: str = ""
    failed: bool = False
    obstacles: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    provisions: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for the audit event."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> CardContent:
        """The content of an audit event."""
        known: dict[str, Any] = {f.name: told[f.name] for f in fields(cls) if f.name in told}
        known |= {name: tuple(value) for name, value in known.items() if isinstance(value, list)}
        return cls(**known)


CONTENT_FIELDS = tuple(f.name for f in fields(CardContent))
TEXTS = ("problem", "done", "learned", "conditions", "evidence")
# What each step must say before somebody reviews it; a draft needs only its title.
NEEDED: Mapping[str, tuple[str, ...]] = {
    Step.INNOVATION: ("problem", "done"),
    Step.LESSON: ("problem", "done", "learned"),
    Step.GOOD_PRACTICE: ("problem", "done", "learned", "conditions", "evidence"),
}
MISSING: Mapping[str, str] = {
    "problem": N_("Say what the problem was."),
    "done": N_("Say what was done."),
    "learned": N_("Say what was learned."),
    "conditions": N_("Say under which conditions it works."),
    "evidence": N_("A good practice needs evidence: say how it is known that it worked."),
}


def draft_problems(content: CardContent) -> Iterator[Problem]:
    """What not even a draft may have."""
    if not content.title.strip():
        yield Problem("title", N_("Give the card a title."))
    elif len(content.title) > TITLE_LIMIT:
        yield Problem("title", N_("This text has more than 150 characters."))
    if content.step not in set(Step):
        yield Problem("step", N_("Choose one of the three steps."))
    for name in TEXTS:
        if len(getattr(content, name)) > TEXT_LIMIT:
            yield Problem(name, N_("This text has more than 4,000 characters."))
    if content.failed and content.step == Step.GOOD_PRACTICE:
        yield Problem("failed", N_("What did not work is a lesson, not a good practice."))


def review_problems(content: CardContent) -> Iterator[Problem]:
    """What keeps a card from being reviewed."""
    yield from draft_problems(content)
    for name in NEEDED.get(content.step, ()):
        if not getattr(content, name).strip():
            yield Problem(name, MISSING[name])
