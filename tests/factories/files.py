"""Files for tests: small honest ones of each kind, and the tools to make dishonest ones."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override ContentType="{}"/></Types>'
)
OOXML = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": ("word/document.xml", OOXML + "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", OOXML + "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", OOXML + "presentationml.presentation.main+xml"),
}
ODF = "application/vnd.oasis.opendocument."
SECRET = "SECRET-camera"


def archive(members: dict[str, bytes | str]) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def office(kind: str, content_type: str = "", **more: bytes | str) -> bytes:
    """A docx, xlsx or pptx; `more` members are named with __ for a slash and _dot_ for a full stop."""
    part, declared = MAIN[kind]
    names = {name.replace("__", "/").replace("_dot_", "."): content for name, content in more.items()}
    return archive({"[Content_Types].xml": TYPES.format(content_type or declared), part: "<x/>", **names})


def open_document(kind: str = "text", manifest: str = "<manifest/>", **more: bytes | str) -> bytes:
    """An odt (text) or ods (spreadsheet)."""
    names = {name.replace("__", "/"): content for name, content in more.items()}
    return archive({"mimetype": ODF + kind, "content.xml": "<x/>", "META-INF/manifest.xml": manifest, **names})


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    made = Image.new("RGB", size, "blue")
    made.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    made.save(out, kind, **options)
    return out.getvalue()


def told_picture(kind: str = "JPEG", orientation: int = 6) -> bytes:
    """A picture that tells its place, its camera and more in every way that its kind has."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 31.0, 12.0), 3: "E", 4: (69.0, 10.0, 5.0), 29: SECRET})
    options: dict[str, Any] = {"exif": exif, "icc_profile": b"SECRET-profile" * 20}
    if kind in ("JPEG", "WEBP"):
        options["xmp"] = b"<x:xmpmeta>SECRET-xmp</x:xmpmeta>"
    if kind == "JPEG":
        options["comment"] = b"SECRET-comment"
    made = picture(kind, **options)
    if kind == "JPEG":  # IPTC, which Pillow reads and does not write
        iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x14\x1c\x02\x78\x00\x0bSECRET-iptc\x00\x00\x00\x00"
        made = made[:2] + b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc + made[2:]
    if kind == "PNG":
        from PIL.PngImagePlugin import PngInfo

        words = PngInfo()
        words.add_text("Author", "SECRET-text")
        words.add_itxt("XML:com.adobe.xmp", "SECRET-xmp")
        made = picture(kind, exif=exif, pnginfo=words)
    assert b"SECRET" in made
    return made
