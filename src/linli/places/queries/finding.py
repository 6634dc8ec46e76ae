"""Areas by name, alias, pinyin initials or code, from memory: a district has some 1,400 of them, and they hardly change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linli.kernel import areas
from linli.kernel.actors import Actor
from linli.kernel.pinyin import initials

from ..models import Grid, Region, RegionAlias
from .lookup import kept


@dataclass(frozen=True, slots=True)
class FoundArea:
    """An area that stands, with the names it is found by (the one it is shown with first) and its pinyin initials."""

    code: str
    names: tuple[str, ...]
    initials: tuple[str, ...]
    path: str  # the areas it lies in, without the district

    @property
    def name(self) -> str:
        return self.names[0]


def find_areas(actor: Actor, words: str, limit: int = 6) -> tuple[list[FoundArea], bool]:
    """The areas in sight that fit best, and whether there are more: exact, then by beginning, then widest first.

    Regions are public; an actor finds those they have to do with: their own areas, what lies in them and around them.
    """
    text = words.strip().lower().replace(" ", "")
    if not text:
        return [], False
    own = actor.areas
    fits = []
    for area in _index():
        rank = _rank(area, text)
        if rank is not None and any(areas.contains(a, area.code) or areas.contains(area.code, a) for a in own):
            fits.append((rank, len(area.code), area.code, area))
    fits.sort(key=lambda fit: fit[:3])
    return [area for *_, area in fits[:limit]], len(fits) > limit


def _rank(area: FoundArea, text: str) -> int | None:
    if text.isdigit() and len(text) >= 4:
        return 0 if area.code == text else 1 if area.code.startswith(text) else None
    if text.isascii():
        best = min((0 if i == text else 1 if i.startswith(text) else 3 for i in area.initials), default=3)
    else:
        names = (name.lower() for name in area.names)
        best = min(0 if n == text else 1 if n.startswith(text) else 2 if text in n else 3 for n in names)
    return None if best == 3 else best


def _index() -> Sequence[FoundArea]:
    found: Sequence[FoundArea] = kept("areas", _read)
    return found


def _read() -> tuple[FoundArea, ...]:
    regions = {r.code: r for r in Region.objects.filter(valid_to=None).order_by("code")}
    other: dict[str, list[str]] = {}
    for code, alias in RegionAlias.objects.order_by("code", "alias").values_list("code", "alias"):
        other.setdefault(code, []).append(alias)
    rows = [(code, (r.short_name, r.name, *other.get(code, ()))) for code, r in regions.items()]
    rows += [
        (code, (name,))
        for code, name in Grid.objects.filter(valid_to=None).order_by("code").values_list("code", "name")
    ]

    def path(code: str) -> str:
        return "".join(regions[c].short_name for c in areas.ancestors(code)[1:-1] if c in regions)

    return tuple(
        FoundArea(code, tuple(dict.fromkeys(names)), tuple(dict.fromkeys(map(initials, names))), path(code))
        for code, names in rows
    )
