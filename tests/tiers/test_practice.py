"""Good practice through the API: who sees a card, how it is published and withdrawn, and that its figures are read, not typed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import staff
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel import clock, measures
from linli.kernel.actors import ANONYMOUS
from linli.kernel.scope import acting
from linli.tiers.assessing import actions as assessing
from linli.tiers.models import ImplementationPlan, PlanTask, PracticeCard, PracticePhoto
from linli.tiers.practice import rules
from linli.tiers.values.actions import NewDeclaration, declare_many
from linli.tiers.values.catalogue import metrics

GONGSUN, GONGSUN_TOWN, OTHER, OTHER_TOWN = "370302005013", "370302005", "370302001001", "370302001"
#: B01 asks for it.
METRIC, INDICATOR = "gigabit_household_rate", "B01"
TODAY = clock.today()
PART = {"name": "充电插座", "quantity": "20", "unit": "个", "note": "带过载断电"}
TEXT = {
    "title": "夜间充电不再飞线", "scenario": "facilities", "tier": "growing", "problem": "老旧小区飞线充电。", "done": "建成车棚和充电插座。",
    "cost": "36000.50", "parts": [PART], "contact_unit": "公孙社区居委会", "contact_post": "社区网格长",
    "before_on": str(TODAY - timedelta(days=20)), "after_on": str(TODAY),
    "metrics": [{"metric": METRIC, "stated_before": "12.5"}, {"metric": "drills_12m"}],
}  # fmt: skip


def photo() -> bytes:
    """A photo that tells who took it, where and when."""
    from PIL import Image

    image, told = Image.new("RGB", (640, 480), "darkgreen"), Image.Exif()
    told[0x013B], told[0x0112] = "SECRET-ARTIST", 6  # to be turned by a quarter
    told.get_ifd(0x8769)[0x9003] = "2026:03:05 14:30:00"
    told.get_ifd(0x8825).update({1: "N", 2: (36.0, 38.0, 24.0), 3: "E", 4: (117.0, 57.0, 36.0)})
    target = BytesIO()
    image.save(target, "JPEG", exif=told, comment=b"SECRET-COMMENT")
    return target.getvalue()


@pytest.fixture
def officer(seeded_db: str) -> Any:
    return staff.client(staff.staff("officer", "tier_officer", staff.DISTRICT))


@pytest.fixture
def clerk(seeded_db: str) -> Any:
    return staff.client(staff.staff("clerk", "village_clerk", GONGSUN, unit_area=staff.TOWN))


@pytest.fixture
def stranger(seeded_db: str) -> Any:
    return staff.client(staff.staff("stranger", "village_clerk", OTHER, unit_area=staff.OTHER_TOWN))


def send(browser: Any, method: str, path: str, body: Any, status: int = 200) -> Any:
    answer = getattr(browser, method)(f"/api/tiers/practice{path}", body, content_type="application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json() if answer.content else None


def write(browser: Any, status: int = 201, **other: Any) -> Any:
    return send(browser, "post", "", {**TEXT, "area_code": GONGSUN, **other}, status)


def titles(browser: Any, query: str = "") -> list[str]:
    answer = browser.get(f"/api/tiers/practice?{query}")
    assert answer.status_code == 200, answer.content.decode()
    return [each["title"] for each in answer.json()["items"]]


def declared(area: str, value: str, day: date) -> None:
    with acting(staff.OPERATOR) as actor:
        declare_many(actor, [NewDeclaration(area, METRIC, Decimal(value), day)], synthetic=True)


def test_the_two_cards_the_answer_names_are_there_with_its_words_and_no_more(officer: Any) -> None:
    from linli.tiers.practice.shipped import load_shipped

    load_shipped("owner")
    rows = officer.get("/api/tiers/practice").json()["items"]
    assert {(row["area_code"], row["certainty"], row["state"]) for row in rows} == {
        (GONGSUN, "official", "published"), (OTHER, "official", "published"),
    }  # fmt: skip
    chengli, gongsun = (
        officer.get(f"/api/tiers/practice/{row['id']}").json() for row in sorted(rows, key=lambda r: r["area_code"])
    )
    assert (chengli["title"], chengli["problem"], chengli["done"], chengli["cost"], chengli["moved"]) == (
        "智慧社区开启基层治理新模式", "", "", None, [],
    )  # fmt: skip
    assert "川政办字〔2024〕27号" in chengli["source"] and chengli["said_on"] == "2024-07-31"
    assert gongsun["recognition"]["tier"] == "model" and gongsun["recognition"]["certainty"] == "official"


def test_a_community_sees_its_own_drafts_and_others_what_is_published(officer: Any, clerk: Any, stranger: Any) -> None:
    made = write(clerk)
    path = f"/api/tiers/practice/{made['id']}"
    assert TEXT["title"] in titles(clerk) and TEXT["title"] in titles(officer, "state=draft")
    assert TEXT["title"] not in titles(stranger) and stranger.get(path).status_code == 404
    send(clerk, "post", f"/{made['id']}/publish", {"version": 1}, 403)
    send(officer, "post", f"/{made['id']}/publish", {"version": 1})
    shown = stranger.get(path).json()
    assert TEXT["title"] in titles(stranger) and shown["state"] == "published"
    assert not shown["may_edit"] and not shown["may_publish"]
    assert clerk.get(path).json()["may_open"] and not shown["may_open"], (
        "the page of that community is not theirs to see"
    )
    send(stranger, "put", f"/{made['id']}", {**TEXT, "version": 2}, 404)
    assert send(clerk, "put", f"/{made['id']}", {**TEXT, "version": 2}, 409)["code"] == "tiers.practice_published"
    send(officer, "post", f"/{made['id']}/withdraw", {"version": 2, "reason": " "}, 422)
    back = send(officer, "post", f"/{made['id']}/withdraw", {"version": 2, "reason": "费用有误"})
    assert (back["state"], back["withdrawn_reason"]) == ("withdrawn", "费用有误")
    assert stranger.get(path).status_code == 404 and clerk.get(path).json()["may_edit"]


def test_the_database_itself_lets_nobody_else_change_a_published_card(officer: Any, stranger: Any) -> None:
    from linli.access.models import Account

    with acting(staff.OPERATOR):
        other = Account.objects.get(username="stranger")
    with acting(staff.actor(other)):
        assert PracticeCard.objects.filter(area_code=GONGSUN).update(title="x") == 0
        assert PracticeCard.objects.filter(area_code=GONGSUN).exists()


def test_the_database_itself_shows_what_is_published_to_who_acts_somewhere_alone(
    officer: Any, clerk: Any, stranger: Any
) -> None:
    from django.db import connection

    from linli.access.models import Account

    made = write(clerk)
    send(officer, "post", f"/{made['id']}/publish", {"version": 1})
    tables = ("tiers_practice_card", "tiers_practice_metric")

    def seen() -> list[bool]:
        with connection.cursor() as cursor:
            found = []
            for table in tables:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
                found.append(cursor.fetchone()[0])
        return found

    assert seen() == [False, False], "nobody acts"
    with acting(ANONYMOUS):
        assert seen() == [False, False], "who acts for no area"
    with acting(staff.OPERATOR):
        other = Account.objects.get(username="stranger")
    with acting(staff.actor(other)):
        assert seen() == [True, True]


def test_what_is_handed_in_waits_for_the_district_which_publishes_it_or_gives_it_back(
    officer: Any, clerk: Any, stranger: Any
) -> None:
    def waiting() -> list[int]:
        items = officer.get("/api/today").json()["items"]
        return [each["count"]["value"] for each in items if each["code"] == "practice_submitted"]

    unready = write(clerk, contact_post="")
    told = send(clerk, "post", f"/{unready['id']}/submit", {"version": 1}, 422)
    assert [each["field"] for each in told["fields"]] == ["contact_post"]
    made = write(clerk)
    assert waiting() == []
    assert send(clerk, "post", f"/{made['id']}/submit", {"version": 1})["state"] == "submitted"
    assert waiting() == [1] and titles(officer, "state=submitted") == [TEXT["title"]]
    assert stranger.get(f"/api/tiers/practice/{made['id']}").status_code == 404
    again = send(clerk, "post", f"/{made['id']}/submit", {"version": 2}, 409)
    assert again["code"] == "tiers.practice_submitted"
    back = send(officer, "post", f"/{made['id']}/withdraw", {"version": 2, "reason": "请补充费用"})
    assert (back["state"], back["withdrawn_reason"], waiting()) == ("withdrawn", "请补充费用", [])
    handed = send(clerk, "post", f"/{made['id']}/submit", {"version": 3})
    assert (handed["state"], handed["withdrawn_reason"]) == ("submitted", "")
    assert send(officer, "post", f"/{made['id']}/publish", {"version": 4})["state"] == "published"


def test_a_draft_is_deleted_by_who_wrote_it_until_others_have_read_it(officer: Any, clerk: Any) -> None:
    made = write(clerk)
    assert made["may_remove"] and not officer.get(f"/api/tiers/practice/{made['id']}").json()["may_remove"]
    photos = f"/api/tiers/practice/{made['id']}/photos"
    assert clerk.post(photos, {"file": SimpleUploadedFile("a.jpg", photo())}).status_code == 201
    assert send(officer, "post", f"/{made['id']}/remove", {"version": 2}, 409)["code"] == "tiers.practice_kept"
    assert send(clerk, "post", f"/{made['id']}/remove", {"version": 1}, 409)["code"] == "tiers.practice_changed"
    send(clerk, "post", f"/{made['id']}/remove", {"version": 2}, 204)
    assert clerk.get(f"/api/tiers/practice/{made['id']}").status_code == 404
    with acting(staff.OPERATOR):
        assert not PracticePhoto.objects.exists() and not PracticeCard.objects.filter(key=None).exists()
    returned = write(clerk)
    send(clerk, "post", f"/{returned['id']}/submit", {"version": 1})
    send(officer, "post", f"/{returned['id']}/withdraw", {"version": 2, "reason": "请补充费用"})
    assert clerk.get(f"/api/tiers/practice/{returned['id']}").json()["may_remove"]
    send(clerk, "post", f"/{returned['id']}/remove", {"version": 3}, 204)
    read = write(clerk)
    send(officer, "post", f"/{read['id']}/publish", {"version": 1})
    send(officer, "post", f"/{read['id']}/withdraw", {"version": 2, "reason": "费用有误"})
    assert send(clerk, "post", f"/{read['id']}/remove", {"version": 3}, 409)["code"] == "tiers.practice_kept"


def test_who_is_slower_is_told_who_was_quicker_and_an_official_card_written_over_is_official_no_more(
    officer: Any, clerk: Any
) -> None:
    card = next(r for r in officer.get("/api/tiers/practice").json()["items"] if r["area_code"] == GONGSUN)
    send(officer, "post", f"/{card['id']}/withdraw", {"version": 1, "reason": "补充做法"})
    kept = send(clerk, "put", f"/{card['id']}", {**TEXT, "version": 2})
    assert (kept["certainty"], kept["said_on"], kept["version"]) == ("own", None, 3)
    late = send(officer, "put", f"/{card['id']}", {**TEXT, "version": 2}, 409)
    assert late["code"] == "tiers.practice_changed" and "用户clerk" in late["detail"]


def test_what_moved_is_read_from_the_assessments_of_two_days_and_told_apart(
    officer: Any, clerk: Any, stranger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    measures.catalogue()
    for code in {metric.measure for metric in metrics().values()}:
        monkeypatch.delitem(measures._declared, code, raising=False)
    earlier = TODAY - timedelta(days=30)
    declared(GONGSUN, "41", earlier)
    assessing.assess(staff.OPERATOR, earlier)
    made = write(clerk)
    alone = clerk.get(f"/api/tiers/practice/{made['id']}").json()["moved"][0]
    assert alone["before"]["value"] == 41 and alone["after"]["value"] is None, (
        "one assessment tells nothing of afterwards"
    )
    declared(GONGSUN, "83.5", TODAY)
    assessing.assess(staff.OPERATOR, TODAY)
    send(officer, "post", f"/{made['id']}/publish", {"version": 1})
    # Its reader sees the figures of the card, though the standings of that community are not theirs to see.
    assert stranger.get(f"/api/tiers/communities/{GONGSUN}").status_code == 404
    rate, drills = stranger.get(f"/api/tiers/practice/{made['id']}").json()["moved"]
    assert rate["before"] == {"value": 41, "how": "declared", "assessed_on": str(earlier), "said_on": str(earlier)}
    assert rate["after"] == {"value": 83.5, "how": "declared", "assessed_on": str(TODAY), "said_on": str(TODAY)}
    assert (rate["stated_before"], rate["stated_after"]) == (12.5, None)
    assert {"code": INDICATOR, "certainty": "official"}.items() <= rate["indicators"][0].items()
    assert drills["before"]["value"] is None and drills["before"]["how"] is None
    row = next(r for r in stranger.get("/api/tiers/practice").json()["items"] if r["id"] == made["id"])
    assert row["moved"][0]["after"]["value"] == 83.5
    keeper = staff.client(staff.staff("keeper", area=staff.DISTRICT, permissions=["places.view", "places.edit"]))
    recoded = {"old": GONGSUN, "new": f"{GONGSUN_TOWN}399", "reason": "代码调整"}
    assert keeper.post("/api/recodes", recoded, content_type="application/json").status_code == 201
    shown = stranger.get(f"/api/tiers/practice/{made['id']}").json()
    assert shown["area_code"] == recoded["new"]
    assert (shown["moved"][0]["before"], shown["moved"][0]["after"]) == (rate["before"], rate["after"]), (
        "figures found under the code a community had are still its own"
    )


def test_the_library_is_searched_by_gap_words_tier_and_scenario(clerk: Any) -> None:
    write(clerk)
    name = [TEXT["title"]]
    assert titles(clerk, f"indicator={INDICATOR}") == name and titles(clerk, "indicator=B02") == []
    assert titles(clerk, f"metric={METRIC}&scenario=facilities&tier=growing&state=draft") == name
    assert titles(clerk, f"indicator={INDICATOR}&but={GONGSUN}") == [] and titles(clerk, "scenario=care") == []
    assert (
        titles(clerk, "q=飞线") == name
        and titles(clerk, "q=%25") == []
        and titles(clerk, f"area={OTHER_TOWN}&state=draft") == []
    )
    first = clerk.get("/api/tiers/practice?limit=1").json()
    rest = clerk.get(f"/api/tiers/practice?limit=5&cursor={first['next']}").json()
    assert first["count"]["value"] == 3 == len(first["items"]) + len(rest["items"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"contact_post": "王主任 13805330000"}, "contact_post"),
        ({"contact_unit": "居委会 0533-5180000"}, "contact_unit"),
        ({"done": "联系 138 0533 0000"}, "done"),
        ({"problem": "致电 +86 138—0533—0000"}, "problem"),
        ({"source": "咨询 0533-5180000"}, "source"),
        ({"parts": [{**PART, "name": "某某科技有限公司充电桩"}]}, "parts.0.name"),
        ({"before_on": str(TODAY), "after_on": str(TODAY)}, "after_on"),
        ({"metrics": [{"metric": METRIC, "stated_after": "101"}]}, "metrics.0.stated_after"),
        ({"metrics": [{"metric": "no_such_metric"}]}, "metrics.0.metric"),
        ({"area_code": OTHER}, "area_code"),
        ({"cost": "-1"}, "cost"),
    ],
)
def test_what_does_not_hold_is_refused_beside_its_field(clerk: Any, wrong: dict[str, Any], field: str) -> None:
    assert [each["field"] for each in write(clerk, 422, **wrong)["fields"]] == [field]
    with acting(staff.OPERATOR):
        assert PracticeCard.objects.filter(key=None).count() == 0


def test_a_card_that_tells_too_little_is_not_published(officer: Any, clerk: Any) -> None:
    made = write(clerk, contact_post="", problem="")
    assert made["lacking"] == ["problem", "contact_post"]
    told = send(officer, "post", f"/{made['id']}/publish", {"version": 1}, 422)
    assert [each["field"] for each in told["fields"]] == ["problem", "contact_post"]


def test_a_photo_loses_its_place_and_time_and_follows_its_card(officer: Any, clerk: Any, stranger: Any) -> None:
    from PIL import Image

    made = write(clerk)
    path = f"/api/tiers/practice/{made['id']}/photos"
    sent = {"caption": "新建车棚", "file": SimpleUploadedFile("IMG_20260305.jpg", photo())}
    kept = clerk.post(path, sent).json()
    seen = clerk.get(f"{path}/{kept['id']}").content
    with Image.open(BytesIO(seen)) as shown:
        assert not shown.getexif() and shown.size == (480, 640) == (kept["width"], kept["height"])
    assert b"SECRET" not in seen and b"2026:03:05" not in seen
    refused = clerk.post(path, {"file": SimpleUploadedFile("a.jpg", b"%PDF-1.7 no photo")})
    assert refused.status_code == 422 and refused.json()["code"] == "tiers.practice_photo_kind"
    assert stranger.get(f"{path}/{kept['id']}").status_code == 404
    unseen = send(officer, "post", f"/{made['id']}/publish", {"version": 1}, 409)
    assert unseen["code"] == "tiers.practice_changed" and "用户clerk" in unseen["detail"], (
        "nobody publishes a photo unseen"
    )
    send(officer, "post", f"/{made['id']}/publish", {"version": 2})
    assert stranger.get(f"{path}/{kept['id']}?size=small").status_code == 200
    assert clerk.post(f"{path}/{kept['id']}/remove", {}, content_type="application/json").status_code == 409
    send(officer, "post", f"/{made['id']}/withdraw", {"version": 3, "reason": "照片有车牌"})
    assert clerk.post(f"{path}/{kept['id']}/remove", {}, content_type="application/json").status_code == 204
    assert clerk.get(f"/api/tiers/practice/{made['id']}").json()["version"] == 5
    assert clerk.get(f"{path}/{kept['id']}").status_code == 404
    with acting(staff.OPERATOR):
        row = PracticePhoto.objects.get()
    assert (row.removed_by_name, row.small_id) == ("用户clerk", None)


def test_a_card_is_taken_over_into_a_plan_of_ones_own_with_the_measures_that_move_its_metrics(
    officer: Any, clerk: Any, stranger: Any
) -> None:
    made = write(clerk)
    send(officer, "post", f"/{made['id']}/copy", {"area_code": OTHER}, 409)
    send(officer, "post", f"/{made['id']}/publish", {"version": 1})
    send(stranger, "post", f"/{made['id']}/copy", {"area_code": GONGSUN}, 403)
    told = send(stranger, "post", f"/{made['id']}/copy", {"area_code": OTHER}, 201)
    shown = stranger.get(f"/api/tiers/practice/{made['id']}").json()
    assert told["measures"] == [each["code"] for each in shown["measures"]]
    assert "gigabit_build" in told["measures"] and "tv_access" not in told["measures"]
    with acting(staff.OPERATOR):
        plan = ImplementationPlan.objects.get()
        tasks = set(PlanTask.objects.filter(plan=plan).values_list("measure", flat=True))
    assert (str(plan.id), plan.area_code, plan.title) == (told["plan_id"], OTHER, TEXT["title"])
    assert (plan.origin, plan.state, tasks) == (f"practice:{made['id']}", "draft", set(told["measures"]))


def test_the_cards_of_the_demo_say_that_they_are_demo_data_and_of_a_draft_only_its_area_knows(
    officer: Any, stranger: Any
) -> None:
    from linli.project.demo.practice import make_practice

    assert (make_practice(), make_practice()) == (2, 0)
    rows = officer.get("/api/tiers/practice").json()["items"]
    made = {row["state"]: row for row in rows if row["certainty"] == "synthetic"}
    assert set(made) == {"draft", "published"} and all(row["title"].startswith("（演示）") for row in made.values())
    assert [t.startswith("（演示）") for t in titles(stranger)].count(True) == 1


@given(
    st.lists(st.sampled_from("abcd"), max_size=3),
    st.dictionaries(st.sampled_from("stuvw"), st.lists(st.sampled_from("abcd"), max_size=3)),
    st.dictionaries(st.sampled_from("stuvw"), st.lists(st.sampled_from("stuvwx"), max_size=3)),
)
def test_measures_of_a_card_are_those_that_move_its_metrics_each_once_after_what_it_needs(
    wanted: list[str], effects: dict[str, list[str]], needs: dict[str, list[str]]
) -> None:
    found = rules.measures_for(wanted, effects, needs)
    assert len(found) == len(set(found)) and set(found) <= set(effects)
    moving = {code for code, moved in effects.items() if set(moved) & set(wanted)}
    assert moving <= set(found)
    assert all(code in moving or any(code in needs.get(one, ()) for one in found) for code in found)
