import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.i18n import pseudo
from app.core.text import fold

words = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Évaluation  à Conakry", "evaluation a conakry"),
        ("  STRASSE\tStraße\n", "strasse strasse"),
        ("Ñandú", "nandu"),
        ("İstanbul", "istanbul"),
        ("أحمد إبراهيم آمنة", "احمد ابراهيم امنه"),
        ("مدرسة", "مدرسه"),
        ("مستشفى", "مستشفي"),
        ("عـــدالة", "عداله"),
        ("عَدَالَة", "عداله"),
        ("ﬁle", "file"),
        ("", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


@given(words)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(words)
def test_what_is_folded_is_searchable_text(text):
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert (
        "\x00" in text
        or folded.isprintable()
        or not text.isprintable()
        or any(unicodedata.category(c) in ("Cf", "Cn", "Co", "Cc") for c in folded)
    )


@given(words, words)
def test_a_text_found_in_another_is_found_whatever_the_case(one, other):
    text = f"{one} needle {other}"
    assert "needle" in fold(text)
    assert "needle" in fold(text.upper())


@pytest.mark.parametrize("text", ["Sign in", "%(count)d of %(total)s", "<b>Save</b> &amp; close", "100%% done", ""])
def test_pseudo_keeps_placeholders_tags_and_entities(text):
    made = pseudo(text)
    keep = r"%\([a-z_]+\)[sd]|<[^>]*>|&[a-z#0-9]+;|%%"
    assert re.findall(keep, made) == re.findall(keep, text)
    assert made != text
    assert len(made) > len(text)


def test_pseudo_marks_letters_and_lengthens():
    assert pseudo("Save") == "[Šàvé·]" or pseudo("Save").startswith("[")
    assert len(pseudo("x" * 100)) >= 140


@given(st.dictionaries(st.sampled_from(["count", "office_name"]), st.integers(0, 9), min_size=1))
def test_pseudo_texts_still_take_their_values(values):
    text = " and ".join(f"%({name})s 100%%" for name in values)
    assert all(str(value) in pseudo(text) % values for value in values.values())
