"""Text that looks like the case of one child: a warning, never a refusal. `static/tracker.js` has the same patterns."""

from __future__ import annotations

import re

from app.activities.rules import Content
from app.core.i18n import N_

WARNING = N_(
    "This looks like the case of one child. Please take names, birth dates and case numbers of children out:"
    " say what the office did. It is saved all the same. Look at: %(fields)s"
)
TEXTS = (
    "title", "summary", "delivered", "status_reason", "source_symbol", "countries_reason", "term_reason",
    "guidance_used", "results", "lessons",
)  # fmt: skip

_LETTER = r"[^\W\d_]"
_DATE = (
    r"(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}(?:er|st|nd|rd|th)?\s(?:de\s)?{_LETTER}{{3,10}}\.?,?\s(?:de\s)?\d{{4}})"
)
_BORN = r"(?:born|d\.?o\.?b|birth|née?|né\(e\)|naissance|nacid[oa]|nació|nacimiento|ولد|مولود|الميلاد)"
_NUMBER = r"(?:case|file|dossier|affaire|caso|expediente)\s?(?:n[o°º]|núm|number|#)\.?\s?[\w/-]+(?P<after>[^.\n]{0,60})"
_NAME = r"(?P<first>[^\W\d_][^\W\d_]+)[\s-](?P<second>[^\W\d_][^\W\d_]+)"
_AGE = r",?\s\(?(?:aged?\s\d{1,2}\b|âgée?\sde\s\d|de\s\d{1,2}\saños)"

_BORN_ON = re.compile(rf"(?<!\w){_BORN}(?!{_LETTER})[^.\n]{{0,30}}?{_DATE}", re.IGNORECASE)
_NUMBERED = re.compile(rf"(?<!\w){_NUMBER}", re.IGNORECASE)
_NAMED = re.compile(rf"(?<!\w)(?={_NAME})")
_AGED = re.compile(rf"{_NAME}{_AGE}", re.IGNORECASE)
_ARABIC = re.compile(r"(?:قضية|ملف)\s?رقم\s?[\d/-]+")


def looks_like_a_case(text: str) -> bool:
    """A birth date, a case number beside a name, or a name with an age.

    >>> looks_like_a_case("Case no. 12/2024 of Amina Diallo"), looks_like_a_case("Resolution no. 12 of 2024")
    (True, False)
    """
    numbered = [name for found in _NUMBERED.finditer(text) for name in _NAMED.finditer(found["after"])]
    named = [*numbered, *_AGED.finditer(text)]
    return bool(_BORN_ON.search(text) or _ARABIC.search(text) or any(map(_is_name, named)))


def fields_like_a_case(content: Content) -> list[str]:
    """The fields of the content whose text looks so."""
    return [name for name in TEXTS if (text := getattr(content, name)) and looks_like_a_case(text)]


def _is_name(found: re.Match[str]) -> bool:
    """Both words begin with a capital and go on without: regular expressions here know no capitals of all scripts."""
    return all(word[0].isupper() and word[1:].islower() for word in (found["first"], found["second"]))
