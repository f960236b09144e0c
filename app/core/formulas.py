"""Text that a spreadsheet would run: guarded when it goes out, taken back when it comes in."""

from __future__ import annotations

import re

# What a spreadsheet takes for the start of a formula; the full-width forms too.
RISKY = re.compile(r"\s*['=+\-@\t\r＝＋－＠]")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
# Where the list separator is ";", a spreadsheet parts a file of commas there, and quotation marks do not hold lines
# together: what follows begins a cell. A dash there is mostly a bullet, so it must lead to a call to be a formula.
INNER = re.compile(r"([;\t\r\n]\s*)('*)(?=[=@＝＠]|[+\-＋－][^;\t\r\n]*(?:\||[A-Za-z]\())")


def guard(text: str) -> str:
    """`text` so that no spreadsheet runs it: one quote before each place where a formula could begin.

    A quote that stands there already gets another one, so that an importer that takes off exactly one gets every text
    back. Plain numbers stay as they are.
    """
    inside = INNER.sub(r"\1'\2", text)
    return "'" + inside if _runs(text) else inside


def unguard(text: str) -> str:
    """What `guard` was given."""
    inside = text[1:] if text.startswith("'") and _runs(text[1:]) else text
    return INNER.sub(lambda found: found[1] + found[2][1:], inside)


def _runs(text: str) -> bool:
    return RISKY.match(text) is not None and not NUMBER.fullmatch(text)
