"""Whatever is done to an activity has words in its history; whatever others should hear of, in what changed."""

from __future__ import annotations

import re

from app.activities.history_page import ACTIONS as IN_HISTORY
from app.dashboards.changes_page import ACTIONS as IN_CHANGES
from config import ROOT

# An office's own affair, or nobody's news.
QUIET = {
    "activity.recorded", "activity.imported", "activity.saved", "activity.next-step-added", "activity.next-step-done",
    "activity.next-step-given", "activity.evidence-removed", "activity.evidence-restored", "activity.kept-by",
    # Told by the return and by the list that changed.
    "activity.confirmed-by-return", "activity.unconfirmed-by-return", "activity.codes-merged",
}  # fmt: skip


def test_every_act_has_words() -> None:
    rooms = [ROOT / "app" / room for room in ("activities", "people", "exchange")]
    sources = [path.read_text(encoding="utf-8") for room in rooms for path in room.glob("*.py")]
    done = {act for text in sources for act in re.findall(r'"(activity\.[a-z-]+)"', text)}
    assert len(done) > 20
    assert done <= IN_HISTORY.keys()
    assert done - QUIET <= IN_CHANGES.keys()
