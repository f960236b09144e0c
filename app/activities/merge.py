"""Two people's versions of one record: which field whose, and the content of the two together. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app.activities.rules import Content
from app.activities.words import Difference, Words, differences

# A field as people read it -> the fields of the form that go with it, where that is not the one of the same name.
TOGETHER = {"how": ("how", "other_words", "main_type"), "mandate": ("mandate", "role")}
THEIRS, MINE = "theirs", "mine"


@dataclass(frozen=True)
class Clash:
    """A field in which the saved version and mine differ, and whose is taken unless somebody says otherwise."""

    name: str
    label: str
    theirs: tuple[str, ...]
    mine: tuple[str, ...]
    default: str
    both: bool


def clashes(
    words: Words, base: Content | None, theirs: Content, mine: Content, chosen: Mapping[str, str]
) -> list[Clash]:
    """Every field that differs. What only they changed since `base` is theirs; what I changed is mine, and `both`
    says that they changed it as well. Without a base nobody knows who changed what: mine, and looked at. What was
    `chosen` before stays chosen.
    """
    by_me = _names(differences(words, base, mine)) if base else None
    by_them = _names(differences(words, base, theirs)) if base else None
    return [
        Clash(
            name=each.name,
            label=each.label,
            theirs=each.before,
            mine=each.after,
            default=chosen.get(each.name) or (THEIRS if by_me is not None and each.name not in by_me else MINE),
            both=by_me is None or (each.name in by_me and each.name in (by_them or ())),
        )
        for each in differences(words, theirs, mine)
    ]


def merged(mine: Mapping[str, Any], theirs: Mapping[str, Any], taken: Collection[str]) -> dict[str, Any]:
    """What the form shows of my version with the fields `taken` from theirs."""
    names = {part for name in taken for part in TOGETHER.get(name, (name,))}
    return {name: theirs[name] if name in names else value for name, value in mine.items()}


def _names(found: Collection[Difference]) -> frozenset[str]:
    return frozenset(each.name for each in found)
