"""Reads of the code lists and of the one table of names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.codelists.models import Code, Label, SupportType
from app.core.versions import REFERENCE, shared, stamp

FALLBACK = "en"


@dataclass(frozen=True)
class Labels:
    """Every present name: (kind, code) → language → text."""

    texts: Mapping[tuple[str, str], Mapping[str, str]]

    def of(self, kind: str, code: str, language: str = FALLBACK) -> str:
        """The name in `language`, else in English, else the code itself."""
        known = self.texts.get((kind, code), {})
        return known.get(language) or known.get(FALLBACK) or code

    def summary(self, provision: str, english: str, language: str = FALLBACK) -> str:
        """A provision's summary in `language`, else the English one, which stands with the provision itself."""
        return self.texts.get(("provision_summary", provision), {}).get(language) or english


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


Entry = TypeVar("Entry", CodeRow, SupportTypeRow)


def reference_version(session: Session) -> int:
    """The version of the reference data: raised with each change, 0 before the first sync."""
    return stamp(session, REFERENCE)[0]


def labels(session: Session) -> Labels:
    """The names as they are now."""
    return shared(session, "labels", lambda: _load(session))


def _load(session: Session) -> Labels:
    texts: dict[tuple[str, str], dict[str, str]] = {}
    columns = select(Label.kind, Label.code, Label.language, Label.text).where(~Label.former)
    for kind, code, language, text in session.execute(columns):
        texts.setdefault((kind, code), {})[language] = text
    return Labels(texts)


def former_names(session: Session, kind: str, code: str) -> tuple[str, ...]:
    """What it was called before, in any language."""
    statement = select(Label.text).where(Label.kind == kind, Label.code == code, Label.former)
    return tuple(session.scalars(statement.order_by(Label.id)))


def codes(session: Session, list_key: str, include_retired: bool = False) -> tuple[CodeRow, ...]:
    """The entries of a small list in their order."""
    return _in_use(small_lists(session).get(list_key, ()), include_retired)


def small_lists(session: Session) -> Mapping[str, tuple[CodeRow, ...]]:
    """Every small list with its entries, retired ones too, in their order."""
    return shared(session, "small lists", lambda: _load_lists(session))


def _load_lists(session: Session) -> Mapping[str, tuple[CodeRow, ...]]:
    found: dict[str, list[CodeRow]] = defaultdict(list)
    statement = select(Code.list_key, Code.code, Code.position, Code.attributes, Code.retired_on)
    for list_key, *row in session.execute(statement.order_by(Code.list_key, Code.position, Code.code)):
        found[list_key].append(CodeRow(*row))
    return {list_key: tuple(rows) for list_key, rows in found.items()}


def merged_codes(session: Session) -> Mapping[tuple[str, str], str]:
    """What took the place of codes that were merged: {(list, code): code}; for who still writes or imports those."""
    return shared(session, "merged codes", lambda: _load_merged(session))


def _load_merged(session: Session) -> Mapping[tuple[str, str], str]:
    small = session.execute(select(Code.list_key, Code.code, Code.merged_into).where(Code.merged_into.is_not(None)))
    kinds = session.execute(
        select(SupportType.code, SupportType.merged_into).where(SupportType.merged_into.is_not(None))
    )
    found = {(list_key, code): into for list_key, code, into in small if into}
    return found | {("support_type", code): into for code, into in kinds if into}


def support_types(session: Session, include_retired: bool = False) -> tuple[SupportTypeRow, ...]:
    """The support types in their order, both facets."""
    return _in_use(shared(session, "support types", lambda: _load_types(session)), include_retired)


def _load_types(session: Session) -> tuple[SupportTypeRow, ...]:
    t = SupportType
    statement = select(t.code, t.facet, t.definition, t.position, t.attributes, t.retired_on)
    return tuple(SupportTypeRow(*row) for row in session.execute(statement.order_by(t.position)))


def _in_use(rows: tuple[Entry, ...], include_retired: bool) -> tuple[Entry, ...]:
    return rows if include_retired else tuple(row for row in rows if row.retired_on is None)
