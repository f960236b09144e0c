"""Two people at one record: the later one sees both versions by field, and nothing is overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from app.activities.models import Activity
from tests.web.activities.conftest import Browser, Sent, form_on, plain

Fill = Callable[..., Sent]
Log = Callable[..., str]
Stored = Callable[[str], Activity]


@pytest.fixture
def clash(browser: Browser, fill: Fill, log: Log) -> Callable[..., tuple[FlaskClient, str, Sent]]:
    """`clash(mine, theirs)`: a colleague saved theirs while I typed mine; my browser, the address and my page."""

    def run(mine: Sent, theirs: Sent, do: str = "draft") -> tuple[FlaskClient, str, Sent]:
        path = f"/activities/{log('staff', do='draft')}/edit"
        me, them = browser("staff"), browser("lead")
        typed = fill(me, path, do=do, **mine)
        assert them.post(path, data=fill(them, path, do=do, **theirs)).status_code == 302
        stale = me.post(path, data=typed)
        assert stale.status_code == 409, plain(stale.text)[:500]
        return me, path, form_on(stale, path) | {"text": stale.text}

    return run


def reference_in(path: str) -> str:
    return path.split("/")[2]


Clash = Callable[..., tuple[FlaskClient, str, Sent]]


def test_the_later_one_sees_what_differs_and_nothing_is_stored(clash: Clash, stored: Stored) -> None:
    _me, path, page = clash({"title": "My title", "summary": "My summary"}, {"title": "Their title"})
    text = plain(page["text"])
    assert "Their title" in text
    assert "My title" in text
    assert "My summary" in text
    assert "How the office helped" not in text  # only what differs
    assert stored(reference_in(path)).current.title == "Their title"


def test_what_only_one_changed_is_chosen_already(clash: Clash, stored: Stored) -> None:
    """Neither the results that only they wrote nor my summary is lost by pressing the button."""
    me, path, page = clash(
        {"title": "My title", "summary": "Mine"}, {"title": "Their title", "results": "Theirs", "how": ["law_reform"]}
    )
    assert (page["keep-title"], page["keep-summary"], page["keep-results"]) == ("mine", "mine", "theirs")
    assert page["keep-how"] == "theirs"
    assert page["text"].count("both of you") == 1
    assert me.post(path, data=page | {"do": "draft"}).status_code == 302
    now = stored(reference_in(path)).current
    assert (now.title, now.summary, now.results) == ("My title", "Mine", "Theirs")
    assert [tag.support_type for tag in now.types] == ["law_reform"]


@pytest.mark.parametrize(("keep", "title"), [("mine", "My title"), ("theirs", "Their title")])
def test_each_field_is_theirs_or_mine_as_chosen(clash: Clash, stored: Stored, keep: str, title: str) -> None:
    me, path, page = clash({"title": "My title", "lessons": "Two\r\nlines"}, {"title": "Their title"})
    assert me.post(path, data=page | {"do": "draft", "keep-title": keep}).status_code == 302
    now = stored(reference_in(path)).current
    assert (now.title, now.lessons) == (title, "Two\nlines")


def test_the_two_together_can_be_edited_further(clash: Clash, stored: Stored) -> None:
    me, path, page = clash({"title": "My title"}, {"results": "Theirs"})
    form = me.post(path, data=page | {"do": "merge"})
    assert form.status_code == 200
    together = form_on(form, path)
    assert (together["title"], together["results"]) == ("My title", "Theirs")
    assert stored(reference_in(path)).current.title == "Training of judges"
    assert me.post(path, data=together | {"do": "draft", "title": "Ours"}).status_code == 302
    assert (stored(reference_in(path)).current.title, stored(reference_in(path)).current.results) == ("Ours", "Theirs")


def test_a_third_save_in_between_is_seen_as_well(clash: Clash, browser: Browser, fill: Fill, stored: Stored) -> None:
    me, path, page = clash({"title": "My title"}, {"title": "Their title"})
    other = browser("victim")
    assert other.post(path, data=fill(other, path, lessons="A third", do="draft")).status_code == 302
    again = me.post(path, data=page | {"do": "draft"})
    assert again.status_code == 409
    assert "A third" in again.text
    assert me.post(path, data=form_on(again, path) | {"do": "draft"}).status_code == 302
    assert stored(reference_in(path)).current.lessons == "A third"


def test_a_stale_submission_can_be_sent_again(clash: Clash, stored: Stored) -> None:
    me, path, page = clash({"title": "My title"}, {"title": "Their title"}, do="submit")
    assert me.post(path, data=page | {"do": "submit"}).status_code == 302
    assert stored(reference_in(path)).current.number == 2
    assert stored(reference_in(path)).current.title == "My title"


TEXTS = (
    "delivered", "summary", "guidance_used", "results", "lessons", "source_symbol", "other_words", "countries_reason",
)  # fmt: skip


@pytest.mark.both_engines
def test_eight_editors_two_rounds(browser: Browser, fill: Fill, log: Log, stored: Stored) -> None:
    """Each writes a field of their own and all write the title. No text of anybody is overwritten unseen."""
    reference = log("staff", do="draft", how=["training", "other"], other_words="x")
    path = f"/activities/{reference}/edit"
    clients = [browser("staff" if n % 2 else "lead") for n in range(len(TEXTS))]

    def edit(number: int, round_: int, form: Sent) -> list[str]:
        """Save until it is taken; what was shown on the way."""
        shown: list[str] = []
        sent = form | {TEXTS[number]: f"Round {round_} of {number}", "title": f"Title {round_} of {number}"}
        for _attempt in range(40):
            answer = clients[number].post(path, data=sent | {"do": "draft"})
            if answer.status_code == 302:
                return shown
            if answer.status_code == 409:
                shown.append(answer.text)
                sent = form_on(answer, path)
        raise AssertionError("never taken")

    def run(round_: int) -> None:
        forms = [fill(client, path) for client in clients]
        before = stored(reference).version
        with ThreadPoolExecutor(len(clients)) as pool:
            shown = list(pool.map(lambda n: edit(n, round_, forms[n]), range(len(clients))))
        now = stored(reference)
        assert now.version == before + len(clients)
        words = {"other_words": next(t.words for t in now.current.types if t.words)}
        texts = [words.get(name) or getattr(now.current, name) for name in TEXTS]
        assert texts == [f"Round {round_} of {number}" for number in range(len(TEXTS))]
        # Every title but the last was seen by whoever replaced it.
        seen = " ".join(page for pages in shown for page in pages)
        titles = {f"Title {round_} of {number}" for number in range(len(TEXTS))}
        assert all(title in seen or title == now.current.title for title in titles)

    for round_ in range(2):
        run(round_)
