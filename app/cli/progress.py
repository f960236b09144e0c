"""A progress bar on a terminal, silence in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import click


def progress(items: Iterable[Any], label: str, length: int | None = None) -> AbstractContextManager[Iterable[Any]]:
    """A context manager that gives the items one by one and shows on stderr how far they are."""
    hidden = not sys.stderr.isatty()
    bar: Any = click.progressbar
    shown: AbstractContextManager[Iterable[Any]] = bar(
        items, length=length, label=label, file=sys.stderr, hidden=hidden
    )
    return shown
