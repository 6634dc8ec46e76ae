"""Being told: once for one event, where one wishes, gathered, held over night, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import staff
from test_message_doors import HOOK, KIND

from linli.access import actions as departments
from linli.access.models import Account
from linli.kernel import clock, scope
from linli.kernel.clock import LOCAL
from linli.messages import actions, delivering
from linli.messages.adapters import Message, NotHandedOver, Refused, Unsure
from linli.messages.models import Channel, Delivery
from linli.messages.permissions import ROBOT_EDIT

NOON, NIGHT = datetime(2026, 3, 2, 12, tzinfo=LOCAL), datetime(2026, 3, 2, 23, tzinfo=LOCAL)
LATER = timedelta(minutes=3)
DONE = "intake.ledger.done"
TOWN, ELSEWHERE = staff.TOWN, staff.OTHER_TOWN


class Road:
    """A road out of the console that keeps what it is given, or answers with a fault."""

    def __init__(self) -> None:
        self.given: list[Message] = []
        self.fault: Exception | None = None

    def __call__(self, message: Message) -> str:
        self.given.append(message)
        if self.fault is not None:
            raise self.fault
        return "ref"


@pytest.fixture
def road() -> Road:
    return Road()


@pytest.fixture
def clerk(db: str) -> Account:
    return staff.staff("clerk", "town_clerk")


def tell(event: str, *accounts: Account, kind: str = KIND, form: str = "高龄津贴") -> None:
    with scope.acting(staff.OPERATOR):
        actions.notify([a.id for a in accounts], kind, event, {"form": form, "area": "昆仑镇", "rows": 3}, "/ledgers")


def give_mail(account: Account) -> None:
    with scope.acting(staff.actor(account)) as actor:
        actions.keep_contact(actor, Channel.EMAIL, "clerk@example.org")


def look(at: datetime, road: Callable[[Message], str]) -> None:
    """What the worker does once a minute."""
    with clock.frozen(at):
        delivering.plan()
        delivering.send(dict.fromkeys(Channel, road))


def deliveries() -> list[Delivery]:
    with scope.acting(staff.OPERATOR):
        return list(Delivery.objects.order_by("id"))


def notices(account: Account, **query: Any) -> dict[str, Any]:
    answer: dict[str, Any] = staff.client(account).get("/api/notices", query).json()
    return answer


def test_a_notice_is_in_the_console_in_the_readers_language_until_it_is_read(clerk: Account) -> None:
    tell("a", clerk)
    tell("b", clerk, form="特困")
    browser = staff.client(clerk)
    assert [n["text"] for n in notices(clerk)["items"]] == [
        "台账“特困”（昆仑镇）没有生成，请打开查看原因。", "台账“高龄津贴”（昆仑镇）没有生成，请打开查看原因。",
    ]  # fmt: skip
    english = browser.get("/api/notices", headers={"accept-language": "en"}).json()["items"][1]
    assert english["text"].startswith("The ledger “高龄津贴” for 昆仑镇 was not made")
    assert browser.get("/api/notices/unread").json() == {"value": 2, "exact": True}
    browser.post("/api/notices/read", {"ids": [english["id"]]}, content_type="application/json")
    assert len(notices(clerk, unread="true")["items"]) == 1
    browser.post("/api/notices/read", {}, content_type="application/json")
    assert notices(clerk, unread="true")["count"] == {"value": 0, "exact": True}


def test_pages_of_notices_hold_each_once(clerk: Account) -> None:
    for n in range(5):
        tell(f"e{n}", clerk)
    first = notices(clerk, limit=3)
    second = notices(clerk, limit=3, cursor=first["next"])
    assert second["next"] is None
    assert len({n["id"] for n in first["items"] + second["items"]}) == 5
    assert staff.client(clerk).get("/api/notices?cursor=WyJ4Il0").status_code == 422


def test_one_event_is_told_once_however_often_it_is_said(clerk: Account, road: Road) -> None:
    give_mail(clerk)
    with clock.frozen(NOON):
        tell("a", clerk)
        tell("a", clerk)
    look(NOON, road)
    tell("a", clerk)
    look(NOON + LATER, road)
    look(NOON + 2 * LATER, road)
    assert len(notices(clerk)["items"]) == len(road.given) == 1


def test_who_is_no_member_of_staff_is_told_nothing(clerk: Account) -> None:
    with scope.acting(staff.OPERATOR):
        actions.notify(["operator:root", "system:intake", str(clerk.id)], KIND, "a", {"form": "x", "area": "y"}, "/")
    assert len(notices(clerk)["items"]) == 1


def test_what_happens_shortly_after_goes_out_in_one_message(clerk: Account, road: Road) -> None:
    give_mail(clerk)
    tell("a", clerk)
    look(NOON, road)
    assert road.given == []
    tell("b", clerk, form="特困")
    look(NOON + timedelta(minutes=1), road)
    look(NOON + LATER, road)
    (message,) = road.given
    assert (message.to, message.masked, message.subject) == ("clerk@example.org", "c***@example.org", "邻里：2 条消息")
    assert "高龄津贴" in message.text and "特困" in message.text
    assert [d.state for d in deliveries()] == ["sent"]


def test_at_night_it_waits_for_the_morning(clerk: Account, road: Road) -> None:
    give_mail(clerk)
    tell("a", clerk)
    look(NIGHT, road)
    look(NIGHT + timedelta(hours=8), road)
    assert road.given == []
    look(NIGHT + timedelta(hours=9), road)
    assert len(road.given) == 1


def test_what_was_read_meanwhile_does_not_go_out(clerk: Account, road: Road) -> None:
    give_mail(clerk)
    tell("a", clerk)
    look(NOON, road)
    staff.client(clerk).post("/api/notices/read", {}, content_type="application/json")
    look(NOON + LATER, road)
    assert road.given == [] and [d.state for d in deliveries()] == ["dropped"]


def test_without_a_contact_and_for_kinds_kept_inside_nothing_leaves(clerk: Account, road: Road) -> None:
    tell("a", clerk)
    look(NOON, road)
    give_mail(clerk)
    staff.client(clerk).put(
        "/api/notices/ways",
        {"inside_only": [KIND], "quiet_from": "22:00", "quiet_until": "06:00"},
        content_type="application/json",
    )
    tell("b", clerk)
    look(NOON + LATER, road)
    look(NOON + 2 * LATER, road)
    assert road.given == [] and deliveries() == []
    tell("c", clerk, kind=DONE)
    look(NOON + 3 * LATER, road)
    look(NOON + 4 * LATER, road)
    assert len(road.given) == 1


def test_a_unit_group_hears_of_an_event_once_for_all_its_people(clerk: Account, road: Road) -> None:
    colleague = staff.staff("colleague", "town_clerk")
    with scope.acting(staff.OPERATOR):
        actions.keep_robot(staff.OPERATOR, staff.units()[staff.TOWN], "工作群", HOOK, [KIND])
    tell("a", clerk, colleague)
    look(NOON, road)
    look(NOON + LATER, road)
    tell("a", staff.staff("third", "town_clerk"))
    look(NOON + 2 * LATER, road)
    look(NOON + 3 * LATER, road)
    (message,) = road.given
    assert (message.to, message.masked) == (HOOK, "工作群")


def test_a_robot_goes_with_its_unit_and_what_it_said_stays_where_it_was_said(clerk: Account, road: Road) -> None:
    unit = staff.units()[staff.TOWN]
    with scope.acting(staff.OPERATOR):
        actions.keep_robot(staff.OPERATOR, unit, "工作群", HOOK, [KIND])
    tell("a", clerk)
    look(NOON, road)
    look(NOON + LATER, road)
    keepers = {
        area: staff.client(staff.staff(f"keeper-{area}", area=area, permissions=[ROBOT_EDIT]))
        for area in (TOWN, ELSEWHERE)
    }

    def robots(area: str) -> list[str]:
        return [each["name"] for each in keepers[area].get("/api/messages/robots").json()["items"]]

    assert (robots(TOWN), robots(ELSEWHERE)) == (["工作群"], [])
    with scope.acting(staff.OPERATOR):
        departments.change_unit(staff.OPERATOR, unit, area_code=ELSEWHERE)
    look(NOON + 2 * LATER, road)  # the worker looks once a minute, whether or not anything is to be told
    assert (robots(TOWN), robots(ELSEWHERE)) == ([], ["工作群"])
    tell("b", clerk)
    look(NOON + 3 * LATER, road)
    look(NOON + 4 * LATER, road)
    assert [one.area_code for one in deliveries()] == [TOWN, ELSEWHERE] and len(road.given) == 2


@pytest.fixture
def due(clerk: Account) -> Iterator[datetime]:
    """A message that is due at the moment given."""
    give_mail(clerk)
    tell("a", clerk)
    look(NOON, Road())
    yield NOON + LATER


def test_what_was_not_handed_over_is_tried_again_and_then_has_failed(due: datetime, road: Road) -> None:
    road.fault = NotHandedOver("ConnectionRefusedError")
    for wait in (0, 1, 6, 36, 600):
        look(due + timedelta(minutes=wait), road)
    assert len(road.given) == 4
    (failed,) = deliveries()
    assert (failed.state, failed.attempts, failed.problem) == ("failed", 4, "ConnectionRefusedError")


@pytest.mark.parametrize(
    ("fault", "state"), [(Refused("HTTP 404"), "failed"), (Unsure("HTTP 500"), "unsure"), (ValueError("x"), "unsure")]
)
def test_what_may_have_arrived_or_never_will_is_not_sent_again(
    due: datetime, road: Road, fault: Exception, state: str
) -> None:
    road.fault = fault
    look(due, road)
    look(due + timedelta(days=1), road)
    assert len(road.given) == 1 and [d.state for d in deliveries()] == [state]


def test_a_worker_killed_while_handing_over_leaves_it_unsure_and_a_person_decides(due: datetime, road: Road) -> None:
    class Killed(BaseException):
        pass

    def killed(message: Message) -> str:
        raise Killed

    with pytest.raises(Killed):
        look(due, killed)
    look(due + timedelta(minutes=1), road)
    assert road.given == [] and [d.state for d in deliveries()] == ["sending"]
    look(due + timedelta(minutes=11), road)
    (unsure,) = deliveries()
    assert road.given == [] and unsure.state == "unsure"

    admin = staff.client(staff.staff("admin", permissions=["messages.delivery.view"]))
    assert admin.get("/api/messages/deliveries?state=unsure").json()["items"][0]["id"] == str(unsure.id)
    assert admin.post(f"/api/messages/deliveries/{unsure.id}/again").status_code == 204
    assert admin.post(f"/api/messages/deliveries/{unsure.id}/again").status_code == 409
    tomorrow = (clock.now() + timedelta(days=1)).astimezone(LOCAL)
    look(tomorrow.replace(hour=12), road)  # outside quiet hours, whenever this runs
    assert len(road.given) == 1 and [d.state for d in deliveries()] == ["sent"]


def test_a_road_on_which_nothing_leaves_is_left_alone_for_the_rest_of_the_look(clerk: Account, road: Road) -> None:
    others = [staff.staff(f"c{n}", "town_clerk") for n in range(4)]
    for account in (clerk, *others):
        give_mail(account)
    tell("a", clerk, *others)
    look(NOON, road)
    road.fault = NotHandedOver("ConnectionRefusedError")
    look(NOON + LATER, road)
    assert len(road.given) == delivering.MOST_FAULTS
    road.fault = None
    look(NOON + 10 * LATER, road)
    assert sorted(d.state for d in deliveries()) == ["sent"] * 5


def test_contacts_are_kept_encrypted_shown_masked_and_forgotten(clerk: Account, road: Road) -> None:
    browser = staff.client(clerk)

    def give(channel: str, address: str) -> Any:
        return browser.put(f"/api/notices/contacts/{channel}", {"address": address}, content_type="application/json")

    assert give("sms", "13800001234").json()["contacts"] == {"sms": "13******234"}
    for channel, wrong in (("sms", "12345"), ("email", "not an address"), ("email", "a@b.cn\nBcc: x@y.cn")):
        answer = give(channel, wrong)
        assert answer.status_code == 422 and answer.json()["fields"][0]["field"] == "address"
    assert give("fax", "1").status_code == 422
    tell("a", clerk)
    look(NOON, road)
    assert browser.delete("/api/notices/contacts/sms").json()["contacts"] == {}
    look(NOON + LATER, road)
    assert road.given == [] and [d.state for d in deliveries()] == ["dropped"]
