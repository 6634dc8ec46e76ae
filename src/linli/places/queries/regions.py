"""Areas as a tree: children, one area with what it lies in, and search by name, pinyin or code."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Left, Length

from linli.kernel import areas
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound

from ..models import Grid, Region, RegionAlias
from ..recode.queries import became
from .names import names_of

_FOUND_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area of the tree. `villages` and `grids` count what lies below it; `path` is what it lies in, widest first."""

    code: str
    level: str
    kind: str
    name: str
    short_name: str
    parent_code: str | None
    villages: int = 0
    grids: int = 0
    synthetic: bool = False
    valid_to: str | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class AreaName:
    """A code with the name people know it by."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class AreaDetail:
    """An area, the areas it lies in (widest first, itself last), the areas below it, and its other names.

    `became` is what an area that ended became, where it was taken over.
    """

    area: AreaRow
    breadcrumb: tuple[AreaRow, ...]
    children: tuple[AreaRow, ...]
    aliases: tuple[str, ...] = field(default=())
    became: AreaName | None = None


def children(actor: Actor, parent: str | None = None) -> list[AreaRow]:
    """The areas right below `parent` in code order; the districts for None. Three queries."""
    if parent is not None and len(parent) == 12:
        return _grid_rows(Grid.objects.filter(village_code=parent, valid_to=None))
    regions = Region.objects.filter(parent_code=parent, valid_to=None).order_by("code")
    return _with_counts(list(regions), parent or "")


def area_detail(actor: Actor, code: str) -> AreaDetail:
    """One area with its surroundings. Raises NotFound for an unknown code."""
    if not areas.is_code(code):
        raise NotFound()
    above = {r.code: r for r in Region.objects.filter(code__in=areas.ancestors(code))}
    crumbs = _with_counts([above[c] for c in sorted(above)], code[:6])
    if len(code) == 15:
        crumbs += _grid_rows(Grid.objects.filter(code=code))
    if not crumbs or crumbs[-1].code != code:
        raise NotFound()
    aliases = RegionAlias.objects.filter(code=code).order_by("alias").values_list("alias", flat=True)
    below = [] if len(code) == 15 else children(actor, code)
    now = became([code]).get(code)
    became_name = AreaName(now, names_of([now]).get(now, now)) if now else None
    return AreaDetail(crumbs[-1], tuple(crumbs), tuple(below), tuple(aliases), became_name)


def search_areas(actor: Actor, words: str, limit: int = _FOUND_AT_MOST) -> list[AreaRow]:
    """Areas by part of a name or alias, by pinyin or its initials, or by the beginning of a code; best first."""
    text = words.strip()
    if not text:
        return []
    key = text.lower().replace(" ", "")
    aliased = RegionAlias.objects.filter(alias__contains=text).values("code")
    match = Q(name__contains=text) | Q(short_name__contains=text) | Q(code__in=aliased)
    if key.isascii():
        match |= Q(initials__startswith=key) | Q(pinyin__startswith=key)
        if key.isdigit():
            match |= Q(code__startswith=key)
    order = Case(
        When(Q(short_name=text) | Q(name=text) | Q(code=text) | Q(initials=key), then=Value(0)),
        When(Q(short_name__startswith=text) | Q(pinyin__startswith=key), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = list(Region.objects.filter(match, valid_to=None).order_by(order, Length("code"), "code")[: min(limit, 100)])
    above = {c for r in found for c in areas.ancestors(r.code)[:-1]}
    names = dict(Region.objects.filter(code__in=above).values_list("code", "short_name"))
    return [_row(r, path="".join(names.get(c, "") for c in areas.ancestors(r.code)[1:-1])) for r in found]


def _row(region: Region, villages: int = 0, grids: int = 0, path: str = "") -> AreaRow:
    ended = region.valid_to.isoformat() if region.valid_to else None
    return AreaRow(
        region.code,
        region.level,
        region.kind,
        region.name,
        region.short_name,
        region.parent_code,
        villages,
        grids,
        valid_to=ended,
        path=path,
    )


def _with_counts(regions: list[Region], under: str) -> list[AreaRow]:
    """Rows with what lies below each, counted in two queries for each level that occurs."""
    rows: list[AreaRow] = []
    villages: dict[str, int] = {}
    grids: dict[str, int] = {}
    for size in sorted({len(r.code) for r in regions}):
        low, high = areas.bounds(under)
        if size < 12:
            below = Region.objects.filter(level="village", valid_to=None, code__gte=low, code__lt=high)
            villages.update(_counted(below, size))
        grids.update(_counted(Grid.objects.filter(valid_to=None, code__gte=low, code__lt=high), size))
    for region in regions:
        rows.append(_row(region, villages.get(region.code, 0), grids.get(region.code, 0)))
    return rows


def _counted(rows: QuerySet[Region] | QuerySet[Grid], size: int) -> dict[str, int]:
    counted = rows.annotate(area=Left("code", size)).values("area").annotate(n=Count("code"))
    return dict(counted.values_list("area", "n"))


def _grid_rows(grids: QuerySet[Grid]) -> list[AreaRow]:
    return [
        AreaRow(
            g.code,
            "grid",
            g.kind,
            g.name,
            g.name,
            g.village_code,
            synthetic=g.synthetic,
            valid_to=g.valid_to.isoformat() if g.valid_to else None,
        )
        for g in grids.defer("geometry").order_by("code")
    ]
