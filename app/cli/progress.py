"""A progress bar on a terminal, silence in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
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


@contextmanager
def progress_of(total: int, label: str) -> Iterator[Callable[[int], None]]:
    """Gives a function to tell how many are done by now."""
    bar: Any = click.progressbar
    with bar(length=total, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as shown:
        yield lambda done: shown.update(done - shown.pos)
