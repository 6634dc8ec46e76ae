"""Every list costs a fixed number of SQL queries, whatever the page; the baselines are committed beside this file.

Write them anew after a deliberate change: LINLI_WRITE_BASELINES=1 pytest tests/test_query_counts.py
"""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import staff
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

BASELINES = Path(__file__).with_name("query_counts.json")
MOST = 12
LISTS = (
    "/api/people", "/api/people?q=王", "/api/people?q=wang", "/api/households", "/api/dwellings", "/api/transfers",
    "/api/intake/batches", "/api/intake/pickups", "/api/intake/comparisons", "/api/intake/mappings",
    "/api/accounts", "/api/units", "/api/posts", "/api/roles", "/api/read-log",
    f"/api/access-review/accounts?area={staff.DISTRICT}", "/api/access-review/marks",
    "/api/change-log", "/api/retention", "/api/deletion-certificates",
    "/api/calendar/years/2026", "/api/calendar/editions",
    "/api/areas", "/api/codes/nation", "/api/figures",
    "/api/grids", "/api/grids?staff=none", "/api/grids/changes", "/api/grid-staff", "/api/named-groups", "/api/recodes",
    "/api/compounds", "/api/buildings", "/api/dwellings?state=rented",
    "/api/address-book/unresolved", "/api/address-book/aliases", "/api/address-book/resolutions", "/api/bulk-edits",
    "/api/entities", "/api/entities?q=公司", "/api/key-places?due=overdue", "/api/components?group=01",
    "/api/components/map.geojson", "/api/rentals?due=overdue", "/api/relations", "/api/tags", "/api/people?missing=guardian",
    "/api/map/buildings.geojson", "/api/saved-filters?list=people",
    "/api/quality", "/api/quality/sources", "/api/quality/indicators", "/api/quality/trend?indicator=phone", "/api/people?quality=alone",
    "/api/people?quality=recent", "/api/people?quality=phone&source=community", "/api/dwellings?quality=home_people",
    "/api/intake/reviews", "/api/conflicts", "/api/survivorship", "/api/survivorship/changes", "/api/registry/proposals",
    "/api/forms", "/api/forms?status=expired", "/api/forms/issuers", "/api/forms/generated", "/api/custom-fields", "/api/custom-fields/kept",
    "/api/rounds", "/api/returns", "/api/returns?todo=submit",
    "/api/case-categories", "/api/case-categories?q=bllj&state=all",
    "/api/cases", "/api/cases?queue=unit&order=due", "/api/cases?queue=supporting", "/api/cases?light=green&open=true", "/api/cases?q=37030220",
    "/api/cases/categories", "/api/cases/units", "/api/cases/adjustments", "/api/cases/adjustments?view=all", "/api/cases/field-tasks",
    "/api/text-versions",
    "/api/cases?ahead=true", "/api/cases/supervisions", "/api/cases/supervisions?view=answer", "/api/cases/supervisions/units?month=202611",
    "/api/text-versions", "/api/proposals", "/api/proposals?state=handling&year=2026", "/api/proposals/counts", "/api/proposals/units",
    "/api/cases/board", "/api/cases/board?open=true", "/api/cases/points",
    "/api/case-routing/rules", "/api/case-routing/choices",
    "/api/case-sheets/choices?what=unit", "/api/case-sheets/choices?what=category&words=bllj",
    "/api/case-evaluation?month=202611", "/api/case-evaluation/trend?month=202611&ratio=closing",
    "/api/cases?figure=202611:to_handle-handled_on_time",
    "/api/cases/procedures", "/api/cases?procedure=quick",
    "/api/notices", "/api/notices?unread=true", "/api/messages/deliveries", "/api/messages/robots",
)  # fmt: skip
# Figures are sums over everything in sight: what they read is what they answer.
SUMS = ("/api/figures", "/api/quality", "/api/quality/sources")
# Tables a list must never read from one end to the other.
BIG = ("registry_person", "registry_person_area", "registry_name_token", "registry_source_record",
       "registry_residence", "registry_household", "places_dwelling", "places_building", "access_read_log",
       "registry_legal_entity", "registry_key_place", "registry_component", "registry_thing_record", "registry_rental",
       "registry_relation", "registry_tag", "registry_conflict", "registry_match_proposal", "cases_case", "cases_flow")  # fmt: skip


