"""The case file and the dispatch order: PDF on A4, the reporter masked, for a purpose that is noted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import staff
from attachment_samples import photo
from case_world import World, unit, village
from hypothesis import given
from hypothesis import strategies as st
from permissions import Door, PermissionSuite, Sample
from test_case_doors import foreign_village, standing

from linli.cases.permissions import HANDLE, VIEW
from linli.cases.printing.rules import pieces, without_identifiers
from linli.kernel import pdf, scope

BEGIN = datetime(2026, 11, 23, 1, tzinfo=UTC)
PAPER = {"purpose": "现场交办存档"}


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


@pytest.fixture
def values(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is handed to the template, while the document is made all the same."""
    seen: list[dict[str, Any]] = []
    render = pdf.render

    def listening(template: Path, values: Any, *rest: Any) -> bytes:
        seen.append(values)
        return render(template, values, *rest)

    monkeypatch.setattr(pdf, "render", listening)
    return seen


def paper(world: World, who: str, case: str, kind: str = "file", **body: Any) -> Any:
    return world.people[who].post(f"/api/cases/{case}/papers/{kind}", body or PAPER, content_type="application/json")


class TestCasePaperDoors(PermissionSuite):
    """A case handed to a unit in the own town, and one in the foreign one."""

    seeded = True
    doors = (
        Door("POST", "/api/cases/{handed}/papers/file", VIEW, PAPER, instead=(HANDLE,), logs="export"),
        Door("POST", "/api/cases/{handed}/papers/file", HANDLE, PAPER, instead=(VIEW,), logs="export"),
    )

    def sample(self) -> Sample:
        own = {"handed": standing(village(), "倒伏树木", "to_take", staff.TOWN)}
        foreign = {"handed": standing(foreign_village(), "倒伏树木", "to_take", staff.OTHER_TOWN)}
        return Sample(own=own, foreign=foreign, secrets=("13987654321", "钱进来"))


def test_a_case_file_tells_everything_and_hides_the_reporter(world: World, values: list[dict[str, Any]]) -> None:
    case = world.new(
        description="井盖缺失 #strong[x]，电话 139 8765 4321，灯杆 20231",
        reporter_name="钱进来",
        reporter_phone="13987654321",
    )
    world.until("handling", case)
    world.do("dispatcher", case, "suspend", until=str(staff.clock.today() + timedelta(days=3)), reason="等待施工材料")
    world.do("handler", case, "resume", reason="材料到了")
    world.until("evaluated", case)
    answer = paper(world, "acceptor", case)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.") and b"/FontFile" in answer.content  # the font is inside
    number = world.look(case).json()["number"]
    assert number in answer["Content-Disposition"] and "filename*=UTF-8''" in answer["Content-Disposition"]
    (told,) = values
    facts = {label: value for row in told["facts"] for label, value in row}
    assert facts["反映人"] == "钱** 13******321" and facts["办理时限"] == "2 工作日"
    assert "13987654321" not in str(told) and "139 8765 4321" not in str(told) and "20231" in facts["问题描述"]
    assert facts["处理结果"] == "已更换井盖" and "已解决：是" in facts["回访评价"]
    assert [row[2] for row in told["flow"]["rows"]][:4] == ["上报", "立案", "派遣", "接收"]
    assert "paused" in {piece["kind"] for piece in told["clock"]["pieces"]} or "挂账" in told["clock"]["notes"][0]
    assert told["photos"] is None and "现场交办存档" in told["foot"] and "用户acceptor" in told["foot"]


def test_an_order_is_there_once_the_case_is_dispatched_and_has_room_for_the_pen(
    world: World, values: list[dict[str, Any]]
) -> None:
    case = world.until("to_dispatch")
    assert paper(world, "dispatcher", case, "order").json()["code"] == "cases.not_handed_over"
    world.do("dispatcher", case, "dispatch", unit_id=str(unit(staff.TOWN)), reason="请当日到场")
    assert paper(world, "handler", case, "order").status_code == 200
    facts = {label: value for row in values[-1]["facts"] for label, value in row}
    assert facts["交办给"] == staff.NAMES[staff.TOWN] and facts["派遣说明"] == "请当日到场"
    assert facts["派遣人"].endswith("用户dispatcher") and facts["反映人"] == "匿名"
    assert [blank["label"] for blank in values[-1]["blanks"]] == ["处理情况", "承办人签字", "负责人签字"]
    assert values[-1]["flow"] is None and values[-1]["seal"]["label"] == "（盖章）"
    english = world.people["handler"].post(
        f"/api/cases/{case}/papers/order", PAPER, content_type="application/json", headers={"Accept-Language": "en"}
    )
    assert english.status_code == 200 and values[-1]["title"] == "Dispatch order"


