"""The operator's commands on a data directory: doctor, backup, restore, scheduled, audit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine_url: str) -> Run:
    """Run a command on this test's own database and folder."""
    for name, value in {"TRACKER_ENV": "development", "TRACKER_DATA_DIR": str(tmp_path / "data"),
                        "TRACKER_DATABASE_URL": engine_url}.items():  # fmt: skip
        monkeypatch.setenv(name, value)

    def invoke(*words: str, **env: str) -> Result:
        return CliRunner().invoke(main, words, env=env)

    return invoke


def test_a_day_of_the_operator(run: Run, tmp_path: Path) -> None:
    ill = run("doctor")
    assert ill.exit_code == 1
    assert "BAD   Nobody is an administrator. Run: tracker admin create EMAIL" in ill.output
    assert run("admin", "create", "first@demo.example").exit_code == 0
    worked = run("scheduled")
    assert worked.exit_code == 0, worked.output
    assert "figures: 0 differences" in worked.output
    well = run("doctor", "--quiet")
    assert well.exit_code == 0, well.output
    assert well.output.endswith("Nothing is wrong.\n")
    made = run("backup", str(tmp_path / "backups"))
    assert made.exit_code == 0, made.output
    checked = run("restore", "--check", str(tmp_path / "backups"))
    assert checked.exit_code == 0, checked.output
    assert "is sound" in checked.output
    refused = run("restore", str(tmp_path / "backups"))
    assert refused.exit_code == 2
    assert "not empty" in refused.stderr
    other = {"TRACKER_DATA_DIR": str(tmp_path / "other"), "TRACKER_DATABASE_URL": f"sqlite:///{tmp_path / 'o.sqlite3'}"}
    assert run("restore", str(tmp_path / "backups"), **other).exit_code == 0
    assert "gives the data" in run("audit", "replay", **other).output
    lines = [json.loads(line) for line in run("audit", "export", **other).stdout.splitlines()]
    assert lines[-1]["action"] == "membership.add"
    assert lines[-1]["state"]["role"] == "administrator"
