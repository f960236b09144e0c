"""A real server with real workers on a database of its own, and people who write in it through HTTP."""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from app.activities.models import Activity
from app.activities.services import complete_state
from app.core.audit import AuditEvent, canonical_json
from app.core.db import make_engine, make_sessions, new_client_id, unit_of_work
from app.coverage.keeping import verify
from tests.factories.people import PASSWORD, make_person
from tests.house.world import token_of

WRITERS = 4
FORM = {
    "office": "0060", "title": "Training of judges", "how": "training", "request_source": "government_request",
    "mandate": "E1997-30-3", "status": "active", "actual_start-month": "3", "actual_start-year": "2024",
    "delivered": "A course for 40 judges. " * 60, "counterparts-0-name": "Ministry of Justice",
    "counterparts-0-kind": "government", "concerns": "mainly", "not_duplicate": "yes", "do": "submit",
    "countries": "AFG", "language": "en", "visibility": "office_region",
}  # fmt: skip


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


class Person:
    """Somebody with a browser: keeps cookies, sends forms."""

    def __init__(self, port: int, email: str, wait: float = 30) -> None:
        self.port, self.email, self.wait = port, email, wait
        self.cookies: dict[str, str] = {}
        self.token = ""

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> Answer:
        """One request on a connection of its own.

        Raises:
            OSError, http.client.HTTPException: no answer came.
        """
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.wait)
        try:
            headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Accept": "text/html"}
            body = urllib.parse.urlencode(data) if data is not None else None
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            line.request(method, path, body, headers)
            came = line.getresponse()
            text = came.read().decode("utf-8", "replace")
            for name, value in came.getheaders():
                if name.lower() == "set-cookie":
                    key, _equals, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
            return Answer(came.status, {k.lower(): v for k, v in came.getheaders()}, text)
        finally:
            line.close()

    def sign_in(self, given_up: Callable[[], bool] = lambda: False) -> bool:
        """Until it works, or is given up; whether it worked.

        Who was let in just before the server died is asked for no password again: /sign-in sends them on.
        """
        for _try in range(5000):
            if given_up():
                return False
            try:
                page = self.ask("GET", "/sign-in")
                if page.status == 200:
                    sent = {"csrf_token": token_of(page), "email": self.email, "password": PASSWORD}
                    page = self.ask("POST", "/sign-in", sent)
                if page.status == 302:
                    self.token = token_of(self.ask("GET", "/me"))
                    return True
            except (OSError, http.client.HTTPException, AssertionError):
                pass
            time.sleep(0.1)
        raise AssertionError("could not sign in")

    def save(self, client_id: str, title: str) -> Answer:
        """Send the quick log."""
        return self.ask(
            "POST", "/activities/new", FORM | {"csrf_token": self.token, "client_id": client_id, "title": title}
        )


