"""What the IATI reader hands over: plain frozen records, and the refusal of a file that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from app.core.errors import TrackerError
from app.exchange.iati_codes import UNICEF_REFS
from app.exchange.iati_findings import Fault
from app.exchange.iati_suggest import office_code_from_identifier

Level = Literal["activity", "transaction"]


class UnreadableFile(TrackerError):
    """The file as a whole cannot be read. The message says why, in plain words."""

    status = 422


@dataclass(frozen=True, slots=True)
class Place:
    """Where an activity stands in its file: 1-based position and line."""

    position: int
    line: int


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What the first pass over a file found.

    version: as the root says, "" where it does not. duplicates: each identifier that stands there more
    than once, with all its places. faults: about the file as a whole (no version, no activity).
    """

    size: int
    activities: int
    version: str
    encoding: str
    duplicates: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation. role (1 to 4) and type are IATI codes, None where missing or unknown."""

    ref: str
    name: str
    type: str | None = None
    role: str | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Country:
    """A recipient country. level says whether the activity or only its transactions name it."""

    iso2: str
    percentage: Decimal | None
    level: Level = "activity"


@dataclass(frozen=True, slots=True)
class Region:
    """A recipient region, by the vocabulary of its code (1 is OECD-DAC)."""

    vocabulary: str
    code: str
    percentage: Decimal | None
    name: str = ""
    level: Level = "activity"


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector, by vocabulary (1 is OECD-DAC's purpose codes, 99 the reporting organisation's own)."""

    vocabulary: str
    code: str
    percentage: Decimal | None
    name: str = ""
    level: Level = "activity"


@dataclass(frozen=True, slots=True)
class Coded:
    """A code with its vocabulary and its name, where it has one (tags, aid types)."""

    vocabulary: str
    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """A link to a document; only http and https addresses are handed over."""

    url: str
    title: str
    format: str
    language: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """One kind of description (1 general, 2 objectives, 3 target groups, 4 other) in its languages."""

    type: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IatiActivity:
    """One activity as the file tells it.

    Codes are IATI's, None where missing or unknown; `our_status` and `our_scope` translate them.
    Languages are lower case (`en`, `pt-br`), "" where the file names none. titles holds every language;
    title prefers English, else the first. original is the activity element as text, whole but for contact
    data. faults lists everything wrong.
    """

    identifier: str
    position: int
    line: int
    version: str
    default_language: str
    hierarchy: str
    reporting_org: Organisation
    title: str
    title_language: str
    titles: Mapping[str, str]
    descriptions: tuple[Description, ...]
    activity_status: str | None
    planned_start: date | None
    planned_end: date | None
    actual_start: date | None
    actual_end: date | None
    participating_orgs: tuple[Organisation, ...]
    recipient_countries: tuple[Country, ...]
    recipient_regions: tuple[Region, ...]
    sectors: tuple[Sector, ...]
    default_aid_types: tuple[Coded, ...]
    scope: str | None
    humanitarian: bool | None
    tags: tuple[Coded, ...]
    document_links: tuple[DocumentLink, ...]
    locations: int
    transactions: int
    original: str
    faults: tuple[Fault, ...]

    @property
    def is_unicef(self) -> bool:
        """True where UNICEF is the reporting organisation, by its reference."""
        return self.reporting_org.ref.upper() in UNICEF_REFS

    @property
    def office_code(self) -> str | None:
        """The UNICEF office that the identifier names, or None."""
        return office_code_from_identifier(self.identifier)

    @property
    def description(self) -> str:
        """The general description (else the first there is), in English where it has one; "" where there
        is none.
        """
        return self._best_description()[1]

    @property
    def description_language(self) -> str:
        """The language of `description`."""
        return self._best_description()[0]

    def _best_description(self) -> tuple[str, str]:
        by_type = {each.type: each.texts for each in reversed(self.descriptions)}
        texts = by_type.get("1") or (self.descriptions[0].texts if self.descriptions else {})
        return best_text(texts)


def best_text(texts: Mapping[str, str]) -> tuple[str, str]:
    """(language, text) of what to show: English in any of its forms, else the first; ("", "") where there
    is none.
    """
    for language, text in texts.items():
        if language.partition("-")[0] == "en":
            return language, text
    return next(iter(texts.items()), ("", ""))
