"""Closed cases of an earlier system: what was, with no clock, notice or event, counted by the times there are."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import case_sheets as sheets
import pytest
import staff
from case_sheets import codes, old, sheet, take

from linli.cases.evaluation.facts import draw_all, draw_recent
from linli.cases.models import Case, CaseFact, CaseFlow, CaseOrigin, Category
from linli.intake import actions, perform
from linli.kernel import clock
from linli.kernel.actors import system
from linli.kernel.outbox.models import Event
from linli.kernel.scope import acting


@pytest.fixture
def older(seeded_db: str) -> None:
    staff.units()
    with acting(sheets.OPERATOR):
        actions.save_source(sheets.OPERATOR, "older", "旧系统", "older")


def test_old_cases_come_as_what_was(older: None, tmp_path: Path) -> None:
    closed = Category.objects.filter(kind="matter", offered=True).order_by("code").first()
    assert closed is not None
    Category.objects.filter(id=closed.id).update(valid_until=datetime(2024, 1, 1).date())
    rows = [
        old(),
        old(案件编号="OLD-2", 案件类别=closed.name, 派遣时间=None, 立案时间=None, 满意度=None, 案件来源="视频巡查", 处置单位="旧城管局"),
        old(案件编号="OLD-3", 案件来源="12345热线", 处置单位="淄川区昆仑镇", 满意度="不满意", 处置完成时间=None, 处置截止时间=None),
    ]  # fmt: skip
    bad = {
        "case.not_closed": old(案件编号="OLD-4", 结案时间=None), "case.at_missing": old(案件编号="OLD-5", 上报时间=None),
        "moment.order": old(案件编号="OLD-6", 结案时间="2023-02-01"), "moment.impossible": old(案件编号="OLD-7", 立案时间="2023-02-30"),
    }  # fmt: skip
    path = sheet(tmp_path / "old.xlsx", [*rows, *bad.values()], title="2023年案件")
    with acting(sheets.OPERATOR):
        events = Event.objects.count()
    outcome = take(path, source="older")
    assert outcome.problem is None
    found = codes(outcome)
    assert {code: found.get(code) for code in bad} == dict.fromkeys(bad, 1)
    assert (outcome.merge_counts["new"], outcome.merge_counts["unknown"]["unit"]) == (3, [["旧城管局", 1]])
    with acting(sheets.OPERATOR):
        made = {o.number: o.case for o in CaseOrigin.objects.select_related("case", "case__category")}
        assert Event.objects.count() == events
        whole, part, hot = made["OLD-0001"], made["OLD-2"], made["OLD-3"]
        assert (whole.state, whole.source, whole.version, whole.clock, whole.clock_from) == (
            "evaluated",
            "collector",
            6,
            "",
            None,
        )
        assert whole.number.startswith("37030220230301") and whole.category.code == "01001"
        assert (whole.unit_id, whole.unit_name, whole.result) == (staff.units()[staff.TOWN], "昆仑镇", "已更换井盖")
        assert (hot.unit_id, hot.unit_name) == (staff.units()[staff.TOWN], "昆仑镇"), "by the unit's own name"
        assert whole.reported_at == datetime(2023, 3, 1, 8, 0, tzinfo=clock.LOCAL)
        assert (part.state, part.source, part.category, part.version) == ("closed", "camera", closed, 3)
        assert (part.unit_id, part.unit_name, hot.satisfied, hot.source) == (None, "旧城管局", False, "hotline")
        steps = list(CaseFlow.objects.filter(case=whole).order_by("version"))
        assert [s.action for s in steps] == ["report", "file", "dispatch", "hand_back", "close", "rate"]
        assert [s.version for s in steps] == [1, 2, 3, 4, 5, 6] and {s.kind for s in steps} == {"imported"}
        assert [s.from_state for s in steps[1:]] == [s.to_state for s in steps[:-1]]
        assert steps[1].at == datetime(2023, 3, 1, 8, 30, tzinfo=clock.LOCAL)
        skipped = CaseFlow.objects.filter(case=part).order_by("version").values_list("action", "from_state", "to_state")
        assert list(skipped) == [
            ("report", "", "reported"),
            ("hand_back", "reported", "handed_back"),
            ("close", "handed_back", "closed"),
        ]
        # Said again nothing changes; said otherwise it stays as it was.
    again = take(sheet(tmp_path / "two.xlsx", [rows[0], old(案件编号="OLD-2", 处置结果="别的")]), source="older")
    assert (again.merge_counts["unchanged"], again.merge_counts["left"], again.merge_counts["new"]) == (1, 1, 0)

    program = system("evaluation", staff.DISTRICT)
    with acting(program):
        draw_all(program)
        facts = {f.case_id: f for f in CaseFact.objects.all()}
        one, two = facts[whole.id], facts[part.id]
        assert (one.reported_month, one.filed_month, one.due_month, one.closed_month) == (
            202303,
            202303,
            202303,
            202303,
        )
        assert one.collector and one.closed and one.handed_back_at <= one.due_at and one.satisfied is True
        assert one.dispatched_at <= one.dispatch_due and one.filed_at <= one.file_due
        assert (one.check_send_due, one.check_due, one.verify_send_due) == (
            None,
            None,
            None,
        )  # nobody wrote down a check
        assert (two.filed_month, two.due_month, two.file_due, two.dispatch_due) == (None, None, None, None)
        assert two.closed_month == 202303

    with acting(sheets.OPERATOR) as actor:
        actions.undo_batch(actor, outcome.batch_id)
    perform.perform("undo", outcome.batch_id)
    with acting(program):
        draw_recent(program)
        assert set(Case.objects.values_list("state", flat=True)) == {"cancelled"}
        months = CaseFact.objects.values_list("reported_month", "filed_month", "due_month", "closed_month")
        assert set(months) == {(None, None, None, None)}
