"""Photographs without what they tell of their maker: place, time, camera, thumbnail, remarks are gone, pixels stay."""

from __future__ import annotations

import io
from threading import Lock
from typing import IO, TYPE_CHECKING, Any

from app.core.errors import Refused
from app.core.i18n import N_

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 50_000_000
QUALITY = 90
# What the pixels cannot be read without.
NEEDED = ("transparency",)
PLAIN_MODES = {"JPEG": ("L", "RGB"), "PNG": ("1", "L", "LA", "I;16", "P", "RGB", "RGBA"), "WEBP": ("RGB", "RGBA")}
OPTIONS: dict[str, dict[str, Any]] = {"JPEG": {"quality": QUALITY}, "PNG": {}, "WEBP": {"quality": QUALITY}}

TOO_LARGE = N_("This picture has more than 50 million points. Make it smaller and send that.")
BROKEN = N_("This picture is damaged or was cut off on its way. Open it, save it again and send that.")
MOVING = N_("This picture moves. Send a single picture of it.")

# One at a time: an opened picture needs a hundred times its file.
_one = Lock()


def without_metadata(file: IO[bytes], kind: str) -> bytes:
    """The picture made anew, turned as it was meant to be seen. `kind` is JPEG, PNG or WEBP, and nothing else is tried.

    Raises:
        Refused: damaged, too many points, or a moving one.
    """
    from PIL import Image, UnidentifiedImageError

    file.seek(0)
    try:
        with _one, Image.open(file, formats=(kind,)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Refused(TOO_LARGE)
            if kind != "JPEG" and getattr(opened, "is_animated", False):
                raise Refused(MOVING)
            return _made_anew(opened, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, OverflowError) as error:
        raise Refused(BROKEN) from error


def _made_anew(opened: Image.Image, kind: str) -> bytes:
    from PIL import ImageOps

    opened.load()
    picture = ImageOps.exif_transpose(opened)
    picture.info = {name: picture.info[name] for name in NEEDED if name in picture.info}
    if picture.mode not in PLAIN_MODES[kind]:
        picture = picture.convert("RGBA" if kind != "JPEG" and picture.has_transparency_data else "RGB")
    out = io.BytesIO()
    picture.save(out, kind, **OPTIONS[kind])
    return out.getvalue()
