"""Languages. Rules mark their words with N_; the edge translates them."""

from __future__ import annotations

import re
from dataclasses import dataclass


def N_(text: str) -> str:  # noqa: N802 - the gettext world's own name for "mark, do not translate yet"
    """Mark `text` for extraction and return it unchanged."""
    return text


@dataclass(frozen=True)
class Locale:
    """One language of the interface. `direction` is ltr or rtl; `pseudo` marks the generated test language."""

    code: str
    name: str
    direction: str = "ltr"
    pseudo: bool = False

    @property
    def tag(self) -> str:
        """The language tag for the page (BCP 47)."""
        return "en-XA" if self.pseudo else self.code


# A new language is one entry here and one .po file. Labels of lists are kept in these four languages.
LABEL_LANGUAGES = ("en", "fr", "es", "ar")
LOCALES = {
    "en": Locale("en", "English"),
    # Generated, never stored: shows strings that missed gettext, 40% longer, right to left. Development only.
    "qps": Locale("qps", "Pseudo (right to left)", direction="rtl", pseudo=True),
}

_MARKS = str.maketrans("AEIOUaeiouncsy", "ÀÉÎÖÛàéîöûñçšý")


_KEEP = re.compile(r"(%\([a-z_]+\)[sd]|\{[a-z]+\}|<[^>]*>|&[a-z#0-9]+;|%%)")


def pseudo(text: str) -> str:
    """`text` with marked letters, about 40% longer; placeholders, tags and entities stay whole."""
    parts = [part if index % 2 else part.translate(_MARKS) for index, part in enumerate(_KEEP.split(text))]
    return f"[{''.join(parts)}{'·' * max(1, len(text) * 2 // 5)}]"
