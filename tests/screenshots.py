"""The README's pictures, made anew by `make screenshots`: demonstration data, a real browser, nothing touched up."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
PASSWORD = "a-password-for-pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
WIDE, PHONE = (1000, 780), (390, 844)
# file, who, address, what to follow from there, size
PICTURES = (
    ("coverage-2008.png", "hq", "/coverage?year=2008", "", WIDE),
    ("quick-log.png", "staff", "/activities/new", "", PHONE),
    (
        "record.png",
        "adviser",
        "/activities?region=ROSA&year=2025",
        "a[href^='/activities/ROSA']",
        WIDE,
    ),
)


def main() -> None:
    """Start a server on made-up data, take the pictures, stop it."""
    with tempfile.TemporaryDirectory() as data:
        env = {**os.environ, "TRACKER_ENV": "development", "TRACKER_DEMO": "1", "TRACKER_DATA_DIR": data,
               "TRACKER_DEMO_PASSWORD": PASSWORD, "PORT": str(_free_port())}  # fmt: skip
        for command in (["db", "upgrade"], ["reference", "sync"], ["demo", "load"]):
            subprocess.run([_tracker(), *command], env=env, check=True)
        server = subprocess.Popen([_tracker(), "serve"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _take(f"http://127.0.0.1:{env['PORT']}")
        finally:
            server.terminate()
            server.wait(20)


def _take(base: str) -> None:
    _wait_for(base + "/healthz")
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, who, address, follow, (width, height) in PICTURES:
            page = _signed_in(browser, base, who, width, height)
            page.goto(base + address)
            if follow:
                page.click(follow)
            page.screenshot(path=str(FOLDER / name))
        browser.close()


def _signed_in(browser: Browser, base: str, who: str, width: int, height: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(base + "/sign-in")
    page.fill("input[name=email]", f"{who}@demo.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    return page


def _tracker() -> str:
    return str(Path(sys.executable).with_name("tracker"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()
