"""What the handed-out spreadsheets are filled with: the code lists of a template, the bad rows of an import."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from app.activities.queries_record import every_code
from app.activities.reference import reference_data
from app.activities.words import LANGUAGES, Words
from app.codelists.queries import support_types
from app.core.formulas import unguard
from app.core.web.locale import _
from app.exchange.models import Import
from app.exchange.page import findings
from app.exchange.queries import wrong_rows
from app.exchange.reading import read_rows
from app.exchange.services import chosen_of, look_of
from app.exchange.sheet_files import DROPPED, SEVERAL, Lists, bad_rows
from app.provisions.queries import provisions


def template_lists(session: Session) -> Lists:
    """Every list that a column of the template draws from, in the reader's language."""
    data, words, every = reference_data(session), Words(reference_data(session)), every_code(session)
    types = support_types(session)
    own = {
        "office": ("office", sorted(code for code, o in data.offices.items() if o.retired_on is None)),
        "country": ("country", sorted({link.target for o in data.offices.values() for link in o.countries})),
        "how": ("support_type", [t.code for t in types if t.facet == "how"]),
        "about": ("support_type", [t.code for t in types if t.facet == "about"]),
        "support_type": ("support_type", [t.code for t in types]),
        "provision": ("provision", [p.code for p in provisions(session) if p.offerable]),
        "language": ("language", list(LANGUAGES)),
    }
    wanted = dict.fromkeys([*DROPPED.values(), *SEVERAL.values()])
    wanted.pop("yes_no", None)
    entries = {"yes_no": [("yes", _("Yes")), ("no", _("No"))]}
    for name in wanted:
        kind, listed = own.get(name) or (name, list(every.get(name, ())))
        entries[name] = [(code, words.of(kind, code)) for code in listed]
    return Lists(entries)


def bad_rows_of(session: Session, imported: Import, path: Path) -> bytes:
    """The rows of the import that are wrong. Raises Unreadable."""
    found, chosen = look_of(imported), chosen_of(imported)
    wrong = wrong_rows(session, imported)
    reasons = {
        number: [(column, told.text) for (_s, column, *_rest), told in zip(kept, findings(kept), strict=True)]
        for number, kept in wrong.items()
    }
    plain = unguard if found.kind == "csv" else str
    rows = (
        (number, [plain(cell) for cell in cells])
        for batch in read_rows(path, chosen.reading)
        for number, cells in batch
        if number in wrong
    )
    return bad_rows([c.heading for c in found.columns], chosen.keys, rows, reasons, _)
