"""docs/security.md names tests that exist, and knows every requirement that a test names."""

from __future__ import annotations

import re

import pytest

from config import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:unit|integration|web|house|e2e)/[\w/]+)`", PAGE)))
REQUIREMENT = re.compile(r"\b\d{1,2}\.\d{1,2}\.\d{1,2}\b")


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_is_named_exists(name: str) -> None:
    text = (ROOT / "tests" / f"{name}.py").read_text(encoding="utf-8")
    assert "def test_" in text


def test_what_tests_name_stands_on_the_page() -> None:
    known = set(REQUIREMENT.findall(PAGE))
    for path in (ROOT / "tests").rglob("test_*.py"):
        for said in re.findall(r"ASVS ([\d., (level)]+)", path.read_text(encoding="utf-8")):
            assert set(REQUIREMENT.findall(said)) <= known, (path.name, said)
    assert len(known) > 150
