"""/metrics: for the machine itself and for who has the token; the log: an id a request, and nothing that was typed."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.mmap_dict import MmapedDict

from app.core.web import logs, metrics
from tests.web.conftest import SignIn

TOKEN = "a-token-of-sixteen"
FAR = {"REMOTE_ADDR": "192.0.2.7"}


def test_the_machine_itself_reads_them(client: FlaskClient) -> None:
    client.get("/sign-in?email=typed@example.org")
    text = client.get("/metrics").text
    assert 'tracker_requests_total{method="GET",page="accounts.sign_in",status="200"}' in text
    assert "tracker_request_seconds_bucket" in text
    assert "tracker_database_up 1" in text
    assert "typed" not in text


@pytest.mark.parametrize(
    ("base", "headers", "status"),
    [
        (FAR, {}, 404),
        ({}, {"X-Forwarded-For": "127.0.0.1"}, 404),
        (FAR, {"Authorization": "Bearer wrong"}, 404),
        (FAR, {"Authorization": f"Bearer {TOKEN}"}, 200),
    ],
)
def test_nobody_else_does(app: Flask, base: dict[str, str], headers: dict[str, str], status: int) -> None:
    app.extensions["tracker.metrics"] = (TOKEN, 0)
    answer = app.test_client().get("/metrics", environ_base=base, headers=headers)
    assert answer.status_code == status


def test_without_a_token_there_is_none_to_guess(app: Flask) -> None:
    assert app.test_client().get("/metrics", environ_base=FAR, headers={"Authorization": "Bearer "}).status_code == 404


def test_the_log_has_an_id_and_nothing_typed(
    client: FlaskClient, sign_in: SignIn, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in(client)
    token = client.get("/me").text.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    logs.configure(production=True, level=logging.INFO)
    try:
        capsys.readouterr()
        answer = client.post("/probe/form?asked=PRIVATE", data={"text": "PRIVATE words", "csrf_token": token})
        (line,) = [json.loads(each) for each in capsys.readouterr().err.splitlines() if each.startswith("{")]
    finally:
        logs.configure(production=False, level=logging.ERROR)
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["method"], line["status"], line["endpoint"]) == ("POST", 200, "probe.form")
    told = json.dumps(line)
    assert "PRIVATE" not in told
    assert token not in told
    assert "staff@demo.example" not in told


def test_a_worker_has_all_of_its_files_before_it_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block that is missing when the disk is full ends the worker (SIGBUS), and its request with it."""
    monkeypatch.setenv(metrics.FOLDER, str(tmp_path))
    metrics.make_room(77)
    files = {path.name: path.stat() for path in tmp_path.iterdir()}
    assert {name: found.st_size for name, found in files.items()} == {
        "counter_77.db": 1 << 17,
        "histogram_77.db": 1 << 19,
    }
    assert all(found.st_blocks * 512 >= found.st_size for found in files.values())
    counted = MmapedDict(str(tmp_path / "counter_77.db"))
    counted.write_value("one", 3.0, 0.0)
    counted.close()
    metrics.forget(77)
    left = (tmp_path / "counter_77.db").stat().st_size
    assert 8 < left < 200, "the room that it left is given back"
    assert [value for _key, value, *_more in MmapedDict.read_all_values_from_file(tmp_path / "counter_77.db")] == [3.0]


def test_without_room_a_worker_counts_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(metrics.FOLDER, str(tmp_path / "gone"))
    metrics.make_room(77)
    assert metrics.FOLDER not in os.environ
