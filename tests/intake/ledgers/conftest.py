"""What the tests of ledgers share: the small district taken in, and a template filled and read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from intake_tables import DISTRICT, OTHER_VILLAGE
from ledger_people import BORN, DAY, HOMES, NUMBERS, OPERATOR, Ledger

from linli.kernel.actors import Actor
from linli.kernel.scope import acting


@pytest.fixture
def people(seeded_db: str, tmp_path: Path) -> dict[str, str]:
    """The people taken in; their identity numbers by name."""
    from linli.intake.runner import run_file
    from linli.registry.models import District

    with acting(OPERATOR):
        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})
    head = [
        "姓名",
        "公民身份号码",
        "联系电话",
        "性别",
        "民族",
        "出生日期",
        "人口类型",
        "户号",
        "与户主关系",
        "现住址",
        "所在村居",
    ]
    rows: list[list[Any]] = [head]
    for serial, (name, no) in enumerate(NUMBERS.items(), 1):
        family = {"李大爷": ("H2", "户主"), "李大娘": ("H2", "配偶"), "孙爸爸": ("H5", "户主"), "孙小宝": ("H5", "子")}
        household, relation = family.get(name, (f"S{serial}", "户主"))
        rows.append([
            name, no, "" if name == "李大娘" else f"1007000{serial:04d}", "男" if int(no[16]) % 2 else "女",
            "回族" if name == "赵独户" else "汉族", BORN[name].isoformat(), "流动人口" if name == "钱来客" else "户籍人口",
            household, relation, HOMES[name], OTHER_VILLAGE if name == "周百岁" else "",
        ])  # fmt: skip
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    path = tmp_path / "people.xlsx"
    book.save(path)
    outcome = run_file(OPERATOR, path, area=DISTRICT, source="police", commit=True)
    assert outcome.merged and outcome.merge_counts["new"] == len(BORN), (outcome.problem, outcome.check_counts)
    return NUMBERS


@pytest.fixture
def ledger(people: dict[str, str], tmp_path: Path) -> Ledger:
    """`ledger(template, area=…, where=…)`: what `fill` answers, the rows of the first sheet filled, and the workbook."""
    from linli.intake.ledgers.fill import Order, fill

    def make(template: Path, actor: Actor = OPERATOR, **order: Any) -> tuple[Any, list[list[Any]], Any]:
        out = tmp_path / f"{template.stem}-filled.xlsx"
        given = {"area": DISTRICT, "on": DAY, "purpose": "测试填报", "masked": False, "filename": template.name} | order
        filled = fill(actor, template, out, Order(**given))
        book = openpyxl.load_workbook(out)
        return filled, [list(row) for row in book[filled.sheets[0]].iter_rows(values_only=True)], book

    return make
