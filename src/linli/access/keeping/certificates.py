"""Certificates of deletion as evidence: what a seal covers, whether the chain holds, and which days of a log are gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..models import DeletionCertificate, DestructionRun
from . import rules


@dataclass(frozen=True, slots=True)
class Gone:
    """Of a log: everything before `certified` is destroyed; before `running` a destruction is under way."""

    certified: datetime | None
    running: datetime | None


def facts_of(certificate: DeletionCertificate) -> dict[str, Any]:
    """What the seal of a certificate covers: all of it but the two seals."""
    names = (field.attname for field in certificate._meta.concrete_fields if field.attname not in ("previous", "seal"))
    return {name: getattr(certificate, name) for name in names}


def verify(serials: Collection[int] | None = None) -> list[int]:
    """The serials at which the chain does not hold (of `serials`, where given). One query."""
    chain = [
        (each.serial, bytes(each.previous), bytes(each.seal), facts_of(each))
        for each in DeletionCertificate.objects.order_by("serial")
    ]
    return [serial for serial in rules.broken(chain) if serials is None or serial in serials]


def gone(kinds: Mapping[str, str]) -> dict[str, Gone]:
    """What is destroyed of logs (name -> kind of data). Two queries."""
    rows = DeletionCertificate.objects.filter(kind__in=kinds.values()).order_by("before")
    certified = dict(rows.values_list("kind", "before"))
    running = dict(DestructionRun.objects.filter(kind__in=kinds.values()).values_list("kind", "before"))
    return {log: Gone(certified.get(kind), running.get(kind)) for log, kind in kinds.items()}
