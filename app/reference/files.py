"""The reference files that come with the program: UTF-8, comma-separated, the header in the first line."""

from __future__ import annotations

import csv
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "data"


def read(name: str) -> list[dict[str, str]]:
    """The rows of `data/<name>.csv` in their order, every cell as text ("" where blank).

    Raises:
        FileNotFoundError: there is no such list.
        csv.Error: the file is broken.
    """
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [dict(row) for row in csv.DictReader(file, strict=True)]


def several(cell: str) -> tuple[str, ...]:
    """The parts of a many-valued cell, which reference files separate by a bar."""
    return tuple(part for part in cell.split("|") if part)