def test_a_paper_asks_what_for_and_is_not_given_again_without_a_note(world: World) -> None:
    from linli.access.models import ReadLog

    case = world.until("to_take")
    assert paper(world, "acceptor", case, purpose="存").json()["code"] == "cases.purpose_missing"
    assert paper(world, "acceptor", case, "other").status_code == 422
    assert paper(world, "neighbour", case).status_code == 404
    for _ in range(2):
        again = {"Idempotency-Key": "paper-1"}
        world.people["acceptor"].post(
            f"/api/cases/{case}/papers/file", PAPER, content_type="application/json", headers=again
        )
    with scope.acting(staff.OPERATOR):
        notes = ReadLog.objects.filter(subject_type="case.file", subject_id=case)
        assert [note.purpose for note in notes] and {note.kind for note in notes} == {"export"}


def test_without_a_font_for_chinese_nothing_is_made(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_fonts", lambda: (None, ()))
    answer = paper(world, "acceptor", world.until("to_take"))
    assert answer.status_code == 503 and "中文字体" in answer.json()["title"]


def test_photos_stand_on_the_paper_with_their_captions_and_it_says_when_there_are_more(
    world: World, values: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from linli.cases.attachments.actions import NewFile, append, attach, begin
    from linli.cases.models import Case
    from linli.cases.printing import pictures

    case = world.new()
    with scope.acting(staff.OPERATOR) as actor:
        for purpose in ("before", "after", "report"):
            content = photo()
            attach(actor, Case.objects.get(id=case), NewFile(f"{purpose}.jpg", len(content), purpose), content)
        append(actor, UUID(case), begin(actor, UUID(case), NewFile("a.pdf", 8, "document")).id, 0, b"%PDF-1.4")
    answer = paper(world, "acceptor", case)
    assert answer.status_code == 200 and answer.content.count(b"/Subtype/Image") >= 1
    told = values[0]["photos"]
    assert [shown["caption"] for shown in told["items"]] == [
        f"{what}　2026-03-05 14:30" for what in ("处置前", "处置后", "上报")
    ]
    assert told["title"] == "现场照片"
    monkeypatch.setattr(pictures, "MOST", 2)
    paper(world, "acceptor", case)
    assert len(values[1]["photos"]["items"]) == 2 and values[1]["photos"]["title"] == "现场照片（前 2 张，共 3 张）"


hours = st.integers(-20, 60)


@given(st.integers(1, 30), hours, st.lists(st.tuples(hours, st.none() | hours), max_size=4))
def test_a_clock_is_drawn_without_gaps_up_to_its_end(limit: int, at: int, pauses: list[tuple[int, int | None]]) -> None:
    def moment(hour: int) -> datetime:
        return BEGIN + timedelta(hours=hour)

    given_pauses = [(moment(a), None if b is None else moment(max(a, b))) for a, b in pauses]
    found = pieces(BEGIN, moment(limit), moment(at), given_pauses)
    assert found[0].start == 0 and abs(found[-1].end - 1) < 1e-9
    assert all(abs(a.end - b.start) < 1e-9 and a.end > a.start for a, b in pairwise(found))
    whole = max(limit, at)
    assert all(piece.end * whole <= limit + 1e-6 for piece in found if piece.kind == "used")
    assert all(piece.start * whole >= limit - 1e-6 for piece in found if piece.kind == "over")


@pytest.mark.parametrize(
    "text, shown",
    [
        ("电话13987654321找他", "电话13******321找他"),
        ("证号370302199001011234。", "证号370***********1234。"),
        ("139-8765-4321", "13********321"),
        ("灯杆 20231，门牌 1028 号", "灯杆 20231，门牌 1028 号"),
    ],
)
def test_numbers_of_people_in_a_text_are_masked_and_others_stay(text: str, shown: str) -> None:
    assert without_identifiers(text) == shown
