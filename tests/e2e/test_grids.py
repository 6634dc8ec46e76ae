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
