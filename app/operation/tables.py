"""A PostgreSQL database as plain files and back, by the driver's own COPY: no client tool is needed, on any machine.

Everything is read in one REPEATABLE READ transaction: the state of one moment, whoever writes meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from app.core.db import Base

FOLDER = "tables"


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is now, for as long as it lasts."""
    with engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


def table_names(connection: Connection) -> list[str]:
    """Every table of ours that is there, parents or not, by name."""
    there = set(inspect(connection).get_table_names())
    return sorted(there & set(Base.metadata.tables))


def write_tables(connection: Connection, folder: Path) -> dict[str, int]:
    """Each table into a file of its own. Returns how many rows each has."""
    folder.mkdir()
    counts = {}
    for name in table_names(connection):
        columns = _columns(connection, name)
        with (folder / f"{name}.copy").open("wb") as file, _cursor(connection) as cursor:
            (folder / f"{name}.columns").write_text("\n".join(columns) + "\n", encoding="utf-8")
            with cursor.copy(f"COPY {_quoted(name)} ({_list(columns)}) TO STDOUT") as copy:
                for block in copy:
                    file.write(block)
            counts[name] = cursor.rowcount
    return counts


def read_tables(connection: Connection, folder: Path) -> dict[str, int]:
    """The files into an empty migrated database; the foreign keys are checked when all is there.

    Returns how many rows each table has.
    """
    keys = _drop_foreign_keys(connection)
    counts = {}
    for path in sorted(folder.glob("*.copy")):
        name = path.stem
        columns = (folder / f"{name}.columns").read_text(encoding="utf-8").split()
        # What the migrations themselves have put there comes with the backup.
        connection.execute(text(f"DELETE FROM {_quoted(name)}"))  # noqa: S608 - a table of ours
        with path.open("rb") as file, _cursor(connection) as cursor:
            with cursor.copy(f"COPY {_quoted(name)} ({_list(columns)}) FROM STDIN") as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
            counts[name] = cursor.rowcount
        _go_on_counting(connection, name)
    for table, name, definition in keys:
        connection.execute(text(f"ALTER TABLE {_quoted(table)} ADD CONSTRAINT {_quoted(name)} {definition}"))
    return counts


def _cursor(connection: Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver.cursor()


def _columns(connection: Connection, table: str) -> list[str]:
    return [column["name"] for column in inspect(connection).get_columns(table) if not column.get("computed")]


def _drop_foreign_keys(connection: Connection) -> list[tuple[str, str, str]]:
    asked = text(
        "SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c"
        " JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.contype = 'f' AND n.nspname = current_schema()"
        " ORDER BY 1, 2"
    )
    found = [(table.split(".")[-1].strip('"'), name, told) for table, name, told in connection.execute(asked)]
    for table, name, _told in found:
        connection.execute(text(f"ALTER TABLE {_quoted(table)} DROP CONSTRAINT {_quoted(name)}"))
    return found


def _go_on_counting(connection: Connection, table: str) -> None:
    """Numbers that the database gives go on after the last one."""
    if "id" not in _columns(connection, table):
        return
    sequence = connection.execute(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table}).scalar()
    if sequence:
        last = f"(SELECT coalesce(max(id), 0) + 1 FROM {_quoted(table)})"  # noqa: S608 - a table of ours
        connection.execute(text(f"SELECT setval(:sequence, {last}, false)"), {"sequence": sequence})


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _list(names: list[str]) -> str:
    return ", ".join(map(_quoted, names))
