"""The bad days, one function each: what is done, and what was counted."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.core import migrations
from app.core.db import make_engine
from app.core.files import FileStore
from app.operation import restore as restoring
from app.operation.backup import back_up, new_folder
from tests.chaos.site import Person, Site

Told = dict[str, int | float | str]
LOST = ("acknowledged and lost", "half", "double", "facts apart", "503 without Retry-After", "500")


def killed_workers(site: Site, times: int, seed: int = 1) -> Told:
    """kill -9 of workers at random while four people write."""
    chance, done = random.Random(seed), 0
    site.write()
    while done < times:
        time.sleep(chance.uniform(0.05, 0.6))
        if site.kill_a_worker(chance):
            done += 1
            if done % 2 == 0:  # on a slow machine nothing would be saved at all between two deaths
                site.wait_until_saved()
    site.wait_until_ready()
    time.sleep(1)
    site.rest()
    return {"kills": done, **site.verdict(), **answers(site)}


def restarted_hard(site: Site, times: int, restart: Callable[[], None] | None) -> Told:
    """The database is restarted hard under the writers; without a server of its own the whole machine is."""
    longest = 0.0
    site.write()
    for _time in range(times):
        time.sleep(0.7)
        if restart is not None:
            restart()
        else:
            site.kill_all()
            site.start()
        longest = max(longest, site.wait_until_ready())
    time.sleep(1)
    site.rest()
    return {
        "restarts": times,
        "longest until it served again (s)": round(longest, 1),
        **site.verdict(),
        **answers(site),
    }


def ended_while_saving(site: Site, times: int) -> Told:
    """SIGTERM while people save: what was acknowledged is there, and the server ends by itself."""
    codes = []
    for _time in range(times):
        site.write()
        time.sleep(1.5)
        codes.append(site.stop())
        site.start()
        site.rest()
    return {
        "SIGTERMs": times,
        "exit codes other than 0": sum(code != 0 for code in codes),
        **site.verdict(),
        **answers(site),
    }


@contextmanager
def locked(site: Site) -> Iterator[None]:
    """Somebody else holds what every save needs."""
    engine = make_engine(site.url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("BEGIN IMMEDIATE")  # type: ignore[union-attr]
        else:
            connection.execute(text("LOCK TABLE activity, user_session IN ACCESS EXCLUSIVE MODE"))
        try:
            yield
        finally:
            connection.rollback()
            if engine.dialect.name == "sqlite":
                raw: Any = connection.connection.driver_connection
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
    engine.dispose()


@contextmanager
def full(site: Site) -> Iterator[None]:
    """The disk is full: really, where the data lie on a small disk of their own; else as the server says it."""
    if site.engine.dialect.name == "sqlite":
        filler = site.folder / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 65536)
            except OSError:
                pass
        try:
            yield
        finally:
            filler.unlink()
        return
    with site.engine.begin() as connection:
        connection.execute(text(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        ))  # fmt: skip
        connection.execute(text("CREATE TRIGGER no_room BEFORE INSERT ON activity EXECUTE FUNCTION no_room()"))
    try:
        yield
    finally:
        with site.engine.begin() as connection:
            connection.execute(text("DROP TRIGGER no_room ON activity"))
            connection.execute(text("DROP FUNCTION no_room()"))


def refused_then_well(site: Site, trouble: Callable[[Site], Any], times: int = 1) -> Told:
    """While the trouble lasts every save is refused with 503 and Retry-After; afterwards it goes on by itself."""
    person, seen, lost, after = Person(site.port, "writer0@demo.example", 60), [], 0, 0
    person.sign_in()
    for number in range(times):
        with trouble(site):
            answer = person.save(f"00000000-0000-4000-8000-{time.monotonic_ns() % 10**12:012d}", f"Refused {number}")
            seen.append(answer.status)
            lost += answer.status == 503 and "A course for 40 judges" not in answer.text
            site.counts.unasked += answer.status == 503 and "retry-after" not in answer.headers
        again = person.save(f"00000000-0000-4000-9000-{time.monotonic_ns() % 10**12:012d}", f"After {number}")
        after += again.status in (302, 303)
    return {"times": times, "answers other than 503": sum(s != 503 for s in seen), "typed text lost": lost,
            "saved afterwards": after, **site.verdict()}  # fmt: skip


def slow_clients(site: Site, clients: int) -> Told:
    """So many send a byte now and then; the others are served all the same.

    All of them may meet the same worker. More of them than its threads would stop it: a proxy in front, which reads
    requests whole before it passes them on, is for that (docs/operate.md).
    """
    sockets = []
    for _client in range(clients):
        line = socket.create_connection(("127.0.0.1", site.port), 5)
        line.sendall(b"POST /activities/new HTTP/1.1\r\nHost: localhost\r\n")
        sockets.append(line)
    person, worst = Person(site.port, "writer0@demo.example", 20), 0.0
    person.sign_in()
    served = 0
    for _try in range(10):
        for line in sockets:
            line.sendall(b"X-A: b\r\n")
        began = time.monotonic()
        served += person.ask("GET", "/me").status == 200
        worst = max(worst, time.monotonic() - began)
    for line in sockets:
        line.close()
    return {"slow clients": clients, "pages asked": 10, "served": served, "slowest (s)": round(worst, 2)}


def migrations_at_once(url: str, processes: int) -> Told:
    """Several migrate an empty database at the same moment."""
    program = "import sys; from app.core import migrations; from app.core.db import make_engine;" \
              " e = make_engine(sys.argv[1]); migrations.upgrade(e); sys.exit(not migrations.at_head(e))"  # fmt: skip
    run = [subprocess.Popen([sys.executable, "-c", program, url]) for _each in range(processes)]
    codes = [each.wait(120) for each in run]
    engine = make_engine(url)
    at_head = migrations.at_head(engine)
    engine.dispose()
    return {"migrations at once": processes, "failed": sum(map(bool, codes)), "at head": int(at_head)}


def old_code_new_schema(site: Site) -> Told:
    """The database is migrated further while the old program serves: saves go on, and /readyz says so."""
    with site.engine.connect() as connection:
        connection.execution_options(bookkeeping=True)
        connection.execute(text("ALTER TABLE activity ADD COLUMN of_tomorrow VARCHAR(10)"))
        connection.execute(text("CREATE TABLE of_tomorrow (id INTEGER PRIMARY KEY)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    person = Person(site.port, "writer0@demo.example")
    person.sign_in()
    saved = person.save("00000000-0000-4000-a000-000000000001", "Old code").status
    ready = person.ask("GET", "/readyz").status
    with site.engine.connect() as connection:
        connection.execution_options(bookkeeping=True)
        connection.execute(text("ALTER TABLE activity DROP COLUMN of_tomorrow"))
        connection.execute(text("DROP TABLE of_tomorrow"))
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": migrations.heads()[0]})
        connection.commit()
    return {"saved (302)": saved, "/readyz (503)": ready, "ready again (200)": person.ask("GET", "/readyz").status}


def backups_while_writing(site: Site, times: int) -> Told:
    """Backups one after the other while four people write, each restored on trial and proved."""
    store, faulty, rows = FileStore(site.folder / "evidence"), 0, []
    folder = site.folder / "backups"
    site.write()
    for _time in range(times):
        place = new_folder(folder)
        list(back_up(site.engine, store, place))
        faults = list(restoring.check(site.engine, place))
        faulty += bool(faults)
        rows.append(_activities(place))
    site.rest()
    return {"backups": times, "faulty": faulty, "activities in the first": rows[0], "in the last": rows[-1],
            **site.verdict(), **answers(site)}  # fmt: skip


def _activities(place: Path) -> int:
    from app.operation.manifest import Manifest

    return Manifest.read(place).tables["activity"]


def answers(site: Site) -> Told:
    """What the writers were answered."""
    return {f"answered {what}": count for what, count in sorted(site.counts.answers.items())}


def at_once(*acts: Callable[[], object]) -> None:
    """Do several things at the same time."""
    threads = [threading.Thread(target=act) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
