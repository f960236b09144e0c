"""Passkeys in a real Chromium with a virtual authenticator: added, used alone, as the second factor, taken away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import PASSWORD

pytestmark = pytest.mark.browser
WHO = "staff2@demo.example"
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@contextmanager
def with_device(chromium: Browser, base: str) -> Iterator[tuple[Page, Any]]:
    """A page whose browser has a device with a finger on it. Passkeys need a name: the address 127.0.0.1 is none."""
    context = chromium.new_context(base_url=base.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    device = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield (
        page,
        lambda act, **given: cdp.send(f"WebAuthn.{act}", {"authenticatorId": device["authenticatorId"], **given}),
    )
    context.close()


def is_home(url: str) -> bool:
    """Not `**/`, which `/sign-in/second?next=/` meets too: the next step would come before this one has ended."""
    return urlsplit(url).path == "/"


def give_password(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("input[name=email]", WHO)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_from_the_first_to_the_last_day(chromium: Browser, base: str) -> None:
    """ASVS 6.5.6, 6.7.2, 11.6.1."""
    with with_device(chromium, base) as (page, device):
        give_password(page)
        page.goto("/me/second-factor")
        page.fill("input[name=name]", "Work laptop")
        page.get_by_role("button", name="Add a passkey").click()
        page.locator("#codes code").first.wait_for()
        codes = page.locator("#codes code").all_inner_texts()
        assert len(codes) == 10
        assert page.locator("#passkeys").get_by_text("Work laptop", exact=True).count() >= 1
        # Alone: it is two factors.
        page.context.clear_cookies()
        page.goto("/sign-in")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url(is_home)
        page.goto("/me")
        assert WHO in page.content()
        # After the password, as the second.
        page.context.clear_cookies()
        give_password(page)
        assert page.url.endswith("/sign-in/second?next=/")
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url(is_home)
        # A finger that is not the owner's.
        device("setUserVerified", isUserVerified=False)
        page.context.clear_cookies()
        page.goto("/sign-in")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.get_by_text("The passkey did not answer.").wait_for()
        device("setUserVerified", isUserVerified=True)
        # And the last day: the account is as it was for the others who sign in to it.
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url(is_home)
        page.goto("/me/second-factor")
        page.locator("#passkeys").get_by_role("button", name="Remove").click()
        page.get_by_text("The passkey is removed.").wait_for()
        page.context.clear_cookies()
        give_password(page)
        page.wait_for_url(is_home)
        assert "second" not in page.url


def test_a_copied_answer_is_refused(chromium: Browser, base: str) -> None:
    """A challenge is good once: the form that went, sent again, opens nothing."""
    with with_device(chromium, base) as (page, _device):
        give_password(page)
        page.goto("/me/second-factor")
        page.fill("input[name=name]", "Work laptop")
        page.get_by_role("button", name="Add a passkey").click()
        page.locator("#codes code").first.wait_for()
        page.context.clear_cookies()
        page.goto("/sign-in")
        sent: list[str] = []
        page.on("request", lambda r: sent.append(r.post_data or "") if r.url.endswith("/sign-in/passkey") else None)
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url(is_home)
        page.goto("/me/second-factor")
        page.locator("#passkeys").get_by_role("button", name="Remove").wait_for()
        (form,) = [each for each in sent if each]
        token = page.locator("input[name=csrf_token]").first.get_attribute("value") or ""
        answer = page.evaluate(
            """async ([body, token]) => {
                const form = new URLSearchParams(body);
                form.set("csrf_token", token);
                return (await fetch("/sign-in/passkey", { method: "POST", body: form })).status;
            }""",
            [form, token],
        )
        assert answer == 422
        page.locator("#passkeys").get_by_role("button", name="Remove").click()
        page.get_by_text("The passkey is removed.").wait_for()
