"""Speaking SMTP with a server of our own: what it is told, and what its refusals mean."""

import socketserver
from email.message import EmailMessage
from threading import Thread

import pytest

from app.core.errors import Refused
from app.mail.carrier import Away, Folder, Impossible, Server, carrier_for


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.say(b"220 here")
        while line := self.rfile.readline().strip():
            word = line.split(b" ")[0].upper()
            if word == b"DATA":
                self.say(b"354 go on")
                while (text := self.rfile.readline()) != b".\r\n":
                    self.server.heard.append(text)
                self.say(b"250 taken")
            elif word == b"RCPT":
                self.say(self.server.answer)
            else:
                self.say(b"221 bye" if word == b"QUIT" else b"250 fine")

    def say(self, words):
        self.wfile.write(words + b"\r\n")


@pytest.fixture
def server():
    """A server on a port of its own; `answer` is what it says to each recipient."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as made:
        made.daemon_threads = True
        made.heard, made.answer = [], b"250 fine"
        made.url = f"smtp://127.0.0.1:{made.server_address[1]}"
        Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield made
        made.shutdown()


def mail():
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = "Übung", "tracker@demo.example", "one@demo.example"
    made.set_content("Words.")
    return made


def test_a_mail_arrives(server):
    carrier_for(server.url).carry(mail())
    assert b"Words.\r\n" in server.heard


@pytest.mark.parametrize(("answer", "error"), [(b"550 no such user", Impossible), (b"451 later", Away)])
def test_refusals(server, answer, error):
    server.answer = answer
    with pytest.raises(error, match=answer.decode()):
        carrier_for(server.url).carry(mail())


def test_no_password_without_tls(server):
    with pytest.raises(Away, match="no TLS"):
        carrier_for(server.url.replace("//", "//me:secret@")).carry(mail())


def test_nobody_there():
    with pytest.raises(Away):
        carrier_for("smtp://127.0.0.1:1").carry(mail())


def test_addresses(tmp_path):
    assert isinstance(carrier_for(tmp_path.as_uri()), Folder)
    made = carrier_for("smtps://a%40b:c@host")
    assert isinstance(made, Server)
    assert (made.secure, made.port, made.user) == (True, 465, "a@b")
    with pytest.raises(Refused, match="TRACKER_MAIL_URL"):
        carrier_for("")
