"""An import as a command runs it, told in lines."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.reference import reference_data
from app.core.db import new_client_id
from app.core.errors import Invalid
from app.core.permissions import SYSTEM
from app.exchange import services
from app.exchange.desk import Desk
from app.exchange.doubts import doubts, order_doubts
from app.exchange.models import Import, ImportRow
from app.exchange.reading import GONE, look
from app.exchange.rules import IATI, Outcome, Scope
from app.exchange.sheet_columns import NEVER_SET
from app.exchange.sheet_judge import OURS
from app.exchange.sheet_limits import Unreadable
from app.exchange.sheet_look import Reading
from app.exchange.sheet_values import Finding

Tell = Callable[[int], None]
CHUNK = 256 * 1024
SAY_ORDER = "Nothing was taken: say by --order dmy or --order mdy how dates such as 03/04/2025 are to be read."
IS_IATI = "This is an XML file. Use: tracker import iati"


class SheetRun:
    """One file: looked at, checked, taken. The caller's transaction keeps it or not."""

    def __init__(self, session: Session, desk: Desk, file: Path, office: str | None, how: Mapping[str, str]) -> None:
        """Raises Unreadable; Invalid where the office is none."""
        self._session, self._desk = session, desk
        if office is not None and office not in reference_data(session).offices:
            raise Invalid.at("office", f"There is no office {office}.")
        if not file.is_file():
            raise Unreadable(GONE)
        reading = Reading(*(how.get(name, "") for name in ("encoding", "delimiter", "sheet")))
        with desk.store.received(_pieces(file)) as taken:
            self._look = look(taken.path, reading)
            if self._look.kind == IATI:
                raise Invalid.at("file", IS_IATI)
            self._key = services.send_file(
                session, SYSTEM, desk.store, taken, self._look, file.name, new_client_id(), office
            ).id
        orders = {name: how[name] for name in ("order", "decimal") if name in how}
        chosen = replace(services.proposed(self._look, office), **orders)  # type: ignore[arg-type]
        self._order_said = "order" in how or not order_doubts(self._look, chosen)
        services.choose(session, SYSTEM, self._import(), chosen, self._look, self._import().version)

    def _import(self) -> Import:
        return self._session.get_one(Import, self._key)

    @property
    def rows(self) -> int:
        """How many there are."""
        return self._look.rows

    def reading(self) -> Iterator[str]:
        """How the file is read."""
        chosen = services.chosen_of(self._import())
        told = asdict(chosen)
        parts = [
            f"{name} {told[name]!r}" for name in ("encoding", "delimiter", "sheet", "order", "decimal") if told[name]
        ]
        yield f"Read as {chosen.of} in {self._look.kind}: {', '.join(parts)}."
        named = list(zip((column.heading for column in self._look.columns), chosen.keys, strict=True))
        for said, names in (
            ("Columns left out", [name for name, key in named if not key]),
            ("Never set by an import, so left out", [name for name, key in named if key in NEVER_SET[chosen.of]]),
        ):
            if names:
                yield f"{said}: {', '.join(names)}."
        more = [name for name in self._look.tables if name != self._look.sheet]
        if more:
            yield f"Rows stand on other sheets, too ({', '.join(more)}): import them by --sheet."
        yield from doubts(self._look, chosen, order_said=self._order_said)

    def check(self, tell: Tell) -> dict[str, int]:
        """Judge every row."""
        imported = self._import()
        services.check(self._session, SYSTEM, imported, self._desk.path(imported), tell)
        counts: dict[str, int] = json.loads(self._import().counts)
        return counts

    def findings(self) -> Iterator[str]:
        """What was found, row by row."""
        columns = (ImportRow.number, ImportRow.outcome, ImportRow.reference, ImportRow.fields, ImportRow.findings)
        asked = select(*columns).where(ImportRow.import_id == self._key).order_by(ImportRow.number)
        for number, outcome, reference, fields, kept in self._session.execute(asked.execution_options(yield_per=500)):
            if outcome == Outcome.UNCHANGED and kept == "[]":
                continue
            yield f"{number}. {outcome}" + (f" {reference}" if reference else "") + (f": {fields}" if fields else "")
            yield from (Finding(*each).line for each in json.loads(kept))

    def take(self, good: bool, tell: Tell) -> None:
        """Take all rows, or the good ones.

        Raises:
            Invalid: some are wrong and all are asked for, or nobody said in which order dates are that do not tell.
        """
        if not self._order_said:
            raise Invalid.at("order", SAY_ORDER)
        imported = self._import()
        scope = Scope.GOOD if good else Scope.ALL
        services.may_take(self._session, imported, scope, imported.version)
        take_id = str(uuid.uuid5(OURS, f"take {imported.client_id}"))
        services.take(self._session, SYSTEM, imported, self._desk.path(imported), scope, take_id, tell)


def summary(counts: Mapping[str, int]) -> str:
    """How many of each outcome, in a line."""
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if outcome != Outcome.LEFT)


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(CHUNK):
            yield piece
