"""What a backup says of itself: when, of which schema and engine, each table's rows and each file's checksum."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.core.errors import Refused

NAME = "manifest.json"
FORMAT = 1


@dataclass
class Manifest:
    """All of it. `files` are relative to the backup's folder; evidence is named by its own checksum."""

    made_at: str
    engine: str
    revision: str
    tables: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    evidence: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Last of all: a folder without it is no backup."""
        text = json.dumps(asdict(self), indent=1, sort_keys=True)
        (folder / NAME).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Of a backup.

        Raises:
            Refused: this is none, or one of another program.
        """
        try:
            told = json.loads((folder / NAME).read_text(encoding="utf-8"))
            found = cls(**told)
        except (OSError, ValueError, TypeError) as error:
            raise Refused(f"{folder} holds no whole backup: its {NAME} cannot be read.") from error
        if found.format != FORMAT:
            raise Refused(f"{folder} was made by a program that this one does not know (format {found.format}).")
        return found


def checksum(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
