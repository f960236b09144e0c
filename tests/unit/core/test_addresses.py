"""Which addresses a person may be sent to."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.web.addresses import is_naughty, own_path


@pytest.mark.parametrize("text", ["/", "/activities?q=law&page=2", "/offices/0060#top", "/a%5cb", "/é"])
def test_own_paths_pass(text: str) -> None:
    assert own_path(text) == text


@pytest.mark.parametrize(
    "text",
    [
        None, "", "x", "//host", "///host", "/\\host", "\\\\host", "https://host/", "javascript:alert(1)", "/\thost",
        "/\nhost", "\t//host", "/a\x00b", "/" + "a" * 3000, "http:/host", " //host", "/\x7f", "/\u0085",
    ],
)  # fmt: skip
def test_other_addresses_do_not(text: str | None) -> None:
    assert own_path(text) is None


@given(st.text(alphabet="/\\:@.?#ab\t\n %", max_size=12))
def test_a_path_that_passes_stays_on_this_host(text: str) -> None:
    path = own_path(text)
    if path is not None:
        assert urlsplit(urljoin("https://tracker.example/sign-in", path)).netloc == "tracker.example"


@pytest.mark.parametrize("path", ["/\x00", "/\ufffd", "/../x", "/a\\b", "/" + "a" * 3000, "/\x1b[0m"])
def test_naughty_paths(path: str) -> None:
    assert is_naughty(path)


@pytest.mark.parametrize("path", ["/", "/activities/ESARO-2026-0001", "/a..b", "/é/عربى"])
def test_honest_paths(path: str) -> None:
    assert not is_naughty(path)
