"""Which column of a spreadsheet of recommendations means what, and what its cells say. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from html.parser import HTMLParser

from app.core.text import fold

# What we look for -> what the heads of such columns say, folded; the first that fits is taken.
HEADS: Mapping[str, tuple[str, ...]] = {
    "identifier": ("rec_id", "recommendation_id", "reco_id", "id", "identifier", "reference", "ref", "uid", "number",
                   "no", "nr"),
    "iso": ("sur_iso3", "iso3", "sur_iso", "state_iso3", "country_iso3", "iso", "iso2", "country_code", "state_code",
            "m49"),
    "state": ("state_under_review", "country_under_review", "reviewed_state", "state_reviewed", "sur", "state",
              "country", "state_name", "country_name", "pays", "etat_examine", "etat", "estado", "estado_examinado",
              "pais"),
    "office": ("office_code", "office", "business_area"),
    "asker": ("recommending_state", "reco_state", "recommending_state_entity", "recommending_country", "recommended_by",
              "recommending", "etat_recommandant", "estado_recomendante", "from_state", "asked_by", "committee",
              "body"),
    "response": ("response", "state_response", "position", "status", "reply", "reponse", "respuesta"),
    "session": ("session", "upr_session", "session_number"),
    "juvenile_justice": ("is_juvenile_justice", "juvenile_justice", "child_justice", "is_child_justice"),
    "asks_help": ("asks_technical_assistance", "technical_assistance", "asks_for_help", "asks_help",
                  "is_technical_assistance"),
    "text": ("text", "recommendation", "recommendation_text", "full_text", "description", "texte", "recommandation",
             "recomendacion", "texto", "reco", "paragraph_text"),
    "symbol": ("symbol", "document", "document_symbol", "document_code", "un_document", "cote"),
    "paragraph": ("paragraph", "para", "paragraph_number", "paragraphe", "parrafo"),
    "address": ("address", "url", "link", "document_url", "lien"),
    "date": ("date", "adoption_date", "document_date", "publication_date", "date_of_adoption", "year", "annee", "ano"),
}  # fmt: skip
# When the sessions of the Universal Periodic Review were held, to the month: the recommendations are of that day.
SESSIONS: Mapping[int, str] = dict(
    enumerate(
        ("2008-04", "2008-05", "2008-12", "2009-02", "2009-05", "2009-11", "2010-02", "2010-05", "2010-11", "2011-01",
         "2011-05", "2011-10", "2012-05", "2012-10", "2013-01", "2013-04", "2013-10", "2014-01", "2014-04", "2014-10",
         "2015-01", "2015-05", "2015-11", "2016-01", "2016-05", "2016-11", "2017-05", "2017-11", "2018-01", "2018-05",
         "2018-11", "2019-01", "2019-05", "2019-11", "2020-01", "2020-11", "2021-01", "2021-05", "2021-11", "2022-01",
         "2022-11", "2023-01", "2023-05", "2023-11", "2024-01", "2024-04", "2024-11", "2025-01", "2025-05"),
        1,
    )
)  # fmt: skip
_TAG = re.compile(r"<[a-zA-Z/!][^>]*>")


def found_columns(head: Iterable[str]) -> dict[str, str]:
    """{what we look for: the head of its column}."""
    known = {name_of(name): name for name in reversed(list(head)) if name}
    found: dict[str, str] = {}
    for meaning, names in HEADS.items():
        fitting = next((known[name] for name in names if name in known and known[name] not in found.values()), None)
        if fitting is not None:
            found[meaning] = fitting
    return found


def name_of(heading: str) -> str:
    """A heading for comparing.

    >>> name_of("État examiné *")
    'etat_examine'
    """
    return re.sub(r"[^\w]+", "_", fold(heading)).strip("_")


def known_in(cells: Sequence[str]) -> int:
    """How many of these cells head a column that we look for."""
    return len(found_columns(cell for cell in cells[:600] if len(cell) < 200))


def response(text: str) -> str | None:
    """What the State said to a recommendation; None where nothing, or nothing we know, stands there."""
    word = fold(text)
    if not word:
        return None
    if word.startswith(("noted", "reject", "not ", "refus", "rechaz", "general", "no clear")):
        return "noted"
    return "accepted" if word.startswith(("accept", "support", "aceptad")) else None


class _Words(HTMLParser):
    """The words of a page, without its marks; a script has none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in ("script", "style")
        self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style") and self._silent > 0
        self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def words(text: str) -> str:
    """Text without tags and entities, white space single.

    >>> words("<p>Raise&nbsp;the <b>age</b></p>"), words("a < b")
    ('Raise the age', 'a < b')
    """
    if _TAG.search(text):
        reader = _Words()
        reader.feed(text)
        reader.close()
        text = "".join(reader.parts)
    return " ".join(html.unescape(text).split())
