"""Codes from what people write: the code, its label in any language, an earlier name. Exactly, or not at all."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activities.reference import ReferenceData, reference_data
from app.activities.words import LANGUAGES
from app.asked.states import States
from app.codelists.models import Label
from app.core.i18n import N_
from app.core.text import bare, fold
from app.core.versions import shared
from app.exchange.countries import states_of
from app.exchange.iati_codes import our_scope, our_status
from app.exchange.sheet_values import YES_NO, Finding, error, note, warning, western_digits
from app.offices.models import Country

NOT_ON_LIST = N_("“%(value)s” is not on the list. Codes, names in any language and earlier names are understood.")
SEVERAL = N_("“%(value)s” may be %(codes)s. Write the code.")
FORMER = N_("“%(value)s” is an earlier name; taken for %(code)s.")
REMEMBERED, LONG = 5_000, 500
"""How many cells are remembered, and how long one may be at most."""
USUAL = N_("“%(value)s” is taken for %(code)s.")
OF_IATI = N_("“%(value)s” is IATI’s code; taken for %(code)s.")
IATI_CODES = {"activity_status": our_status, "scope": our_scope}
"""The lists of ours that a table of IATI activities writes in IATI's codes."""
DID_YOU_MEAN = N_("“%(value)s” is not on the list. Did you mean %(close)s?")
ZERO_LOST = N_("The office code lost its leading zero; taken for %(code)s.")


@dataclass(frozen=True)
class Codes:
    """For each list: every way to write a code (folded) → the codes it may mean; earlier names by themselves."""

    present: Mapping[str, Mapping[str, frozenset[str]]]
    former: Mapping[str, Mapping[str, frozenset[str]]]
    data: ReferenceData
    states: States
    heard: dict[tuple[str, str, str], tuple[list[str], list[Finding]]] = field(default_factory=dict, compare=False)
    """What was said of a list's cell: a column repeats itself."""
    near: dict[tuple[str, str], str] = field(default_factory=dict, compare=False)

    def find(self, kind: str, text: str, column: str) -> tuple[str | None, list[Finding]]:
        """The code that `text` writes, and what is to be said about it."""
        text = bare(text)
        word = fold(text)
        codes = self.present.get(kind, {}).get(word, frozenset())
        if len(codes) == 1:
            return next(iter(codes)), []
        if codes:
            return None, [error(column, SEVERAL, text, value=text[:80], codes=", ".join(sorted(codes)))]
        plain = western_digits(text)
        if kind == "office" and plain in self.data.offices:
            return plain, []
        if kind == "office" and re.fullmatch(r"\d{1,3}", plain) and plain.zfill(4) in self.data.offices:
            code = plain.zfill(4)
            return code, [warning(column, ZERO_LOST, text, code=code)]
        theirs = IATI_CODES[kind](plain) if kind in IATI_CODES else None
        if theirs is not None:
            return theirs, [note(column, OF_IATI, text, value=text[:80], code=theirs)]
        return self._of_other_name(kind, word, text, column)

    def _of_other_name(self, kind: str, word: str, text: str, column: str) -> tuple[str | None, list[Finding]]:
        """The code of an earlier name, or of what a State is called every day."""
        earlier = self.former.get(kind, {}).get(word, frozenset())
        if len(earlier) == 1:
            code = next(iter(earlier))
            return code, [note(column, FORMER, text, value=text[:80], code=code)]
        if earlier:
            return None, [error(column, SEVERAL, text, value=text[:80], codes=", ".join(sorted(earlier)))]
        usual = self.states.by_name(text) if kind == "country" else None
        if usual is not None:
            return usual, [note(column, USUAL, text, value=text[:80], code=self._named(kind, usual))]
        return None, [self._unknown(kind, word, text, column)]

    def _unknown(self, kind: str, word: str, text: str, column: str) -> Finding:
        close = self._close(kind, word)
        said = (DID_YOU_MEAN, {"close": close}) if close else (NOT_ON_LIST, {})
        return error(column, said[0], text, value=text[:80], **said[1])

    def _close(self, kind: str, word: str) -> str:
        """The one code of the list that is written much the same, "" where none is or several are. It is only said."""
        place = (kind, word)
        if place not in self.near and len(self.near) < REMEMBERED and len(word) < LONG:
            listed = self.present.get(kind, {})
            found = {code for each in get_close_matches(word, listed, 3, 0.8) for code in listed[each]}
            self.near[place] = self._named(kind, found.pop()) if len(found) == 1 else ""
        return self.near.get(place, "")

    def _named(self, kind: str, code: str) -> str:
        """A code with its English name, as far as they differ."""
        name = self.data.labels.of(kind, code, "en")
        return code if fold(name) == code else f"“{name}” ({code})"

    def find_all(self, kind: str, cell: str, column: str) -> tuple[list[str], list[Finding]]:
        """The codes of a list: parted by `;`, `|` or line ends; by commas where no name has them."""
        place = (kind, cell, column)
        heard = self.heard.get(place)
        if heard is None:
            heard = self._find_all(kind, cell, column)
            if len(self.heard) < REMEMBERED and len(cell) < LONG:
                self.heard[place] = heard
        return list(heard[0]), list(heard[1])

    def _find_all(self, kind: str, cell: str, column: str) -> tuple[list[str], list[Finding]]:
        found: list[str] = []
        said: list[Finding] = []
        for part in (cell.strip(),) if self.knows(kind, cell) else self.parts(kind, cell):
            code, more = self.find(kind, part, column)
            said += more
            if code is not None and code not in found:
                found.append(code)
        return found, said

    def parts(self, kind: str, cell: str) -> Iterator[str]:
        """What a list is made of."""
        for part in parts_of(cell):
            if "," in part and not self.knows(kind, part) and all(self.knows(kind, p) for p in part.split(",")):
                yield from (piece.strip() for piece in part.split(","))
            else:
                yield part

    def knows(self, kind: str, text: str) -> bool:
        """`text` writes a code of the list."""
        if fold(text) in self.present.get(kind, {}) or fold(text) in self.former.get(kind, {}):
            return True
        return kind == "country" and self.states.by_name(text) is not None


