"""Why an IATI file cannot be read, in the words of who sends it: never in the parser's."""

from __future__ import annotations

import re
from typing import Any

from app.exchange.iati_model import UnreadableFile
from app.exchange.sheet_kinds import ENCODING_NOT_READ, NOT_READ

ENTITIES = (
    "This file declares entities (in its DOCTYPE). IATI files need none, and they can be made to exhaust the"
    " computer, so the file is refused."
)
_OTHER_KINDS = (
    (b"PK", "This is a zip archive or a spreadsheet, not XML. Unpack it, or export IATI XML."),
    (b"\x1f\x8b", "This file is compressed (gzip). Unpack it first."),
    (b"BZh", "This file is compressed (bzip2). Unpack it first."),
    (b"%PDF", "This is a PDF document, not XML."),
    (b"{", "This looks like JSON, not XML."),
    (b"[", "This looks like JSON, not XML."),
    (b"<!doctype html", "This is a web page, not an IATI file. Was it saved instead of the file itself?"),
    (b"<html", "This is a web page, not an IATI file. Was it saved instead of the file itself?"),
    *((mark, NOT_READ) for mark in ENCODING_NOT_READ),
)


def check_kind(head: bytes) -> None:
    """Raises UnreadableFile where a file that begins with `head` is no XML, or in no encoding that is read."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, message in _OTHER_KINDS:
        if start.startswith(mark.lower()):
            raise UnreadableFile(message)


def refusal(parser: Any) -> UnreadableFile:
    """What the first complaint of an lxml `parser` means for a person."""
    log = [entry for entry in parser.feed_error_log if entry.level_name != "WARNING"]
    if not log:
        return UnreadableFile(_UNKNOWN.format(place=""))
    first = log[0]
    named = _NAMED.search(first.message)
    words = _words(first.type_name, first.message)
    place = f" near line {first.line}, column {first.column}" if first.line else ""
    return UnreadableFile(words.format(place=place, name=named[1][:80] if named else ""))


def _words(kind: str, message: str) -> str:
    if kind == "ERR_RESOURCE_LIMIT" and "amplification" in message:
        return ENTITIES
    if "too big" in message or "too long" in message:
        return _LIMIT
    return _WORDS.get(kind, _UNKNOWN)


# What a complaint is about: an entity, an element that is not closed, a prefix, an attribute.
_NAMED = re.compile(r"(?:Entity '|mismatch: |prefix |[Aa]ttribute )([^\s']+)")
_UNKNOWN = "The file is not well-formed XML{place}. Mend it there, or export it again."
_CUT_OFF = "The file breaks off{place}: its end is missing. It was probably cut while being saved or sent."
_NEVER_ENDS = "The file ends{place} inside a comment, a CDATA section or an instruction that is never closed."
_BARE = (
    "The file is not well-formed XML{place}: a “&” or “<” begins nothing that XML knows. In text they are written"
    " as &amp; and &lt;."
)
_CHARACTER = (
    "The file holds a character{place} that XML does not allow, such as a control character that came along by copying."
    " Take it out."
)
_CHARACTER_NUMBER = "The file is not well-formed XML{place}: “&#” is not followed by a number and “;”."
_QUOTES = "The file is not well-formed XML{place}: the value of an attribute lacks its quotation marks."
_TWICE = "The file is not well-formed XML{place}: the attribute {name} stands there twice."
_SPACE = (
    "The file is not well-formed XML{place}: a blank is missing there, or the file is not in the encoding which its"
    " first line declares."
)
_FIRST_LINE = "The first line of the file (<?xml … ?>) is not well written{place}. Save it again as UTF-8."
_LIMIT = "The file holds something too large or too deep to read safely{place}."
_PREFIX = "The file uses a namespace prefix{place} that it does not declare: {name}."
_WORDS = {
    "ERR_TAG_NOT_FINISHED": _CUT_OFF,
    "ERR_GT_REQUIRED": _CUT_OFF,
    "ERR_COMMENT_NOT_FINISHED": _NEVER_ENDS,
    "ERR_CDATA_NOT_FINISHED": _NEVER_ENDS,
    "ERR_PI_NOT_FINISHED": _NEVER_ENDS,
    "ERR_DOCUMENT_EMPTY": "This is not an XML file: it does not begin with an element.",
    "ERR_DOCUMENT_END": "The file is not well-formed XML{place}: something stands behind the end of its first element.",
    "ERR_INVALID_ENCODING": (
        "The file holds bytes{place} that are not in the encoding which it declares (UTF-8 where it declares none)."
        " Save it again as UTF-8."
    ),
    "ERR_UNSUPPORTED_ENCODING": "The file declares an encoding that is not read here. Save it as UTF-8.",
    "ERR_UNKNOWN_ENCODING": "The file declares an encoding that is not read here. Save it as UTF-8.",
    "ERR_INVALID_CHAR": _CHARACTER,
    "ERR_INVALID_CHARREF": _CHARACTER,
    "ERR_INVALID_HEX_CHARREF": _CHARACTER_NUMBER,
    "ERR_INVALID_DEC_CHARREF": _CHARACTER_NUMBER,
    "ERR_NAME_REQUIRED": _BARE,
    "ERR_ENTITYREF_NO_NAME": _BARE,
    "ERR_ENTITYREF_SEMICOL_MISSING": _BARE,
    "ERR_LT_IN_ATTRIBUTE": _BARE,
    "ERR_ATTRIBUTE_NOT_STARTED": _QUOTES,
    "ERR_ATTRIBUTE_NOT_FINISHED": _QUOTES,
    "ERR_ATTRIBUTE_WITHOUT_VALUE": "The file is not well-formed XML{place}: the attribute {name} has no value.",
    "ERR_ATTRIBUTE_REDEFINED": _TWICE,
    "NS_ERR_ATTRIBUTE_REDEFINED": _TWICE,
    "ERR_SPACE_REQUIRED": _SPACE,
    "ERR_HYPHEN_IN_COMMENT": "The file is not well-formed XML{place}: a comment holds two hyphens (--).",
    "ERR_MISPLACED_CDATA_END": "The file is not well-formed XML{place}: “]]>” stands in a text. Write it as ]]&gt;.",
    "ERR_RESERVED_XML_NAME": "The file is not well-formed XML{place}: “<?xml” stands elsewhere than at the beginning.",
    "ERR_VERSION_MISSING": _FIRST_LINE,
    "ERR_UNKNOWN_VERSION": _FIRST_LINE,
    "ERR_STANDALONE_VALUE": _FIRST_LINE,
    "ERR_ENCODING_NAME": _FIRST_LINE,
    "ERR_XMLDECL_NOT_FINISHED": _FIRST_LINE,
    "ERR_UNDECLARED_ENTITY": "The file uses an entity{place} that XML does not know: &{name};.",
    "ERR_TAG_NAME_MISMATCH": (
        "The file is not well-formed XML{place}: the element {name} is not closed, or something else is closed instead."
    ),
    "NS_ERR_UNDEFINED_NAMESPACE": _PREFIX,
    "ERR_RESOURCE_LIMIT": _LIMIT,
    "ERR_NAME_TOO_LONG": _LIMIT,
}
