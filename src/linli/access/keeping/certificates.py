"""Certificates of deletion as evidence: what a seal covers, whether the chain holds, and which days of a log are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from ..models import DeletionCertificate, DestructionRun
from . import rules

#: Certificates that are verified with one somebody looks at, before it and with it: about two weeks of them.
STRETCH = 100


@dataclass(frozen=True, slots=True)
class Gone:
    """Of a log: everything before `certified` is destroyed; before `running` a destruction is under way."""

    certified: datetime | None
    running: datetime | None


def facts_of(certificate: DeletionCertificate) -> dict[str, Any]:
    """What the seal of a certificate covers: all of it but the two seals."""
    names = (field.attname for field in certificate._meta.concrete_fields if field.attname not in ("previous", "seal"))
    return {name: getattr(certificate, name) for name in names}


def verify() -> list[int]:
    """The serials at which the chain does not hold, from the first on. One query, read in a stream."""
    return rules.broken(_links(DeletionCertificate.objects.order_by("serial")))


def verify_at(serial: int) -> list[int]:
    """Where the chain does not hold in the stretch that ends with `serial`: `STRETCH` certificates, so that looking at one
    takes the same after ten years. The whole chain is the doctor's each day. One query."""
    rows = DeletionCertificate.objects.filter(serial__gte=serial - STRETCH, serial__lte=serial).order_by("serial")
    links = list(_links(rows))
    if serial <= STRETCH:
        return rules.broken(links)
    # The one before the stretch is only what the first of it was sealed over.
    before, stretch = links[:1], links[1:]
    if not before or before[0][0] != serial - STRETCH:
        return [serial - STRETCH]
    return rules.broken(stretch, first=serial - STRETCH + 1, before=before[0][2])


def _links(rows: QuerySet[DeletionCertificate]) -> Iterator[rules.Link]:
    for each in rows.iterator():
        yield each.serial, bytes(each.previous), bytes(each.seal), facts_of(each)


def gone(kinds: Mapping[str, str]) -> dict[str, Gone]:
    """What is destroyed of logs (name -> kind of data). Two queries."""
    rows = DeletionCertificate.objects.filter(kind__in=kinds.values()).order_by("before")
    certified = dict(rows.values_list("kind", "before"))
    running = dict(DestructionRun.objects.filter(kind__in=kinds.values()).values_list("kind", "before"))
    return {log: Gone(certified.get(kind), running.get(kind)) for log, kind in kinds.items()}