def fill(people: int) -> None:
    """People in the own town, a household and a home each, and as many staff."""
    from people_frames import merge, row

    merge(
        [
            row(i, f"王{chr(0x4E00 + i)}", i, staff.VILLAGE, household_no=f"H{i}", relation_to_head="0", **flat(i))
            for i in range(2, people + 2)
        ]
        + [
            row(
                1000 + i,
                f"孙{chr(0x4E00 + i)}",
                300 + i,
                staff.VILLAGE,
                home_text=f"某处{i}",
                home_village_code=None,
                home_door=None,
                home_standard=None,
            )
            for i in range(people)
        ]
    )
    fill_staff(people)
    from thing_rows import bring, thing

    from linli.registry.things.kinds import KINDS

    late = date(2020, 1, 1)
    for kind in KINDS.values():
        more = {"next_inspection_on": late} if kind.due else {}
        more |= {"component_class": "01037"} if kind.name == "component" else {}
        bring(kind, [thing(kind, i, staff.VILLAGE, f"{i}号公司", **more) for i in range(1, people + 1)])


def fill_staff(count: int) -> None:
    """Clerks of a village who can see people, and as many marks of reviews."""
    from linli.access import actions
    from linli.access.models import AccessReview
    from linli.kernel import clock, scope

    units, today = staff.units(), clock.today()
    with scope.acting(staff.OPERATOR) as actor:
        new = [actions.NewAccount(f"clerk{i}", f"经办{i}", units[staff.VILLAGE]) for i in range(count)]
        made = actions.create_accounts(actor, new)
        actions.create_posts(
            actor,
            [
                actions.NewPost(units[staff.VILLAGE], f"岗位{i}", "officer", staff.VILLAGE, a)
                for i, a in enumerate(made)
            ],
        )
        AccessReview.objects.bulk_create(
            AccessReview(area_code=staff.VILLAGE, permission="registry.person.view", accounts=count, reviewed_on=today,
                         reviewed_by=str(a), due_on=today, created_at=clock.now())
            for a in made
        )  # fmt: skip


def fill_ties() -> None:
    """A guardian and a tag of everybody."""
    from linli.kernel import clock, scope
    from linli.kernel.ids import uuid7
    from linli.registry.models import Person, Relation, Tag

    today, now = clock.today(), clock.now()
    with scope.acting(staff.OPERATOR):
        shared = [
            {"person_id": p.id, "area_code": p.area_code, "recorded_at": now, "recorded_by": "x", "observed_on": today,
             "source_code": "civil"}
            for p in Person.objects.all()
        ]  # fmt: skip
        Relation.objects.bulk_create(Relation(id=uuid7(), kind="guardian", other_name="某人", **s) for s in shared)
        Tag.objects.bulk_create(
            Tag(id=uuid7(), kind="living_alone", legal_basis="某法某条", expires_on=date(2999, 1, 1), **s)
            for s in shared
        )


def fill_grids(count: int) -> None:
    """Grids of a village with a change each, and somebody who stands for each."""
    from linli.kernel import clock, scope
    from linli.kernel.ids import uuid7
    from linli.places.models import Grid, GridChange, GridStaff

    codes = [f"{staff.VILLAGE}{serial:03d}" for serial in range(1, count + 1)]
    now, today = clock.now(), clock.today()
    Grid.objects.bulk_create(
        Grid(code=c, village_code=c[:12], name=c, geometry=b"", lon=118, lat=36.6, area_m2=1) for c in codes
    )
    with scope.acting(staff.OPERATOR):
        GridStaff.objects.bulk_create(
            GridStaff(area_code=c, duty="worker", account_id=uuid7(), since=today, post_id=uuid7(),
                      appointment_id=uuid7(), created_at=now)
            for c in codes
        )  # fmt: skip
        GridChange.objects.bulk_create(
            GridChange(area_code=c[:12], villages=[c[:12]], kind="edit", effective_on=today, made_at=now, made_by="x")
            for c in codes
        )
        GridChange.objects.bulk_create(
            GridChange(
                area_code=c[:12], villages=[c[:12]], kind="recode", effective_on=today, made_at=now, made_by="x",
                summary={"how": "rename", "old": c[:12], "new": c[:12], "name": c, "was": {"name": ""}, "heirs": {}},
            )
            for c in codes
        )  # fmt: skip


