"""Fields of the district's own in a round: every kind is asked for, checked, kept as it should be, frozen and shown again."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import round_world as world
import staff
from round_world import VILLAGE, return_of, step
from test_round_edges import answer, needs, rows_of, sheet

from linli.intake.rounds import looking
from linli.intake.rounds.models import FrozenPart, RoundAnswer
from linli.intake.rounds.problems import NotAsked
from linli.intake.rounds.rules import Deed
from linli.kernel.scope import acting
from linli.registry.custom.actions import declare_field, retire_field
from linli.registry.custom.models import CustomField, CustomValue
from linli.registry.custom.rules import FieldForm

Who = dict[str, Any]
FIELDS = (
    FieldForm(name_zh="住房面积", kind="decimal", owner_name="", measure="平方米"),
    FieldForm(name_zh="供养方式", kind="choice", owner_name="", choices=("集中", "分散")),
    FieldForm(name_zh="是否签约", kind="boolean", owner_name=""),
    FieldForm(name_zh="银行账号", kind="text", owner_name="", sensitive=True),
)
SAID = {"住房面积": "80.50", "供养方式": "集中", "是否签约": "是", "银行账号": "6222020000000001"}


@pytest.fixture
def fields(people: dict[str, UUID]) -> dict[str, CustomField]:
    unit = staff.units()[staff.DISTRICT]
    with acting(staff.OPERATOR):
        return {each.name_zh: declare_field(staff.OPERATOR, each, unit) for each in FIELDS}


@pytest.fixture
def asked(fields: dict[str, CustomField], tmp_path: Path) -> UUID:
    return world.form(tmp_path, "住房和供养表", columns=("姓名", "身份证号", *fields))


def named(fields: dict[str, CustomField], said: dict[str, str]) -> dict[str, str | None]:
    return {f"custom:{fields[name].id}": value for name, value in said.items()}


def test_every_kind_is_asked_for_answered_and_asked_for_no_more(
    asked: UUID, fields: dict[str, CustomField], people: dict[str, UUID], who: Who, tmp_path: Path
) -> None:
    round_ = world.opened(asked)
    village, actor = return_of(round_, VILLAGE), staff.actor(who["village"])
    row = rows_of(actor, village)["赵全新"]
    assert needs(row) == dict.fromkeys(named(fields, SAID), "blank")
    assert [c.asked.label("zh") for c in row.cells if c.asked.kind == "decimal"] == ["住房面积（平方米）"]
    assert {c.asked.kind: c.asked.choices for c in row.cells if c.asked.choices} == {"choice": ("集中", "分散")}
    now = answer(actor, village, row, named(fields, SAID))
    assert needs(now) == {} and return_of(round_, VILLAGE).waiting == 2
    shown = {name: now.values[f"custom:{fields[name].id}"] for name in SAID}
    assert shown["住房面积"] == "80.5" and shown["供养方式"] == "集中" and shown["是否签约"] == "是"
    assert "*" in (shown["银行账号"] or "") and "6222" not in str(now)
    with acting(staff.OPERATOR):
        kept = list(CustomValue.objects.filter(person_id=people["赵全新"]))
        assert {(v.origin, v.reason, v.source_code) for v in kept} == {
            (f"round:{round_.id}", "报送：住房和供养表 2026-06", "manual")
        }
        (sealed,) = (v for v in kept if v.field_id == fields["银行账号"].id)
        assert sealed.value is None and sealed.sealed is not None
        # The answer is tied to the statement it made.
        assert set(RoundAnswer.objects.values_list("record_id", flat=True)) == {v.id for v in kept}
    # The next period has them, and the file shows the account to whoever may see it in full.
    assert return_of(world.opened(asked, period="2026-07"), VILLAGE).waiting == 2
    step(who["village"], village, Deed.SUBMIT)
    (full,) = (r for r in sheet(actor, village, 1, tmp_path / "full.xlsx") if r[0] == "赵全新")
    assert full[2:] == [80.5, "集中", "是", SAID["银行账号"]]
    with acting(actor):
        looking.write_file(
            actor, village.id, 1, tmp_path / "masked.xlsx", purpose="存档核对", full=False, language="zh"
        )
        assert not any(b"6222" in bytes(part) for part in FrozenPart.objects.values_list("sealed", flat=True))


def test_a_field_that_is_retired_meanwhile_is_asked_for_no_more_and_keeps_its_column(
    asked: UUID, fields: dict[str, CustomField], who: Who, tmp_path: Path
) -> None:
    village, actor = return_of(world.opened(asked), VILLAGE), staff.actor(who["village"])
    row = rows_of(actor, village)["赵全新"]
    answer(actor, village, row, named(fields, {"住房面积": "80.5"}))
    with acting(staff.OPERATOR):
        retire_field(staff.OPERATOR, fields["住房面积"].id)
        retire_field(staff.OPERATOR, fields["供养方式"].id)
    now = rows_of(actor, village)["赵全新"]
    assert set(needs(now)) == set(named(fields, {"是否签约": "", "银行账号": ""}))
    with pytest.raises(NotAsked):
        answer(actor, village, now, named(fields, {"供养方式": "集中"}))
    step(who["village"], village, Deed.SUBMIT)
    (kept,) = (r for r in sheet(actor, village, 1, tmp_path / "kept.xlsx") if r[0] == "赵全新")
    assert kept[2] == 80.5
