"""What the handed-out files are filled with: the code lists of a template, the bad rows of an import."""

from __future__ import annotations

import re
from itertools import chain, zip_longest
from pathlib import Path
from xml.sax.saxutils import quoteattr

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.deliveries import PEOPLE
from app.activities.queries_record import every_code
from app.activities.reference import reference_data
from app.activities.words import LANGUAGES, Words
from app.codelists.queries import support_types
from app.core import clock
from app.core.formulas import unguard
from app.core.web.locale import _
from app.exchange.models import Import
from app.exchange.page import Told, findings
from app.exchange.queries import wrong_rows
from app.exchange.reading import read_activities, read_rows
from app.exchange.services import Chosen, chosen_of, look_of
from app.exchange.sheet_columns import DATES, NUMBERS
from app.exchange.sheet_files import DROPPED, SEVERAL, Lists, bad_rows
from app.exchange.sheet_values import Unclear, read_amount, read_date
from app.offices.models import Country
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
        (number, [_read_once(key, plain(cell), chosen) for key, cell in zip_longest(chosen.keys, cells, fillvalue="")])
        for batch in read_rows(path, chosen.reading)
        for number, cells in batch
        if number in wrong
    )
    return bad_rows([c.heading for c in found.columns], chosen.keys, rows, reasons, _, of=chosen.of)


def _read_once(key: str, cell: str, chosen: Chosen) -> str:
    """The cell as it is written in only one way, where it is a date or a number that could be read: the few rows that
    are mended may not tell any more in which order dates are, or what stands before cents.
    """
    try:
        if key in DATES:
            return read_date(cell, chosen.order) if cell.strip() else cell
        if key in (*NUMBERS, *PEOPLE[1:]):
            return read_amount(cell, chosen.decimal) if cell.strip() else cell
    except Unclear:
        pass
    return cell


def bad_activities_of(session: Session, imported: Import, path: Path) -> bytes:
    """The activities of an IATI file that are wrong, as they were sent but for contacts, each below its reasons: to be
    mended in XML and sent again. Raises Unreadable.
    """
    wrong = wrong_rows(session, imported)
    countries = session.scalars(select(Country.iso2)).all()
    parts: list[str] = []
    version = ""
    for activity in chain.from_iterable(read_activities(path, clock.today(), countries)):
        if activity.position in wrong:
            version = version or activity.version
            parts += [_comment(told) for told in findings(wrong[activity.position]) if told.severity == "error"]
            parts.append(activity.original)
    root = f"<iati-activities version={quoteattr(version)}>" if version else "<iati-activities>"
    whole = ['<?xml version="1.0" encoding="UTF-8"?>', root, *parts, "</iati-activities>", ""]
    return "\n".join(whole).encode("utf-8")


def _comment(told: Told) -> str:
    """A reason as XML allows it in a comment: without two hyphens in a row."""
    said = " ".join(part for part in (told.place and f"{told.place}:", told.text, told.found) if part)
    return f"<!-- {re.sub('-(?=-)', '- ', said)} -->"
