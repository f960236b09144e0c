"""Reads of the code lists and of the one table of names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.codelists.models import Code, Label, ReferenceVersion, SupportType

FALLBACK = "en"


@dataclass(frozen=True)
class Labels:
    """Every present name: (kind, code) → language → text."""

    version: int
    texts: Mapping[tuple[str, str], Mapping[str, str]]

    def of(self, kind: str, code: str, language: str = FALLBACK) -> str:
        """The name in `language`, else in English, else the code itself."""
        known = self.texts.get((kind, code), {})
        return known.get(language) or known.get(FALLBACK) or code


@dataclass(frozen=True)
class CodeRow:
    """An entry of a small list."""

    code: str
    position: int
    attributes: Mapping[str, Any]
    retired_on: date | None


@dataclass(frozen=True)
class SupportTypeRow:
    """What help was given: `facet` is how or about."""

    code: str
    facet: str
    definition: str
    position: int
    attributes: Mapping[str, Any]
    retired_on: date | None


# One loaded set of names a database. A worker reads it anew as soon as the version in the database is another.
_loaded: WeakKeyDictionary[Engine, Labels] = WeakKeyDictionary()


def reference_version(session: Session, domain: str = "reference") -> int:
    """The version of the reference data: raised with each change, 0 before the first sync."""
    return session.scalar(select(ReferenceVersion.version).where(ReferenceVersion.domain == domain)) or 0


def labels(session: Session) -> Labels:
    """The names as they are now; one small statement if nothing changed since the last call."""
    version = reference_version(session)
    engine = session.get_bind().engine
    loaded = _loaded.get(engine)
    if loaded is None or loaded.version != version:
        loaded = _loaded[engine] = _load(session, version)
    return loaded


def _load(session: Session, version: int) -> Labels:
    texts: dict[tuple[str, str], dict[str, str]] = {}
    columns = select(Label.kind, Label.code, Label.language, Label.text).where(~Label.former)
    for kind, code, language, text in session.execute(columns):
        texts.setdefault((kind, code), {})[language] = text
    return Labels(version, texts)


def former_names(session: Session, kind: str, code: str) -> tuple[str, ...]:
    """What it was called before, in any language."""
    statement = select(Label.text).where(Label.kind == kind, Label.code == code, Label.former)
    return tuple(session.scalars(statement.order_by(Label.id)))


def codes(session: Session, list_key: str, include_retired: bool = False) -> tuple[CodeRow, ...]:
    """The entries of a small list in their order."""
    statement = select(Code.code, Code.position, Code.attributes, Code.retired_on).where(Code.list_key == list_key)
    if not include_retired:
        statement = statement.where(Code.retired_on.is_(None))
    return tuple(CodeRow(*row) for row in session.execute(statement.order_by(Code.position, Code.code)))


def support_types(session: Session, include_retired: bool = False) -> tuple[SupportTypeRow, ...]:
    """The support types in their order, both facets."""
    t = SupportType
    statement = select(t.code, t.facet, t.definition, t.position, t.attributes, t.retired_on)
    if not include_retired:
        statement = statement.where(t.retired_on.is_(None))
    return tuple(SupportTypeRow(*row) for row in session.execute(statement.order_by(t.position)))
