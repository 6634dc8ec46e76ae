"""What was sent up stays whole: where villages change towns, while time runs out slice by slice, and where it is tampered
with; and whom a form is for is seen only by who may see why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import round_world as world
import staff
from round_world import SECOND, TOWN, VILLAGE, return_of, step

from linli.intake.ledgers.problems import TagsWithheld
from linli.intake.rounds import freezing, looking, queries
from linli.intake.rounds.actions import answers, rounds
from linli.intake.rounds.models import Return, ReturnVersion, Round
from linli.intake.rounds.rules import Deed
from linli.kernel import clock, retention
from linli.kernel.actors import Actor, Grant
from linli.kernel.errors import NotFound
from linli.kernel.scope import acting
from linli.project.doctor_evidence import check_versions
from linli.registry.models import Tag, TagKind
from linli.registry.permissions import TAG_VIEW

Sql = Callable[..., Sequence[Any]]
Who = dict[str, Any]
MOVED = f"{staff.OTHER_TOWN}398"


@pytest.fixture
def sent(round_: Round, who: Who) -> Round:
    """The round with its town sent up, made of all its villages."""
    for one in (VILLAGE, SECOND):
        step(who["town"], return_of(round_, one), Deed.SUBMIT)
        step(who["town"], return_of(round_, one), Deed.ACCEPT)
    world.through_rest(round_, who)
    step(who["town"], return_of(round_, TOWN), Deed.SUBMIT)
    return round_


def version_of(round_: Round, area: str) -> ReturnVersion:
    with acting(staff.OPERATOR):
        return ReturnVersion.objects.get(owner_id=return_of(round_, area).id)


def told_by_doctor() -> list[tuple[str, str]]:
    subject: Any = SimpleNamespace(settings=SimpleNamespace(LINLI_DISTRICT=staff.DISTRICT))
    return [(finding.level, finding.en) for finding in check_versions(subject)]


def sheet(actor: Actor, round_: Round, path: Path) -> list[list[Any]]:
    with acting(actor):
        one = return_of(round_, TOWN)
        looking.write_file(actor, one.id, 1, path, purpose="存档核对", full=True, language="zh")
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]


def test_a_towns_version_keeps_the_rows_of_a_village_that_went_to_another_town(
    sent: Round, who: Who, tmp_path: Path
) -> None:
    actor = staff.actor(who["town"])
    before = sheet(actor, sent, tmp_path / "before.xlsx")
    number = before[1].index("身份证号")
    browser = staff.client(staff.staff("keeper", area=staff.DISTRICT, permissions=["places.view", "places.edit"]))
    made = browser.post("/api/recodes", {"old": VILLAGE, "new": MOVED}, content_type="application/json")
    assert made.status_code == 201, made.content
    assert version_of(sent, MOVED).rows == 3, "the village's own version went with it"
    after = sheet(staff.actor(who["town"]), sent, tmp_path / "after.xlsx")

    def by_name(rows: list[list[Any]]) -> dict[Any, list[Any]]:
        return {row[1]: row for row in rows[2:] if row[1]}

    assert set(by_name(before)) == set(by_name(after)) == {"赵全新", "钱缺话", "孙旧话", "李二村"}
    # Rights are of today: in full stands only who is of the town still.
    assert by_name(after)["李二村"][number] == by_name(before)["李二村"][number]
    assert "*" not in by_name(before)["赵全新"][number] and "*" in by_name(after)["赵全新"][number]
    whole = sheet(staff.OPERATOR, sent, tmp_path / "district.xlsx")
    assert by_name(whole)["赵全新"][number] == by_name(before)["赵全新"][number], "over the district all is still seen"
    with acting(staff.OPERATOR):
        assert freezing.intact(version_of(sent, TOWN))


def test_a_village_that_goes_to_another_town_while_it_is_asked_sends_to_that_one(round_: Round, who: Who) -> None:
    step(who["town"], return_of(round_, SECOND), Deed.SUBMIT)
    step(who["town"], return_of(round_, SECOND), Deed.ACCEPT)
    step(who["village"], return_of(round_, VILLAGE), Deed.SUBMIT)
    other = staff.staff("other", "town_clerk", staff.OTHER_TOWN)
    keeper = staff.client(staff.staff("keeper", area=staff.DISTRICT, permissions=["places.view", "places.edit"]))
    for old, new in ((VILLAGE, MOVED), (SECOND, f"{staff.OTHER_TOWN}397")):
        made = keeper.post("/api/recodes", {"old": old, "new": new}, content_type="application/json")
        assert made.status_code == 201, made.content
    village, town = return_of(round_, MOVED), return_of(round_, TOWN)

    def take(browser: Any, one: Return, deed: str) -> int:
        path = f"/api/returns/{one.id}/{deed}"
        return int(browser.post(path, {"reason": ""}, content_type="application/json").status_code)

    assert (take(staff.client(who["town"]), village, "accept"), take(staff.client(other), village, "accept")) == (
        404,
        403,
    )
    assert rounds.measure_open() == rounds.Counted(1, 0)
    assert return_of(round_, MOVED).receiver_code == staff.OTHER_TOWN
    kept = return_of(round_, f"{staff.OTHER_TOWN}397")
    assert kept.receiver_code == TOWN, "what was accepted stays with whom it was accepted by"
    assert take(staff.client(other), village, "accept") == 200
    world.through_rest(round_, who)
    assert take(staff.client(who["town"]), town, "submit") == 200
    with acting(staff.OPERATOR):
        assert freezing.all_rows(version_of(round_, TOWN))["name"].to_list() == ["李二村"]
        assert rounds.follow_moves(round_) == 0


def test_of_what_is_destroyed_in_slices_the_rest_is_whole_after_each(sent: Round) -> None:
    real = datetime.now(UTC)
    kind = next(k for k in retention.kinds() if k.name == "intake.version")
    with acting(staff.OPERATOR):
        Round.objects.update(state="closed", closed_at=real - timedelta(days=399))
        made = {str(v.id): v.area_code for v in ReturnVersion.objects.all()}
        gone: list[str] = []
        for _ in range(3):
            gone += [each for each, _ in kind.destroy(real - timedelta(days=398), 1, "").gone]
            left = ReturnVersion.objects.filter(gone_at=None)
            assert all(freezing.intact(v) and freezing.all_rows(v).height == v.rows for v in left)
        assert made[gone[0]] == TOWN and len(gone) == 3


def test_a_version_that_is_not_what_was_sent_up_is_named_by_the_doctor(sent: Round, owner_sql: Sql) -> None:
    assert [level for level, _ in told_by_doctor()] == ["ok"]
    village, second, town = (version_of(sent, area) for area in (VILLAGE, SECOND, TOWN))
    with acting(staff.OPERATOR):  # what one village sent put in place of what another did
        other = freezing.FrozenPart.objects.get(version_id=second.id)
    original = owner_sql("SELECT sealed FROM intake_frozen_part WHERE version_id = %s", [village.id])[0][0]
    flipped = bytes(original)[:-1] + bytes([bytes(original)[-1] ^ 1])
    put = "UPDATE intake_frozen_part SET sealed = %s WHERE version_id = %s"
    for sealed in (bytes(other.sealed), flipped, b""):
        owner_sql(put, [sealed, village.id])
        ((level, text),) = told_by_doctor()
        assert level == "fail" and VILLAGE in text and "1 versions" in text, text
    owner_sql(put, [bytes(original), village.id])
    assert [level for level, _ in told_by_doctor()] == ["ok"]
    owner_sql("UPDATE intake_return_version SET gone_at = now() WHERE id = %s", [second.id])
    ((level, text),) = told_by_doctor()
    assert level == "fail" and TOWN in text, "what it is made of is not there any more"
    assert town.parts


# --- whom a form is for -----------------------------------------------------------------------------------------------


@pytest.fixture
def tagged(people: dict[str, UUID], who: Who, tmp_path: Path) -> Round:
    """A round about those who bear a tag: 钱缺话 alone."""
    with acting(staff.OPERATOR):
        kind = TagKind.objects.filter(active=True).order_by("code").first()
        assert kind is not None
        Tag.objects.create(
            person_id=people["钱缺话"], area_code=world.GRID, kind=kind.code, source_code="manual", observed_on=world.DAY,
            recorded_at=clock.now(), recorded_by="test", legal_basis="依据", expires_on=world.DAY + timedelta(days=300),
        )  # fmt: skip
    return world.opened(world.form(tmp_path, "标签表", where=f"tag={kind.code}"))


def test_whom_a_form_is_for_by_tag_is_told_to_nobody_who_may_not_see_tags(
    tagged: Round, people: dict[str, UUID], who: Who, tmp_path: Path
) -> None:
    village = return_of(tagged, VILLAGE)
    assert village.rows == 1
    clerk = staff.actor(who["village"])
    (grant,) = clerk.grants
    untold = Actor(
        kind="staff", id="staff:untold", name="无标签", grants=(Grant(VILLAGE, grant.permissions - {TAG_VIEW}),)
    )
    with acting(clerk):
        assert [row.label for row in looking.rows(clerk, village.id).page.items] == ["钱缺话"]
        assert queries.count_to_do(clerk, "complete").value == 1
    with acting(untold):
        for every in (False, True):
            found = looking.rows(untold, village.id, every=every, person=None)
            assert found.page.items == [] and found.page.count is not None and found.page.count.value == 0
        assert looking.rows(untold, village.id, person=people["钱缺话"]).page.items == []
        assert queries.count_to_do(untold, "complete").value == 0
        told = queries.return_(untold, village.id)
        assert not told.may_complete
    with acting(untold), pytest.raises(NotFound):
        answers.answer(untold, village.id, people["钱缺话"], {"phone": "10070000077"}, 1, confirm=False)
    step(who["village"], village, Deed.SUBMIT)
    step(who["town"], village, Deed.RETURN, "再看看")
    for go in (
        lambda: looking.compared(untold, village.id, against="returned", kind="gone"),
        lambda: looking.compared(untold, village.id, against="returned", kind="gone", number=1),
        lambda: looking.write_file(
            untold, village.id, 1, tmp_path / "x.xlsx", purpose="存档核对", full=False, language="zh"
        ),
    ):
        with acting(untold), pytest.raises(TagsWithheld):
            go()
    # A grid worker who may see tags in the grid alone has it to complete.
    grid = staff.actor(who["grid"])
    with acting(grid):
        assert queries.count_to_do(grid, "complete").value == 1
        assert [row.label for row in looking.rows(grid, return_of(tagged, VILLAGE).id).page.items] == ["钱缺话"]
