"""Sentences of mails in the reader's language: there is no request whose language would be theirs."""

from __future__ import annotations

from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import Any

from app.core.i18n import LOCALES, pseudo

CATALOGUES = Path(__file__).resolve().parents[1] / "translations"


def say(language: str, text: str, **values: Any) -> str:
    """`text` in `language`; `values` fill its %(name)s. A language that is none is read as English."""
    locale = LOCALES.get(language, LOCALES["en"])
    said = pseudo(text) if locale.pseudo else _catalogue(locale.code).gettext(text)
    return said % values if values else said


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    return translation("messages", CATALOGUES, [language], fallback=True)
