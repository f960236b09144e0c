"""2,000 typed characters outlive an ended session, a server that restarts, and a tab that crashes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD

pytestmark = pytest.mark.browser

LONG = ("Forty judges from three provinces met for five days. " * 38)[:1999] + "."
SAVED = "main .save-state"


def type_long(page: Page, address: str = "/activities/new", title: str = "A course") -> None:
    """Write a title and 2,000 characters."""
    page.goto(address)
    page.fill("#title", title)
    page.check("input[name=status][value=active]")
    page.fill("#delivered", LONG)


def left_behind(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('typed:'))")


def test_kept_while_typed_and_taken_up_after_the_tab_crashed(open_as):
    page = open_as("staff", 390)
    type_long(page, title="Kept while typed")
    expect(page.locator(SAVED)).to_contain_text("Last saved at", timeout=8000)
    assert left_behind(page) == []
    other = page.context.new_page()
    page.close()  # no warning, no button pressed
    other.goto("/activities?q=Kept+while+typed&basis=provisional")
    other.locator("main a[href^='/activities/ROSA']", has_text="Kept while typed").first.click()
    other.wait_for_url("**/activities/ROSA*")
    other.locator("main .actions a.button").first.click()
    assert other.input_value("#delivered") == LONG


def test_a_crash_before_the_server_heard_of_it(open_as):
    """The copy in the browser goes to the server with the next page, which offers it."""
    page = open_as("staff")
    page.context.route("**/typed.json", lambda route: route.abort())
    type_long(page, title="Never arrived")
    page.wait_for_function("() => Object.keys(localStorage).length")
    page.wait_for_timeout(600)
    other = page.context.new_page()
    page.close()
    page.context.unroute("**/typed.json")
    other.goto("/")
    other.locator("main .message a").click()
    assert other.input_value("#title") == "Never arrived"
    assert other.input_value("#delivered") == LONG
    assert left_behind(other) == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_session_that_ended(open_as, script):
    page = open_as("staff", 390, script=script)
    type_long(page, title=f"Signed out meanwhile, script {script}")
    page.context.clear_cookies()
    page.locator("button[value=draft]").last.click()
    page.fill("input[name=email]", "staff@demo.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.get_by_role("button", name="Send again").click()
    page.wait_for_url("**/activities/ROSA*")
    assert LONG in page.inner_text("main")
    if script:
        page.wait_for_function("() => !Object.keys(localStorage).length")


def test_the_copy_goes_to_nobody_else(open_as):
    page = open_as("staff")
    page.context.route("**/typed.json", lambda route: route.abort())
    type_long(page, title="For my eyes only")
    page.wait_for_function("() => Object.keys(localStorage).length")
    page.context.clear_cookies()
    page.goto("/sign-in")
    assert len(left_behind(page)) == 1  # the same person may sign in again
    page.fill("input[name=email]", "adviser@demo.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda address: "sign-in" not in address)
    assert left_behind(page) == []


def test_signing_out_wipes_the_copy(open_as):
    page = open_as("staff")
    page.context.route("**/typed.json", lambda route: route.abort())
    type_long(page, title="Wiped")
    page.wait_for_function("() => Object.keys(localStorage).length")
    page.locator("form[action='/sign-out'] button").first.evaluate("b => b.form.requestSubmit(b)")
    page.wait_for_url("**/sign-in**")
    assert left_behind(page) == []


def test_a_server_that_is_killed_and_comes_back(open_as, server):
    """Typed while nobody answers, the form is sent when somebody does; nothing is there twice."""
    page = open_as("staff", 390)
    page.goto("/activities/new")
    server.kill()
    try:
        page.fill("#title", "Typed while the server was away")
        page.check("input[name=status][value=active]")
        page.fill("#delivered", LONG)
        expect(page.locator(SAVED)).to_contain_text("Kept in this browser", timeout=8000)
    finally:
        server.start()
    page.locator("button[value=draft]").last.click()
    page.wait_for_url("**/activities/ROSA*")
    assert LONG in page.inner_text("main")
    page.goto("/activities?q=typed+while+the+server+was+away&basis=provisional")
    links = page.locator("main a[href^='/activities/ROSA']").all()
    assert len({link.get_attribute("href") for link in links}) == 1


def test_without_a_line_nothing_is_sent_and_the_page_stays(open_as):
    """A browser would put its own page in the place of the form."""
    page = open_as("staff", 390)
    type_long(page, title="Sent when the line was back")
    page.context.set_offline(True)
    page.locator("button[value=draft]").last.click()
    expect(page.locator("main [role=alert]", has_text="No connection")).to_be_visible()
    assert page.input_value("#delivered") == LONG
    page.context.set_offline(False)
    expect(page.locator("main [role=alert]", has_text="No connection")).to_have_count(0)
    page.locator("button[value=draft]").last.click()
    page.wait_for_url("**/activities/ROSA*")
    assert LONG in page.inner_text("main")
