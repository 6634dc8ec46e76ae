"""Whether this database is a demo district, whose people are synthetic."""

from __future__ import annotations

from linli.registry.models import District


def is_demo() -> bool:
    """True only in a demo district: numbers nobody can have are accepted there and nowhere else."""
    return District.objects.filter(demo=True).exists()
