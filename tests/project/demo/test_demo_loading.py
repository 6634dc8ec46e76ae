"""A demo is taken in through intake, goes on where it stopped, doubles nothing, and never mixes with real people."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from linli.kernel.scope import acting
from linli.project.demo import base, forms, loading, staff, workforce
from linli.project.demo.base import DemoOrder
from linli.project.demo.workbooks import SOURCES

ORDER = DemoOrder(6_000, 42)
Sql = Callable[..., Sequence[Any]]


@pytest.fixture
def installation(seeded_db: str, settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A seeded database and a home of its own for the demo's files."""
    settings.LINLI_HOME = tmp_path
    loading._town.cache_clear()
    yield tmp_path
    loading._town.cache_clear()


@pytest.fixture
def demo(installation: Path) -> str:
    """A database marked as a demo; the value is the town taken in first."""
    base.claim(ORDER)
    return loading.first_town(base.lay_places(), ORDER.people)


def _count(sql: Sql, table: str) -> int:
    return int(sql(f"SELECT count(*) FROM {table}")[0][0])


def test_a_town_goes_in_through_intake_and_a_second_time_changes_nothing(demo: str, owner_sql: Sql) -> None:
    taken = [loading.take_in(ORDER, demo, source) for source in SOURCES]
    assert all(t.rows and not t.before for t in taken)
    assert taken[0].created > 0.98 * taken[0].rows
    people = _count(owner_sql, "registry_person")
    residents = base.places_here()
    assert people > 0.9 * loading._town(ORDER, demo).residents(demo).height and residents.towns
    again = [loading.take_in(ORDER, demo, source) for source in SOURCES]
    assert all(t.before for t in again)
    assert _count(owner_sql, "registry_person") == people
    batches = owner_sql("SELECT state, uploader FROM intake_batch")
    assert {tuple(b) for b in batches} <= {("merged", "system:demo"), ("in_review", "system:demo")}
    assert len(batches) == len(SOURCES)


def test_intake_finds_what_was_put_wrong(demo: str, owner_sql: Sql, installation: Path) -> None:
    for source in SOURCES:
        loading.merge_file(base.demo_actor(), loading.spreadsheet(DemoOrder(40_000, 42), demo, source))
    found = pl.DataFrame(
        owner_sql("SELECT b.filename, f.row, f.code FROM intake_finding f JOIN intake_batch b ON b.id = f.batch_id"),
        schema={"file": pl.String, "row": pl.Int64, "code": pl.String},
        orient="row",
    )
    shape = {"file": pl.String, "row": pl.Int64, "column": pl.String, "kind": pl.String, "expects": pl.String}
    truth = pl.concat(pl.read_csv(p, schema=shape) for p in (installation / "demo").rglob("truth/*.csv"))
    told = truth.filter(pl.col("expects").is_not_null())
    missed = told.join(found, left_on=["file", "row", "expects"], right_on=["file", "row", "code"], how="anti")
    assert told.height > 80
    assert missed.height <= 0.03 * told.height, missed.rows()


def test_every_expected_code_is_one_that_intake_has() -> None:
    from linli.intake.findings import KINDS
    from linli.project.demo.rates import EXPECTED

    assert set(EXPECTED.values()) <= set(KINDS)


def test_grid_codes_of_the_files_are_those_of_the_database(demo: str) -> None:
    from linli.places.models import Grid

    places = base.places_here()
    with acting(base.demo_actor()):
        known = set(Grid.objects.values_list("code", flat=True))
    assert {g.code for own in places.grids.values() for g in own} == known and len(known) == 885


def test_the_accounts_are_made_once_and_can_sign_in(demo: str, installation: Path) -> None:
    from linli.access import actions
    from linli.access.models import Account

    places = base.places_here()
    accounts, password = staff.appoint_staff(places, demo)
    again, same = staff.appoint_staff(places, demo)
    assert accounts == again and password == same and len(accounts) == 17
    assert password is not None and password in staff.sheet_of_accounts(accounts, password)
    assert (installation / "demo" / "accounts.json").stat().st_mode & 0o077 == 0
    with acting(base.demo_actor()):
        assert Account.objects.filter(username__in=[a.username for a in accounts]).count() == 17
    for account in accounts:
        assert actions.sign_in(account.username, password)


