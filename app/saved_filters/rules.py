"""Which addresses can be saved under a name. The address stays the truth: nothing else of the filter is kept."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

NAME_LIMIT = 100
MOST = 100
PAGES = re.compile(r"/activities|/coverage(/[a-z-]+)*|/reports/[a-z-]+|/regions/[A-Z]+|/countries")
# Where somebody is in a list is no part of the filter.
PAGING = frozenset({"after", "before"})


def filter_address(address: str) -> tuple[str, str] | None:
    """(path, query) of an address whose filter can be saved; None of any other.

    >>> filter_address("/activities?year=2025&after=xyz"), filter_address("/me")
    (('/activities', 'year=2025'), None)
    """
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not PAGES.fullmatch(parts.path):
        return None
    pairs = [(name, value) for name, value in parse_qsl(parts.query) if name not in PAGING]
    return parts.path, urlencode(pairs)
