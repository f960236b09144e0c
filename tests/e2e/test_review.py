"""The adviser's queue by keyboard, and the long lists of the form, in a real browser."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def press(page, words: str) -> None:
    """Tab to what is called so and press Enter."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent.trim()") == words:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way to {words}")


def waiting(page) -> list[str]:
    page.goto("/review")
    links = page.locator("main tbody th a").all()
    assert page.locator("[data-n]").first.get_attribute("data-n") == str(len(links))
    return [link.get_attribute("href") for link in links]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_queue_by_keyboard(open_as, script):
    """Begin, look at the next, come back, approve: the next one opens. Return one with a reason. No mouse."""
    page = open_as("adviser", script=script)
    before = waiting(page)
    assert len(before) >= 2  # of the demonstration's four
    press(page, "Begin with the first")
    assert page.url.endswith(before[0])
    press(page, "Next")
    assert page.url.endswith(before[1])
    press(page, "Previous")
    press(page, "Approve")
    assert page.url.endswith(before[1])
    reason = page.locator("textarea[name=reason]")
    page.locator("summary", has_text="Return it with a reason").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert reason.evaluate("element => element === document.activeElement")
    page.keyboard.type("Which court was it?")
    press(page, "Return to the office")
    assert page.url.endswith(before[2] if len(before) > 2 else "/review")
    assert waiting(page) == before[2:]
    page.goto(before[1].replace("/review", "/activities"))
    assert "Which court was it?" in page.inner_text("main")


def test_a_long_list_comes_when_its_fold_opens(open_as):
    """What was chosen stays, the list can be shortened by typing, and what is ticked in it is saved."""
    page = open_as("staff", 390)
    page.goto("/activities/new")
    page.fill("#title", "Uses standards")
    assert page.locator("input[name=standards]").count() == 0
    page.locator("summary", has_text="Further standards").click()
    page.check("input[name=standards][value=CRC-40]")
    page.locator("summary", has_text="Other offices and partners").click()
    page.wait_for_selector("#co_offices-0 option[value='0420']", state="attached")
    page.select_option("#co_offices-0", "0420")
    assert page.locator("[data-late]:visible").count() == 0
    page.locator("button[value=draft]").last.click()
    page.wait_for_url("**/activities/ROSA*")
    assert "CRC art. 40" in page.inner_text("#says")
    page.goto(page.url + "/edit")
    assert page.locator("input[name=standards]").count() == 1
    page.locator("summary", has_text="Further standards").click()
    page.wait_for_selector("input[name=standards][value='BEIJING-11']")
    assert page.is_checked("input[name=standards][value=CRC-40]")
    page.locator("summary", has_text="Other offices and partners").click()
    page.wait_for_selector("#co_offices-0 option[value='2040']", state="attached")
    assert page.input_value("#co_offices-0") == "0420"


def test_a_long_list_without_script(open_as):
    page = open_as("staff", 390, script=False)
    page.goto("/activities/new")
    page.fill("#title", "No script here")
    page.locator("summary", has_text="Further standards").click()
    page.get_by_role("button", name="standards").click()
    page.check("input[name=standards][value=CRC-40]")
    assert page.input_value("#title") == "No script here"
    page.locator("button[value=draft]").last.click()
    page.wait_for_url("**/activities/ROSA*")
    assert "CRC art. 40" in page.inner_text("#says")
