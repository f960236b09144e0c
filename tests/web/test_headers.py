"""Headers, caching, compression, limits, error pages and naughty addresses."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.core.db import make_engine, unit_of_work
from app.factory import create_app
from config import Settings
from tests.web.conftest import SignIn, csrf_of, sign_in_as

STAFF = "staff@demo.example"
Post = Callable[..., TestResponse]


@pytest.fixture
def live(app: Flask) -> Flask:
    """The application as it answers outside tests: a crash becomes a page."""
    app.config.update(PROPAGATE_EXCEPTIONS=False, TESTING=False)
    return app


@pytest.fixture
def production(app_settings: Settings) -> Iterator[Flask]:
    """The application in production, spoken to over https."""
    made = create_app(replace(app_settings, environment="production"))
    yield made
    made.extensions["tracker.engine"].dispose()


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/healthz", "/me", "/static/tracker.css"])
def test_every_answer_carries_the_strict_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert len(headers["X-Request-ID"]) == 12
    assert "Strict-Transport-Security" not in headers


def test_pages_are_not_stored_and_files_are_kept_by_their_fingerprint(client: FlaskClient, sign_in: SignIn) -> None:
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"
    sign_in(client, STAFF)
    page = client.get("/me")
    assert page.headers["Cache-Control"] == "private, no-store"
    address = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    with client.get(address) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Vary"] == "Accept-Encoding"
        fresh = {"If-None-Match": answer.headers["ETag"]}
    with client.get(address, headers=fresh) as answer:
        assert answer.status_code == 304
    with client.get("/static/tracker.css?v=of-yesterday") as answer:
        assert answer.headers["Cache-Control"] == "public, no-cache"


def test_pages_and_streams_are_compressed(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, STAFF)
    for path in ("/me", "/static/tracker.css", "/probe/stream.csv"):
        with client.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.headers["Content-Encoding"] == "gzip", path
            assert len(gzip.decompress(answer.data)) > len(answer.data)


def test_production_cookies_need_https_and_this_host(production: Flask) -> None:
    answer = production.test_client().get("/sign-in", base_url="https://tracker.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert "Strict-Transport-Security" in answer.headers
    assert "qps" not in answer.text


def test_an_address_never_comes_from_the_host_header(client: FlaskClient) -> None:
    answer = client.get("/me/", headers={"Host": "evil.example"})
    assert "evil" not in answer.headers["Location"]
    assert client.get("//evil.example/x").status_code == 404


NAUGHTY = [
    "/%00", "/activities/%00", "/%ff%fe", "/..%2f..%2fetc/passwd", "/static/../config.py", "/static/%2e%2e/config.py",
    "/probe/number/" + "9" * 30, "/probe/number/" + "9" * 1500, "/probe/number/" + "9" * 6000, "/x" * 3000,
    "/me?x=%00", "/%0d%0aSet-Cookie:x", "/probe/number/-1", "/probe/number/٣", "/\\evil.example", "/%5c..%5c",
    "/nowhere.json", "/nowhere.csv", "/static/" + "a" * 300, "/static/", "/sign-in?next=%ff%00",
]  # fmt: skip


@pytest.mark.both_engines
@pytest.mark.parametrize("path", NAUGHTY)
def test_naughty_addresses_are_never_a_crash(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert answer.status_code in (200, 302, 400, 404, 414)
        assert "config" not in answer.text or answer.status_code != 200


def test_errors_of_downloads_are_not_pages(client: FlaskClient) -> None:
    answer = client.get("/nowhere.json")
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert json.loads(answer.text)["status"] == 404
    answer = client.get("/nowhere.csv")
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")


def test_the_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_refusal_gives_the_text_back(client: FlaskClient, sign_in: SignIn, post: Post) -> None:
    sign_in(client, STAFF)
    answer = post(client, "/probe/refuse/refused", {"summary": "A long text <b>", "password": "hidden"})
    assert answer.status_code == 409
    assert "It is approved already." in answer.text
    assert "A long text &lt;b&gt;" in answer.text
    assert "hidden" not in answer.text.replace('type="hidden"', "")
    answer = post(client, "/probe/refuse/invalid", {"summary": "A long text"})
    assert answer.status_code == 422
    assert "Give it a title." in answer.text
    assert "A long text" in answer.text


def test_a_crash_is_rolled_back_and_has_a_reference(live: Flask, people: object, post: Post, capfd: object) -> None:
    client = live.test_client()
    sign_in_as(client, STAFF)
    answer = post(client, "/probe/refuse/crash", {"summary": "A long text"})
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    assert "A long text" in answer.text
    assert "boom" not in answer.text
    assert client.get("/probe/crash.json").mimetype == "application/json"
    assert "renamed" not in client.get("/me").text


def test_a_locked_database_asks_to_try_again(
    live: Flask, people: object, post: Post, sessions: sessionmaker[Session], engine_url: str
) -> None:
    client = live.test_client()
    sign_in_as(client, STAFF)
    token = csrf_of(client.get("/me"))
    engine = live.extensions["tracker.engine"]
    with engine.connect() as connection:
        connection.execute(text("PRAGMA busy_timeout=50"))  # the pool gives this connection out again
    holder = sqlite3.connect(engine_url.removeprefix("sqlite:///"))
    holder.execute("BEGIN IMMEDIATE")
    try:
        answer = client.post("/probe/rename/200", data={"csrf_token": token, "summary": "A long text"})
    finally:
        holder.close()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "A long text" in answer.text


def test_a_database_that_is_gone_is_a_503_page_too(app_settings: Settings) -> None:
    gone = replace(app_settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none", testing=False)
    app = create_app(gone)
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    with client.session_transaction() as cookie:
        cookie["token"] = "x" * 40
    answer = client.get("/me")
    assert answer.status_code == 503
    assert "The tracker is busy" in answer.text
    app.extensions["tracker.engine"].dispose()


def test_ready_means_migrated(client: FlaskClient, sessions: sessionmaker[Session]) -> None:
    assert client.get("/readyz").text == "ready\n"
    with unit_of_work(sessions) as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    assert client.get("/readyz").status_code == 503


def test_too_much_at_once_is_a_413_page(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, STAFF)
    token = csrf_of(client.get("/me"))
    part = '--edge\r\nContent-Disposition: form-data; name="text"\r\n\r\n{}\r\n--edge--\r\n'
    for kind, body in (
        ("application/x-www-form-urlencoded", f"csrf_token={token}&text={'x' * 2_500_000}"),
        ("multipart/form-data; boundary=edge", part.format("x" * 1_500_000)),
    ):
        answer = client.post("/probe/form", data=body.encode(), content_type=kind)
        assert answer.status_code == 413, kind
        assert "Shorten the text" in answer.text


def test_the_pseudo_language_reaches_every_word_and_survives_escaping(client: FlaskClient) -> None:
    client.set_cookie("language", "qps")
    page = client.get("/sign-in")
    assert 'dir="rtl"' in page.text
    assert ">Sign in<" not in page.text
    refused = client.post("/sign-in", data={"csrf_token": csrf_of(page), "email": "<b>", "password": ""})
    assert "&lt;b&gt;" in refused.text
    assert "Write your password." not in refused.text


def test_the_logs_hold_no_text_of_people(live: Flask, people: object, capsys: pytest.CaptureFixture[str]) -> None:
    from app.core.web import logs

    logs.configure(production=True)
    client = live.test_client()
    sign_in_as(client, STAFF, "a wrong password")
    client.get("/nowhere?q=private+words")
    client.get("/probe/crash.json")
    told = capsys.readouterr().err
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert {"request", "crash"} <= {line["event"] for line in lines}
    for secret in ("a wrong password", "private", STAFF):
        assert secret not in told


def test_engine_errors_carry_no_parameters(app: Flask) -> None:
    assert app.extensions["tracker.engine"].hide_parameters
    assert not make_engine("sqlite://").hide_parameters
