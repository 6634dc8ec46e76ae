"""What may stand against boundaries, in words, and as places on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from linli.kernel.errors import Conflict, Invalid, Text

from .tiling import Trouble

WORDS: Final = {
    "empty": Text("{names}：没有画出范围。", "{names}: no area was drawn."),
    "not_degrees": Text(
        "{names}：坐标不是经纬度（可能是投影坐标，或经纬度写反）。",
        "{names}: these are no degrees (projected coordinates, or longitude and latitude changed round).",
    ),
    "elsewhere": Text("{names}：不在本区县范围内。", "{names} lies outside the district."),
    "datum": Text(
        "{names}：坐标与所选坐标系不符，更像是 {other}。",
        "{names}: the coordinates do not fit the datum named; they look like {other}.",
    ),
    "self_crossing": Text("{names}：边界自相交。", "{names}: the edge crosses itself."),
    "too_small": Text("{names}：范围太小（{area} 平方米）。", "{names} is too small ({area} m²)."),
    "overlap": Text("{names} 重叠 {area} 平方米。", "{names} overlap by {area} m²."),
    "gap": Text(
        "有 {area} 平方米不属于任何网格。",
        "{area} m² belong to no grid.",
    ),
    "outside": Text("{names} 超出村居范围 {area} 平方米。", "{names} reaches {area} m² beyond the village."),
    "nothing_left": Text(
        "{names} 会被完全占去，请改为关闭该网格。", "Nothing of {names} would be left: close it instead."
    ),
    "no_cut": Text("这条线没有把 {names} 分开。", "The line does not cut {names} in two."),
    "one_grid": Text("合并至少需要两个网格。", "It takes two grids to merge."),
    "not_neighbours": Text("{names} 不相邻，不能合并。", "{names} do not touch."),
    "name_twice": Text("网格名称重复：{names}。", "Two grids would have the name {names}."),
    "too_many": Text("一个村居最多 999 个网格编号。", "A village has at most 999 grid numbers."),
    "unknown_grid": Text("{names} 不是该村居的现有网格。", "{names} is no present grid of the village."),
    "unknown_kind": Text("网格类别应为基础或专属。", "The kind of a grid is 基础 or 专属."),
    "unknown_village": Text("{names} 不是本区县的村居。", "{names} is no village of the district."),
    "no_heir": Text("{names} 的范围不再属于任何网格。", "Nothing takes over {names}."),
    "no_such_heir": Text("{names} 的接收网格没有接收它的范围。", "The successor of {names} takes none of its area."),
    "no_grid_left": Text("村居至少应有一个网格。", "A village keeps at least one grid."),
    "code_twice": Text("网格代码重复：{names}。", "The code {names} comes twice."),
    "bad_code": Text("{names} 不是该村居可用的网格代码。", "{names} cannot be a grid code of its village."),
    "neighbour_covered": Text(
        "相邻的{names}（示意边界）会被完全覆盖，请在同一文件中一并导入它的边界。",
        "The neighbour {names} (drawn) would be covered whole: bring its boundary in the same file.",
    ),
    "no_name": Text("第 {names} 个图形没有名称或楼号。", "Figure {names} has no name or number."),
    "name_long": Text("{names}：名称太长。", "{names}: the name is too long."),
    "off_grid": Text("{names} 不在任何网格内。", "{names} lies in no grid."),
    "named_twice": Text("{names} 在同一村居出现了两次。", "{names} comes twice in one village."),
    "no_compound": Text(
        "该村居没有名为“{names}”的小区，请先登记小区。", "The village has no compound called {names}; enter it first."
    ),
    "bad_figures": Text(
        "{names}：层数、单元数或建成年份不合理。", "{names}: storeys, units or year of building cannot be."
    ),
    "overlaps_village": Text(
        "{names} 与相邻村居的正式边界重叠 {area} 平方米。",
        "{names} overlaps the official boundary of a neighbour by {area} m².",
    ),
}
CODES: Final = tuple(WORDS)


@dataclass(frozen=True, slots=True)
class Told:
    """A trouble in the words of the reader, with its place as GeoJSON where it has one."""

    code: str
    message: str
    place: dict[str, Any] | None


def tell(trouble: Trouble, language: str) -> Told:
    """Say what is wrong and where."""
    from shapely.geometry import mapping

    join = ", " if language.startswith("en") else "、"
    *names, last = trouble.names or ("",)
    words: dict[str, Any] = {
        "names": join.join([*names, last]),
        "area": f"{max(trouble.area_m2, 1):.0f}",
        "other": last,
    }
    if trouble.code == "datum":
        words["names"] = join.join(names)
    place = dict(mapping(trouble.figure)) if trouble.figure is not None and not trouble.figure.is_empty else None
    return Told(trouble.code, WORDS[trouble.code].say(language, words), place)


class BadBoundaries(Invalid):
    """Boundaries cannot stand: the document's `troubles` say why and where, as GeoJSON features."""

    code = "places.bad_boundaries"
    text = Text("网格边界有问题，没有保存。", "There is something wrong with the boundaries; nothing was saved.")

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        super().__init__(count=len(troubles))
        self.troubles = tuple(troubles)

    def document(self, language: str, request_id: str = "") -> dict[str, Any]:
        told = [tell(trouble, language) for trouble in self.troubles]
        answer = super().document(language, request_id)
        answer["detail"] = " ".join([answer["title"], *(t.message for t in told[:5])])
        answer["troubles"] = [{"code": t.code, "message": t.message, "place": t.place} for t in told]
        return answer


