"""Finding the State that a file means, by its code or by one of its names. Pure but for the names it is given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.core.text import fold

# Names that documents of the United Nations and common lists use, beside those of our own lists.
ALSO: Mapping[str, str] = {
    "bolivia": "BOL", "brunei": "BRN", "burma": "MMR", "cape verde": "CPV", "cabo verde": "CPV", "congo": "COG",
    "congo brazzaville": "COG", "republic of the congo": "COG", "congo kinshasa": "COD", "dr congo": "COD",
    "drc": "COD",
    "democratic republic of congo": "COD", "cote divoire": "CIV", "ivory coast": "CIV", "czech republic": "CZE",
    "czechia": "CZE", "dpr korea": "PRK", "dprk": "PRK", "north korea": "PRK", "south korea": "KOR",
    "republic of korea": "KOR", "east timor": "TLS", "timor leste": "TLS", "gambia": "GMB", "bahamas": "BHS",
    "great britain": "GBR", "britain": "GBR", "uk": "GBR", "united kingdom": "GBR", "holy see": "VAT", "vatican": "VAT",
    "iran": "IRN", "lao": "LAO", "laos": "LAO", "lao pdr": "LAO", "libyan arab jamahiriya": "LBY", "libya": "LBY",
    "macedonia": "MKD", "fyr macedonia": "MKD", "former yugoslav republic of macedonia": "MKD", "tfyr macedonia": "MKD",
    "north macedonia": "MKD", "micronesia": "FSM", "moldova": "MDA", "republic of moldova": "MDA", "palestine": "PSE",
    "occupied palestinian territory": "PSE", "burkina": "BFA", "zaire": "COD",
    "state of palestine": "PSE", "russia": "RUS", "swaziland": "SWZ", "eswatini": "SWZ", "syria": "SYR",
    "tanzania": "TZA", "turkey": "TUR", "turkiye": "TUR", "usa": "USA", "us": "USA", "united states": "USA",
    "venezuela": "VEN", "vietnam": "VNM", "viet nam": "VNM", "st kitts and nevis": "KNA", "st lucia": "LCA",
    "st vincent and the grenadines": "VCT", "sao tome and principe": "STP", "guinea bissau": "GNB", "kosovo": "XKX",
    "bosnia": "BIH", "bosnia herzegovina": "BIH", "uae": "ARE", "central african rep": "CAF", "netherlands": "NLD",
}  # fmt: skip
# Names that several States share: what stands in brackets behind them is not to be passed over.
SHARED = frozenset({"congo", "korea", "guinea", "sudan", "samoa", "micronesia"})
HEADS = ("", "republic of ", "kingdom of ", "islamic republic of ", "state of ", "plurinational state of ",
         "bolivarian republic of ", "united republic of ", "federated states of ", "socialist republic of ",
         "arab republic of ", "federal republic of ")  # fmt: skip
_BRACKETS = re.compile(r"\([^)]*\)")
_MARKS = re.compile(r"[^\w\s]")


def plain(name: str) -> str:
    """A name for comparing: without marks, brackets, articles, and "Republic of" at its head.

    >>> plain("Bolivia (Plurinational State of)"), plain("The Gambia"), plain("Côte d'Ivoire"), plain("Türkiye")
    ('bolivia', 'gambia', 'cote divoire', 'turkiye')
    """
    text = fold(_BRACKETS.sub(" ", name).replace("'", "").replace("’", ""))
    words = _MARKS.sub(" ", text.replace("&", " and ")).split()
    while words and words[0] in ("the", "la", "le", "el", "les"):
        words = words[1:]
    return " ".join(words)


@dataclass(frozen=True)
class States:
    """Every State by its codes and by its names."""

    codes: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def of(cls, codes: Iterable[tuple[str, str, str]], names: Iterable[tuple[str, str]]) -> States:
        """`codes` are (iso3, iso2, m49), `names` are (iso3, a name in any language)."""
        known = {code.upper(): iso3 for iso3, *others in codes for code in (iso3, *others) if code}
        found: dict[str, str] = {}
        twice: set[str] = set()
        for iso3, name in names:
            for each in {plain(name), plain(name.split(",")[0])} - {""}:
                if found.setdefault(each, iso3) != iso3:
                    twice.add(each)
        found = {name: iso3 for name, iso3 in found.items() if name not in twice}
        return cls(known, found | {name: iso3 for name, iso3 in ALSO.items() if iso3 in known})

    def by_code(self, text: str) -> str | None:
        """The State of a code of two or three letters or digits."""
        return self.codes.get(text.strip().upper())

    def by_name(self, text: str) -> str | None:
        """The State of a name, also of one that is turned round: "Tanzania, United Republic of"."""
        for name in _ways(text):
            for head in HEADS:
                if name.startswith(head) and (found := self.names.get(name.removeprefix(head))):
                    return found
        return None


def _ways(text: str) -> Iterator[str]:
    """The name as it stands, turned round at its comma or bracket, and without what its brackets say."""
    yield plain(re.sub(r"[()]", " ", text))
    first, mark, rest = text.replace("(", ",", 1).partition(",")
    if mark:
        yield plain(f"{rest.replace(')', ' ')} {first}")
    bare = plain(text)
    if bare not in SHARED or not mark:
        yield bare
