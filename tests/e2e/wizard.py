"""A clean table through the import wizard, as a clerk clicks it."""

from __future__ import annotations

import re
from pathlib import Path

from screens import Visit


def take_in(here: Visit, file: Path, source: str, about: str = "") -> None:
    """From the upload to what was merged; `about` is the kind the wizard should have told by the columns."""
    page = here.page
    here.open("/intake/new")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("combobox", name=re.compile("数据来源")).click()
    page.get_by_role("option", name=source, exact=True).click()
    page.get_by_role("button", name="上传并对列").click()
    page.get_by_role("heading", name="每一列是什么").wait_for()
    if about:
        page.get_by_text(about).first.wait_for()
    page.get_by_role("button", name="开始检查").click()
    page.get_by_role("heading", name="可以合并").wait_for()
    page.get_by_role("button", name="合并", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="合并", exact=True).click()
    # A table that an earlier journey brought in changes nothing.
    page.get_by_role("heading", name=re.compile("已合并入库|没有任何改动")).wait_for()
