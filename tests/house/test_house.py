"""The house's own rules that no linter knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import ROOT

MOST_LINES = 420
# One class a table and no logic: told apart over several files, the tables of one aggregate would be harder to read.
LONGER = {"app/activities/models.py": 520}
CODE = sorted(p for folder in ("app", "migrations") for p in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_too_long(path: Path) -> None:
    if path.parent.name == "versions":
        return  # a migration is read once, from top to bottom
    most = LONGER.get(str(path.relative_to(ROOT)), MOST_LINES)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= most


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "misc"])
def test_no_room_for_odds_and_ends(word: str) -> None:
    assert not [p for p in CODE if p.stem == word or p.parent.name == word]


def test_lock_files_name_no_registry() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|file:|--index-url|--find-links", text)


def test_lock_files_are_of_these_requirements() -> None:
    """Each requirement is locked, in both files."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        wanted = re.findall(r"^([a-z][a-z0-9-]*)", (ROOT / "requirements.in").read_text(encoding="utf-8"), re.MULTILINE)
        assert set(wanted) <= locked
