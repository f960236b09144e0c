"""How large a spreadsheet may be, and the refusal of one that cannot be read. Pure: the child process imports it."""

from __future__ import annotations

from typing import Any

from app.exchange.iati_model import UnreadableFile

MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_FIELD = 131_072
MAX_MEMBERS = 2_000
MAX_UNPACKED = 600 * 1024 * 1024
MAX_RATIO = 200
"""Unpacked to packed, asked of what unpacks to more than `RATIO_FROM`."""
RATIO_FROM = 50 * 1024 * 1024
MEMORY = 1536 * 1024 * 1024
SECONDS = 240


class Unreadable(UnreadableFile):
    """The file as a whole is refused. `template` is a marked sentence, `values` fill its %(name)s."""

    def __init__(self, template: str, **values: Any) -> None:
        self.template, self.values = template, values
        super().__init__(template % values if values else template)
