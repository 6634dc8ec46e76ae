"""Which sheet of a template is for which area: as the binding says, as the sheets are called, or the only one for all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from linli.kernel.actors import Actor
from linli.kernel.areas import contains, intersect
from linli.places.models import Region, RegionAlias

from .binding import Binding
from .columns import PERMISSION
from .problems import Note, NothingBound, TooManySheets
from .template import Layout, Template

# More sheets than this with a header and without a village's name: nobody means the first of them.
MOST_UNNAMED = 20
_NOT_AREA = ("名称不是本辖区的村居", "it is not named after a village here")
_SKIPPED = ("对应关系中写明不填", "the binding says so")
_NO_HEADER = ("没有找到表头", "no header was found in it")
_FIRST_ONLY = ("只填第一个有表头的工作表", "only the first sheet with a header is")
_OUTSIDE = ("所在村居不在所选区划内", "its area is outside of the one chosen")


@dataclass(frozen=True, slots=True)
class Target:
    """A sheet and the area its rows are of."""

    layout: Layout
    area: str


def check_told_apart(template: Template, binding: Binding, area: str) -> None:
    """Raise TooManySheets for a template of many sheets that neither their names nor the binding tell the areas of."""
    left = [x.sheet for x in template.layouts if binding.sheets.get(x.sheet, x.sheet) is not None]
    if len(left) > MOST_UNNAMED and not any(binding.sheets.values()):
        names = _names(area)
        if not any(_bare(sheet) in names for sheet in left):
            raise TooManySheets(sheets=len(left))


def targets(actor: Actor, template: Template, binding: Binding, area: str, notes: list[Note]) -> list[Target]:
    """The sheets to fill. Raises TooManySheets, NothingBound where the binding leaves none."""
    names = _names(area) if len(template.layouts) > 1 else {}
    named: dict[str, str] = {}
    for layout in template.layouts:
        code = names.get(_bare(layout.sheet))
        if layout.sheet in binding.sheets:
            code = binding.sheets[layout.sheet]
        if code is not None:
            named[layout.sheet] = code
    _note(notes, template.skipped, _NO_HEADER)
    open_ = [x for x in template.layouts if not (x.sheet in binding.sheets and binding.sheets[x.sheet] is None)]
    _note(notes, [x.sheet for x in template.layouts if x not in open_], _SKIPPED)
    if not open_:
        raise NothingBound()
    if not named:
        # Sheets of another town's villages: people from here would stand on the first of them under its name.
        district = _names(area[:6]) if len(open_) > 1 else {}
        if len(open_) > MOST_UNNAMED or any(_bare(x.sheet) in district for x in open_):
            raise TooManySheets(sheets=len(open_))
        _note(notes, [x.sheet for x in open_[1:]], _FIRST_ONLY)
        return [Target(open_[0], area)]
    _note(notes, [x.sheet for x in open_ if x.sheet not in named], _NOT_AREA)
    found = []
    for layout in open_:
        if layout.sheet in named:
            inside = intersect((area,), (named[layout.sheet],))
            if inside and actor.may(PERMISSION[binding.subject], inside[0]):
                found.append(Target(layout, inside[0]))
            else:
                _note(notes, [layout.sheet], _OUTSIDE)
    if not found:
        raise TooManySheets(sheets=len(open_))
    return found


def _note(notes: list[Note], sheets: list[str] | tuple[str, ...], why: tuple[str, str]) -> None:
    # Three hundred of them would bury everything else.
    for sheet in sheets[:20]:
        notes.append(Note("intake.ledger.sheet_not_filled", {"sheet": sheet, "why_zh": why[0], "why_en": why[1]}))


def _names(area: str) -> dict[str, str]:
    """What villages and towns of an area are called: their names, short names and aliases; shared names are none's."""
    regions = Region.objects.filter(level__in=("town", "village"), valid_to=None)
    said = [(name, r.code) for r in regions for name in (r.name, r.short_name)]
    said += [(a.alias, a.code) for a in RegionAlias.objects.all()]
    found: dict[str, set[str]] = {}
    for name, code in said:
        if contains(area, code) or contains(code, area):
            found.setdefault(_bare(name), set()).add(code)
    return {name: min(codes) for name, codes in found.items() if len(codes) == 1 and name}


def _bare(name: str) -> str:
    """A sheet's name without numbers and brackets that are no part of a village's name: 01.聂村（32人）."""
    name = re.sub(r"[（(].*?[)）]", "", re.sub(r"\s", "", name))
    return re.sub(r"^\d+[.、\-_]?|[\d_\-]+$|(表|台账|花名册|名单)$", "", name)