def parts_of(cell: str) -> Iterator[str]:
    """The parts between `;`, `|` and line ends that are not blank."""
    for part in re.split(r"[;|\n]", cell):
        if part.strip():
            yield part.strip()


def look_ups(session: Session) -> Codes:
    """The look-ups as they are now; kept by the process while the lists stay the same."""
    return shared(session, "look-ups of imports", lambda: _load(session))


Words = dict[str, dict[str, set[str]]]


def _load(session: Session) -> Codes:
    data = reference_data(session)
    present: Words = defaultdict(lambda: defaultdict(set))
    former: Words = defaultdict(lambda: defaultdict(set))
    for kind, every in _codes(data).items():
        for code in every:
            present[kind][fold(code)].add(code)
    own = {kind: {code for codes in words.values() for code in codes} for kind, words in present.items()}
    for kind, code, text, is_former in session.execute(select(Label.kind, Label.code, Label.text, Label.former)):
        if code in own.get(kind, ()):
            (former if is_former else present)[kind][fold(text)].add(code)
    _add_short_names(session, data, present)
    _codes_come_first(present)
    return Codes(_frozen(present), _frozen(former), data, states_of(session))


def _add_short_names(session: Session, data: ReferenceData, present: Words) -> None:
    for iso3, iso2 in session.execute(select(Country.iso3, Country.iso2)):
        if iso2:
            present["country"][fold(iso2)].add(iso3)
    for office in data.offices.values():
        if office.short_name:
            present["office"][fold(office.short_name)].add(office.code)
    for word, code in ((word, code) for code, words in YES_NO.items() for word in words):
        present["yes_no_unknown"][word].add(code)
    for code, name in LANGUAGES.items():
        present["language"][fold(name)].add(code)


def _codes(data: ReferenceData) -> dict[str, Iterable[str]]:
    return {
        **data.codes,
        "office": data.offices,
        "country": data.countries,
        "support_type": data.facets,
        "provision": data.mandating,
        "language": LANGUAGES,
    }


def _codes_come_first(present: Words) -> None:
    """Where a word is the code of one and the name of another, the code is meant."""
    for words in present.values():
        for word, codes in words.items():
            own = {code for code in codes if fold(code) == word}
            if own:
                words[word] = own


def _frozen(found: Words) -> dict[str, dict[str, frozenset[str]]]:
    return {kind: {word: frozenset(codes) for word, codes in words.items()} for kind, words in found.items()}