def fill_comparisons(count: int) -> None:
    """Two batches of each village's ledger, compared."""
    from linli.intake.models import Batch, Comparison
    from linli.kernel import clock, scope
    from linli.kernel.ids import uuid7

    now = clock.now()
    with scope.acting(staff.OPERATOR):
        batches = Batch.objects.bulk_create(
            Batch(area_code=staff.VILLAGE, uploader="x", uploader_name="x", source_code="community", filename=f"{i}.csv",
                  file_size=1, sha256=str(i), observed_on=clock.today(), state="merged", created_at=now, changed_at=now)
            for i in range(2 * count)
        )  # fmt: skip
        Comparison.objects.bulk_create(
            Comparison(id=uuid7(), area_code=staff.VILLAGE, source_code="community", kind="people", before_id=a.id,
                       after_id=b.id, state="done", asked_by="x", asked_by_name="x", created_at=now)
            for a, b in zip(batches[::2], batches[1::2], strict=True)
        )  # fmt: skip


def fill_rounds(count: int) -> None:
    """Rounds of the own town, with a return of the town and one of a village each."""
    import round_rows

    for number in range(count):
        round_rows.bring({staff.TOWN: "draft", staff.VILLAGE: "submitted"}, period=str(number))


def fill_mappings(count: int) -> None:
    """As many mappings in the library."""
    from linli.intake.models import NamedMapping
    from linli.kernel import clock, scope

    said = {
        "kind": "people",
        "mapping": {"version": 1, "columns": {"姓名": "name"}},
        "made_by": "x",
        "made_by_name": "x",
    }
    now = clock.now()
    with scope.acting(staff.OPERATOR):
        NamedMapping.objects.bulk_create(
            NamedMapping(name=f"台账{i}", made_at=now, changed_at=now, changed_by_name="x", **said)
            for i in range(count)
        )


def fill_forms(count: int, asker: str) -> None:
    """Forms, a version of each, a field of their own, and a ledger of each that `asker` asked for."""
    import uuid

    from linli.intake.models import Form, FormVersion, Generated
    from linli.kernel import clock, scope
    from linli.registry.models import CustomField

    now, by = clock.now(), {"made_by": "x", "made_by_name": "x", "made_at": clock.now()}
    changed = {"changed_by_name": "x", "changed_at": now}
    binding = {"version": 1, "subject": "people", "columns": {"姓名": "name"}}
    layout = {"sheets": ["表一"], "columns": ["姓名"], "form": False, "notes": []}
    with scope.acting(staff.OPERATOR):
        forms = Form.objects.bulk_create(
            Form(name=f"台账{i}", issuer_name="民政局", legal_basis="x", cycle="year", **by, **changed)
            for i in range(count)
        )
        versions = FormVersion.objects.bulk_create(
            FormVersion(form=form, number=1, file_id=uuid.uuid4(), filename="x.xlsx", size=1, sha256="x", subject="people",
                        layout=layout, binding=binding, asks=["name"], **by)
            for form in forms
        )  # fmt: skip
        Generated.objects.bulk_create(
            Generated(version=version, area_code=staff.VILLAGE, day=clock.today(), purpose="x", asked_by=asker,
                      asked_by_name="x", asked_at=now)
            for version in versions
        )  # fmt: skip
        CustomField.objects.bulk_create(
            CustomField(name_zh=f"数据项{i}", kind="text", owner_name="民政局", **by, **changed) for i in range(count)
        )


