"""What IATI codes suggest about our own fields. Suggestions only: a person decides. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from app.exchange.iati_codes import DAC_SECTOR_NAMES

if TYPE_CHECKING:
    from app.exchange.iati_model import IatiActivity, Sector

Strength = Literal["core", "related"]

# XM-DAC-41122-Guinea-Bissau-6850/A0/05/001: the code is the last thing before a slash, after the office's
# name, which may itself hold hyphens, blanks, brackets and commas.
_UNICEF = r"(?:XM-DAC-)?41122-[^\x00-\x1f]+?-([0-9]{3}[0-9A-Z])/"
_OFFICE = re.compile(_UNICEF, re.IGNORECASE)
_OFFICE_AND_PLAN = re.compile(_UNICEF + "[A-Z][0-9]/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A support type that the activity's codes point to, and why."""

    support_type: str
    strength: Strength
    because: str


def office_code_from_identifier(identifier: str) -> str | None:
    """The four-character office code inside an identifier of UNICEF, or None.

    `XM-DAC-41122-Bangladesh-5070/A0/05/106/001` gives `5070`. Only identifiers that begin with UNICEF's
    own reference are looked at, and only a code that stands between a hyphen and a slash. Whether such an
    office exists is the caller's question.
    """
    text = identifier.strip()
    match = _OFFICE_AND_PLAN.match(text) or _OFFICE.match(text)
    return match[1].upper() if match else None


def suggest_support_types(activity: IatiActivity, table: Iterable[Mapping[str, str]]) -> tuple[Suggestion, ...]:
    """Support types that the activity's sectors suggest, core ones first, each once, with its reasons.

    table: rows of iati_support_types.csv (vocabulary, code, support_type, strength). Codes of vocabulary
    99 mean something only where UNICEF reports. A sector that the table does not name suggests nothing;
    nor does one of 0 percent, but where UNICEF reports: it rounds shares to one decimal.
    """
    sectors = {(s.vocabulary, s.code): s for s in reversed(activity.sectors) if s.percentage != 0 or activity.is_unicef}
    strengths: dict[str, Strength] = {}
    reasons: dict[str, list[str]] = {}
    for row in table:
        sector = sectors.get((row["vocabulary"], row["code"]))
        if sector is None or (sector.vocabulary == "99" and not activity.is_unicef):
            continue
        kind = row["support_type"]
        if strengths.get(kind) != "core":
            strengths[kind] = cast(Strength, row["strength"])
        reasons.setdefault(kind, []).append(_reason(sector))
    ordered = sorted(strengths, key=lambda kind: strengths[kind] != "core")
    return tuple(Suggestion(kind, strengths[kind], "; ".join(reasons[kind])) for kind in ordered)


def _reason(sector: Sector) -> str:
    own = sector.vocabulary == "99"
    whose = "UNICEF code" if own else "OECD-DAC sector"
    called = sector.name if own else DAC_SECTOR_NAMES.get(sector.code, "")
    name = f" {called}" if called else ""
    share = f", {sector.percentage:f} %" if sector.percentage is not None else ""
    where = ", named by transactions" if sector.level == "transaction" else ""
    return f"{whose} {sector.code}{name}{share}{where}"
