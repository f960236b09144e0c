"""The index of words: FTS5 on SQLite, text search (GIN) on PostgreSQL. Both find a word by its beginning.

What is looked for is a text of words and tags, ` training judges =lead_0060 =year_2024 `, as `core.text.words` makes
them. Tags stand for what else a list is narrowed by, so that words and filters are found together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, literal, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_NO_CODE = re.compile("[^0-9a-z]+")
READY = (3, 5, 8)
"""Of how many letters the index keeps the beginnings of words (migration 0012)."""
NOTHING = ("=nothing",)
"""A tag that no text has: of an empty group there is none."""


@lru_cache(10_000)
def tag(name: str, code: str = "") -> str:
    """The tag of a code: `=name_code`. Two codes may have one tag: tags narrow, and what is found is asked again."""
    return "=" + _NO_CODE.sub("_", f"{name} {code}".casefold()).strip("_")


def is_tag(word: str) -> bool:
    """Words have no such sign: `core.text.words` parts them at it."""
    return word.startswith("=")


def text_of(words: Iterable[str], tags: Iterable[str]) -> str:
    """What the index reads: words and tags with a space around each."""
    return f" {' '.join(dict.fromkeys((*words, *tags)))} "


@dataclass(frozen=True)
class Sought:
    """All of these words, by their beginnings, and of each group of tags at least one."""

    words: tuple[str, ...] = ()
    tags: tuple[Sequence[str], ...] = ()

    @property
    def shortened(self) -> Sought:
        """With no more of each word than the index has ready: found at once, where longer ones are put together.

        Numbers stay whole: many begin alike.
        """
        return replace(self, words=tuple(word[: _ready(word)] for word in self.words))

    @property
    def for_sqlite(self) -> str:
        """As FTS5 asks."""
        groups = (" OR ".join(f'"{tag}"' for tag in group or NOTHING) for group in self.tags)
        return " AND ".join((*(f'"{word}"*' for word in self.words), *(f"({group})" for group in groups)))

    @property
    def for_postgresql(self) -> str:
        """As a tsquery: beginnings that are kept ready have a sign, others are put together."""
        words = (f"'^{word}'" if len(word) in READY else f"'{word}':*" for word in self.words)
        groups = (" | ".join(f"'{tag}'" for tag in group or NOTHING) for group in self.tags)
        return " & ".join((*words, *(f"({group})" for group in groups)))


def _ready(word: str) -> int | None:
    return None if word.isdigit() else max((length for length in READY if length <= len(word)), default=None)


class Holds(FunctionElement[bool]):
    """`Holds(text, key, sought)`: the index says that the row's text holds what is sought.

    `text` and `key` are the columns of the text and of the row's id.
    """

    type = Boolean()
    inherit_cache = True

    def __init__(self, text: Any, key: Any, sought: Sought) -> None:
        super().__init__(text, key, literal(sought.for_sqlite), literal(sought.for_postgresql))


@compiles(Holds, "sqlite")
def _fts5(element: Holds, compiler: SQLCompiler, **options: Any) -> str:
    _text, key, asked, _other = (compiler.process(part, **options) for part in element.clauses)
    return f"{key} IN (SELECT rowid FROM activity_word WHERE activity_word MATCH {asked})"  # noqa: S608 - parameters


@compiles(Holds, "postgresql")
def _tsquery(element: Holds, compiler: SQLCompiler, **options: Any) -> str:
    text, _key, _other, asked = (compiler.process(part, **options) for part in element.clauses)
    return f"activity_words({text}) @@ CAST({asked} AS tsquery)"


_ROWS = {
    "sqlite": "SELECT rowid FROM activity_word WHERE activity_word MATCH :asked LIMIT :most",
    "postgresql": "SELECT revision_id FROM activity_line"
    " WHERE activity_words(search) @@ CAST(:asked AS tsquery) LIMIT :most",
}


def rows_that_may_hold(session: Session, sought: Sought, most: int) -> Iterator[list[int]]:
    """Ids of lines, no more than `most`, in no order: none that holds what is sought is missing where there are fewer.

    First perhaps with lines whose words only begin alike, and at once; then without them.
    """
    dialect = session.get_bind().dialect.name
    for way in dict.fromkeys((sought.shortened, sought)):
        asked = way.for_sqlite if dialect == "sqlite" else way.for_postgresql
        yield list(session.scalars(text(_ROWS[dialect]), {"asked": asked, "most": most}))
