"""Text as people search it: without accents, without case, Arabic letter forms folded."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

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


INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_AROUND = re.compile(rf"^[\s{INVISIBLE}]+|[\s{INVISIBLE}]+$")


def bare(text: str) -> str:
    """`text` without white space and signs that nobody sees around it: such come along when cells are copied."""
    return text.strip() if text.isascii() else _AROUND.sub("", text)


_BLANK_LETTERS = re.compile("[\u115f\u1160\u3164\uffa0\u2800]+")
"""Letters of Korean and Braille that are drawn as nothing."""


def is_blank(text: str) -> bool:
    """Nobody sees anything of `text`.

    >>> is_blank(" \u200b\u3164"), is_blank("\u200bA")
    (True, False)
    """
    return not bare(_BLANK_LETTERS.sub(" ", text))


LONGEST = 40
"""Letters of a word that are kept and compared."""
_NO_WORD = re.compile("[^0-9a-z]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_ARTICLE = re.compile("^(?:[\u0648\u0641\u0628\u0643]?\u0627\u0644|\u0644\u0644)+(?=..)")


def words(text: str) -> list[str]:
    """The words of `text` as a search compares them, each once: folded, at most LONGEST letters, Arabic ones without
    the article. Scripts that put no space between words give one of each letter, and so do symbols.

    >>> words("L'évaluation (2024) à Conakry")
    ['l', 'evaluation', '2024', 'a', 'conakry']
    """
    folded = fold(text)
    if folded.isascii():
        return list(dict.fromkeys(word[:LONGEST] for word in _NO_WORD.sub(" ", folded).split()))
    found = "".join(map(_part, folded)).split()
    return list(dict.fromkeys(_ARTICLE.sub("", word)[:LONGEST] for word in found))


@lru_cache(20_000)
def _part(letter: str) -> str:
    """What a letter is in a text of words: itself, a space, or a word of its own."""
    kind = unicodedata.category(letter)[0]
    if kind in "ZPC" or (letter.isascii() and not letter.isalnum()):
        return " "
    return f" {letter} " if kind == "S" or _UNSPACED.match(letter) else letter


_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """`text` without what XML cannot hold."""
    return _NO_XML.sub("", text)