@dataclass
class Counts:
    """What the writers saw. `acknowledged` are the titles that were said to be saved, `tried` all that were sent."""

    acknowledged: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    unasked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Site:
    """A database, a data folder, a server that can be killed, and its people."""

    def __init__(self, folder: Path, url: str, workers: int = 2) -> None:
        self.folder, self.url, self.workers = folder, url, workers
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.engine = make_engine(url)
        self.sessions: sessionmaker = make_sessions(self.engine)  # type: ignore[type-arg]
        self.counts = Counts()
        self._stop = threading.Event()
        self._writers: list[threading.Thread] = []
        with unit_of_work(self.sessions) as session:
            for number in range(WRITERS):
                make_person(session, f"writer{number}@demo.example")

    @property
    def environment(self) -> dict[str, str]:
        """Of the server and of commands."""
        own = {"TRACKER_ENV": "development", "TRACKER_DATA_DIR": str(self.folder), "PORT": str(self.port),
               "TRACKER_DATABASE_URL": self.url, "TRACKER_SECRET_KEY": "0123456789abcdef" * 4}  # fmt: skip
        return os.environ | own

    def start(self) -> None:
        """Start the server and wait until it serves."""
        tracker = str(Path(sys.executable).with_name("tracker"))
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [tracker, "serve", "--workers", str(self.workers)], env=self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = 600) -> float:
        """How long it took until it answered again."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                if Person(self.port, "", 3).ask("GET", "/readyz").status == 200:
                    return time.monotonic() - began
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.05)
        raise AssertionError("the server does not come back")

    def wait_until_saved(self, seconds: float = 300) -> None:
        """Until one more save was acknowledged."""
        before, began = len(self.counts.acknowledged), time.monotonic()
        while len(self.counts.acknowledged) == before and time.monotonic() - began < seconds:
            time.sleep(0.02)

    def pids(self) -> list[int]:
        """The workers that live now."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(each) for each in found.split()]

    def kill_a_worker(self, chance: random.Random) -> bool:
        """End one of them as the kernel does when memory is out."""
        living = self.pids()
        if not living:
            return False
        try:
            os.kill(chance.choice(living), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def kill_all(self) -> None:
        """End everything as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)

    def stop(self) -> int:
        """End it as it should; its exit code."""
        self.process.terminate()
        return self.process.wait(60)

    def write(self, writers: int = WRITERS) -> None:
        """Let people write until `rest`."""
        self._stop.clear()
        for number in range(writers):
            thread = threading.Thread(target=self._live, args=(f"writer{number}@demo.example", number), daemon=True)
            self._writers.append(thread)
            thread.start()

    def rest(self) -> None:
        """Let them end what they are sending."""
        self._stop.set()
        for each in self._writers:
            each.join(120)
        self._writers.clear()

    def _live(self, email: str, number: int) -> None:
        """Send one form after the other; the same again where no answer, or a 503, came. Half of the time give up."""
        person, chance, n = Person(self.port, email), random.Random(number), 0
        if not person.sign_in(self._stop.is_set):
            return
        while not self._stop.is_set():
            n += 1
            title, client_id = f"W{number}-{n}-{time.monotonic_ns()}", new_client_id()
            with self.counts.lock:
                self.counts.tried.add(title)
            for _try in range(60):
                if self._sent(person, client_id, title) or self._stop.is_set() or chance.random() < 0.1:
                    break
                time.sleep(0.1)

    def _sent(self, person: Person, client_id: str, title: str) -> bool:
        try:
            answer = person.save(client_id, title)
        except (OSError, http.client.HTTPException) as error:
            with self.counts.lock:
                self.counts.answers[type(error).__name__] += 1
            return False
        with self.counts.lock:
            self.counts.answers[str(answer.status)] += 1
            if answer.status in (302, 303) and "/sign-in" not in answer.headers.get("location", ""):
                self.counts.acknowledged.add(title)
                return True
            if answer.status == 503 and "retry-after" not in answer.headers:
                self.counts.unasked += 1
        return False

    def verdict(self) -> dict[str, int]:
        """What became of it: acknowledged and lost, half, double; and whether the kept facts are the true ones."""
        with self.sessions() as session:
            titles: Counter[str] = Counter()
            half = 0
            last: dict[str, str] = {}
            events = select(AuditEvent.subject_key, AuditEvent.state).where(AuditEvent.subject_kind == "activity")
            last.update((key, state) for key, state in session.execute(events.order_by(AuditEvent.id)))
            for activity in session.scalars(select(Activity)):
                titles[activity.current.title] += 1
                whole = last.get(activity.reference) == canonical_json(complete_state(activity))
                half += not (whole and activity.current.state == "submitted")
            drifts = sum(1 for _drift in verify(session))
        return {
            "saved": sum(titles.values()),
            "acknowledged": len(self.counts.acknowledged),
            "acknowledged and lost": len(self.counts.acknowledged - titles.keys()),
            "half": half,
            "double": sum(1 for count in titles.values() if count > 1),
            "facts apart": drifts,
            "503 without Retry-After": self.counts.unasked,
            "500": self.counts.answers["500"],
        }

    def close(self) -> None:
        """Nothing stays open."""
        if self.process.poll() is None:
            self.kill_all()
        self.engine.dispose()