def test_the_district_has_all_its_staff_who_cannot_sign_in_before_a_password_is_set(
    demo: str, owner_sql: Sql, django_assert_max_num_queries: Any
) -> None:
    from linli.access import actions
    from linli.access.errors import BadCredentials

    places = base.places_here()
    with django_assert_max_num_queries(390):
        accounts, _ = staff.appoint_staff(places, demo)
    assert len(places.towns) == 13 and len(places.villages) == 474
    assert _count(owner_sql, "access_account") == 2150
    roles = dict(
        owner_sql(
            "SELECT r.code, count(*) FROM access_appointment a JOIN access_grant g ON g.post_id = a.post_id "
            "JOIN access_role r ON r.id = g.role_id GROUP BY r.code"
        )
    )
    assert roles["grid_worker"] == 885 and roles["village_clerk"] == 474 and roles["town_clerk"] == 28
    assert owner_sql("SELECT count(*) FROM access_account WHERE password NOT LIKE '!%'")[0][0] == 17
    grid = owner_sql("SELECT username FROM access_account WHERE username LIKE 'g102%' ORDER BY 1 LIMIT 1")[0][0]
    with pytest.raises(BadCredentials):
        actions.sign_in(grid, "")
    with acting(base.demo_actor()) as actor:
        printed = [(a.role, a.area) for a in accounts]
        assert workforce.fill_seats(actor, places, {}, printed) == 0, "again makes nothing"
    with acting(base.demo_actor()) as actor:
        from linli.access.queries.actors import of_username

        seen = of_username(grid)
        assert len(seen.areas) == 1 and len(seen.areas[0]) == 15
        fresh = actions.reset_password(actor, uuid.UUID(seen.id))
    assert actions.sign_in(grid, fresh)


def test_a_clerk_of_the_demo_sees_the_own_town_alone(demo: str) -> None:
    from linli.access.queries.actors import of_username

    accounts, _ = staff.appoint_staff(base.places_here(), demo)
    clerk = of_username("town1")
    assert clerk.areas == (demo,)
    assert of_username("village1").areas[0].startswith(demo)
    assert of_username("grid1").areas[0].startswith(of_username("village1").areas[0])
    assert of_username("town2").areas != clerk.areas
    assert {a.role for a in accounts} == {
        "district_admin", "analyst", "town_clerk", "village_clerk", "grid_worker", "officer", "auditor",
        "system_admin", "security_admin", "town_admin", "support", "form_approver",
        "acceptor", "dispatcher", "unit_handler", "tier_officer",
    }  # fmt: skip


def test_a_database_with_real_people_is_refused(installation: Path, owner_sql: Sql) -> None:
    base.claim(ORDER)
    base.lay_places()
    loading.take_in(ORDER, loading.first_town(base.places_here(), ORDER.people), "civil")
    owner_sql("UPDATE registry_district SET demo = false")
    with pytest.raises(base.NotADemo):
        base.claim(ORDER)
    assert owner_sql("SELECT demo FROM registry_district")[0][0] is False


def test_another_demo_is_not_laid_over_the_first(installation: Path) -> None:
    base.claim(ORDER)
    base.claim(ORDER)
    with pytest.raises(base.OtherDemo):
        base.claim(DemoOrder(ORDER.people, 43))


def test_outside_a_demo_the_files_are_refused_row_by_row(installation: Path, owner_sql: Sql) -> None:
    places = base.lay_places()
    with pytest.raises(Exception):  # noqa: B017 - every row has a number that nobody can have: nothing is merged
        taken = loading.take_in(ORDER, loading.first_town(places, ORDER.people), "police")
        assert taken.created, "nobody was let in"
    assert _count(owner_sql, "registry_person") == 0


