"""The page of a record's evidence: sending, opening, who may, and what hostile files come to."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.activities.models import Activity
from app.activities.routes_evidence import EXTENSION
from config import Settings, SettingsError
from tests.factories import files as make
from tests.web.activities.conftest import Browser, form_on, plain

Log = Callable[..., str]
Stored = Callable[[str], Activity]
Post = Callable[..., TestResponse]
MB = 1024 * 1024


def send(client: FlaskClient, reference: str, *sent: tuple[str, bytes], **changes: Any) -> TestResponse:
    """Open the page, choose the files, press Send; `changes` may carry headers."""
    path = f"/activities/{reference}/evidence"
    headers = changes.pop("headers", None)
    form = form_on(client.get(path), path) | changes
    form["files"] = [(io.BytesIO(content), name) for name, content in sent] or [(io.BytesIO(), "")]
    return client.post(path, data=form, headers=headers, content_type="multipart/form-data")


def opened(client: FlaskClient, reference: str, item: int, **headers: str) -> TestResponse:
    answer = client.get(f"/activities/{reference}/evidence/{item}", headers=headers)
    answer.get_data()
    answer.close()
    return answer


def test_sent_listed_opened(browser: Browser, log: Log, stored: Stored) -> None:
    reference = log("staff")
    client = browser("staff")
    page = plain(client.get(f"/activities/{reference}/evidence").text)
    assert "at most 10 MB each, 50 MB together" in page
    assert "Used by this record: 0 of 100 MB." in page
    answer = send(client, reference, ("minutes.pdf", make.PDF), ("room.jpg", make.told_picture()), type="report")
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert "2 files are stored." in page
    assert "Report or minutes" in page
    pdf, photo = stored(reference).evidence
    for where in (page, client.get(f"/activities/{reference}").text):
        assert f'href="/activities/{reference}/evidence/{pdf.id}"' in where
        assert f'href="/activities/{reference}/evidence/{photo.id}"' in where
    got = opened(client, reference, pdf.id)
    assert (got.status_code, got.data, got.content_type) == (200, make.PDF, "application/pdf")
    assert got.headers["Content-Disposition"] == "attachment; filename=minutes.pdf"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert "script-src" not in got.headers["Content-Security-Policy"]
    assert got.headers["Cache-Control"] == "private, no-store"
    assert b"SECRET" not in opened(client, reference, photo.id).data
    assert "Files added" in client.get(f"/activities/{reference}").text


def test_a_part_of_a_file(browser: Browser, log: Log, stored: Stored) -> None:
    reference, client = log("staff"), browser("staff")
    text = b"one line of text after another\n" * 100
    send(client, reference, ("notes.txt", text))
    item = stored(reference).evidence[0].id
    part = opened(client, reference, item, Range="bytes=4-7", **{"Accept-Encoding": "gzip, br"})
    assert (part.status_code, part.data) == (206, b"line")
    whole = opened(client, reference, item, **{"Accept-Encoding": "gzip, br"})
    assert whole.data == text
    assert "Content-Encoding" not in whole.headers
    assert whole.content_type == "text/plain"
    assert opened(client, reference, item, **{"If-None-Match": whole.headers["ETag"]}).status_code == 304
    with client.head(f"/activities/{reference}/evidence/{item}") as head:
        assert (head.status_code, head.content_length) == (200, len(text))


def test_adding_to_an_approved_record_needs_no_review(browser: Browser, log: Log, post: Post, stored: Stored) -> None:
    reference = log("staff")
    post(browser("adviser"), f"/activities/{reference}/approve", {"version": "2"})
    version = stored(reference).version
    assert send(browser("staff"), reference, ("a.pdf", make.PDF)).status_code == 302
    activity = stored(reference)
    assert (activity.version, activity.current.state) == (version, "approved")


def test_a_double_click_stores_once(browser: Browser, log: Log, stored: Stored) -> None:
    reference, client = log("staff"), browser("staff")
    path = f"/activities/{reference}/evidence"
    form = form_on(client.get(path), path)
    for _ in range(3):
        again = {**form, "files": [(io.BytesIO(make.PDF), "a.pdf")]}
        assert client.post(path, data=again).status_code == 302
    assert len(stored(reference).evidence) == 1
    page = client.get(send(client, reference, ("b.pdf", make.PDF)).location).text
    assert "b.pdf was here already." in page


HOSTILE = [
    ("run.pdf", b"MZ\x90\x00" + bytes(64)),
    ("page.txt", b"<!DOCTYPE html><script>alert(1)</script>"),
    ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    ("macros.docx", make.office("docx", word__vbaProject_dot_bin=b"x")),
    ("bomb.xlsx", make.office("xlsx", xl__sheet=bytes(30 * MB))),
    ("two.pdf", make.PDF + make.archive({"run.exe": "MZ"})),
    ("cut.jpg", make.picture("JPEG", (600, 400))[:-1500]),
    ("empty.txt", b""),
    ("archive.zip", make.archive({"a.txt": "x"})),
]


@pytest.mark.parametrize(("name", "content"), HOSTILE, ids=[name for name, _ in HOSTILE])
def test_hostile_files_are_refused_in_words(
    browser: Browser, log: Log, stored: Stored, app: Flask, name: str, content: bytes
) -> None:
    reference, client = log("staff"), browser("staff")
    refused = send(client, reference, (name, content), title="What I typed")
    assert refused.status_code == 422
    assert 'id="files-error"' in refused.text
    assert f"{name}: " in plain(refused.text)
    assert 'value="What I typed"' in refused.text
    assert stored(reference).evidence == []
    store = app.extensions[EXTENSION].store
    assert [*store.kept(), *store.temporary()] == []


def test_the_good_ones_are_stored_and_the_others_told(browser: Browser, log: Log, stored: Stored) -> None:
    reference, client = log("staff"), browser("staff")
    page = client.get(send(client, reference, ("a.pdf", make.PDF), *HOSTILE).location).text
    assert "1 file is stored." in page
    assert all(name in page for name, _ in HOSTILE)
    assert [each.file_name for each in stored(reference).evidence] == ["a.pdf"]


@pytest.mark.parametrize(
    ("sent", "kept", "given"),
    [
        ("../../../../etc/cron.d/evil.pdf", "evil.pdf", "evil.pdf"),
        ("report.pdf.exe", "report.pdf.exe", "report.pdf.exe.pdf"),
        ("photo\u202efdp.exe", "photofdp.exe", "photofdp.exe.pdf"),
        ("تقرير.pdf", "تقرير.pdf", "تقرير.pdf"),
        ("a'b;c=d.pdf", "a'b;c=d.pdf", "a'b;c=d.pdf"),
        ("<b>x.pdf", "<b>x.pdf", "<b>x.pdf"),
    ],
)
def test_names_are_text_and_never_paths(
    browser: Browser, log: Log, stored: Stored, app: Flask, sent: str, kept: str, given: str
) -> None:
    reference, client = log("staff"), browser("staff")
    assert send(client, reference, (sent, make.PDF)).status_code == 302
    item = stored(reference).evidence[0]
    assert item.file_name == kept
    folder = app.extensions[EXTENSION].store.folder
    assert [p.name for p in folder.rglob("*") if p.is_file()] == [item.sha256]
    assert "<b>x" not in client.get(f"/activities/{reference}/evidence").text
    told = opened(client, reference, item.id).headers["Content-Disposition"]
    assert told.startswith("attachment")
    from werkzeug.http import parse_options_header

    assert parse_options_header(told)[1]["filename"] == given


def test_too_much_is_said_before_and_after(browser: Browser, log: Log, app: Flask, stored: Stored) -> None:
    reference, client = log("staff"), browser("staff")
    large = send(client, reference, ("a.txt", b"a" * (10 * MB + 1)))
    assert "larger than one file" in plain(large.text)
    large.request.environ["wsgi.input"].close()  # the test client's own temporary file
    many = [(f"{n}.txt", b"text %d" % n) for n in range(11)]
    refused = send(client, reference, *many)
    assert refused.status_code == 422
    assert "At most 10 files at once" in refused.text
    read = Counted(200 * MB)
    refused = client.post(
        f"/activities/{reference}/evidence",
        environ_overrides={"CONTENT_LENGTH": str(10_000 * MB), "wsgi.input": read},
        content_type="multipart/form-data; boundary=x",
    )
    assert refused.status_code == 413
    assert "What you sent has 10,000 MB; at most 50 MB can be sent here at once." in refused.text
    assert read.given <= 102 * MB
    assert stored(reference).evidence == []


class Counted(io.RawIOBase):
    """A body without end, as far as it is read."""

    def __init__(self, most: int) -> None:
        self.most, self.given = most, 0

    def read(self, size: int = -1) -> bytes:
        size = min(size, self.most - self.given)
        self.given += size
        return b"x" * size


def test_a_full_record_says_so_before(browser: Browser, log: Log, app: Flask) -> None:
    from app.activities.evidence import Limits
    from app.activities.routes_evidence import Cupboard

    reference, client = log("staff"), browser("staff")
    app.extensions[EXTENSION] = Cupboard(app.extensions[EXTENSION].store, Limits(record=10))
    refused = send(client, reference, ("a.txt", b"more than ten"))
    assert refused.status_code == 422
    assert "larger together than is allowed" in refused.text
    assert send(client, reference, ("a.txt", b"ten bytes.")).status_code == 302
    page = client.get(f"/activities/{reference}/evidence").text
    assert "There is no room left for files." in page
    assert 'type="file"' not in page


def test_a_full_disk_loses_no_text(browser: Browser, log: Log, stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    reference, client = log("staff"), browser("staff")
    real = os.fsync

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    refused = send(client, reference, ("a.pdf", make.PDF), title="What I typed")
    monkeypatch.setattr(os, "fsync", real)
    assert refused.status_code == 507
    assert "There is no room left for files. Nothing was stored." in refused.text
    assert "What I typed" in refused.text
    assert stored(reference).evidence == []


def test_the_script_is_told_where_to_go(browser: Browser, log: Log, stored: Stored) -> None:
    reference, client = log("staff"), browser("staff")
    answer = send(client, reference, ("a.pdf", make.PDF), headers={"Accept": "application/json"})
    assert answer.json == {"next": f"/activities/{reference}/evidence"}
    assert len(stored(reference).evidence) == 1
    assert "1 file is stored." in client.get(f"/activities/{reference}/evidence").text
    assert send(client, reference, headers={"Accept": "application/json"}).mimetype == "text/html"


def test_who_may_open_what(browser: Browser, log: Log, stored: Stored) -> None:
    """Rows: visibility of the record, of the file, sensitive; then who gets it."""
    cases = {
        ("all_staff", "record", ""): {"staff", "lead", "adviser", "staff2", "hq", "admin"},
        ("all_staff", "office", ""): {"staff", "lead", "adviser"},
        ("all_staff", "record", "y"): {"staff", "lead", "adviser"},
        ("office", "record", ""): {"staff", "lead", "adviser", "hq", "admin"},
        ("office", "office", ""): {"staff", "lead", "adviser"},
    }
    browsers = {who: browser(who) for who in ("staff", "lead", "adviser", "staff2", "hq", "admin")}
    for (visibility, of_file, sensitive), readers in cases.items():
        reference = log("staff", visibility=visibility, **({"sensitive": "y"} if sensitive else {}))
        send(browsers["staff"], reference, ("SECRET.pdf", make.PDF), visibility=of_file)
        item = stored(reference).evidence[0].id
        got = {who for who, client in browsers.items() if opened(client, reference, item).status_code == 200}
        assert got == readers, (visibility, of_file, sensitive)
        for who in browsers.keys() - readers:
            assert opened(browsers[who], reference, item).status_code == 404
            for page in (f"/activities/{reference}", f"/activities/{reference}/evidence"):
                assert "SECRET" not in browsers[who].get(page).text, (who, page)


def test_taken_back_and_put_there_again(browser: Browser, log: Log, post: Post, stored: Stored) -> None:
    reference, staff, reader = log("staff", visibility="all_staff"), browser("staff"), browser("hq")
    send(staff, reference, ("a.pdf", make.PDF))
    item = stored(reference).evidence[0].id
    path = f"/activities/{reference}/evidence/{item}"
    refused = post(staff, f"{path}/remove", {"reason": ""})
    assert refused.status_code == 422
    assert f'id="remove-{item}-error"' in refused.text
    assert post(staff, f"{path}/remove", {"reason": "It shows a child."}).status_code == 302
    assert opened(reader, reference, item).status_code == 404
    assert opened(staff, reference, item).status_code == 200
    assert "a</bdi>" not in reader.get(f"/activities/{reference}/evidence").text
    assert "It shows a child." in staff.get(f"/activities/{reference}/evidence").text
    assert post(reader, f"{path}/restore").status_code == 403
    assert post(staff, f"{path}/restore").status_code == 302
    assert opened(reader, reference, item).status_code == 200
    assert post(staff, f"{path}/restore").status_code == 404


def test_one_records_file_is_not_anothers(browser: Browser, log: Log, stored: Stored) -> None:
    private, public = log("staff", visibility="office"), log("staff", visibility="all_staff")
    staff = browser("staff")
    send(staff, private, ("a.pdf", make.PDF))
    item = stored(private).evidence[0].id
    for client in (staff, browser("staff2")):
        assert opened(client, public, item).status_code == 404
        assert opened(client, public, 10**30).status_code == 404


def test_lost_bytes_are_said(browser: Browser, log: Log, stored: Stored, app: Flask) -> None:
    reference, client = log("staff"), browser("staff")
    send(client, reference, ("a.pdf", make.PDF))
    item = stored(reference).evidence[0]
    app.extensions[EXTENSION].store.path(item.sha256).unlink()
    lost = opened(client, reference, item.id)
    assert lost.status_code == 404
    assert "not where it should be" in lost.text


def test_settings() -> None:
    key = {"TRACKER_ENV": "development", "TRACKER_SECRET_KEY": "0123456789abcdef" * 4}
    assert Settings.from_env(key).upload_mb == 10
    assert Settings.from_env({**key, "TRACKER_UPLOAD_MB": "25"}).upload_mb == 25
    for wrong in ("0", "-1", "ten", "1.5", "٣"):
        with pytest.raises(SettingsError, match="TRACKER_UPLOAD_MB"):
            Settings.from_env({**key, "TRACKER_UPLOAD_MB": wrong})


def test_the_form_says_what_it_takes(browser: Browser, log: Log) -> None:
    page = browser("staff").get(f"/activities/{log('staff')}/evidence").text
    assert re.search(r'<form[^>]*enctype="multipart/form-data"', page)
    assert "Word (docx), Excel (xlsx)" in page
    assert page.count('class="primary"') == 1
