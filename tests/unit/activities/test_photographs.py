"""Photographs keep what they show and lose what they tell."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from app.activities import photographs
from app.activities.photographs import without_metadata
from app.core.errors import Refused
from tests.factories import files as make


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that say they are a very large picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_camera_and_remarks_are_gone_and_it_stands_upright(kind: str) -> None:
    made = without_metadata(io.BytesIO(make.told_picture(kind)), kind)
    for mark in (b"SECRET", b"Exif", b"http://ns.adobe.com", b"Photoshop", b"eXIf", b"tEXt", b"iTXt", b"iCCP", b"ICCP"):
        assert mark not in made, mark
    with Image.open(io.BytesIO(made)) as seen:
        assert seen.format == kind
        assert seen.size == (40, 60)  # it lay on its side
        assert not seen.getexif()
        upper, lower = seen.convert("RGB").getpixel((20, 10)), seen.convert("RGB").getpixel((20, 50))
    assert upper[0] > 200 > upper[2]  # type: ignore[index]
    assert lower[2] > 200 > lower[0]  # type: ignore[index]


def test_what_follows_the_picture_is_gone() -> None:
    sent = make.picture("JPEG") + b"<script>alert(1)</script>" + make.archive({"run.exe": "MZ"})
    made = without_metadata(io.BytesIO(sent), "JPEG")
    assert b"script" not in made
    assert b"PK" not in made[-200:]


def test_what_is_seen_through_stays_so() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (10, 20, 30, 40)).save(out, "PNG")
    with Image.open(io.BytesIO(without_metadata(out, "PNG"))) as seen:
        assert seen.convert("RGBA").getpixel((4, 4)) == (10, 20, 30, 40)


def test_a_palette_with_a_clear_colour_stays() -> None:
    out = io.BytesIO()
    made = Image.new("P", (8, 8), 1)
    made.putpalette([0, 0, 0, 255, 0, 0])
    made.save(out, "PNG", transparency=1)
    with Image.open(io.BytesIO(without_metadata(out, "PNG"))) as seen:
        pixel = seen.convert("RGBA").getpixel((4, 4))
    assert pixel[3] == 0  # type: ignore[index]


def test_printers_colours_become_a_screens() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (8, 8)).save(out, "JPEG")
    with Image.open(io.BytesIO(without_metadata(out, "JPEG"))) as seen:
        assert seen.mode == "RGB"


@pytest.mark.parametrize(
    ("content", "kind", "why"),
    [
        (make.picture("JPEG", (600, 400))[:-1500], "JPEG", photographs.BROKEN),
        (b"\xff\xd8\xff" + bytes(500), "JPEG", photographs.BROKEN),
        (make.picture("PNG"), "JPEG", photographs.BROKEN),
        (make.picture("PNG")[:80], "PNG", photographs.BROKEN),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "WEBP", photographs.BROKEN),
        (huge_png(10_000, 6_000), "PNG", photographs.TOO_LARGE),
        (huge_png(12_000, 12_000), "PNG", photographs.TOO_LARGE),
        (huge_png(60_000, 60_000), "PNG", photographs.TOO_LARGE),
    ],
)
def test_what_is_refused(content: bytes, kind: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        without_metadata(io.BytesIO(content), kind)
    assert str(refused.value) == why


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(kind: str) -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    with pytest.raises(Refused) as refused:
        without_metadata(out, kind)
    assert str(refused.value) == photographs.MOVING
