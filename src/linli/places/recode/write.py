"""The reference rows of a recode: regions, grids, outlines, names and numbers, forwards and back."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import shapely

from linli.kernel.ids import uuid7

from ..grids import tiling
from ..grids.states import shape_of
from ..models import ForeignCode, Grid, Region, RegionAlias, RegionShape
from . import states
from .rules import Plan

SOURCE = "recode"


def touched(plan: Plan) -> set[str]:
    """Every code whose reference rows a recode may change; the towns too where a village leaves one for another."""
    wish = plan.wish
    codes = {wish.old, wish.new, *plan.heirs, *plan.heirs.values()}
    return codes | ({wish.old[:9], wish.new[:9]} if wish.old[:9] != wish.new[:9] else set())


def reference(plan: Plan, on: date) -> None:
    """Write regions, grids, outlines, names and numbers as they are from `on`."""
    wish = plan.wish
    regions = {r.code: r for r in Region.objects.filter(code__in={wish.old, wish.new, *plan.heirs})}
    was = regions[wish.old]
    names = [was.short_name, was.name]
    if wish.new in regions and wish.new not in plan.fresh:
        names += [regions[wish.new].short_name, regions[wish.new].name]
        _called(regions[wish.new], plan).save()
    for old, new in plan.heirs.items():
        if len(old) < 15:
            if new in plan.fresh:
                region = copy.copy(regions[old])
                region.code, region.parent_code = new, new[:-3]
                region.valid_from, region.valid_to, region.successor = on, None, None
                (_called(region, plan) if new == wish.new else region).save()
            Region.objects.filter(code=old).update(valid_to=on, successor=new)
    _grids(plan, on, was.short_name)
    _outlines(plan)
    _names(plan.heirs)
    known = {plan.short_name, plan.name, *RegionAlias.objects.filter(code=wish.new).values_list("alias", flat=True)}
    RegionAlias.objects.bulk_create(
        RegionAlias(id=uuid7(), code=wish.new, alias=name, kind="former", source=SOURCE)
        for name in dict.fromkeys(names)
        if name not in known
    )


def back(kept: Sequence[dict[str, Any]], heirs: Mapping[str, str], today: date) -> None:
    """Bring every reference row back as it was kept. Codes that began with the recode end, and tell what they were.

    `heirs` are old code -> the code that began. Names and numbers given since go to the area they were given to.
    """
    codes = {entry["fields"].get("code") or entry["pk"] for entry in kept} | set(heirs.values())
    _names({new: old for old, new in heirs.items()})
    had = {entry["pk"] for entry in kept if entry["model"] == RegionAlias._meta.label_lower}
    words = {(e["fields"]["code"], e["fields"]["alias"]) for e in kept if e["pk"] in had}
    since = [
        alias
        for alias in RegionAlias.objects.filter(code__in=codes).exclude(source=SOURCE)
        if str(alias.id) not in had and (alias.code, alias.alias) not in words
    ]
    states.restore(kept, codes, set(heirs.values()))
    RegionAlias.objects.bulk_create(since)
    for old, new in heirs.items():
        (Grid if len(new) == 15 else Region).objects.filter(code=new).update(valid_to=today, successor=old)


def _called(region: Region, plan: Plan) -> Region:
    from pypinyin import Style, lazy_pinyin

    region.short_name, region.name, region.kind = plan.short_name, plan.name, plan.kind
    region.pinyin = "".join(lazy_pinyin(plan.short_name)).lower()
    region.initials = "".join(lazy_pinyin(plan.short_name, style=Style.FIRST_LETTER)).lower()
    return region


def _grids(plan: Plan, on: date, village: str) -> None:
    """Grids under their new codes; one whose name the village they join has already is told by where it was."""
    ended = list(Grid.objects.filter(code__in=list(plan.heirs)))
    there = set(Grid.objects.filter(village_code=plan.wish.new, valid_to=None).values_list("name", flat=True))
    begun = []
    for grid in ended:
        new = copy.copy(grid)
        new.code = plan.heirs[grid.code]
        new.village_code, new.valid_from, new.valid_to, new.successor = new.code[:12], on, None, None
        new.name = village + grid.name if grid.name in there else grid.name
        begun.append(new)
        grid.valid_to, grid.successor = on, new.code
    Grid.objects.filter(code__in=[grid.code for grid in begun]).delete()  # left by a recode that was undone
    Grid.objects.bulk_create(begun)
    Grid.objects.bulk_update(ended, ["valid_to", "successor"])


def _outlines(plan: Plan) -> None:
    """Outlines go with their area; one that joins another, or leaves a town, changes theirs too."""
    wish = plan.wish
    shapes = {s.code: s for s in RegionShape.objects.filter(code__in=touched(plan))}
    figures = {code: shapely.from_wkb(bytes(shape.geometry)) for code, shape in shapes.items()}
    RegionShape.objects.filter(code__in=list(plan.heirs)).delete()
    for old, new in plan.heirs.items():
        if old in shapes and new in plan.fresh:
            shape = copy.copy(shapes[old])
            shape.code = new
            shape.save(force_insert=True)
    if wish.old not in shapes or len(wish.old) != 12:
        return
    moving, (left, joined) = figures[wish.old], (wish.old[:9], wish.new[:9])
    wider = [wish.new] if plan.how == "merge" else []
    wider += [joined] if left != joined else []
    for code in wider:
        if code in shapes:
            _reshape(shapes[code], tiling.union([figures[code], moving]))
    if left != joined and left in shapes and not (rest := tiling.difference(figures[left], moving)).is_empty:
        _reshape(shapes[left], rest)


def _reshape(shape: RegionShape, figure: Any) -> None:
    shape_of(shape.code, figure, shape.synthetic, shape.source).save(force_update=True)


def _names(heirs: Mapping[str, str]) -> None:
    """Other names and foreign numbers go with their area; a name the heir has already is not there twice."""
    aliases = list(RegionAlias.objects.filter(code__in=list(heirs)))
    taken = set(RegionAlias.objects.filter(code__in=_values(heirs)).values_list("code", "alias"))
    double = [a for a in aliases if (heirs[a.code], a.alias) in taken]
    RegionAlias.objects.filter(id__in=[a.id for a in double]).delete()
    for alias in aliases:
        alias.code = heirs[alias.code]
    RegionAlias.objects.bulk_update([a for a in aliases if a not in double], ["code"])
    numbers = list(ForeignCode.objects.filter(code__in=list(heirs)))
    for number in numbers:
        number.code = heirs[number.code]
    ForeignCode.objects.bulk_update(numbers, ["code"])


def _values(heirs: Mapping[str, str]) -> Iterable[str]:
    return list(heirs.values())
