"""The ladder: a clerk declares a value and sees the verdict turn, the officer assesses again and sees the community move."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from screens import PHONE, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]
#: A community of 昆仑镇, and the first indicator of 基础型, which nothing in the program computes.
COMMUNITY, CODE, INDICATOR, BOUND = "昆仑社区", "370302102006", "B01", 70


def assess(here: Visit) -> None:
    """As the officer: assess all communities and wait until the figures are there."""
    here.open("/tiers")
    here.page.get_by_role("button", name="重新评估").click()
    here.page.get_by_text(re.compile("评估已完成")).first.wait_for(timeout=60_000)
    here.settle()


def met(here: Visit) -> int:
    """How many indicators the ladder says the community has met on its way."""
    here.open(f"/tiers?q={COMMUNITY}")
    row = here.page.get_by_role("row", name=re.compile(COMMUNITY))
    row.get_by_text(re.compile(r"达到 \d+/\d+")).first.wait_for()
    found = re.search(r"达到 (\d+)/\d+", row.inner_text())
    assert found, row.inner_text()
    return int(found.group(1))


def test_a_declared_value_moves_a_community_on_the_ladder(visit: Visits) -> None:
    officer = visit("climber")
    assess(officer)
    before = met(officer)
    assert look(officer, "tiers-ladder") == []

    clerk = visit("kunlun")
    page: Any = clerk.page
    clerk.open("/tiers")
    page.get_by_role("textbox", name="社区名称").fill(COMMUNITY)
    page.get_by_role("link", name=COMMUNITY, exact=True).click()
    page.get_by_role("heading", name=COMMUNITY).wait_for()
    assert page.get_by_role("button", name="重新评估").count() == 0
    row = page.locator(f"#indicator-{INDICATOR}")
    row.get_by_text("未知").first.wait_for()
    row.get_by_role("button", name=re.compile("^填报")).first.click()
    dialog = page.get_by_role("dialog", name=re.compile("填报"))
    value, note = dialog.get_by_label(re.compile("^数值")), dialog.get_by_label("说明")
    value.fill("170")
    note.fill("三家运营商证明")
    dialog.get_by_role("button", name="填报", exact=True).click()
    dialog.get_by_role("alert").first.wait_for()
    assert (value.input_value(), note.input_value()) == ("170", "三家运营商证明")
    assert look(clerk, "tiers-declare-refused") == []
    value.fill(str(BOUND))
    dialog.get_by_role("button", name="填报", exact=True).click()
    dialog.wait_for(state="detached")
    row.get_by_text("达到", exact=True).first.wait_for()
    row.get_by_role("button", name=re.compile("^改填")).wait_for()
    assert look(clerk, "tiers-community") == []

    assess(officer)
    assert met(officer) == before + 1


@pytest.mark.parametrize(
    ("size", "language", "theme"), [(PHONE, "en", "dark"), (PHONE, "zh-CN", "light"), (WIDE, "en", "dark")],
    ids=["phone-en-dark", "phone-zh-light", "wide-en-dark"],
)  # fmt: skip
def test_a_community_is_read_on_a_phone_and_in_english(
    visit: Visits, size: dict[str, int], language: str, theme: str, request: pytest.FixtureRequest
) -> None:
    here = visit("kunlun", size=size, language=language, theme=theme)
    name = request.node.callspec.id
    here.open(f"/tiers/communities/{CODE}")
    here.page.locator(f"#indicator-{INDICATOR}").wait_for()
    assert look(here, f"tiers-community-{name}") == []
    here.open("/tiers/systems")
    here.page.get_by_text(re.compile("推断值，待官方文本校核|Inferred, not yet verified")).first.wait_for()
    assert look(here, f"tiers-systems-{name}") == []


def test_gaps_and_cells_lead_to_their_indicator(visit: Visits) -> None:
    here = visit("kunlun")
    page: Any = here.page
    here.open(f"/tiers/communities/{CODE}?tier=model")
    page.get_by_role("button", name=re.compile("^B02 ")).click()
    page.locator("#indicator-B02").wait_for()
    expect(page.locator("#indicator-B02")).to_be_in_viewport()
    page.wait_for_url("**tier=basic**")


def test_a_table_with_faults_is_told_and_nothing_is_imported(visit: Visits) -> None:
    here = visit("climber")
    page: Any = here.page
    here.open("/tiers/systems")
    versions = page.get_by_role("navigation", name="版本").get_by_role("listitem")
    versions.first.wait_for()
    count = versions.count()
    page.get_by_role("button", name="导入指标表").click()
    dialog = page.get_by_role("dialog", name="导入指标表")
    text = """
meta: {title: 试验}
indicators:
  - {id: X01, tier: 基础型, level1: 基础设施, name: 甲, requirement_text: 覆盖率达到120%, measure_mode: mixed, certainty: source,
     thresholds: [{metric_id: gigabit_household_rate, op: ">=", value: 120, unit: "%", certainty: source}]}
  - {id: X01, tier: 基础型, level1: 基础设施, name: 乙, requirement_text: 同上, measure_mode: mixed, certainty: source,
     thresholds: [{metric_id: tv_household_rate, op: ">=", value: 70, unit: "%", certainty: source}]}
"""
    dialog.locator("input[type=file]").set_input_files(
        {"name": "指标.yaml", "mimeType": "application/yaml", "buffer": text.encode()}
    )
    dialog.get_by_role("button", name="检查").click()
    dialog.get_by_role("alert").wait_for()
    assert dialog.get_by_role("row").count() >= 3
    assert dialog.get_by_role("button", name="导入指标表").count() == 0
    assert look(here, "tiers-import-refused") == []
    dialog.get_by_role("button", name="取消").click()
    expect(versions).to_have_count(count)


def test_evidence_is_added_refused_and_taken_away(visit: Visits) -> None:
    here = visit("kunlun")
    page: Any = here.page
    here.open(f"/tiers/communities/{CODE}")
    card = page.locator("section.card", has=page.get_by_role("heading", name=re.compile("^佐证材料")))
    card.get_by_role("combobox", name="证明哪项指标").click()
    page.get_by_role("option", name=re.compile(f"^{INDICATOR} ")).click()
    chosen, send = card.get_by_label("文件"), card.get_by_role("button", name="上传佐证")
    chosen.set_input_files({"name": "证明.pdf", "mimeType": "application/pdf", "buffer": b"no such thing"})
    send.click()
    card.get_by_role("alert").wait_for()
    chosen.set_input_files({"name": "证明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"})
    send.click()
    card.get_by_role("link", name="证明.pdf").wait_for()
    assert look(here, "tiers-evidence") == []
    with page.expect_download() as kept:
        card.get_by_role("link", name="证明.pdf").click()
    assert kept.value.suggested_filename == "证明.pdf"
    card.get_by_role("button", name="移除：证明.pdf").click()
    page.get_by_role("button", name="移除", exact=True).click()
    card.get_by_role("link", name="证明.pdf").wait_for(state="detached")
