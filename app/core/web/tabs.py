"""Tabs above a list: ways to narrow it, each with how many it would show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tab:
    """One way to narrow the list: its words, how many there are, its address, and whether it is the present one."""

    label: str
    count: int
    url: str
    current: bool
