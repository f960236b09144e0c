"""Text as people search it: without accents, without case, Arabic letter forms folded."""

from __future__ import annotations

import re
import unicodedata

_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ـ": None})


def fold(text: str) -> str:
    """`text` for comparing: NFKD without marks, casefolded, Arabic forms joined, white space single.

    >>> fold("Évaluation  à Conakry")
    'evaluation a conakry'
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.translate(_ARABIC)) if not unicodedata.combining(c))
    return " ".join(plain.casefold().translate(_ARABIC).split())


_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """`text` without what XML cannot hold."""
    return _NO_XML.sub("", text)
