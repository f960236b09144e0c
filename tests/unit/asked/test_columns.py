"""What the columns and cells of recommendations say, and which State is meant."""

import pytest

from app.asked.columns import found_columns, known_in, response, words
from app.asked.states import States, plain


def test_columns_are_found_in_any_order_and_language():
    head = ("Texte", "Etat examiné", "ISO3", "État recommandant")
    assert found_columns(head) == {"iso": "ISO3", "state": "Etat examiné", "asker": "État recommandant",
                                   "text": "Texte"}  # fmt: skip
    assert found_columns(("Recommendation", "State under Review"))["state"] == "State under Review"
    assert [known_in(cells) for cells in (head, ("Nepal", "Raise the age", "No"), ())] == [4, 1, 0]


@pytest.mark.parametrize(
    ("text", "plain_text"),
    [("<p>Raise&nbsp;the <b>age</b></p>", "Raise the age"), ("a &amp; b", "a & b"),
     ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
     ("<script>alert(1)</script>Raise<br/>it", "Raise it"), ("  two\n lines ", "two lines")],
)  # fmt: skip
def test_html_in_a_text_becomes_words(text, plain_text):
    assert words(text) == plain_text


def test_answers_of_states():
    assert [response(t) for t in ("Accepted", "Supported", "Noted", "Rejected", "", "Perhaps")] == [
        "accepted", "accepted", "noted", "noted", None, None,
    ]  # fmt: skip


def test_states_by_code_and_name():
    states = States.of(
        [("BOL", "BO", "068"), ("COG", "CG", "178"), ("COD", "CD", "180"), ("TTO", "TT", "780"), ("GBR", "GB", "826")],
        [("BOL", "Bolivia (Plurinational State of)"), ("COG", "Congo"), ("COD", "Democratic Republic of the Congo"),
         ("TTO", "Trinidad and Tobago"), ("GBR", "United Kingdom of Great Britain and Northern Ireland"),
         ("COD", "République démocratique du Congo")],
    )  # fmt: skip
    turned = ("Congo (Kinshasa)", "Congo, The Democratic Republic Of The", "Bolivia, Plurinational State Of",
              "Congo (Brazzaville)", "Congo", "Congo (the other one)", "Zaire")  # fmt: skip
    assert [states.by_name(n) for n in turned] == ["COD", "COD", "BOL", "COG", "COG", None, "COD"]
    assert [states.by_code(c) for c in ("bol", "BO", "068", "XX")] == ["BOL", "BOL", "BOL", None]
    named = ("Bolivia", "The Congo", "Trinidad & Tobago", "Democratic Republic of the Congo", "UK", "Atlantis")
    assert [states.by_name(n) for n in named] == ["BOL", "COG", "TTO", "COD", "GBR", None]
    assert plain("  Côte d’Ivoire ") == "cote divoire"
