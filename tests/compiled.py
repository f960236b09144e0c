"""Compiled templates, shared by every application that the tests of a process make: half of their time went there."""

from __future__ import annotations

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache


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
