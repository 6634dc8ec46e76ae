"""Checked rows as intake hands them over, made by tests; numbers are nobody's (county 990302)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl

from linli.kernel import clock, secrets
from linli.kernel.actors import Actor, Grant, system
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.registry.facets.writing import columns_of, facets
from linli.registry.merge import MergeCounts, derive, merge_people, stage
from linli.registry.models import MatchThreshold, Person

Sql = Callable[..., Sequence[Any]]
DISTRICT, TOWN, OTHER_TOWN = "370302", "370302102", "370302104"
VILLAGE, OTHER_VILLAGE = "370302102201", "370302104201"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(serial: int, birth: date = date(1950, 3, 4)) -> str:
    """A synthetic identity number that passes its check."""
    body = f"990302{birth:%Y%m%d}{serial:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def row(line: int, name: str, serial: int | None = None, village: str = VILLAGE, **more: Any) -> dict[str, Any]:
    """One row; by default with a home at door `line` of the village."""
    facts: dict[str, Any] = {
        "row": line, "name": name, "sex": "1", "birth": date(1950, 3, 4), "nation": "01", "area_code": village,
        "population_kind": "01", "raw": '{"姓名":"x"}',
        "home_text": f"{line}号", "home_village_code": village, "home_door": str(line),
        "home_standard": f"某村{line}号",
    }  # fmt: skip
    if serial is not None:
        facts |= {"id_kind": "111", "id_number": number(serial)}
    return facts | more


def clerk(area: str = DISTRICT, name: str = "clerk") -> Actor:
    """Someone who may do everything in an area."""
    return Actor(kind="staff", id=f"staff:{name}", name=name, grants=(Grant(area, frozenset({"*"})),))


def merge(
    rows: list[dict[str, Any]],
    source: str = "community",
    uploader: Actor | None = None,
    observed_on: date = date(2026, 1, 1),
    batch: uuid.UUID | None = None,
) -> tuple[uuid.UUID, MergeCounts]:
    """Merge rows as one batch; returns it and the counts."""
    batch = batch or uuid7()
    counts = merge_people(
        pl.DataFrame(rows, infer_schema_length=None), source=source, batch_id=batch, uploader=uploader or clerk(),
        district=DISTRICT, observed_on=observed_on,
    )  # fmt: skip
    return batch, counts


def nobody_is_alike() -> None:
    """From here on only numbers and record ids tell that two are one: for tests that are about something else."""
    wanted = {"merge": 1.0, "review": 0.9999999, "made_at": clock.now(), "made_by": "test"}
    MatchThreshold.objects.update_or_create(valid_from=date(2000, 1, 1), defaults=wanted)


def enter(rows: list[dict[str, Any]], source: str = "community", observed_on: date = date(2026, 1, 1)) -> None:
    """Enter people as by hand: each row as somebody of their own unless a number or record id says otherwise."""
    merge_people(
        pl.DataFrame(rows, infer_schema_length=None), source=source, batch_id=None, uploader=clerk(), district=DISTRICT,
        observed_on=observed_on, reason="登记",
    )  # fmt: skip


# Everything a batch may leave behind, without the moments and versions that rightly move on.
BASE = {
    "registry_person": "id, area_code, main_record, field_records, name, sex, birth, id_hash, phone_hash, dwelling_id, "
    "home_text, register_area, household_id, marital",
    "registry_person_area": "*",
    "registry_name_token": "*",
    "registry_person_facet": "*",
    "registry_source_record": "id, person_id, state, superseded_by, match_key, released_by, set_aside",
    "registry_residence": "person_id, dwelling_id, since, until, record_id",
    "registry_household": "id, key, number, head_name",
    "registry_transfer": "id, state, record_id, replaced_by",
    "registry_match_proposal": "*",
    "registry_match_key": "*",
    "places_dwelling": "id, standard",
    "places_compound": "id, name, area_code",
}


def picture(owner_sql: Sql) -> dict[str, list[str]]:
    return {table: sorted(map(str, owner_sql(f"SELECT {what} FROM {table}"))) for table, what in BASE.items()}


def person(serial: int) -> Person:
    with acting(clerk()):
        return Person.objects.get(id_hash=secrets.fingerprint("identity", f"111:{number(serial)}"))


def facets_differing() -> list[Any]:
    """Facets that stand and should not, or should and do not, all of them computed anew."""
    names = ", ".join(columns_of())
    with acting(system("matching", DISTRICT)):
        stage.run("DROP TABLE IF EXISTS pg_temp.facet_of")
        stage.run(
            "CREATE TEMP TABLE facet_of ON COMMIT DROP AS SELECT id AS person_id, household_id, dwelling_id FROM registry_person"
        )
        stands, should = f"SELECT {names} FROM registry_person_facet", f"SELECT {names} FROM ({facets()}) x"
        found = stage.fetch(
            f"SELECT 'stands', x::text FROM ({stands} EXCEPT {should}) x "
            f"UNION ALL SELECT 'should', x::text FROM ({should} EXCEPT {stands}) x",
            {"which": pl.String, "row": pl.String},
        )
    return list(found.iter_rows())


def lists_differing() -> list[Any]:
    """Lines of lists and pieces of names for searches that stand and should not, or should and do not, all of them anew."""
    with acting(system("matching", DISTRICT)):
        stage.run("DROP TABLE IF EXISTS pg_temp.everybody, pg_temp.every_token")
        stage.run("CREATE TEMP TABLE everybody ON COMMIT DROP AS SELECT id AS person_id FROM registry_person")
        areas = f"SELECT person_id, area_code, name_key, kind, prior_areas FROM ({derive._AREAS.format(people='everybody')}) w"
        stage.create("every_token", derive.TOKENS)
        listed = stage.fetch_slices(f"SELECT name_key, area_code, person_id FROM ({areas}) q", derive.NAMED)
        stage.fill_slices("every_token", derive.TOKENS, map(derive._tokens_of, listed))
        tokens = "SELECT token, area_code, person_id FROM"
        found: list[Any] = []
        for stands, should in (
            ("SELECT person_id, area_code, name_key, kind, prior_areas FROM registry_person_area", areas),
            (f"{tokens} registry_name_token", f"{tokens} every_token"),
        ):
            found += stage.fetch(
                f"SELECT 'stands', x::text FROM ({stands} EXCEPT {should}) x "
                f"UNION ALL SELECT 'should', x::text FROM ({should} EXCEPT {stands}) x",
                {"which": pl.String, "row": pl.String},
            ).iter_rows()
    return found
