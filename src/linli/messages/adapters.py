"""Roads out of the console: a folder by default, mail, an SMS gateway, robots of 企业微信 groups, by setting.

An adapter hands one message over and returns the other side's reference. It says in three ways that it did not:
`NotHandedOver` (nothing left us: try again), `Refused` (the other side will never take it), `Unsure` (it may have
arrived: trying again could tell somebody twice).
"""

from __future__ import annotations

import json
import os
import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from .models import Channel

TIMEOUT = 15.0
MOST_ANSWER = 64 * 1024
LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: Where 企业微信 takes messages of group robots; another host is taken on this machine only.
WECOM_HOST = "qyapi.weixin.qq.com"


class NotHandedOver(Exception):
    """Nothing left us; it may be tried again. The message names the kind of fault, never an address."""


class Refused(Exception):
    """The other side does not take it and never will."""


class Unsure(Exception):
    """It was cut off on the way: it may have arrived."""


@dataclass(frozen=True, slots=True)
class Message:
    """`key` is the delivery's id: the other side may know by it what it has already. `masked` is `to` as it may be seen."""

    key: str
    to: str
    masked: str
    subject: str
    text: str


Adapter = Callable[[Message], str]


def to_folder(folder: Path, channel: Channel) -> Adapter:
    """For trying out: each message is a text file, with the address masked. A message written twice is one file."""

    def send(message: Message) -> str:
        place = folder / channel
        target = place / f"{message.key}.txt"
        draft = target.with_suffix(".draft")
        try:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(draft, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(f"{message.masked}\n{message.subject}\n\n{message.text}\n")
            draft.replace(target)
        except OSError as error:
            raise NotHandedOver(type(error).__name__) from error
        return target.name

    return send


def by_mail(address: str, sender: str) -> Adapter:
    """Over SMTP: `smtp://user:password@host:port` (STARTTLS unless on this machine) or `smtps://…`."""
    server = urlsplit(address)
    if server.scheme not in ("smtp", "smtps") or not server.hostname:
        raise ValueError("LINLI_SMTP is smtp://host:port or smtps://host:port")
    host, secure = server.hostname, server.scheme == "smtps"

    def connect() -> smtplib.SMTP:
        port = server.port or (465 if secure else 25)
        if secure:
            return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
        client = smtplib.SMTP(host, port, timeout=TIMEOUT)
        if host not in LOOPBACK:
            client.starttls(context=ssl.create_default_context())
        return client

    def send(message: Message) -> str:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, message.to, message.subject
        mail["Date"], mail["Message-ID"] = formatdate(), f"<{message.key}@{sender.rpartition('@')[2]}>"
        mail.set_content(message.text)
        try:
            client = connect()
            try:
                if server.username:
                    client.login(unquote(server.username), unquote(server.password or ""))
            except BaseException:
                client.close()
                raise
        except (OSError, smtplib.SMTPException) as error:
            raise NotHandedOver(type(error).__name__) from error
        try:
            client.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            raise (Refused if codes and min(codes) >= 500 else NotHandedOver)("SMTPRecipientsRefused") from error
        except smtplib.SMTPResponseException as error:
            # The server has answered, so it has not taken it (RFC 5321, 4.2.1): 4yz for now, 5yz for good.
            raise (Refused if error.smtp_code >= 500 else NotHandedOver)(f"SMTP {error.smtp_code}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unsure(type(error).__name__) from error
        finally:
            client.close()
        return str(mail["Message-ID"])

    return send


def by_sms(address: str, token: str) -> Adapter:
    """Over an SMS gateway that takes `{"id", "to", "text"}` by POST and answers `{"id"}`: operators differ, so each
    gets a small bridge that speaks this."""
    gateway = _https(address, "LINLI_SMS")

    def send(message: Message) -> str:
        head = {"Authorization": f"Bearer {token}"} if token else {}
        answer = _post(gateway, {"id": message.key, "to": message.to, "text": message.text}, head)
        return str(answer.get("id", ""))[:100]

    return send


def by_wecom(message: Message) -> str:
    """To the webhook of a group robot; `to` is its address with the key."""
    answer = _post(_wecom(message.to), {"msgtype": "text", "text": {"content": message.text}}, {})
    if answer.get("errcode") == 45009:  # too many in a minute: the documented bound is 20
        raise NotHandedOver("errcode 45009")
    if answer.get("errcode") != 0:
        raise Refused(f"errcode {answer.get('errcode')}"[:40])
    return ""


def is_wecom(address: str) -> bool:
    """Whether an address can be that of a group robot: people may not make the server call itself."""
    try:
        parts = _wecom(address)
        return parts.hostname == WECOM_HOST and parts.port in (None, 443) and bool(parts.query) and address.isascii()
    except ValueError:
        return False


def _wecom(address: str) -> SplitResult:
    parts = _https(address, "robot")
    if parts.hostname != WECOM_HOST and parts.hostname not in LOOPBACK:
        raise ValueError(f"a group robot lives on {WECOM_HOST}")
    return parts


def _https(address: str, name: str) -> SplitResult:
    parts = urlsplit(address)
    _ = parts.port  # raises ValueError where it is none
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        raise ValueError(f"{name} needs https (http on this machine only)")
    return parts


def _post(where: SplitResult, body: Mapping[str, Any], head: Mapping[str, str]) -> dict[str, Any]:
    """The JSON answer to a JSON body. No redirects: what answers from elsewhere is not who was asked."""
    kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
    connection = kind(where.hostname or "", where.port, timeout=TIMEOUT)
    try:
        try:
            connection.connect()
        except (OSError, HTTPException) as error:
            raise NotHandedOver(type(error).__name__) from error
        path = f"{where.path or '/'}{'?' + where.query if where.query else ''}"
        content = json.dumps(body, ensure_ascii=False).encode()
        try:
            connection.request("POST", path, content, {"Content-Type": "application/json", **head})
            answer = connection.getresponse()
            said = answer.read(MOST_ANSWER)
        except (TimeoutError, OSError, HTTPException) as error:
            raise Unsure(type(error).__name__) from error
    finally:
        connection.close()
    if answer.status in (408, 425, 429, 503):
        raise NotHandedOver(f"HTTP {answer.status}")
    if answer.status >= 500:
        raise Unsure(f"HTTP {answer.status}")
    if answer.status >= 300:
        raise Refused(f"HTTP {answer.status}")
    try:
        found = json.loads(said)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def installed(settings: Any) -> dict[Channel, Adapter]:
    """The adapters in force: those that are set up, and the folder for the others."""
    folder = Path(settings.LINLI_HOME) / "outgoing"
    found: dict[Channel, Adapter] = {channel: to_folder(folder, channel) for channel in Channel}
    if settings.LINLI_SMTP:
        found[Channel.EMAIL] = by_mail(settings.LINLI_SMTP, settings.LINLI_MAIL_FROM)
    if settings.LINLI_SMS:
        found[Channel.SMS] = by_sms(settings.LINLI_SMS, settings.LINLI_SMS_TOKEN)
    if settings.LINLI_WECOM:
        found[Channel.WECOM] = by_wecom
    return found
