"""A real server on demonstration data, and real browsers at it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM
from tests.screenshots import FLAGS, _free_port, _wait_for

PASSWORD = "a-password-for-the-browser"
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server started as `make run` starts it."""
    data = tmp_path_factory.mktemp("served")
    env = {**os.environ, "TRACKER_ENV": "development", "TRACKER_DEMO": "1", "TRACKER_DATA_DIR": str(data),
           "TRACKER_DEMO_PASSWORD": PASSWORD, "PORT": str(_free_port())}  # fmt: skip
    tracker = str(Path(sys.executable).with_name("tracker"))
    for command in (["db", "upgrade"], ["reference", "sync"], ["demo", "load"]):
        subprocess.run([tracker, *command], env=env, check=True, capture_output=True)
    with (data / "server.log").open("wb") as log:
        server = subprocess.Popen([tracker, "serve"], env=env, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{env['PORT']}"
    _wait_for(address + "/healthz")
    yield address
    server.terminate()
    server.wait(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def speak(page: Page, language: str) -> None:
    """Choose a language as a person does."""
    with page.expect_navigation():
        page.locator(f"button[name=language][value={language}]").first.evaluate("b => b.form.requestSubmit(b)")
    assert page.locator("html").get_attribute("dir") == ("rtl" if language in ("ar", "qps") else "ltr")


@pytest.fixture
def open_as(base: str, chromium: Browser) -> Iterator[Open]:
    """`open_as("staff", width=390, script=False)` gives a signed-in page; complaints of the browser fail the test."""
    contexts, complaints, foreign = [], [], []

    def run(who: str, width: int = 1280, *, script: bool = True, scheme: str = "light", language: str = "en") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 844}, java_script_enabled=script, color_scheme=scheme, base_url=base
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/sign-in")
        page.fill("input[name=email]", f"{who}@demo.example")
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        if language != "en":
            speak(page, language)
            foreign.append(page)
        return page

    yield run
    for page in foreign:  # the choice is kept with the person, and others sign in as the same
        speak(page, "en")
    for context in contexts:
        context.close()
    assert not [c for c in complaints if "status of 4" not in c]
