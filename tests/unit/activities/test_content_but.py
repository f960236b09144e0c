"""A content with other values is what `dataclasses.replace` makes of it, and the first stays as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.activities.rules import Content, TypeTag


def test_the_same_as_replace() -> None:
    before = Content(title="A", types=(TypeTag("training"),), sensitive=True)
    changes = {"title": "B", "countries": ("KEN",), "sensitive": False}
    after = before.but(changes)
    assert after == replace(before, **changes)
    assert hash(after) == hash(replace(before, **changes))
    assert before == Content(title="A", types=(TypeTag("training"),), sensitive=True)
    assert before.but({}) == before


def test_no_other_fields() -> None:
    with pytest.raises(TypeError, match="titel"):
        Content().but({"titel": "B"})
