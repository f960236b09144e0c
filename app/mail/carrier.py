"""What carries a mail: a server spoken to by SMTP, or a folder of files in development."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from app.core.errors import Refused

PATIENCE = 30  # seconds for each answer of the server


class Away(Exception):
    """The server cannot be reached or will not talk to us now: later, with everything."""


class Impossible(Exception):
    """This one mail will never be taken: there is no such mailbox."""


class Carrier(Protocol):
    """Takes one mail or raises: Away, Impossible."""

    def carry(self, mail: EmailMessage) -> None: ...


class Folder:
    """One file a mail, named by its Message-ID: carried twice it is there once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def carry(self, mail: EmailMessage) -> None:
        """Write the file, whole or not at all."""
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            part = self.path / f".{name}.{os.getpid()}"
            part.write_bytes(mail.as_bytes(policy=SMTP))
            part.replace(self.path / f"{name}.eml")
        except OSError as error:
            raise Away(str(error)) from error


class Server:
    """An SMTP server: `smtps` speaks TLS from the start, `smtp` as soon as the server offers it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.secure = parts.scheme == "smtps"
        self.host, self.port = parts.hostname or "localhost", parts.port or (465 if self.secure else 25)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")

    def carry(self, mail: EmailMessage) -> None:
        """Hand over one mail in a connection of its own."""
        try:
            with self._connection() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            words = f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
            raise (Impossible if 500 <= code < 600 else Away)(words) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Away(str(error)) from error

    def _connection(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.secure:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif self.user:
                server.close()
                raise smtplib.SMTPException("the server offers no TLS, so the password is not told to it")
        if self.user:
            server.login(self.user, self.password)
        return server


def carrier_for(url: str) -> Carrier:
    """The carrier of TRACKER_MAIL_URL.

    Raises:
        Refused: no address was set.
    """
    if not url:
        raise Refused("TRACKER_MAIL_URL is not set. Example: smtp://mail.example.org:25")
    if url.startswith("file:"):
        return Folder(Path(unquote(urlsplit(url).path)))
    return Server(url)
