"""Evidence in a real browser: sent with and without script, refused in words, saved and never shown."""

from __future__ import annotations

import pytest

from tests.factories import files as make

pytestmark = pytest.mark.browser


def file(name: str, content: bytes) -> dict[str, object]:
    """A file as the browser's picker gives it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def a_record(page) -> str:
    """The address of a record that the person may edit."""
    page.goto("/activities?office=0060")
    return page.locator("main a[href^='/activities/ROSA']").first.get_attribute("href").split("?")[0]


@pytest.mark.parametrize("script", [True, False])
def test_sent_and_saved(open_as, script):
    staff = open_as("staff", 390, script=script)
    record = a_record(staff)
    staff.goto(f"{record}/evidence")
    names = [f"minutes {script}.pdf", f"room {script}.jpg"]
    contents = [make.PDF + str(script).encode() + b"%%EOF", make.picture(size=(60 + script, 40))]
    staff.set_input_files("input[type=file]", [file(n, c) for n, c in zip(names, contents, strict=True)])
    staff.get_by_role("button", name="Send", exact=True).click()
    staff.wait_for_selector(".message.success")
    assert "2 files are stored." in staff.inner_text("main")
    with staff.expect_download() as saved:
        staff.get_by_role("link", name=f"minutes {script}", exact=True).click()
    assert saved.value.suggested_filename == names[0]
    assert staff.url.endswith("/evidence")  # a file is saved, never opened in our place
    staff.goto(record)
    assert staff.get_by_role("link", name=f"room {script}", exact=True).count() == 1


def test_what_is_refused_comes_back_with_the_text(open_as):
    staff = open_as("staff", 390)
    staff.goto(f"{a_record(staff)}/evidence")
    staff.fill("#title", "What I typed")
    staff.set_input_files("input[type=file]", file("report.pdf", b"MZ" + bytes(100)))
    staff.get_by_role("button", name="Send", exact=True).click()
    staff.wait_for_selector(".error-summary")
    assert "This is a program or a script" in staff.inner_text(".error-summary")
    assert staff.input_value("#title") == "What I typed"
    assert staff.evaluate("document.activeElement.className") == "error-summary"
    staff.set_input_files("input[type=file]", file("again.txt", b"now it is text"))
    staff.get_by_role("button", name="Send", exact=True).click()
    staff.wait_for_selector(".message.success")
    assert staff.get_by_role("link", name="What I typed", exact=True).count() == 1


def test_too_large_is_said_before_it_is_sent(open_as):
    staff = open_as("staff", 390)
    staff.goto(f"{a_record(staff)}/evidence")
    sent = []
    staff.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    staff.set_input_files("input[type=file]", file("large.txt", b"a" * (10 * 1024 * 1024 + 1)))
    staff.get_by_role("button", name="Send", exact=True).click()
    assert "Too large, not sent: large.txt" in staff.inner_text("[data-state]")
    assert sent == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["en", "qps"])
def test_the_page_fits(open_as, width, language):
    staff = open_as("staff", width, language=language)
    staff.goto(f"{a_record(staff)}/evidence")
    assert staff.evaluate("document.documentElement.scrollWidth") <= width
