"""What an import can be, and what can become of a row. Pure."""

from __future__ import annotations

from enum import StrEnum

SPREADSHEET, IATI = "spreadsheet", "iati"


class State(StrEnum):
    """How far an import is."""

    SENT = "sent"
    WORKING = "working"
    CHECKED = "checked"
    TAKEN = "taken"
    UNDONE = "undone"


class Outcome(StrEnum):
    """What a row is, against the records that there are."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"
    LEFT = "left"


class Scope(StrEnum):
    """What is taken: everything, or only the rows without errors."""

    ALL = "all"
    GOOD = "good"


SEVERITIES = ("error", "warning", "note")