def fill_conflicts() -> None:
    """A conflict of everybody."""
    from linli.kernel import clock, scope
    from linli.registry.models import Conflict, Person

    with scope.acting(staff.OPERATOR):
        Conflict.objects.bulk_create(
            Conflict(
                person_id=p.id,
                area_code=p.area_code,
                field="birth",
                values_key="x",
                distinct_values=2,
                opened_at=clock.now(),
            )
            for p in Person.objects.all()
        )


def fill_reviews() -> None:
    """A row about everybody that waits for a decision."""
    from linli.kernel import scope
    from linli.kernel.ids import uuid7
    from linli.registry.models import SourceRecord

    with scope.acting(staff.OPERATOR):
        rows = list(SourceRecord.objects.filter(state="linked"))
        for waiting in rows:
            waiting.id, waiting.state, waiting.person_id, waiting.batch_id = uuid7(), "review", None, uuid7()
        SourceRecord.objects.bulk_create(rows)


def fill_cases(count: int) -> None:
    """Cases of a village, each with a unit, a category and a clock that runs."""
    from linli.cases.models import Case, CaseFlow, Category
    from linli.kernel import clock, scope
    from linli.kernel.ids import uuid7

    now, unit_id = clock.now(), staff.units()[staff.DISTRICT]
    category = Category.objects.order_by("id")[0]
    with scope.acting(staff.OPERATOR):
        cases = Case.objects.bulk_create(
            Case(id=uuid7(), number=f"3703022026112{i:06d}", state="handling", source="collector", category=category,
                 description="井盖缺失", area_code=staff.VILLAGE, occurred_at=now, reported_at=now, reported_by="x",
                 unit_id=unit_id, unit_name="x", limit_value=9, clock="natural_day", clock_from=now,
                 amber_at=now + timedelta(days=7), due_at=now + timedelta(days=9), filed_at=now)
            for i in range(count)
        )  # fmt: skip
        CaseFlow.objects.bulk_create(
            CaseFlow(id=uuid7(), case=case, version=1, at=now, action="report", kind="forward", to_state="reported",
                     actor="x", actor_name="x")
            for case in cases
        )  # fmt: skip


def fill_proposals() -> None:
    """Everybody beside the next, as people who may be one, and as whom a waiting row may be."""
    from linli.kernel import clock, scope
    from linli.registry.models import MatchProposal, Person, SourceRecord

    lines = [{"comparison": "name", "level": "same", "weight": 10.0}]
    with scope.acting(staff.OPERATOR):
        people = list(Person.objects.order_by("id"))
        common = {"probability": 0.8, "model": 0, "lines": lines, "opened_at": clock.now()}
        pairs = [MatchProposal(person_id=one.id, other_id=other.id, **common) for one, other in pairwise(people)]
        waiting = SourceRecord.objects.filter(state="review")
        rows = [
            MatchProposal(person_id=one.id, record_id=row.id, **common)
            for one, row in zip(people, waiting, strict=False)
        ]
        MatchProposal.objects.bulk_create(pairs + rows)


def fill_rule_changes(count: int) -> None:
    """As many changes of rules."""
    from linli.kernel import clock
    from linli.registry.models import RuleChange

    today, now = clock.today(), clock.now()
    RuleChange.objects.bulk_create(
        RuleChange(valid_from=today, rules=[], reason="x", state="done", made_at=now, made_by="x") for _ in range(count)
    )


def fill_bulk_edits(count: int) -> None:
    """Bulk edits that were carried out."""
    from linli.kernel import clock, scope
    from linli.registry.models import BulkEdit

    with scope.acting(staff.OPERATOR):
        BulkEdit.objects.bulk_create(
            BulkEdit(
                area_code=staff.VILLAGE, kind="person", changes={"marital": "20"}, state="done", chosen=1,
                made_at=clock.now(), made_by="x",
            )
            for _ in range(count)
        )  # fmt: skip


def flat(line: int) -> dict[str, str]:
    """A rented home in a building and a compound of its own."""
    return {"home_kind": "02", "home_compound": f"小区{line}", "home_building": "1", "home_room": "101"}