def test_the_job_takes_in_one_file_and_only_in_a_demo(demo: str, owner_sql: Sql) -> None:
    from linli.project.demo.jobs import take_in_file

    take_in_file(people=ORDER.people, seed=ORDER.seed, town=demo, source="civil")
    assert _count(owner_sql, "intake_batch") == 1
    owner_sql("UPDATE registry_district SET demo = false")
    take_in_file(people=ORDER.people, seed=ORDER.seed, town=demo, source="health")
    assert _count(owner_sql, "intake_batch") == 1


def test_files_are_queued_once(demo: str, owner_sql: Sql) -> None:
    pending = [(demo, "civil"), (demo, "health")]
    assert loading.defer_files(ORDER, pending) == 2
    assert loading.defer_files(ORDER, pending) == 0
    assert owner_sql("SELECT count(*), min(lock), max(lock) FROM procrastinate_jobs")[0] == (2, "demo", "demo")


def test_the_catalogue_has_forms_of_all_that_matters_and_one_is_filled(demo: str, owner_sql: Sql) -> None:
    from linli.access.queries.actors import of_username
    from linli.intake.catalogue import queries
    from linli.intake.generating import queries as generating
    from linli.intake.ledgers.selecting import birthday
    from linli.registry.models import Person

    staff.appoint_staff(base.lay_places(), demo)
    loading.take_in(ORDER, demo, "police")
    assert forms.lay_forms(demo, now=True) == len(forms.FORMS)
    approver, clerk = of_username(forms.APPROVER), of_username(forms.CLERK)
    with acting(clerk):
        listed = {row.name: row for row in queries.forms(clerk).items}
        (done,) = generating.mine(clerk).items
        elders = Person.objects.filter(birth__lte=birthday(80, done.day)).count()
    assert [listed[form.name].status for form in forms.FORMS] == ["approved"] * 3 + ["proposed"]
    assert all(row.issuer_id is not None and row.counts.held >= 6 for row in listed.values())
    assert (done.state, done.form_name, done.masked) == ("done", forms.FORMS[0].name, True)
    assert done.rows == elders > 0
    with acting(approver):
        page = queries.form(approver, listed[forms.FORMS[0].name].id)
        assert [decision.made_by_name for decision in page.decisions] == [approver.name, of_username(forms.KEEPER).name]
    assert listed[forms.FORMS[0].name].counts.new == 0, "its own column is a custom field"
    assert forms.lay_forms(demo) == 0
    assert _count(owner_sql, "intake_form") == 4 and _count(owner_sql, "intake_generated") == 1
    assert _count(owner_sql, "registry_custom_field") == 1


def test_newcomers_brought_by_a_clerk_open_requests_and_only_once(demo: str, owner_sql: Sql) -> None:
    places = base.lay_places()
    staff.appoint_staff(places, demo)
    other = loading.towns_in_order(places, ORDER.people, 2)[1]
    loading.take_in(ORDER, other, "community")
    people = _count(owner_sql, "registry_person")
    taken = loading.bring_newcomers(ORDER, (demo, other), "town1")
    # one or another was left out of the ledger and is new to the base
    assert taken.rows > 10 and taken.created <= 2
    assert _count(owner_sql, "registry_person") == people + taken.created
    requests = owner_sql("SELECT from_area, to_area, state FROM registry_transfer")
    assert len(requests) > 8
    assert all(a.startswith(other) and b.startswith(demo) and s == "open" for a, b, s in requests)
    assert loading.bring_newcomers(ORDER, (demo, other), "town1").before


def test_the_file_to_try_shows_every_kind_of_row(demo: str) -> None:
    from linli.intake.runner import run_file

    order = DemoOrder(40_000, 42)
    places = base.lay_places()
    accounts, _ = staff.appoint_staff(places, demo)
    village = next(a.area for a in accounts if a.role == "village_clerk")
    path = loading.write_file_to_try(order, places, loading.towns_in_order(places, order.people, 2), village)
    with acting(base.demo_actor()) as actor:
        pass
    outcome = run_file(actor, path, source="community", area=village)
    assert outcome.problem is None and not outcome.merged
    found = outcome.check_counts["by_code"]
    assert {"id.checksum", "id.rounded", "id.missing", "phone.length", "row.duplicate"} <= set(found)
    assert 10 < outcome.check_counts["bad_rows"] < outcome.rows / 3
