"""Taking lists of compounds, buildings and homes out as a workbook. They hold no people, only how many there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from linli.access import reads
from linli.kernel.actors import Actor
from linli.kernel.area_names import names_of
from linli.kernel.paging import MOST, Page
from linli.places.permissions import VIEW as VIEW_PLACES
from linli.registry.actions.workbook import MOST_ROWS, TooMany, workbook
from linli.registry.permissions import EXPORT, VIEW
from linli.registry.problems import PurposeMissing
from linli.registry.queries.codes import labels
from linli.registry.queries.homes import DwellingFilter, DwellingRow, dwellings_page
from linli.registry.queries.sql import Row

from .lists import BuildingFilter, BuildingRow, CompoundFilter, CompoundRow, buildings_page, compounds_page

_COMPOUNDS = {
    "zh": ("小区", "别名", "类型", "所属区域", "楼栋数", "房屋数", "来源"),
    "en": ("Compound", "Aliases", "Kind", "Area", "Buildings", "Homes", "Origin"),
}
_BUILDINGS = {
    "zh": ("楼栋", "小区", "类型", "所属区域", "层数", "单元数", "房屋数", "居住人数", "楼栋长", "楼栋长电话"),
    "en": ("Building", "Compound", "Kind", "Area", "Storeys", "Units", "Homes", "Residents", "Leader", "Phone"),
}
_HOMES = {
    "zh": ("标准地址", "小区", "楼栋", "单元", "楼层", "室", "居住状态", "依据", "状态日期", "房屋类型", "建筑面积（㎡）",
           "居住人数"),
    "en": ("Address", "Compound", "Building", "Unit", "Floor", "Room", "State", "Ground", "As of", "Kind", "Area (m²)",
           "Residents"),
}  # fmt: skip
STATE_WORDS = {
    "zh": {"occupied": "自住", "rented": "出租", "empty": "空置", "other": "其他", "unclear": "有人居住，性质不明",
           "nobody": "无人登记"},
    "en": {"occupied": "Owner-occupied", "rented": "Rented", "empty": "Empty", "other": "Other",
           "unclear": "Lived in, unclear how", "nobody": "Nobody recorded"},
}  # fmt: skip
_GROUND = {"zh": ("由居住人推断", "登记"), "en": ("inferred from residents", "stated")}
_ORIGIN = {"zh": ("由地址识别", "已核实"), "en": ("read from addresses", "confirmed")}


def export_compounds(actor: Actor, wanted: CompoundFilter, purpose: str, language: str) -> bytes:
    """A workbook of the compounds that match. Raises Forbidden, PurposeMissing, TooMany."""
    said = "en" if language.startswith("en") else "zh"
    taker = _taker(actor, wanted.area, purpose)
    rows: list[CompoundRow] = _all(lambda cursor: compounds_page(taker, wanted, cursor, MOST, counted=False))
    reads.note("export", "compound", area=wanted.area, count=len(rows), purpose=purpose.strip())
    named = names_of(row.area_code for row in rows)
    kinds = labels(language)
    lines = (
        (
            r.name,
            "、".join(r.aliases),
            kinds.get(("compound_kind", r.kind), r.kind),
            named[r.area_code],
            r.buildings,
            r.homes,
            _ORIGIN[said][r.vouched],
        )
        for r in rows
    )
    title = "Compounds" if said == "en" else "小区"
    return workbook(actor, title, _COMPOUNDS[said], (24, 24, 12, 18, 10, 10, 14), lines, language)


def export_buildings(actor: Actor, wanted: BuildingFilter, purpose: str, language: str) -> bytes:
    """A workbook of the buildings that match. Raises Forbidden, PurposeMissing, TooMany."""
    said = "en" if language.startswith("en") else "zh"
    taker = _taker(actor, wanted.area, purpose)
    rows: list[BuildingRow] = _all(lambda cursor: buildings_page(taker, wanted, cursor, MOST, counted=False))
    reads.note("export", "building", area=wanted.area, count=len(rows), purpose=purpose.strip())
    named = names_of(row.area_code for row in rows)
    kinds = labels(language)
    lines = (
        (
            r.name, r.compound, kinds.get(("building_kind", r.kind), r.kind), named[r.area_code], r.floors or r.top,
            r.units or r.stairs, r.homes, r.people, r.leader, r.leader_phone,
        )
        for r in rows
    )  # fmt: skip
    title = "Buildings" if said == "en" else "楼栋"
    return workbook(actor, title, _BUILDINGS[said], (26, 22, 12, 18, 8, 8, 8, 10, 12, 16), lines, language)


def export_homes(actor: Actor, wanted: DwellingFilter, purpose: str, language: str) -> bytes:
    """A workbook of the homes that match, without who lives there. Raises Forbidden, PurposeMissing, TooMany."""
    said = "en" if language.startswith("en") else "zh"
    taker = _taker(actor, wanted.area, purpose, VIEW)
    rows: list[DwellingRow] = _all(lambda cursor: dwellings_page(taker, wanted, cursor, MOST, counted=False))
    reads.note("export", "dwelling", area=wanted.area, count=len(rows), purpose=purpose.strip())
    kinds = labels(language)
    lines = (
        (
            r.standard, r.compound, r.building, r.unit, r.floor, r.room, STATE_WORDS[said][r.state.state],
            _GROUND[said][r.state.stated], r.state_on, kinds.get(("dwelling_kind", r.kind or ""), r.kind), r.floor_area, r.residents,
        )
        for r in rows
    )  # fmt: skip
    title = "Homes" if said == "en" else "房屋"
    return workbook(actor, title, _HOMES[said], (40, 22, *(8,) * 4, 16, 14, 12, 10, 10, 10), lines, language)


def _taker(actor: Actor, area: str | None, purpose: str, view: str = VIEW_PLACES) -> Actor:
    """The actor with the grants alone that allow both seeing and taking out."""
    actor.require(EXPORT, area)
    if len(purpose.strip()) < 4:
        raise PurposeMissing()
    return replace(actor, grants=tuple(g for g in actor.grants if g.allows(EXPORT) and g.allows(view)))


def _all(page: Callable[[str | None], Page[Row]]) -> list[Row]:
    rows: list[Row] = []
    cursor: str | None = None
    while True:
        found = page(cursor)
        rows.extend(found.items)
        if len(rows) > MOST_ROWS:
            raise TooMany(most=MOST_ROWS)
        cursor = found.next
        if cursor is None:
            return rows
