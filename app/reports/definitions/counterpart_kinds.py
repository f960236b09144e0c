"""counterpart-kinds: with whom offices worked, by kind."""

from __future__ import annotations

from app.core.i18n import N_
from app.reports.tags import Tag, counterpart_kinds, of_list, tag_report

REPORT = tag_report(
    "counterpart-kinds",
    N_("Kinds of counterparts"),
    N_(
        "With which kinds of bodies the activities that count in the year worked: offices with such an activity (k) of"
        " the offices expected (N), and activities of all that count. An activity with several counterparts can stand"
        " in several rows."
    ),
    Tag("counterpart_kind", "counterpart_kind", of_list("counterpart_kind"), counterpart_kinds),
)
