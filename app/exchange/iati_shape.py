"""What an IATI 2.03 activity must look like, told as a table, and the check that walks it.

The table holds facts read from the IATI 2.03 activity schema (IATI Standard licence, open with attribution):
which attributes and children each element takes. The schema files themselves are not part of the product.
Contact data is left out, because it is stripped before the check.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.exchange.iati_findings import Findings, local_name, namespace
from app.exchange.iati_text import is_iso_date, is_iso_datetime

# names | attributes | children | content. `!` required, `+` once or more, `?` at most once, `*` any number;
# `:kind` says the kind of value. A name may be written `parent/name` where the parent matters.
_TABLE = """
iati-activity | last-updated-datetime:dateTime default-currency humanitarian:boolean hierarchy:integer linked-data-uri budget-not-provided | iati-identifier! reporting-org! title! description+ participating-org+ other-identifier* activity-status! activity-date+ contact-info* activity-scope? recipient-country* recipient-region* location* sector* tag* country-budget-items? humanitarian-scope* policy-marker* collaboration-type? default-flow-type? default-finance-type? default-aid-type* default-tied-status? budget* planned-disbursement* capital-spend? transaction* document-link* related-activity* legacy-data* conditions? result* crs-add? fss? |
iati-identifier pos channel-code | | | text
reporting-org | ref! type! secondary-reporter:boolean | narrative+ |
title name description activity-description comment | | narrative+ |
iati-activity/description | type | narrative+ |
participating-org | ref type role! activity-id crs-channel-code | narrative* |
other-identifier | ref! type! | owner-org? |
owner-org | ref | narrative* |
activity-status activity-scope location-reach exactness location-class feature-designation | code! | |
collaboration-type default-flow-type default-finance-type default-tied-status category language | code! | |
transaction-type disbursement-channel flow-type finance-type tied-status | code! | |
repayment-type repayment-plan | code! | |
activity-date | type! iso-date!:date | narrative* |
recipient-country | code! percentage:decimal | narrative* |
recipient-region | code! vocabulary vocabulary-uri percentage:decimal | narrative* |
location | ref | |
iati-activity/location | ref | location-reach? location-id* name? description? activity-description? administrative* point? exactness? location-class? feature-designation? |
location-id | code! vocabulary! | |
administrative | code! vocabulary! level:whole | |
point | srsName! | pos! |
sector | vocabulary vocabulary-uri code! percentage:decimal | narrative* |
tag | code! vocabulary! vocabulary-uri | narrative* |
country-budget-items | vocabulary! | budget-item+ |
budget-item | code! percentage:decimal | description? |
humanitarian-scope | type! vocabulary! vocabulary-uri code! | narrative* |
policy-marker | vocabulary vocabulary-uri code! significance | narrative* |
default-aid-type aid-type | code! vocabulary | |
budget | type status | period-start! period-end! value! |
period-start period-end transaction-date document-date | iso-date!:date | |
commitment-date repayment-first-date repayment-final-date | iso-date!:date | |
value | currency value-date!:date | | decimal
planned-disbursement | type | period-start! period-end? value! provider-org? receiver-org? |
provider-org | ref provider-activity-id type | narrative* |
receiver-org | ref receiver-activity-id type | narrative* |
capital-spend | percentage!:decimal | |
transaction | ref humanitarian:boolean | transaction-type! transaction-date! value! description? provider-org? receiver-org? disbursement-channel? sector* recipient-country? recipient-region? flow-type? finance-type? aid-type* tied-status? |
transaction/sector | vocabulary vocabulary-uri code! | narrative* |
transaction/recipient-country | code! | narrative* |
transaction/recipient-region | code! vocabulary vocabulary-uri | narrative* |
document-link | url! format! | title! description? category+ language* document-date? |
related-activity | ref! type! | |
legacy-data | name! value! iati-equivalent | |
conditions | attached!:boolean | condition* |
condition | type! | narrative+ |
result | type! aggregation-status:boolean | title! description? document-link* reference* indicator+ |
reference | code! vocabulary! vocabulary-uri | |
indicator | measure! ascending:boolean aggregation-status:boolean | title! description? document-link* reference* baseline* period* |
indicator/reference | vocabulary! code! indicator-uri | |
baseline | iso-date:date year!:positive value | location* dimension* document-link* comment? |
dimension | name value | |
period | | period-start! period-end! target* actual* |
target actual | value | location* dimension* comment? document-link* |
crs-add | | other-flags* loan-terms? loan-status? channel-code? |
other-flags | code! significance!:boolean | |
loan-terms | rate-1:decimal rate-2:decimal | repayment-type? repayment-plan? commitment-date? repayment-first-date? repayment-final-date? |
loan-status | year!:decimal currency value-date!:date | interest-received? principal-outstanding? principal-arrears? interest-arrears? |
interest-received principal-outstanding principal-arrears interest-arrears | | | decimal
fss | extraction-date!:date priority:boolean phaseout-year:decimal | forecast* |
forecast | year!:decimal currency value-date:date | | decimal
narrative | | | text
"""  # noqa: E501

# The reader itself reports these, with words of its own.
_REPORTED_BY_READER_MISSING = frozenset({"iati-identifier", "title", "activity-status", "reporting-org"})
_REPORTED_BY_READER_VALUES = frozenset(
    {
        "activity-date@iso-date",
        "sector@percentage",
        "recipient-country@percentage",
        "recipient-region@percentage",
    }
)
# In a file of IATI 1.0x only these missing attributes are worth a word.
_OLD_REQUIRED = {"recipient-country": "code", "recipient-region": "code", "sector": "code"}

_XML = "http://www.w3.org/XML/1998/namespace"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"

_PATTERNS = {
    "decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
    "boolean": re.compile(r"true|false|0|1"),
    "integer": re.compile(r"[+-]?[0-9]+"),
    "whole": re.compile(r"\+?[0-9]+|-0+"),
    "positive": re.compile(r"\+?0*[1-9][0-9]*"),
}
_KIND_WORDS = {
    "decimal": "a number",
    "boolean": "1, 0, true or false",
    "integer": "a whole number",
    "whole": "a whole number, zero or more",
    "positive": "a whole number above zero",
    "date": "a date written YYYY-MM-DD",
    "dateTime": "a date and time written YYYY-MM-DDThh:mm:ss",
}


@dataclass(frozen=True)
class _Shape:
    attributes: Mapping[str, str]  # name to kind of value, "" for any text
    required: tuple[str, ...]
    order: Mapping[str, int]  # child to its place
    needed: tuple[str, ...]
    single: frozenset[str]
    content: str  # "" for children only, else "text" or a kind of value


def _parse_line(line: str) -> tuple[list[str], _Shape]:
    names, attributes, children, content = (part.strip() for part in line.split("|"))
    kinds: dict[str, str] = {}
    required: list[str] = []
    for word in attributes.split():
        name, _, kind = word.partition(":")
        kinds[name.rstrip("!")] = kind
        if name.endswith("!"):
            required.append(name.rstrip("!"))
    kids = children.split()
    shape = _Shape(
        attributes=kinds,
        required=tuple(required),
        order={kid[:-1]: place for place, kid in enumerate(kids)},
        needed=tuple(kid[:-1] for kid in kids if kid[-1] in "!+"),
        single=frozenset(kid[:-1] for kid in kids if kid[-1] in "!?"),
        content=content,
    )
    return names.split(), shape


@cache
def _shapes() -> dict[str, _Shape]:
    found: dict[str, _Shape] = {}
    for line in _TABLE.strip().splitlines():
        names, shape = _parse_line(line)
        found.update(dict.fromkeys(names, shape))
    return found


def shape_of(parent: str, name: str) -> _Shape | None:
    """The shape of element `name` inside `parent` (local names), or None where there is none."""
    shapes = _shapes()
    return shapes.get(f"{parent}/{name}") or shapes.get(name)


def value_fits(kind: str, value: str) -> bool:
    """True where `value` is well written for `kind` (a kind of the table; "" and "text" take anything)."""
    text = value.strip(" \t\r\n")
    if kind == "date":
        return is_iso_date(text)
    if kind == "dateTime":
        return is_iso_datetime(text)
    pattern = _PATTERNS.get(kind)
    return pattern is None or pattern.fullmatch(text) is not None


def check_shape(activity: Any, findings: Findings, *, old: bool) -> None:
    """Add to `findings` what in `activity` (an lxml element with plain IATI names) breaks IATI 2.03's shape.

    `old` says that the file follows IATI 1.0x, whose shape was another; then only missing codes are told.
    Elements and attributes of other namespaces are passed over.
    """
    stack: list[tuple[Any, _Shape | None]] = [(activity, shape_of("", "iati-activity"))]
    while stack:
        node, shape = stack.pop()
        children: list[tuple[Any, _Shape | None]]
        if old or shape is None:
            _check_old(node, findings)
            children = [(child, None) for child in _own_children(node)]
        else:
            _check_attributes(node, shape, findings)
            _check_content(node, shape, findings)
            children = [*_check_children(node, shape, findings)]
        stack.extend(reversed(children))


def _own_children(node: Any) -> Iterator[Any]:
    for child in node:
        if isinstance(child.tag, str) and not namespace(child.tag):
            yield child


def _check_old(node: Any, findings: Findings) -> None:
    wanted = _OLD_REQUIRED.get(node.tag)
    if wanted and wanted not in node.attrib:
        findings.add("warning", node, f"{node.tag} has no {wanted}, which IATI requires.")


def _check_attributes(node: Any, shape: _Shape, findings: Findings) -> None:
    for name in shape.required:
        if name not in node.attrib:
            findings.add("warning", node, f"{node.tag} has no {name}, which IATI requires.")
    for name, value in node.attrib.items():
        _check_attribute(node, shape, name, value, findings)


def _check_attribute(node: Any, shape: _Shape, name: str, value: str, findings: Findings) -> None:
    space = namespace(name)
    if space not in ("", _XML, _XSI):
        return
    if name == f"{{{_XML}}}lang" or space == _XSI:
        return
    kind = shape.attributes.get(name)
    if kind is None:
        text = f"{node.tag} has an attribute {local_name(name)}, which IATI does not allow there."
        findings.add("warning", node, text, value, attribute=local_name(name))
    elif not value_fits(kind, value) and f"{node.tag}@{name}" not in _REPORTED_BY_READER_VALUES:
        text = f"The {name} of {node.tag} should be {_KIND_WORDS[kind]}."
        findings.add("warning", node, text, value, attribute=name)


def _check_content(node: Any, shape: _Shape, findings: Findings) -> None:
    own = (node.text or "") + "".join(child.tail or "" for child in node)
    if not shape.content:
        if own.strip():
            findings.add("warning", node, f"{node.tag} holds text of its own, which IATI does not allow there.", own)
    elif not value_fits(shape.content, own):
        findings.add("warning", node, f"{node.tag} should hold {_KIND_WORDS[shape.content]}.", own)


def _check_children(node: Any, shape: _Shape, findings: Findings) -> Iterator[tuple[Any, _Shape]]:
    """Report children that are unknown, missing, too many or out of order; yield the known ones."""
    seen: Counter[str] = Counter()
    furthest, before = -1, ""
    for child in node.iterchildren("*"):
        if namespace(child.tag):  # other standards' elements come last
            furthest, before = len(shape.order), "an element of another standard"
            continue
        place = shape.order.get(child.tag)
        if place is None:
            findings.add("warning", child, f"IATI 2.03 has no element {child.tag} inside {node.tag}.")
            continue
        seen[child.tag] += 1
        if place < furthest:
            findings.add("warning", child, f"{child.tag} stands after {before}; IATI wants it before.")
        else:
            furthest, before = place, child.tag
        known = shape_of(node.tag, child.tag)
        assert known is not None
        yield child, known
    _check_counts(node, shape, seen, findings)


def _check_counts(node: Any, shape: _Shape, seen: Counter[str], findings: Findings) -> None:
    for name in shape.needed:
        if not seen[name] and not (node.tag == "iati-activity" and name in _REPORTED_BY_READER_MISSING):
            findings.add("warning", node, f"{node.tag} has no {name}, which IATI requires.")
    for name in sorted(shape.single):
        if seen[name] > 1:
            findings.add("warning", node, f"{node.tag} may have only one {name}.", str(seen[name]))
