"""What every application of a process compiles or reads alike, made once: most of the time of the tests went there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from app.core import db, versions
from app.core.db import DATA
from app.core.shelves import Shelves


class _Memory(BytecodeCache):
    """Bytecode by the template's name; Jinja compares the checksum of the source."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        kept = self._kept.get(bucket.key)
        if kept is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_SHARED = _Memory()


def share_templates(app: Flask) -> Flask:
    """The application, with the templates that another one has compiled."""
    app.jinja_env.bytecode_cache = _SHARED
    return app


def share_rules() -> None:
    """Functions that build addresses hold nothing of their application: from now on compiled once for each rule."""
    plain: Callable[..., Any] = Rule._compile_builder
    kept: dict[object, Any] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        key = (tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in kept:
            kept[key] = plain(rule, append_unknown)
        return kept[key]

    Rule._compile_builder = compiled  # type: ignore[method-assign]


class _OfOneTemplate(Shelves):
    """Copies of one template that still have its versions say the same of reference data: read once for all of them."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.templates: dict[str, tuple[str, Mapping[str, int]]] = {}  # by the address of the copy
        self._first: dict[tuple[str, str, Hashable], Any] = {}

    def get(self, session: Session, key: Hashable) -> Any:
        found, template = super().get(session, key), self._template(session)
        return self._first.get((*template, key)) if found is None and template else found

    def put(self, session: Session, key: Hashable, thing: Any) -> None:
        super().put(session, key, thing)
        if template := self._template(session):
            self._first[(*template, key)] = thing

    def _template(self, session: Session) -> tuple[str, str] | None:
        """Engine and name of the template that this database is still like."""
        engine = session.get_bind().engine
        name, then = self.templates.get(str(engine.url), ("", None))
        return (engine.dialect.name, name) if then == reference_versions(session) else None


def reference_versions(session: Session) -> Mapping[str, int]:
    """The versions of all but the data themselves."""
    return {domain: number for domain, number in versions._versions(session).items() if not domain.startswith(DATA)}


_READINGS = _OfOneTemplate(most=256)


def share_readings() -> None:
    """From now on what copies of one template say of reference data is read once."""
    versions._shelves = _READINGS


def is_copy(url: str, template: str, then: Mapping[str, int]) -> None:
    """The database at `url` was copied from the one of this name, when it had these versions."""
    _READINGS.templates[str(make_url(url))] = (template, then)


_STATEMENTS: LRUCache[Any, Any] = LRUCache(5000)


def share_statements() -> None:
    """What SQLAlchemy compiles for one engine serves all of its kind: they differ in nothing but the address."""

    def create(url: str, **options: Any) -> Engine:
        engine = create_engine(url, **options)
        engine._compiled_cache = _STATEMENTS
        return engine

    db.create_engine = create
    DefaultDialect.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign,assignment]
    DefaultDialect.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign,assignment]
