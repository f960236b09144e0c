"""A real server on a bad day, in a small dose: workers killed under four writers, SIGTERM during saves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.chaos import scenarios
from tests.chaos.site import Site


@pytest.mark.skipif(os.environ.get("HYPOTHESIS_PROFILE") != "deep", reason="minutes long: make chaos, make test-deep")
@pytest.mark.both_engines
def test_nothing_acknowledged_is_lost_and_nothing_is_half_or_double(engine_url: str, tmp_path: Path) -> None:
    site = Site(tmp_path, engine_url)
    site.start()
    try:
        told = scenarios.killed_workers(site, 4)
        assert [told[name] for name in scenarios.LOST] == [0] * len(scenarios.LOST), told
        assert told["saved"], told
        told = scenarios.ended_while_saving(site, 1)
        assert [told[name] for name in scenarios.LOST] == [0] * len(scenarios.LOST), told
        assert told["exit codes other than 0"] == 0
        told = scenarios.slow_clients(site, 7)
        assert told["served"] == 10
    finally:
        site.close()
