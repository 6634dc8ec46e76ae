"""What readers of facets have to know: whether all that a row rests on is in sight."""

from __future__ import annotations

from collections.abc import Iterable

from linli.kernel import areas


def sees_district(codes: Iterable[str]) -> bool:
    """Whether areas hold a whole district, and with it everybody of every household and every statement."""
    return any(areas.level(code) == "district" for code in codes)
