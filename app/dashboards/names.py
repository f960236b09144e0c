"""Names of things in the reader's language, and the lists that pages choose from. Loaded once a request."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.codelists.queries import Labels, SupportTypeRow, labels, support_types
from app.core.i18n import N_
from app.core.web.locale import _, current_locale
from app.offices.queries import country_codes, region_codes
from app.provisions.queries import ProvisionRow, provisions

OFFICE_TYPES = {
    "country": N_("Country office"),
    "multi_country": N_("Multi-country office"),
    "regional": N_("Regional office"),
    "hq": N_("Headquarters"),
}


@dataclass(frozen=True)
class Names:
    """What things are called in one language; English, then the code, where there is no such name."""

    labels: Labels
    language: str = "en"

    def of(self, kind: str, code: str) -> str:
        """The name of the thing of this kind."""
        return self.labels.of(kind, code, self.language)

    def region(self, code: str) -> str:
        """A region's name; words for an office that has none."""
        return self.of("region", code) if code else _("No region")

    def office(self, code: str) -> str:
        """An office's name."""
        return self.of("office", code)

    def country(self, iso3: str) -> str:
        """A country's name."""
        return self.of("country", iso3)

    def support_type(self, code: str) -> str:
        """A support type's name."""
        return self.of("support_type", code)

    def summary(self, provision: ProvisionRow) -> ProvisionRow:
        """The provision with its summary in this language."""
        return replace(provision, summary=self.labels.summary(provision.code, provision.summary, self.language))

    def provision(self, code: str) -> str:
        """A provision's short name."""
        return self.of("provision", code)


@dataclass(frozen=True)
class Lists:
    """What a figure can be narrowed to. Retired entries are here too: old addresses must go on working."""

    names: Names
    regions: tuple[str, ...]
    types: tuple[SupportTypeRow, ...]
    provisions: tuple[ProvisionRow, ...]
    countries: tuple[str, ...]


def lists_of(session: Session) -> Lists:
    """The lists, with names in the language of the request."""
    return Lists(
        names=names_of(session),
        regions=region_codes(session),
        types=support_types(session, include_retired=True),
        provisions=provisions(session, include_retired=True),
        countries=country_codes(session),
    )


def names_of(session: Session) -> Names:
    """The names alone, in the language of the request."""
    return Names(labels(session), current_locale().code)
