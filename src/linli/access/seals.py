"""The chain of seals over the logs: made each night, verified by `linli doctor` and `linli accounts seals`.

A seal proves that a day's entries are those of the night after it. It does not stop whoever owns the database; it
shows what was done, the more so when the latest digest is kept elsewhere (the command prints it).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from linli.kernel import clock
from linli.kernel.ids import uuid7

from .keeping import certificates
from .models import ChangeLog, DeletionCertificate, ReadLog, Seal

LOGS: dict[str, Any] = {"read": ReadLog, "change": ChangeLog, "certificate": DeletionCertificate}
#: The logs of which days are destroyed one day, as kinds of data that are kept for a time. Certificates stay.
KEPT = {"read": "access.read_log", "change": "access.change_log"}
#: Columns that came after the first seals, last in their log: left out where empty, so that older days stay verified.
LATER = {ReadLog: "viewing_as"}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Broken:
    """A day whose entries are no longer those that were sealed. `rows` counts them now."""

    log: str
    day: date
    sealed_rows: int
    rows: int


def seal_days() -> int:
    """Seal every day before today that has no seal yet; returns how many seals were made.

    Run as a system actor over the whole district: entries outside the scope are not seen. A day is sealed an hour or
    more after its end, when every transaction of it is over.
    """
    made = 0
    for name, log in LOGS.items():
        last = Seal.objects.filter(log=name).order_by("-day").first()
        first = log.objects.order_by("at").values_list("at", flat=True).first()
        if last is None and first is None:
            continue
        day = last.day + ONE_DAY if last else first.astimezone(clock.LOCAL).date()
        previous = bytes(last.digest) if last else b""
        while day < clock.today():
            previous, rows = _digest(log, day, previous)
            Seal.objects.create(id=uuid7(), log=name, day=day, rows=rows, digest=previous, sealed_at=clock.now())
            day, made = day + ONE_DAY, made + 1
    return made


def verify(
    days: int | None = None, *, logs: Collection[str] = tuple(LOGS), before: datetime | None = None
) -> list[Broken]:
    """Compute the seals of the last `days` days (all of them: None) again; returns the days that do not match.

    Days that were destroyed under a certificate hold while nothing of them is there; those that are being destroyed
    are passed over until their certificate is made. `before`: only days that end by then.
    """
    broken = []
    destroyed = certificates.gone(KEPT)
    for name in logs:
        log, gone = LOGS[name], destroyed.get(name, certificates.Gone(None, None))
        seals = Seal.objects.filter(log=name).order_by("day")
        if days is not None:
            seals = seals.filter(day__gte=clock.today() - days * ONE_DAY)
        if gone.certified is not None:
            seals = seals.filter(day__gte=gone.certified.astimezone(clock.LOCAL).date())
            left = log.objects.filter(at__lt=gone.certified).order_by("at")
            if (first := left.first()) is not None:
                broken.append(Broken(name, first.at.astimezone(clock.LOCAL).date(), 0, left.count()))
        for seal in seals:
            end = _start(seal.day + ONE_DAY)
            if before is not None and end > before:
                break
            if gone.running is not None and end <= gone.running:
                continue
            previous = Seal.objects.filter(log=name, day=seal.day - ONE_DAY).first()
            digest, rows = _digest(log, seal.day, bytes(previous.digest) if previous else b"")
            if digest != bytes(seal.digest):
                broken.append(Broken(name, seal.day, seal.rows, rows))
    return broken


def sealed_until(log: str, before: datetime) -> bool:
    """Whether every day of a log that ends by `before` has its seal."""
    last = Seal.objects.filter(log=log).order_by("-day").first()
    return last is not None and _start(last.day + ONE_DAY) >= before


def latest() -> dict[str, tuple[date, str]]:
    """The last seal of each log: its day and its digest in hexadecimal, to be kept somewhere else."""
    found = {}
    for name in LOGS:
        seal = Seal.objects.filter(log=name).order_by("-day").first()
        if seal is not None:
            found[name] = (seal.day, bytes(seal.digest).hex())
    return found


def _digest(log: Any, day: date, previous: bytes) -> tuple[bytes, int]:
    start = _start(day)
    names = [field.attname for field in log._meta.concrete_fields]
    rows = log.objects.filter(at__gte=start, at__lt=start + ONE_DAY).order_by("at", "id").values_list(*names)
    digest, count = sha256(previous), 0
    later = LATER.get(log)
    if later is not None and names[-1] != later:
        raise RuntimeError(f"{later} must stay the last column of its log")
    for entry in _texts(rows, later is not None):
        digest.update(entry)
        count += 1
    return digest.digest(), count


def _texts(rows: Any, later: bool) -> Iterator[bytes]:
    for row in rows.iterator(chunk_size=5000):
        row = row[:-1] if later and row[-1] == "" else row
        yield json.dumps(row, default=_text, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _text(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), clock.LOCAL)
