"""Text that a spreadsheet would run: guarded when it goes out, taken back when it comes in."""

from __future__ import annotations

import re

# What a spreadsheet takes for the start of a formula; the full-width forms too.
RISKY = re.compile(r"\s*['=+\-@\t\r＝＋－＠]")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def guard(text: str) -> str:
    """`text` so that no spreadsheet runs it: one quote in front where it could begin a formula.

    A leading quote gets another one, so that an importer that takes off exactly one gets every text back.
    Plain numbers stay as they are.
    """
    if RISKY.match(text) and not NUMBER.fullmatch(text):
        return "'" + text
    return text


def unguard(text: str) -> str:
    """What `guard` was given."""
    return text[1:] if text.startswith("'") and guard(text[1:]) == text else text
