"""An activity of an IATI file as plain values, on its way from the process that read it to the one that takes it in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cattrs.preconf.json import make_converter

from app.exchange.iati_model import IatiActivity

_CONVERTER = make_converter()
_CONVERTER.register_structure_hook(Decimal, lambda text, _type: Decimal(text))


def untold(plain: dict[str, Any]) -> IatiActivity:
    """The activity of which `child` told these fields."""
    return _CONVERTER.structure(plain, IatiActivity)
