"""A report: a key, a title, its definition in words, a permission, and a table. Renderers show it many ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.activities.filters import Query
from app.core.errors import Invalid, Problem
from app.core.i18n import N_
from app.core.permissions import Actor, Permission
from app.core.tables import Table
from app.coverage.rules import DEFINITION, YearFacts

ONE_ONLY = N_("This report takes one value only of this filter.")


class Source(Protocol):
    """Where the facts of years come from: what is kept, or the records themselves (with the ids of activities)."""

    def __call__(self, session: Session, years: Iterable[int]) -> Mapping[int, YearFacts]: ...


@dataclass(frozen=True)
class Parameter:
    """A filter that a report takes: its name in an address, its label, what it takes, what it means if not given.

    `names` is the kind of label that names its values; `words` are the names of a short list of its own.
    """

    name: str
    label: str
    takes: str
    empty: str
    names: str = ""
    words: Mapping[str, str] | None = None
    many: bool = True


def _nothing_to_check(_session: Session, _filters: Any) -> None:
    return None


def _no_basis(_filters: Any) -> tuple[str, ...]:
    return ()


def _none_left_out(_session: Session, _actor: Actor, _filters: Any) -> int:
    return 0


def _present_definition(_filters: Any) -> str:
    return DEFINITION


def _label_of(row: Any) -> tuple[str, ...]:
    return (row.label,)


@dataclass(frozen=True)
class Report:
    """One report. It answers without parameters.

    `parse` reads its filters from an address once, `check` looks their codes up (both raise Invalid); `pairs` writes
    them back; `table` makes the table of them; `describe` gives them as a short piece of a file's name, e.g. "2025";
    `bases` says on which bases it rests, `version` by which version of the definitions, `left_out` of how many
    sensitive records it leaves out the text, `unapproved` how many of its records nobody has approved yet. `figures`
    are its rows where each is a figure, which can be frozen (rows with a key and a label: `FigureRow`, or those of a
    family of their own).
    `opens` tells where a row's number is opened: an endpoint and its query, of the filters and the row. `meaning` says
    what its words mean, where the definition of coverage does not; `row_words` name a row, each to be translated.
    """

    key: str
    title: str
    definition: str
    permission: Permission
    parameters: tuple[Parameter, ...]
    parse: Callable[[Query], Any]
    pairs: Callable[[Any], list[tuple[str, str]]]
    table: Callable[[Session, Actor, Any], Table[Any]]
    describe: Callable[[Any], str]
    bases: Callable[[Any], tuple[str, ...]] = _no_basis
    version: Callable[[Any], str] = _present_definition
    check: Callable[[Session, Any], None] = _nothing_to_check
    left_out: Callable[[Session, Actor, Any], int] = _none_left_out
    unapproved: Callable[[Session, Actor, Any], int] = _none_left_out
    figures: Callable[[Session, Any, Source], Iterable[Any]] | None = None
    meaning: str = ""
    opens: Callable[[Any, Any], tuple[str, list[tuple[str, str]]]] | None = None
    row_words: Callable[[Any], tuple[str, ...]] = _label_of

    def read(self, session: Session, query: Query) -> Any:
        """The filters of an address; of names that are none of its own nothing is read, so no file names them.

        Raises:
            Invalid: a value that cannot be, a code that is on no list, or several where only one can be.
        """
        own = MultiDict((p.name, value) for p in self.parameters for value in query.getlist(p.name))
        twice = [p.name for p in self.parameters if not p.many and len(set(filter(None, own.getlist(p.name)))) > 1]
        if twice:
            raise Invalid([Problem(name, ONE_ONLY) for name in twice])
        filters = self.parse(own)
        self.check(session, filters)
        return filters
