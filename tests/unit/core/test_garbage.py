"""Garbage is looked for seldom while long work goes on, and as before when the last of it has ended."""

from __future__ import annotations

import gc

from app.core.garbage import SELDOM, seldom_collected


def test_overlapping_works_leave_it_as_it_was() -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(701, 11, 12)
        first, second = seldom_collected(), seldom_collected()
        first.__enter__()
        assert gc.get_threshold() == (SELDOM, 11, 12)
        second.__enter__()
        first.__exit__(None, None, None)
        assert gc.get_threshold() == (SELDOM, 11, 12)
        second.__exit__(None, None, None)
        assert gc.get_threshold() == (701, 11, 12)
    finally:
        gc.set_threshold(*before)
