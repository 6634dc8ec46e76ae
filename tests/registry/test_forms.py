"""Forms to print: who may, what is masked, and that each print is noted with its purpose."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import staff
from people_frames import merge, number, row
from permissions import Door, PermissionSuite, Sample

from linli.kernel.scope import acting
from linli.registry.models import Household, Person

PEOPLE, REVEAL = "registry.person.view", "registry.person.reveal"
PHONE = "10012345678"
Sql = Callable[..., Sequence[Any]]


def family(village: str, surname: str, serial: int) -> None:
    """A head and a child at one address."""
    shared = {"household_no": f"{serial}", "phone": PHONE}
    merge(
        [
            row(serial, f"{surname}户主", serial, village, relation_to_head="0", **shared),
            row(
                serial + 1,
                f"{surname}孩子",
                serial + 1,
                village,
                relation_to_head="2",
                head_name=f"{surname}户主",
                **shared,
            ),
        ]
    )


def ids(name: str) -> tuple[str, str]:
    with acting(staff.OPERATOR):
        person = Person.objects.get(name=name)
        return str(person.id), str(Household.objects.get(id=person.household_id).id)


def ask(who: Any, path: str, expect: int = 200, **body: Any) -> Any:
    answer = who.post(f"/api{path}/form", json.dumps({"purpose": "入户核对", **body}), content_type="application/json")
    assert answer.status_code == expect, answer.content
    return answer.json()


def browser(*permissions: str, name: str = "reader", area: str = staff.TOWN) -> Any:
    return staff.client(staff.staff(name, area=area, permissions=list(permissions)))


class TestFormDoors(PermissionSuite):
    seeded = True
    doors: ClassVar = [
        Door("POST", "/api/people/{person}/form", PEOPLE, {"purpose": "入户核对"}, finds=True, logs="export"),
        Door("POST", "/api/households/{household}/form", PEOPLE, {"purpose": "入户核对"}, finds=True, logs="export"),
    ]

    def sample(self) -> Sample:
        family(staff.VILLAGE, "王", 2)
        family(staff.OTHER_VILLAGE, "钱", 12)
        (own, own_house), (foreign, foreign_house) = ids("王户主"), ids("钱户主")
        return Sample(
            {"person": own, "household": own_house}, {"person": foreign, "household": foreign_house},
            own_marks=["王户主", "王孩子"], foreign_marks=["钱户主"], secrets=[number(2), number(12), PHONE],
        )  # fmt: skip


def test_a_card_shows_every_field_also_the_empty_ones(seeded_db: str) -> None:
    family(staff.VILLAGE, "王", 2)
    person, household = ids("王户主")
    card = ask(browser(PEOPLE), f"/people/{person}")
    facts = {f["name"]: f["display"] for f in card["facts"]}
    assert (facts["sex"], facts["household"], facts["occupation"]) == ("男", "本人", None)
    assert facts["id_number"].startswith("990***") and facts["phone"].startswith("10***")
    assert [m["name"] for m in card["members"]] == ["王孩子"]
    assert (card["household_no"], card["homes"][0]["standard"], card["printed"]["by"]) == ("2", "某村2号", "用户reader")
    house = ask(browser(PEOPLE, name="other"), f"/households/{household}")
    assert [(m["name"], m["relation"]) for m in house["members"]] == [("王户主", "本人"), ("王孩子", "子")]
    assert all("***" in m["id_number"] for m in house["members"])


def test_numbers_in_full_need_the_right_and_each_is_noted(seeded_db: str, owner_sql: Sql) -> None:
    family(staff.VILLAGE, "王", 2)
    person, household = ids("王户主")
    ask(browser(PEOPLE), f"/people/{person}", 403, in_full=True)
    refused = owner_sql("SELECT kind, purpose FROM access_read_log WHERE kind = 'reveal'")
    assert refused == [("reveal", "refused")]
    clerk = browser(PEOPLE, REVEAL, name="clerk")
    card = ask(clerk, f"/people/{person}", in_full=True)
    facts = {f["name"]: f["display"] for f in card["facts"]}
    assert (facts["id_number"], facts["phone"]) == (number(2), PHONE)
    assert all("***" in m["id_number"] for m in card["members"]), "the others' numbers are not what it is printed for"
    house = ask(clerk, f"/households/{household}", in_full=True)
    assert [m["id_number"] for m in house["members"]] == [number(2), number(3)]
    noted = owner_sql(
        "SELECT kind, subject_type, purpose FROM access_read_log WHERE purpose = '入户核对' ORDER BY at, id"
    )
    kinds = [(kind, subject) for kind, subject, _ in noted]
    assert kinds.count(("reveal", "person.id_number")) == 3 and kinds.count(("reveal", "person.phone")) == 3
    assert ("export", "person.form") in kinds and ("export", "household.form") in kinds


def test_no_form_without_a_purpose(seeded_db: str, owner_sql: Sql) -> None:
    family(staff.VILLAGE, "王", 2)
    person, household = ids("王户主")
    reader = browser(PEOPLE)
    for path in (f"/people/{person}", f"/households/{household}"):
        assert ask(reader, path, 422, purpose=" 看 ")["code"] == "registry.purpose_missing"
    assert not owner_sql("SELECT 1 FROM access_read_log WHERE kind = 'export'")


def test_a_print_sent_twice_is_noted_twice(seeded_db: str, owner_sql: Sql) -> None:
    family(staff.VILLAGE, "王", 2)
    person, _ = ids("王户主")
    reader = browser(PEOPLE)
    for _ in range(2):
        reader.post(
            f"/api/people/{person}/form", json.dumps({"purpose": "入户核对"}), content_type="application/json",
            headers={"idempotency-key": "k"},
        )  # fmt: skip
    noted = owner_sql("SELECT count(*) FROM access_read_log WHERE kind = 'export'")[0][0]
    kept = owner_sql("SELECT body FROM access_idempotency WHERE key = 'k'")
    assert noted >= 1 and kept[0][0] is None, "an answer with people's data is not kept for later"


def test_a_card_costs_the_same_for_a_large_household(seeded_db: str, django_assert_max_num_queries: Any) -> None:
    shared = {"household_no": "9"}
    merge(
        [row(2, "王户主", 2, relation_to_head="0", **shared)]
        + [row(i, f"王{i}", i, relation_to_head="2", **shared) for i in range(3, 13)]
    )
    _, household = ids("王户主")
    reader = browser(PEOPLE)
    with django_assert_max_num_queries(14):
        assert len(ask(reader, f"/households/{household}")["members"]) == 11
