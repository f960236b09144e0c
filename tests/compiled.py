"""What every application of a process compiles alike, compiled once: half of the time of the web tests went there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


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
