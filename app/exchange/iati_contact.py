"""Contact data leaves before anything else is read: names, telephones and addresses of persons are never
kept.
"""

from __future__ import annotations

import re
from typing import Any

from app.exchange.iati_findings import local_name

_NAMES = """
contact-info contact contacts contact-name contact-person contact-email contact-phone person-name job-title
email e-mail email-address telephone telephone-number phone phone-number mobile fax mailing-address
"""
_CONTACT = frozenset(_NAMES.split())
_DOMAIN = r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}\b"
_ADDRESS = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@" + _DOMAIN)
_CONTACT_URL = re.compile(r"\s*(mailto|tel|sms):", re.IGNORECASE)
_IN_COMMENT = re.compile("|".join(["@", *(re.escape(f"<{name}") for name in sorted(_CONTACT))]))
REMOVED = "[e-mail address removed]"


def strip_contacts(activity: Any) -> tuple[int, int]:
    """Take contact data out of `activity` (an lxml element), in place; count what went.

    Elements and attributes by name, in any namespace; comments that hold such; `mailto:` and `tel:`
    links; e-mail addresses within text become a remark. The identifier is left alone. Out: how many
    elements and comments, how many addresses in text and attributes.
    """
    elements = [
        node
        for node in activity.iterdescendants()
        if _is_contact(node) and not any(_is_contact(outer) for outer in node.iterancestors())
    ]
    for node in elements:
        _drop(node)
    return len(elements), sum(_strip_attributes(node) + _mask_text(node) for node in activity.iter())


def _is_contact(node: Any) -> bool:
    if isinstance(node.tag, str):
        return local_name(node.tag).lower() in _CONTACT
    return bool(_IN_COMMENT.search(node.text or ""))


def _drop(node: Any) -> None:
    """Remove `node` and keep the text that follows it."""
    parent, before = node.getparent(), node.getprevious()
    if node.tail:
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def _strip_attributes(node: Any) -> int:
    if not isinstance(node.tag, str):
        return 0
    count = 0
    for name, value in node.attrib.items():
        if local_name(name).lower() in _CONTACT:
            del node.attrib[name]
            count += 1
        elif match := _CONTACT_URL.match(value):
            node.set(name, match[1].lower() + ":")
            count += 1
    return count


def _mask_text(node: Any) -> int:
    count = 0
    if isinstance(node.tag, str) and local_name(node.tag) != "iati-identifier" and node.text and "@" in node.text:
        node.text, count = _ADDRESS.subn(REMOVED, node.text)
    if node.tail and "@" in node.tail:
        node.tail, more = _ADDRESS.subn(REMOVED, node.tail)
        count += more
    return count
