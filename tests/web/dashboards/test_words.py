"""Figures in words, without a database."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.codelists.queries import Labels
from app.coverage.rules import Basis, OfficeYear, RoundState, Slice, State, Support, YearFacts, figure
from app.dashboards import definitions, words
from app.dashboards.matrix import heat
from app.dashboards.names import Names

NAMES = Names(
    Labels(
        {
            ("region", "WCARO"): {"en": "West and Central Africa"},
            ("support_type", "training"): {"en": "Training", "fr": "Formation"},
            ("provision", "CRC-45B"): {"en": "CRC art. 45(b)"},
            ("office", "0001"): {"en": "First Office"},
        },
    )
)


def facts(provided: int, declared: int, nil: int, unanswered: int, **changes: object) -> YearFacts:
    """A year of so many offices in each state, all of WCARO; each that provided has one record."""
    total = provided + declared + nil + unanswered
    answers = ["support"] * (provided + declared) + ["nil"] * nil + [None] * unanswered
    codes = [f"{n:04d}" for n in range(total)]
    offices = {
        code: OfficeYear(code, "WCARO", frozenset({code}), signed_answer=answer, signed_on_time=answer == "nil")
        for code, answer in zip(codes, answers, strict=True)
    }
    supports = tuple(
        Support(n, n, code, frozenset({code}), frozenset({code}), frozenset({"training"}), frozenset({"CRC-45B"}))
        for n, code in enumerate(codes[:provided])
    )
    made = YearFacts(2025, offices, dict.fromkeys(codes, "WCARO"), supports, round_state=RoundState.CLOSED)
    return replace(made, **changes)  # type: ignore[arg-type]


WHOLE = facts(110, 3, 8, 9)


def test_the_figure_as_a_sentence() -> None:
    assert words.answer(figure(WHOLE), NAMES) == "110 of 130 offices provided support in 2025 (84.6%)"


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        (Slice("WCARO"), "110 of 130 offices in West and Central Africa provided support in 2025 (84.6%)"),
        (
            Slice(support_type="training"),
            "110 of 130 offices provided support of the type “Training” in 2025 (84.6%)",
        ),
        (
            Slice("WCARO", "training"),
            "110 of 130 offices in West and Central Africa provided support of the type “Training” in 2025 (84.6%)",
        ),
        (Slice(provision="CRC-45B"), "110 of 130 offices provided support citing CRC art. 45(b) in 2025 (84.6%)"),
        (
            Slice("WCARO", provision="CRC-45B"),
            "110 of 130 offices in West and Central Africa provided support citing CRC art. 45(b) in 2025 (84.6%)",
        ),
        (
            Slice(support_type="training", provision="CRC-45B"),
            "110 of 130 offices provided support of the type “Training” citing CRC art. 45(b) in 2025 (84.6%)",
        ),
        (
            Slice("WCARO", "training", "CRC-45B"),
            "110 of 130 offices in West and Central Africa provided support of the type “Training” citing"
            " CRC art. 45(b) in 2025 (84.6%)",
        ),
    ],
)
def test_every_slice_has_a_sentence_of_its_own(part: Slice, sentence: str) -> None:
    assert words.answer(figure(WHOLE, part=part), NAMES) == sentence


def test_the_print_form() -> None:
    line = "110 of 130 offices (84.6%); 9 unanswered, 3 declared; range 84.6–93.8%"
    assert words.line(figure(WHOLE)) == line


def test_one_office_is_not_one_offices() -> None:
    assert words.answer(figure(facts(1, 0, 0, 0)), NAMES) == "1 of 1 office provided support in 2025 (100.0%)"


def test_nobody_expected_is_said_and_is_not_zero() -> None:
    nobody = figure(facts(0, 0, 0, 0))
    assert words.line(nobody) == words.share(nobody.percent) == words.range_text(nobody) == "no office expected"
    assert words.answer(nobody, NAMES) == "No office was expected to provide support in 2025."


def test_a_running_year_says_so() -> None:
    running = figure(facts(1, 0, 0, 3, running=True))
    assert words.heading(running, NAMES) == "Coverage in 2025 so far"
    assert words.answer(running, NAMES) == "1 of 4 offices provided support in 2025 so far (25.0%)"


def test_filter_and_basis_in_words() -> None:
    found = figure(WHOLE, Basis.PROVISIONAL, Slice("WCARO", "training", "CRC-45B"))
    assert words.heading(found, NAMES) == "Coverage in 2025, West and Central Africa"
    assert words.lede(found, NAMES) == (
        "Support type: Training. Provision cited: CRC art. 45(b)."
        " Basis: provisional: approved and submitted records, not yet reviewed."
    )
    assert "approved records" in words.lede(figure(WHOLE), NAMES)


@pytest.mark.parametrize(
    ("round_state", "said"),
    [
        (RoundState.OPEN, "Not yet due"),
        (RoundState.CLOSED, "No return received"),
        (RoundState.FROZEN, "No return received"),
        (RoundState.NOT_COLLECTED, "Not collected"),
    ],
)
def test_unanswered_is_worded_by_the_round(round_state: RoundState, said: str) -> None:
    assert words.state_label(State.UNANSWERED, round_state) == said
    assert "silent" not in definitions.of_state(State.UNANSWERED, round_state)


def test_every_state_has_a_name_and_a_meaning() -> None:
    for state in State:
        assert words.state_label(state, RoundState.OPEN)
        assert definitions.of_state(state, RoundState.OPEN)


def test_the_further_figures() -> None:
    found = figure(WHOLE)
    assert words.among_answered(found) == "110 of the 121 offices that answered"
    assert words.declared(found) == "113 of 130 offices provided support or declared it"
    assert words.declared_share(found) == "86.9%"
    assert words.reporting(found) == "121 of 130 offices signed their return; 8 on time"
    assert words.countries_line(found).startswith("110 of 130 programme countries reached (84.6%), of which 0 only")


def test_a_year_without_a_round_has_no_reporting_rate() -> None:
    found = figure(facts(1, 0, 0, 3, round_state=RoundState.NOT_COLLECTED))
    unsigned = replace(found, signed=())
    assert words.returns_signed(unsigned) == "–"
    assert words.reporting(unsigned) == "No returns were collected for 2025."


def test_a_year_of_which_nothing_is_known_has_no_figure() -> None:
    """Unknown is not zero."""
    nothing = figure(facts(0, 0, 0, 3, round_state=RoundState.NOT_COLLECTED))
    assert nothing.is_unknown
    assert "%" not in words.answer(nothing, NAMES)
    assert words.answer(nothing, NAMES).startswith("Not known for 2025: no returns were collected")
    assert not figure(facts(0, 0, 0, 3)).is_unknown  # they were asked, and did not answer
    assert not figure(facts(1, 0, 0, 3, round_state=RoundState.NOT_COLLECTED)).is_unknown
    assert not figure(facts(0, 0, 1, 3, round_state=RoundState.NOT_COLLECTED)).is_unknown  # one signed all the same


def test_nobody_answered() -> None:
    assert words.among_answered(figure(facts(0, 0, 0, 2))) == "No office has answered."


def test_notes_say_what_applies_and_nothing_else() -> None:
    assert definitions.notes(figure(WHOLE), NAMES) == []
    found = replace(
        figure(WHOLE, Basis.PROVISIONAL),
        dates_only=("0001",),
        unknown_opening=("0001", "0002"),
        opened_or_closed=("0001",),
        outside=("0001",),
        unsigned=("0001",),
        contradictions=("0001",),
    )
    said = [note.text for note in definitions.notes(found, NAMES)]
    assert said[0].startswith("Provisional: submitted records count here")
    assert said[1].startswith("1 of these 110 offices rests on dates alone")
    assert said[2].startswith("N counts 2 offices whose opening date is unknown")
    assert said[3] == "Opened or closed in 2025: First Office."
    assert said[4] == "Not expected, but gave support all the same, in neither k nor N: First Office."
    assert said[5] == "1 of these 110 offices has not signed a return for 2025."
    assert said[6].startswith("1 office signed a nil return beside an activity")


def test_one_office_alone_is_not_one_of_these_one_offices() -> None:
    found = replace(figure(facts(1, 0, 0, 2)), dates_only=("0001",), unsigned=("0001",))
    said = [note.text for note in definitions.notes(found, NAMES)]
    assert said[0].startswith("The one office rests on dates alone")
    assert said[1] == "The one office has not signed a return for 2025."


@pytest.mark.parametrize(
    ("ours", "said"),
    [
        ("85.2", "0.2 percentage points above it"),
        ("84", "1.0 percentage points below it"),
        ("85", "the same to one decimal"),
    ],
)
def test_how_far_from_a_published_figure(ours: str, said: str) -> None:
    assert words.points(Decimal(ours), Decimal(85)) == said


def test_names_fall_back_to_english_and_then_to_the_code() -> None:
    assert replace(NAMES, language="fr").support_type("training") == "Formation"
    assert replace(NAMES, language="ar").support_type("training") == "Training"
    assert NAMES.support_type("new") == "new"


@pytest.mark.parametrize(
    ("percent", "css"),
    [(None, 0), ("0", 0), ("0.1", 1), ("20", 1), ("20.1", 2), ("60", 3), ("80.1", 5), ("100", 5)],
)
def test_steps_of_the_heatmap(percent: str | None, css: int) -> None:
    assert heat(None if percent is None else Decimal(percent)) == css
