"""A district's administrator splits a grid on the map, sees what it does, saves it, and takes it back."""

from __future__ import annotations

import re
from collections.abc import Callable

from screens import Visit

Visits = Callable[..., Visit]
VILLAGE = "370302001001"


def test_a_grid_is_split_on_the_map_and_put_together_again(visit: Visits) -> None:
    here = visit("manager")
    page = here.page
    here.open(f"/grids?area={VILLAGE}")
    page.wait_for_selector("[data-idle=true]")
    page.get_by_role("button", name="拆分").click()
    page.get_by_role("combobox", name=re.compile("网格")).click()
    page.get_by_role("option", name="城里社区第5网格 · 005").click()
    canvas = page.get_by_role("application")
    box = canvas.bounding_box()
    # From west to east right across the map, which the fifth grid lies in the middle of.
    for share in (0.02, 0.95):
        canvas.click(position={"x": box["width"] * share, "y": box["height"] * 0.48})
    page.get_by_text("已点 2 个点").wait_for()
    here.picture("grid-split-drawn")
    page.get_by_role("button", name="加入变更").click()
    table = page.get_by_role("table", name="变更前后的网格与人数")
    table.get_by_text("新增").first.wait_for()
    here.picture("grid-split-effect")
    page.get_by_label("原因").fill("人口过多")
    page.get_by_role("button", name="保存变更").click()
    page.get_by_text("网格已变更").wait_for()
    page.get_by_role("button", name="撤销").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销").click()
    page.get_by_text("人员和房屋已归回原网格").wait_for()
    page.get_by_text("已撤销", exact=True).first.wait_for()
    page.get_by_text("370302001001005").wait_for()
    here.picture("grid-undone")


def test_a_group_of_areas_is_named_and_people_are_listed_by_it(visit: Visits) -> None:
    here = visit("manager")
    page = here.page
    here.open("/admin/groups")
    page.get_by_role("button", name="新建分组").click()
    dialog = page.get_by_role("dialog", name="新建分组")
    dialog.get_by_label("名称").fill("昆仑开发区")
    dialog.get_by_role("button", name=re.compile("添加区划")).click()
    page.get_by_placeholder("查找镇街、村居、网格").fill("昆仑镇")
    page.get_by_role("option", name=re.compile("昆仑镇")).or_(
        page.get_by_role("button", name=re.compile("^昆仑镇"))
    ).first.click()
    dialog.get_by_role("listitem").filter(has_text="昆仑镇").wait_for()
    here.picture("group-dialog")
    dialog.get_by_role("button", name="保存").click()
    page.get_by_role("cell", name="昆仑开发区").wait_for()

    clerk = visit("kunlun")
    clerk.open("/people")
    clerk.page.get_by_role("combobox", name="区域分组").click()
    clerk.page.get_by_role("option", name="昆仑开发区").click()
    clerk.page.wait_for_url(lambda url: "group=" in url)
    clerk.settle()
    clerk.picture("people-by-group")


def test_boundaries_of_the_wrong_kind_are_refused_before_anything_is_saved(visit: Visits) -> None:
    here = visit("manager")
    page = here.page
    here.open(f"/grids?area={VILLAGE}")
    page.get_by_role("button", name="导入边界").click()
    dialog = page.get_by_role("dialog", name="导入边界")
    bow = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "370302001001001"}, '
        '"geometry": {"type": "Polygon", "coordinates": [[[118, 36.6], [118.01, 36.61], [118.01, 36.6], [118, 36.61], '
        "[118, 36.6]]]}}]}"
    )
    dialog.locator("input[type=file]").set_input_files(
        {"name": "b.geojson", "mimeType": "application/geo+json", "buffer": bow.encode()}
    )
    dialog.get_by_text("请按测绘单位说明选择").click()
    page.get_by_role("option", name=re.compile("CGCS2000")).click()
    dialog.get_by_label("来源").fill("勘界")
    dialog.get_by_role("button", name="检查并预览").click()
    dialog.get_by_text("边界自相交").wait_for()
    here.picture("boundaries-refused")
    assert dialog.get_by_role("button", name="导入边界").count() == 0
