"""What a service says when it will not do a thing, in words a country officer understands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing wrong. `field` is the form field it belongs to, or "" for the whole form."""

    field: str
    message: str


class TrackerError(Exception):
    """Base of all refusals that a person should read. Answered with 409 unless a subclass says otherwise.

    `template` is the marked sentence, where there is something to fill in by `values`; else the message is it.
    """

    status = 409
    template = ""
    values: Mapping[str, Any] = MappingProxyType({})


class Invalid(TrackerError):
    """The command breaks a rule. Carries every problem found, each at its field."""

    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(p.message for p in self.problems))

    @classmethod
    def at(cls, field: str, message: str) -> Invalid:
        """One problem at one field."""
        return cls([Problem(field, message)])


class Stale(TrackerError):
    """Somebody saved the record after this form was opened."""

    def __init__(self, opened: int, now_at: int) -> None:
        self.opened = opened
        self.now_at = now_at
        super().__init__("Somebody else saved this record after you opened it.")


class Refused(TrackerError):
    """The act does not fit the state the record is in (already approved, withdrawn, …)."""


class Forbidden(TrackerError):
    """The actor has no right to do this."""

    status = 403


class NotFound(TrackerError):
    """There is no such thing, or the actor may not know of it."""

    status = 404


def all_told(*steps: Callable[[], object]) -> None:
    """Take the steps of one act one after the other; what is wrong in any of them is told together.

    Raises:
        Invalid: with the problems of all steps.
    """
    problems: list[Problem] = []
    for step in steps:
        try:
            step()
        except Invalid as refused:
            problems += refused.problems
    if problems:
        raise Invalid(problems)
