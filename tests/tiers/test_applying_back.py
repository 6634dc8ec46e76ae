"""Ways back from a mistake in an application: each is a step of its own, and what was judged is judged anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import staff
from applying_world import OWN, TOKEN, World, call, publish

from linli.kernel import clock
from linli.kernel.scope import acting
from linli.tiers.applying import objecting
from linli.tiers.applying.problems import PublicationOver
from linli.tiers.applying.years import tiers_now
from linli.tiers.models import Application, KeptPaper, Recognition


@pytest.fixture
def world(seeded_db: str) -> Iterator[World]:
    yield World()


def test_mistakes_have_a_way_back_that_is_noted_and_judged_anew(world: World) -> None:
    w, today = world, clock.today()
    w.to_publication()
    objection = objecting.object_publicly(w.id, "宣传栏里的数据不实", "", TOKEN)
    assert "先答复" in w.act(w.officer, "uphold_objection", 409, reason="经查属实")["fields"][0]["message"]
    call(w.officer, "POST", f"{w.path}/objections/{objection.id}/answer", {"answer": "经查属实，重新验收"})
    back = w.act(w.officer, "uphold_objection", reason="经查属实")
    assert (back["state"], back["publication"]["until"], back["publication"]["path"]) == ("accepting", str(today), None)
    assert str(today + timedelta(days=5)) in back["steps"][-1]["reason"], "until when it should have been"
    call(w.neighbour, "GET", w.path, status=404)
    with pytest.raises(PublicationOver):
        objecting.object_publicly(w.id, "已经中止的公示", "", TOKEN + "2")
    assert "没有确认" in w.act(w.officer, "pass_acceptance", 409)["fields"][0]["message"]
    w.act(w.officer, "fail_acceptance", reason="重新验收不合格")
    assert w.act(w.officer, "reopen", 422)["fields"][0]["field"] == "reason"
    assert w.act(w.officer, "reopen", reason="验收记录有误")["state"] == "accepting"
    _to_report(w, 6)
    with clock.frozen(clock.now() + timedelta(days=6)):
        day = str(clock.today())
        refusal: dict[str, Any] = {"document": "错〔2026〕1号", "authority": "淄博市大数据局", "on": day}
        assert w.act(w.officer, "refuse", **refusal)["decision"]["outcome"] == "refused"
        again = w.act(w.officer, "reopen", reason="登记到了别的社区")
        assert again["decision"] is None and again["report"] is None and "错〔2026〕1号" in again["steps"][-1]["reason"]
        with acting(staff.OPERATOR):
            assert not Recognition.objects.filter(area_code=OWN).exists(), "nobody said so of this community"
        _to_report(w, 6)
    with clock.frozen(clock.now() + timedelta(days=12)):
        day = str(clock.today())
        right = w.act(w.officer, "correct_report", document="川数发〔2026〕9号", on=day, reason="文号登记错误")
        assert right["report"]["document"] == "川数发〔2026〕9号" and "错函" in right["steps"][-1]["reason"]
        w.act(w.officer, "recognise", document="淄数〔2026〕", authority="淄博市大数据局", on=day)
        given: dict[str, Any] = {
            "document": "淄数〔2026〕3号",
            "authority": "淄博市大数据局",
            "on": day,
            "reason": "文号登记不全",
        }
        assert w.act(w.officer, "correct_decision", **given)["decision"]["document"] == "淄数〔2026〕3号"
        assert w.act(w.officer, "correct_award", 409, cents=1, on=day, document="x", reason="没有可更正的")
        w.act(w.officer, "award", cents=100, on=day, document="财〔2026〕1号")
        paid = w.act(
            w.officer, "correct_award", cents=10_000_000, on=day, document="财〔2026〕1号", reason="金额登记错误"
        )
        assert paid["award"]["cents"] == 10_000_000 and "¥1.00 " in paid["steps"][-1]["reason"]
    with acting(staff.OPERATOR):
        assert [(each.outcome, each.source) for each in Recognition.objects.filter(area_code=OWN)] == [
            ("reached", "淄数〔2026〕3号")
        ]
        kept = KeptPaper.objects.filter(kind="recognition").order_by("version").values_list("content", flat=True)
        assert len(kept) == 2 and "淄数〔2026〕3号" in str(kept[1]), "the notice is issued anew as corrected"
        assert "错函" not in str(KeptPaper.objects.filter(kind="report").order_by("-version")[0].content)


def test_the_last_decision_holds_whatever_years_were_spoken_of_and_a_correction_revives_no_lapsed_tier(
    world: World,
) -> None:
    w, today = world, clock.today()
    with acting(staff.OPERATOR):
        Recognition.objects.create(
            key="before", scope="community", area_code=OWN, about="社区", tier="basic", outcome="reached", year=today.year + 1,
            authority="淄博市大数据局", said_on=today - timedelta(days=30), source="x", certainty="official",
            recorded_at=clock.now(), recorded_by="test",
        )  # fmt: skip
        Application.objects.filter(id=w.id).update(tier="growing", state="reported", reported_on=today)
    decision: dict[str, Any] = {"document": "淄数〔2026〕3号", "authority": "淄博市大数据局", "on": str(today)}
    w.act(w.officer, "recognise", **decision)
    with acting(staff.OPERATOR):
        assert tiers_now([OWN]) == {OWN: "growing"}
    w.act(w.officer, "open_recheck", until=str(today + timedelta(days=9)))
    w.act(w.officer, "lapse", reason="复核不合格")
    with clock.frozen(clock.now() + timedelta(days=1)):
        late = decision | {"on": str(clock.today()), "reason": "日期登记错误"}
        assert w.act(w.officer, "correct_decision", 422, **late)["fields"][0]["field"] == "on"
        w.act(w.officer, "correct_decision", **late | {"on": str(today)})
    with acting(staff.OPERATOR):
        assert tiers_now([OWN]) == {}


def _to_report(w: World, days: int) -> None:
    """From the acceptance to a report of the wrong number, so many days later."""
    w.say(w.officer, "district")
    publish(w)
    with clock.frozen(clock.now() + timedelta(days=days)):
        w.act(w.officer, "end_publication")
        w.act(w.officer, "report", document="错函", on=str(clock.today()))
