"""Cleaning, shortening, dates and percentages."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.iati_text import clean_line, clean_text, read_date, read_percentage, shorten

ANY_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("aé\u0301\u0308 \n\u200d👩👧🏽🇰🇪🇫🇷न\u093f\u0651م\ud83d\ude00"),
    ),
    max_size=80,
)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 10, ("short", False)),
        ("exactly ten", 11, ("exactly ten", False)),
        ("the quick brown fox", 12, ("the quick…", True)),
        ("the quick, brown", 12, ("the quick…", True)),
        ("abcdefghijklmnop", 8, ("abcdefg…", True)),
        ("a bcdefghijklmnop", 8, ("a bcdef…", True)),
        ("", 0, ("", False)),
        ("ab", 1, ("…", True)),
        ("ab", 0, ("", True)),
        ("ab", -3, ("", True)),
        ("e\u0301e\u0301e\u0301", 4, ("e\u0301…", True)),
        ("x👩\u200d👧\u200d👦y", 4, ("x…", True)),
        ("🇰🇪🇫🇷🇪🇸", 4, ("🇰🇪…", True)),
        ("a👍🏽b", 3, ("a…", True)),
        ("العدالة للأطفال في نزاع", 18, ("العدالة للأطفال…", True)),
    ],
)
def test_shorten(text: str, limit: int, expected: tuple[str, bool]) -> None:
    assert shorten(text, limit) == expected


@given(ANY_TEXT, st.integers(-1, 60))
def test_shortened_text_fits_and_splits_no_letter(text: str, limit: int) -> None:
    short, cut = shorten(text, limit)
    assert len(short) <= max(limit, 0) or not cut
    assert cut == (len(text) > limit)
    if not cut:
        assert short == text
        return
    assert short.endswith("…") or limit < 1
    kept = short[:-1]
    assert text.startswith(kept)
    following = text[len(kept) :][:1]
    assert not following or not unicodedata.combining(following)
    assert not (kept[-1:] and "\ud800" <= kept[-1] <= "\udbff" and "\udc00" <= following <= "\udfff")


@given(ANY_TEXT)
def test_cleaned_text_can_be_stored(text: str) -> None:
    for cleaned in (clean_text(text), clean_line(text)):
        cleaned.encode("utf-8")
        assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in cleaned.replace("\n", ""))
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)
    assert "\n" not in clean_line(text)


def test_clean_keeps_paragraphs_and_joins_titles() -> None:
    assert clean_text("  a \r\n\r\n\r\n\r\n b\x00\x07\x85c\ufeff ") == "a\n\nb\nc"
    assert clean_line(" a\u00a0\u2003b\n\tc\u200b\x00 ") == "a b c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-02-29", (date(2020, 2, 29), True)),
        (" 2020-02-29 ", (date(2020, 2, 29), True)),
        ("2020-02-29Z", (date(2020, 2, 29), True)),
        ("2020-02-29+05:30", (date(2020, 2, 29), True)),
        ("2020-02-29T00:00:00Z", (date(2020, 2, 29), False)),
        ("2020-02-29T10:00:00.000+02:00", (date(2020, 2, 29), False)),
        ("2020-02-29 10:00", (date(2020, 2, 29), False)),
        ("2021-02-29", (None, True)),
        ("2020-13-01", (None, True)),
        ("0000-00-00", (None, True)),
        ("29/02/2020", (None, False)),
        ("2020-02", (None, False)),
        ("2020", (None, False)),
        ("20200229", (None, False)),
        ("٢٠٢٠-٠٢-٢٩", (None, False)),
        ("", (None, False)),
        ("2020-02-29 or so", (None, False)),
    ],
)
def test_read_date(text: str, expected: tuple[date | None, bool]) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100", (Decimal(100), True)),
        ("33.3", (Decimal("33.3"), True)),
        (" 0 ", (Decimal(0), True)),
        ("-0", (Decimal(0), True)),
        ("+5", (Decimal(5), True)),
        (".5", (Decimal("0.5"), True)),
        ("33,3", (Decimal("33.3"), False)),
        ("50 %", (Decimal(50), False)),
        ("-1", (None, False)),
        ("100.1", (None, False)),
        ("1e2", (None, False)),
        ("NaN", (None, False)),
        ("Infinity", (None, False)),
        ("", (None, False)),
        (".", (None, False)),
        ("half", (None, False)),
        ("9" * 400, (None, False)),
    ],
)
def test_read_percentage(text: str, expected: tuple[Decimal | None, bool]) -> None:
    assert read_percentage(text) == expected
