"""Files of activities for tests, and an import as one act after the other, without pages."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import new_client_id
from app.core.files import FileStore
from app.core.permissions import SYSTEM, Actor
from app.exchange import services
from app.exchange.models import Import, ImportRow
from app.exchange.reading import look
from app.exchange.rules import Scope
from app.exchange.undoing import may_undo, undo

HEAD = ("lead_office", "title", "how", "provisions", "delivery_status", "actual_start", "counterparts", "concerns")
ROW = ("0060", "Course for judges", "training", "E1997-30-8", "active", "2025-03-10",
       "Ministry of Justice (government)", "mainly")  # fmt: skip


def row(**changes: str) -> dict[str, str]:
    """A good row with these cells changed."""
    return {**dict(zip(HEAD, ROW, strict=True)), **changes}


def csv_text(rows: Iterable[Mapping[str, str]], delimiter: str = ",") -> str:
    """A CSV file of these rows; the headings are their keys."""
    listed = list(rows)
    out = io.StringIO()
    names = list(dict.fromkeys(key for each in listed for key in each)) or list(HEAD)
    writer = csv.DictWriter(out, names, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(listed)
    return out.getvalue()


def resaved(data: bytes) -> bytes:
    """A CSV file that a spreadsheet program opened and saved as XLSX: each cell as the text that it shows."""
    return xlsx_bytes(list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))))


def xlsx_bytes(rows: Sequence[Sequence[Any]], sheet: str = "Activities") -> bytes:
    """An XLSX file of these rows, strings as strings."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet(sheet)
    for y, cells in enumerate(rows):
        for x, cell in enumerate(cells):
            if isinstance(cell, str):
                page.write_string(y, x, cell)
            else:
                page.write(y, x, cell)
    book.close()
    return out.getvalue()


@dataclass
class Sheets:
    """Imports on one session."""

    session: Session
    folder: Path

    @property
    def store(self) -> FileStore:
        """Where the files lie."""
        return FileStore(self.folder / "imports")

    def send(
        self, data: bytes | str, actor: Actor = SYSTEM, name: str = "file.csv", office: str | None = None
    ) -> Import:
        """Look at the file and keep it. Raises Unreadable."""
        whole = data.encode() if isinstance(data, str) else data
        with self.store.received([whole]) as taken:
            found = look(taken.path)
            return services.send_file(self.session, actor, self.store, taken, found, name, new_client_id(), office)

    def check(self, data: bytes | str, actor: Actor = SYSTEM, **more: Any) -> Import:
        """And judge every row."""
        how = {k: more.pop(k) for k in ("order", "decimal", "keys") if k in more}
        imported = self.send(data, actor, **more)
        if how:
            chosen = replace(services.chosen_of(imported), **how)
            services.choose(self.session, actor, imported, chosen, services.look_of(imported), imported.version)
        services.check(self.session, actor, imported, self.path(imported))
        return imported

    def take(self, imported: Import, actor: Actor = SYSTEM, scope: Scope = Scope.ALL, take_id: str = "") -> Import:
        """And take what is asked for."""
        imported = self.session.get_one(Import, imported.id)
        services.may_take(self.session, imported, scope, imported.version)
        return services.take(self.session, actor, imported, self.path(imported), scope, take_id or new_client_id())

    def undo(self, imported: Import, actor: Actor = SYSTEM) -> None:
        """And take it back."""
        imported = self.session.get_one(Import, imported.id)
        may_undo(self.session, imported, imported.version)
        undo(self.session, actor, imported)

    def path(self, imported: Import) -> Path:
        """The file."""
        return self.store.path(imported.sha256)

    def rows(self, imported: Import) -> list[ImportRow]:
        """The rows as they are kept."""
        asked = select(ImportRow).where(ImportRow.import_id == imported.id).order_by(ImportRow.number)
        return list(self.session.scalars(asked.execution_options(populate_existing=True)))

    def outcomes(self, imported: Import) -> list[str]:
        """What each row is."""
        return [each.outcome for each in self.rows(imported)]

    def findings(self, imported: Import) -> list[tuple[int, str, str, str]]:
        """(row, severity, column, sentence) of each finding."""
        return [
            (each.number, f[0], f[1], f[2] % f[3] if f[3] else f[2])
            for each in self.rows(imported)
            for f in json.loads(each.findings)
        ]

    def errors(self, imported: Import) -> list[tuple[int, str]]:
        """(row, column) of each error."""
        return [(number, column) for number, severity, column, _text in self.findings(imported) if severity == "error"]
