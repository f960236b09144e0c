"""What the pages of imports show: the list, one import with its rows, findings in the reader's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from app.activities.reference import reference_data
from app.activities.words import Words
from app.core.i18n import N_
from app.core.permissions import Actor, Permission, can
from app.core.web.locale import _, ngettext
from app.core.web.tabs import Tab
from app.exchange.doubts import doubts
from app.exchange.models import Import, ImportRow
from app.exchange.queries import page_of_rows, sender_of
from app.exchange.rules import SEVERITIES, Outcome, State
from app.exchange.services import Chosen, chosen_of, look_of
from app.exchange.sheet_columns import DELIVERIES, FIELD_OF, NEVER_SET, any_column, recognise
from app.exchange.sheet_files import HELP_SHEET, LISTS_SHEET, sheet_name
from app.exchange.sheet_look import ColumnLook, Look

STATES = {
    State.SENT: N_("Sent, not looked at"),
    State.WORKING: N_("Being worked on"),
    State.CHECKED: N_("Looked at, not taken"),
    State.TAKEN: N_("Taken"),
    State.UNDONE: N_("Undone"),
}
OUTCOMES = {
    Outcome.NEW: N_("New"),
    Outcome.CHANGED: N_("Changed"),
    Outcome.UNCHANGED: N_("Unchanged"),
    Outcome.WRONG: N_("Wrong"),
    Outcome.LEFT: N_("Left aside"),
}
SEVERITY_WORDS = {"error": N_("Error"), "warning": N_("Warning"), "note": N_("Note")}
WARNED = "warned"


@dataclass(frozen=True)
class Told:
    """One finding in words."""

    severity: str
    word: str
    place: str
    text: str
    found: str


@dataclass(frozen=True)
class RowView:
    """One row of the file."""

    number: int
    outcome: str
    word: str
    title: str
    office: str
    reference: str
    url: str
    changes: str
    findings: list[Told]


@dataclass(frozen=True)
class ImportPage:
    """All that the page of one import shows."""

    imported: Import
    sender: str
    state: str
    look: Look
    chosen: Chosen
    counts: dict[str, int]
    sentence: str
    tabs: list[Tab]
    rows: list[RowView]
    texts: bool
    next_url: str
    unmatched: list[str]
    unset: list[str]
    doubts: list[str]
    may_act: bool

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return self.imported.client_id

    @property
    def deliveries(self) -> bool:
        """Its rows are deliveries, not activities."""
        return self.chosen.of == DELIVERIES

    @property
    def other_sheets(self) -> list[str]:
        """Sheets of the same workbook that may hold more rows."""
        ours = (sheet_name(_(HELP_SHEET)), sheet_name(_(LISTS_SHEET)))
        return [name for name in self.look.sheets if name != self.look.sheet and name not in ours]

    @property
    def waiting_sheets(self) -> list[str]:
        """Of these, those that were seen to hold such rows."""
        return [name for name in self.other_sheets if name in self.look.tables]


def own_offices(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """The offices for which the person may record, by name."""
    words, data = Words(reference_data(session)), reference_data(session)
    mine = [code for code in data.offices if can(Permission.ACTIVITY_CREATE, actor, code)]
    return sorted(((code, words.of("office", code)) for code in mine), key=lambda pair: pair[1].casefold())


def import_page(session: Session, actor: Actor, imported: Import, show: str, after: int) -> ImportPage:
    """The page of one import; `show` narrows its rows."""
    counts = json.loads(imported.counts)
    rows, more = page_of_rows(session, imported, show, after) if counts else ([], False)
    found, chosen = look_of(imported), chosen_of(imported)
    words, texts = Words(reference_data(session)), can(Permission.IMPORT_READ_TEXT, actor, imported)
    here = url_for("exchange.show", key=imported.client_id, show=show or None, after=rows[-1].number) if more else ""
    return ImportPage(
        imported=imported,
        sender=sender_of(session, imported),
        state=_(STATES[State(imported.state)]),
        look=found,
        chosen=chosen,
        counts=counts,
        sentence=_sentence(counts),
        tabs=_tabs(imported, counts, show),
        rows=[_row(words, imported, row, texts=texts) for row in rows],
        texts=texts,
        next_url=here,
        unmatched=_unmatched(found, chosen),
        unset=[c.heading for c in found.columns if _never_set(c, chosen)],
        doubts=_doubts(found, chosen),
        may_act=imported.uploaded_by == actor.user_id,
    )


def leaves_no_doubt(imported: Import) -> bool:
    """True where the file itself tells how it is read, and what each of its columns is."""
    found, chosen = look_of(imported), chosen_of(imported)
    return not _unmatched(found, chosen) and not _doubts(found, chosen)


def counts_of(kept: str) -> dict[str, int]:
    """The counts that are kept with an import; nothing before the first look."""
    told: dict[str, int] = json.loads(kept)
    return told


def sheet_of(imported: Import) -> str:
    """The sheet of a workbook that has several; "" else."""
    found = look_of(imported)
    return found.sheet if len(found.sheets) > 1 else ""


def _sentence(counts: dict[str, int]) -> str:
    if not counts:
        return ""
    told = ngettext("%(num)s row", "%(num)s rows", counts["rows"])
    parts = [f"{counts[o]:,} {_(OUTCOMES[o]).lower()}" for o in Outcome if counts[o]]
    return f"{told}: {', '.join(parts)}" if parts else told


def _tabs(imported: Import, counts: dict[str, int], show: str) -> list[Tab]:
    if not counts:
        return []
    listed = [("", _("All"), counts["rows"])]
    listed += [(o.value, _(OUTCOMES[o]), counts[o]) for o in Outcome if counts[o]]
    return [
        Tab(label, count, url_for("exchange.show", key=imported.client_id, show=name or None) + "#rows", name == show)
        for name, label, count in listed
    ]


def _row(words: Words, imported: Import, row: ImportRow, *, texts: bool) -> RowView:
    there = bool(row.reference) and imported.state != State.UNDONE
    kept = json.loads(row.findings)
    changes = row.fields.split(";") if row.outcome == Outcome.CHANGED and row.fields else []
    return RowView(
        number=row.number,
        outcome=row.outcome,
        word=_(OUTCOMES[Outcome(row.outcome)]),
        title=row.title if texts else "",
        office=words.of("office", row.office),
        reference=row.reference,
        url=url_for("activities.record", reference=row.reference) if there and row.outcome != Outcome.WRONG else "",
        changes=", ".join(column_label(name) for name in changes),
        findings=findings(kept if texts else [_without_words(each) for each in kept]),
    )


def _without_words(kept: Sequence[Any]) -> list[Any]:
    """A finding without what was found, which its sentence may repeat."""
    severity, column, template, values, _found = kept
    return [severity, column, template, dict.fromkeys(values, "…"), ""]


def findings(kept: Iterable[Sequence[Any]], place: Callable[[str], str] | None = None) -> list[Told]:
    """Findings as they are kept, in the reader's words; `place` says what a column is called."""
    place = place or place_of
    return [
        Told(severity, _(SEVERITY_WORDS[severity]), place(column), sentence(template, values), found)
        for severity, column, template, values, found in kept
        if severity in SEVERITIES
    ]