class GridsChanged(Conflict):
    """The village's grids are not those the change was made for."""

    code = "places.grids_changed"
    text = Text(
        "该村居的网格已被他人修改，请重新打开后再改。",
        "The grids of this village were changed meanwhile; open it again.",
    )


class NotUndoable(Conflict):
    """A later change rests on it, it was undone already, or it is an undoing itself."""

    code = "places.grid_change_not_undoable"
    text = Text(
        "此后该村居的网格又有变更（或已撤销），不能撤销。", "Later changes rest on it, or it was undone already."
    )


class FileUnreadable(Invalid):
    """The file is no GeoJSON or shapefile of village or grid boundaries; `reason` says what is wrong with it."""

    code = "places.boundaries_unreadable"
    text = Text("不能读取这个文件：{why_zh}。", "The file cannot be read: {why_en}.")
    WHY: ClassVar = {
        "json": ("不是 GeoJSON，也不是装着 shapefile 的 zip", "it is neither GeoJSON nor a zip with a shapefile"),
        "no_features": ("没有要素（FeatureCollection）", "it holds no features (FeatureCollection)"),
        "too_many": ("要素或顶点过多", "it holds too many features or vertices"),
        "no_geometry": ("有要素没有图形", "a feature has no geometry"),
        "geometry": ("有要素的图形不完整", "the geometry of a feature is not well-formed"),
        "shapefile": ("shapefile 已损坏", "the shapefile is damaged"),
        "parts_missing": (
            "压缩包里须有同名的 .shp、.shx、.dbf 三个文件",
            "the archive needs .shp, .shx and .dbf of one name",
        ),
        "several_layers": (
            "压缩包里有几个 shapefile，请每次只放一个",
            "the archive holds several shapefiles; bring one",
        ),
        "too_large": ("压缩包里的文件过多或过大", "the archive holds too many or too large files"),
        "prj_datum": (
            ".prj 写明的不是 CGCS2000 或 WGS-84（如北京 54、西安 80），请先由测绘部门转换",
            "the .prj states neither CGCS2000 nor WGS-84 (but Beijing 54 or Xi'an 80, say); have it converted first",
        ),
        "prj_projection": (
            ".prj 的投影不是以米为单位的高斯-克吕格或 UTM",
            "the projection of the .prj is neither Gauss-Krüger nor UTM in metres",
        ),
        "prj_plane": (
            ".prj 写明是平面坐标，坐标系请选 CGCS2000 或 WGS-84",
            "the .prj states plane coordinates; name CGCS2000 or WGS-84 as the datum",
        ),
        "code": ("有要素没有村居或网格代码（12 或 15 位）", "a feature has no code of 12 or 15 digits"),
    }

    def __init__(self, reason: str) -> None:
        zh, en = self.WHY[reason]
        super().__init__(reason=reason, why_zh=zh, why_en=en)


class NothingChanges(Invalid):
    """The operations leave everything as it is."""

    code = "places.nothing_changes"
    text = Text("没有任何变化。", "Nothing would change.")
