"""The outside, at the protocol: a mail server and an HTTP gateway on this machine that answer as they are told."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Mail:
    """A mail server's words: `accept` answers the message, `recipient` the address. `taken` is what it took."""

    accept: str = "250 taken"
    recipient: str = "250 ok"
    taken: list[str] = field(default_factory=list)
    address: str = ""


@contextmanager
def mail_server() -> Iterator[Mail]:
    """A server that speaks as much of RFC 5321 as one message needs; an empty answer hangs up."""
    mail = Mail()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 test")
            while line := self.rfile.readline().decode().strip():
                word = line.split(" ", 1)[0].upper()
                if word == "RCPT":
                    self.say(mail.recipient)
                elif word == "DATA":
                    self.say("354 go on")
                    body = []
                    while (text := self.rfile.readline().decode()).strip() != ".":
                        body.append(text)
                    if not mail.accept:
                        return
                    mail.taken.append("".join(body))
                    self.say(mail.accept)
                else:
                    self.say("250 ok")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        mail.address = f"smtp://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield mail
        server.shutdown()


@dataclass
class Gateway:
    """An HTTP gateway: it answers `status` and `answer`, or hangs up. `asked` are paths, heads and bodies."""

    status: int = 200
    answer: Any = field(default_factory=dict)
    hang_up: bool = False
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    address: str = ""


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A gateway that notes what it is asked."""
    state = Gateway()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.asked.append((self.path, dict(self.headers), json.loads(body)))
            if state.hang_up:
                return
            said = json.dumps(state.answer).encode()
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        state.address = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield state
        server.shutdown()