def asked(browser: Any, path: str, limit: int) -> tuple[int, list[str]]:
    """How many queries one page costs over both connections, and the statements."""
    mark = "&" if "?" in path else "?"
    with CaptureQueriesContext(connection) as own, CaptureQueriesContext(connections["audit"]) as audit:
        answer = browser.get(f"{path}{mark}limit={limit}")
    assert answer.status_code == 200, (path, answer.content)
    return len(own) + len(audit), [q["sql"] for q in own.captured_queries]


@pytest.fixture
def everyone(db: str) -> Any:
    """Somebody who may see every list, and 210 of each thing that grows."""
    import sys

    sys.path.insert(0, str(Path(__file__).parent / "registry"))
    fill(210)
    fill_ties()
    fill_grids(210)
    fill_comparisons(210)
    fill_mappings(210)
    fill_rounds(210)
    fill_bulk_edits(210)
    fill_conflicts()
    fill_reviews()
    fill_proposals()
    fill_rule_changes(210)
    fill_cases(210)
    from linli.kernel import permissions

    account = staff.staff("everyone", area=staff.DISTRICT, permissions=[p.code for p in permissions.catalogue()])
    fill_forms(210, str(account.id))
    return staff.client(account)


def test_lists_cost_the_same_for_50_and_200_rows_and_as_much_as_before(everyone: Any) -> None:
    found = {}
    for path in LISTS:
        asked(everyone, path, 50)  # what is read once per process is not counted
        found[path], _ = asked(everyone, path, 50)
        large, _ = asked(everyone, path, 200)
        assert large == found[path], f"{path}: {found[path]} queries for 50 rows, {large} for 200"
        assert large <= MOST, f"{path}: {large} queries"
    if os.environ.get("LINLI_WRITE_BASELINES"):
        BASELINES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    assert found == json.loads(BASELINES.read_text())


def test_no_list_reads_a_big_table_from_end_to_end(everyone: Any) -> None:
    wrong = []
    for path in LISTS:
        _, statements = asked(everyone, path, 50)
        for statement in statements if path not in SUMS else ():
            if statement.lstrip().upper().startswith(("SELECT", "WITH")) and "set_config" not in statement:
                wrong += [f"{path}: {line.strip()}" for line in plan(statement) if reads_all(line)]
    assert not wrong, "\n".join(wrong)


def test_one_case_a_report_and_a_step_cost_a_fixed_number_of_queries(seeded_db: str) -> None:
    import sys

    sys.path.insert(0, str(Path(__file__).parent / "cases"))
    from case_world import DAY, World, village

    world = World.make()
    world.until("evaluated")  # what is read once per process is not counted
    cost = {}
    for name, who, method, path, body in (
        ("report", "grid_worker", "post", "/api/cases", {"description": "井盖缺失", "area": village(), "reporter_name": "钱某"}),
        ("page", "acceptor", "get", "/api/cases/{case}", None),
        ("file", "acceptor", "post", "/api/cases/{case}/actions/file", {"version": 1, "category_id": str(world.category().id), **DAY}),
    ):  # fmt: skip
        browser, path = world.people[who], path.replace("{case}", cost.pop("case", ""))  # type: ignore[arg-type]
        with CaptureQueriesContext(connection) as own, CaptureQueriesContext(connections["audit"]) as audit:
            answer = getattr(browser, method)(
                path, body, content_type="application/json", headers={"Idempotency-Key": name}
            )
        assert answer.status_code < 300, answer.content
        cost[name] = len(own) + len(audit)
        cost["case"] = answer.json()["id"]
    cost.pop("case")
    assert cost["report"] <= 20 and all(count <= 20 for count in cost.values()), cost


def plan(statement: str) -> list[str]:
    """The plan as the program's role inside a town's scope, where a sequential scan is the last resort."""
    from linli.kernel.scope import acting

    clerk = staff.OPERATOR
    with acting(clerk), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + statement.replace("%", "%%"), ())
        return [line for (line,) in cursor.fetchall()]


def reads_all(line: str) -> bool:
    """Whether a line of a plan is a sequential scan of a big table."""
    return any(f"Seq Scan on {table} " in line + " " for table in BIG)