def sentence(template: str, values: Mapping[str, Any]) -> str:
    """A kept sentence; what fills it may be a sentence itself."""
    return _(template, **{k: _(v) if isinstance(v, str) and k in ("what", "order") else v for k, v in values.items()})


_COLUMN = {name: column for column, name in FIELD_OF.items()}
_COLUMN |= {"types": "how", "provisions": "provisions"}


def column_label(name: str) -> str:
    """The label of a column, or of the content's field that it holds."""
    from app.exchange.forms import label_language

    found = any_column(_COLUMN.get(name, name))
    return found.labels[label_language()] if found else name


def place_of(column: str) -> str:
    """Where in the row it is: the column, or the place in an XML file."""
    return column_label(column) if column else ""


def _unmatched(found: Look, chosen: Chosen) -> list[str]:
    """Headings that mean nothing to us."""
    return [
        column.heading or column.tag
        for column, key in zip(found.columns, chosen.keys, strict=False)
        if not key and column.filled and not _never_set(column, chosen)
    ]


def _never_set(column: ColumnLook, chosen: Chosen) -> bool:
    return recognise(column.heading, column.tag, chosen.of) in NEVER_SET[chosen.of]


def _doubts(found: Look, chosen: Chosen) -> list[str]:
    """What could not be told for sure, in sentences; what is wrong with an IATI file as a whole."""
    said = [_(sentence) for _severity, sentence in found.faults]
    said += [_(doubt) for doubt in doubts(found, chosen)]
    if found.kind != "iati" and chosen.missing:
        said.append(_(chosen.missing))
    return said
