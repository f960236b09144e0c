"""docs/operate.md as written: its settings, commands, units and proxy are taken out of the page and tried."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from app.cli import main
from config import Settings

PAGE = (Path(__file__).parents[3] / "docs/operate.md").read_text(encoding="utf-8")
TRACKER = Path(sys.executable).with_name("tracker")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
ANALYZE = shutil.which("systemd-analyze")
KEY = "0123456789abcdef" * 4


def blocks() -> list[str]:
    """The page's indented blocks, as text."""
    found = re.findall(r"(?:^    .*\n|^\n(?=    ))+", PAGE, re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE).strip() for block in found if block.strip()]


def block(part: str) -> str:
    """The one block that has this text."""
    (found,) = (each for each in blocks() if part in each)
    return found


def commands() -> list[list[str]]:
    """Every `tracker …` of the page, in blocks and in sentences, as words."""
    lines = [line.partition(" #")[0] for each in blocks() for line in each.splitlines()]
    lines += re.findall(r"`(tracker [^`]*)`", PAGE)
    parts = [part.strip() for line in lines for part in line.split("&&")]
    words = [re.sub(r"^(ExecStart=)?(/opt/tracker/\.venv/bin/)?", "", part).split() for part in parts]
    return [each[1:] for each in words if each[:1] == ["tracker"] and len(each) > 1]


def settings(folder: Path, port: int) -> dict[str, str]:
    """The file of settings, with a key, a folder and a port that there are."""
    lines = (line.partition("#")[0].strip() for line in block("TRACKER_SECRET_KEY=…").splitlines())
    told = dict(line.split("=", 1) for line in lines)
    return told | {"TRACKER_SECRET_KEY": KEY, "TRACKER_DATA_DIR": str(folder), "PORT": str(port)}


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_is_one(words: list[str]) -> None:
    command: click.Command = main
    left = list(words)
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), left.pop(0))
        assert found is not None, words
        command = found
    command.make_parser(click.Context(command)).parse_args(left)  # raises where an option is none


def test_the_settings_are_fit_for_production(tmp_path: Path) -> None:
    read = Settings.from_env(settings(tmp_path, 8000))
    assert (read.production, read.proxies, read.base_url) == (True, 1, "https://tracker.example.org")
    known = (Path(__file__).parents[3] / "config.py").read_text(encoding="utf-8")
    assert all(name in known for name in set(re.findall(r"\bTRACKER_[A-Z_]+\b", PAGE)))


def test_the_units_are_such(tmp_path: Path) -> None:
    texts = {"tracker.service": block("WantedBy=multi-user.target")}
    texts["tracker-scheduled.service"], _brace, timer = block("Type=oneshot").partition("[Timer]")
    texts["tracker-scheduled.timer"] = f"[Timer]{timer}"
    for name, text in texts.items():
        unit = configparser.ConfigParser(strict=True, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read_string(text)
        assert unit.sections()
        here = text.replace("/opt/tracker/.venv/bin/tracker", str(TRACKER)).replace("User=tracker", "User=root")
        (tmp_path / name).write_text(here, encoding="utf-8")
    if ANALYZE is None:
        pytest.skip("no systemd-analyze here: the units were only read")
    for name in texts:
        said = subprocess.run([ANALYZE, "verify", "--man=no", name], cwd=tmp_path, capture_output=True, text=True)
        mine = [line for line in said.stderr.splitlines() if name in line]
        assert not [line for line in mine if re.search("Unknown|Invalid|Failed to parse|not executable", line)], mine


def run(words: str, env: dict[str, str], **more: object) -> subprocess.CompletedProcess[str]:
    """A command of the page, as the page has it."""
    line = [str(TRACKER), *words.split()[1:]]
    return subprocess.run(line, env=os.environ | env, capture_output=True, text=True, timeout=120, **more)  # type: ignore[call-overload,no-any-return]


@contextmanager
def started(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def asked(port: int, path: str) -> tuple[int, str]:
    """(status, body); patient while a server starts."""
    for _try in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("it does not answer")


def test_from_the_first_start_to_the_proxy(tmp_path: Path) -> None:
    port, outside = free_port(), free_port()
    env = settings(tmp_path / "data", port)
    first = block("tracker db upgrade\n/opt").splitlines()
    for line in first[:-1]:
        done = run(line.replace("/opt/tracker/.venv/bin/", ""), env)
        assert done.returncode == 0, (line, done.stdout, done.stderr)
    serve = re.search(r"^ *ExecStart=\S+tracker (serve .*)$", PAGE, re.MULTILINE)
    assert serve is not None
    with started([str(TRACKER), *serve[1].split()], env) as server:
        assert asked(port, "/healthz")[0] == 200
        assert asked(port, "/readyz")[0] == 200
        doctor = run(first[-1].replace("/opt/tracker/.venv/bin/", ""), env)
        assert doctor.returncode in (0, 1), doctor.stderr
        if NGINX is not None:
            through_the_proxy(tmp_path, port, outside)
        again = run("tracker scheduled", env)
        assert again.returncode == 0, again.stderr
    assert server.returncode == 0
    saved = run(f"tracker backup {tmp_path / 'backups'}", env)
    assert saved.returncode == 0, saved.stderr
    checked = run(f"tracker restore --check {tmp_path / 'backups'}", env)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def through_the_proxy(folder: Path, port: int, outside: int) -> None:
    """The page's server block, without its certificate, in front of the server."""
    text = block("proxy_pass").replace("listen 443 ssl;", f"listen 127.0.0.1:{outside};")
    text = re.sub(r"ssl_certificate.*;\n", "", text).replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    places = "".join(
        f"{name}_temp_path {folder / name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder / 'nginx.pid'}; error_log {folder / 'error.log'};\nevents {{}}\n"
        f"http {{ access_log off;\n{places}{text}\n}}\n",
        encoding="utf-8",
    )
    assert NGINX is not None
    command = [NGINX, "-p", str(folder), "-c", str(config)]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    with started(command, {}):
        status, page = asked(outside, "/sign-in")
        assert status == 200
        assert "csrf_token" in page
        assert asked(outside, "/metrics")[0] == 404
        assert asked(port, "/metrics")[0] == 200
