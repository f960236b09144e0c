"""Where imports lie and how long ones are worked on: in a process of their own, which tells how far it is in a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.core.files import FileStore
from app.exchange.models import Import

INLINE_ROWS = 1_000
INLINE_BYTES = 2 * 1024 * 1024
STALE_AFTER = 120
ROOT = Path(__file__).resolve().parents[2]
START = "from app.cli import main; main()"


@dataclass(frozen=True)
class Progress:
    """How far the work on an import is. `alive`: it was heard of in the last two minutes."""

    done: int
    total: int
    alive: bool


@dataclass(frozen=True)
class Desk:
    """The application's place for imports. `env` is what its worker must know of the settings."""

    folder: Path
    most: int
    env: Mapping[str, str]
    inline_rows: int = INLINE_ROWS

    @property
    def store(self) -> FileStore:
        """The files that were sent."""
        return FileStore(self.folder)

    def path(self, imported: Import) -> Path:
        """Where the file of an import lies."""
        return self.store.path(imported.sha256)

    def is_small(self, imported: Import, rows: int) -> bool:
        """Small enough to be worked on while somebody waits for the page."""
        return rows <= self.inline_rows and imported.size <= INLINE_BYTES

    def start(self, imported: Import, act: str, version: int, *more: str) -> None:
        """Begin the work on it in a process of its own, which outlives this one."""
        self.say(imported.client_id, 0, 0)
        command = [sys.executable, "-c", START, "import", "work", imported.client_id, act, str(version), *more]
        subprocess.Popen(  # noqa: S603 - our own program, no shell
            command,
            cwd=ROOT,
            env={**os.environ, **self.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def say(self, client_id: str, done: int, total: int) -> None:
        """Tell how far it is: in a file, since the database may be locked by the work itself."""
        path = self._note(client_id)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps({"done": done, "total": total}), encoding="utf-8")
        os.replace(draft, path)

    def progress(self, client_id: str) -> Progress:
        """How far it is."""
        path = self._note(client_id)
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            age = time.time() - path.stat().st_mtime
        except (OSError, ValueError):
            return Progress(0, 0, False)
        return Progress(told["done"], told["total"], age < STALE_AFTER)

    def end(self, client_id: str) -> None:
        """The work is over."""
        with suppress(OSError):
            self._note(client_id).unlink(missing_ok=True)

    def _note(self, client_id: str) -> Path:
        return self.folder / "progress" / f"{client_id}.json"
