"""Pictures: well-formed whatever is written on them, mirrored for those who read from the right."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.coverage.rules import State
from app.dashboards.svg import SHAPES, Canvas, Caption, cut, document, wrapped


def caption(text):
    return Caption(text, text, text, text, text, "en")


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=80))
def test_any_text_makes_a_well_formed_file(text):
    canvas = Canvas(300)
    canvas.text(10, 10, text)
    root = ElementTree.fromstring(document(canvas, 20, caption(text)))
    assert root.find("{*}title").text in (text, None)


def test_right_to_left_is_a_mirror():
    left, right = Canvas(100), Canvas(100, rtl=True)
    for canvas in (left, right):
        canvas.rect(10, 0, 20, 5, "#fff")
        canvas.dot(10, 0)
    assert 'x="10.0"' in left.parts[0]
    assert 'x="70.0"' in right.parts[0]
    assert 'cx="90.0"' in right.parts[1]
    assert 'direction="rtl"' in document(right, 10, caption("x"))


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_shape_of_its_own(state):
    canvas = Canvas(100)
    canvas.shape(state, 0, 0)
    assert len(set(SHAPES.values())) == len(State)
    assert "{c}" not in canvas.parts[0]


@given(st.text(st.sampled_from("ab "), max_size=60), st.integers(1, 20))
def test_lines_hold_all_words_in_order(text, most):
    lines = list(wrapped(text, most))
    assert " ".join(lines).split() == text.split()
    assert all(len(line) <= most or " " not in line for line in lines)


def test_what_does_not_fit_is_cut_and_says_so():
    assert cut("Short", 200) == "Short"
    assert cut("A very long name of a support type", 100).endswith("…")
