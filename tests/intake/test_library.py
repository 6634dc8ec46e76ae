"""The mapping library: kept from the wizard, offered to files that resemble, changed by versions, carried as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import staff
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from intake_tables import HEADER, Table, person
from test_command import run
from test_jobs_and_api import ADDRESS, ask, signed_in, upload, work

from linli.intake.library import actions as library
from linli.intake.library.rules import ALIKE, resembling
from linli.intake.mapping import Mapping
from linli.intake.models import Batch, NamedMapping
from linli.kernel.scope import acting
from linli.registry.models import District

ODD = ["人名", "身份号", "手机", "住哪儿"]
MAPPING = {"columns": {"人名": "name", "身份号": "id_number", "手机": "phone", "住哪儿": "home_text"}}
LEDGER = {"name": "综治台账", "kind": "people", "source": "community", "note": "每季度一份", "mapping": MAPPING}

names = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(names, st.lists(names, max_size=6))
def test_what_is_offered_reads_most_of_its_columns_and_only_columns_that_are_there(
    headers: list[str], library: list[list[str]]
) -> None:
    known = [(n, Mapping(dict.fromkeys(columns, ("name",)))) for n, columns in enumerate(library)]
    for fit in resembling(headers, known):
        assert fit.share >= ALIKE and set(fit.columns) <= set(headers)
        assert set(fit.columns) | set(fit.missing) == set(library[fit.id])
    exact = [n for n, columns in enumerate(library) if columns and set(columns) == set(headers)]
    if exact:
        assert set(resembling(headers, known)[0].columns) == set(headers)


def test_spaces_and_full_width_forms_do_not_matter() -> None:
    (fit,) = resembling(["姓 名", "电话（手机）"], [(1, Mapping({"姓名": ("name",), "电话(手机)": ("phone",)}))])
    assert fit.columns == {"姓 名": ("name",), "电话（手机）": ("phone",)} and fit.share == 1.0


@pytest.fixture
def clerk(seeded_db: str, settings: Any) -> Iterator[Client]:
    settings.ROOT_URLCONF = "intake_urls"
    with acting(staff.OPERATOR):
        District.objects.update_or_create(code=staff.DISTRICT, defaults={"demo": True})
    yield signed_in("clerk", staff.TOWN)


def odd(xlsx: Table, *serials: int, name: str = "odd.xlsx") -> Any:
    return xlsx([ODD, *(person(i, address=ADDRESS) for i in serials)], name=name)


def mapped(client: Client, path: Any, **form: Any) -> str:
    batch = f"/batches/{upload(client, path, **form).json()['id']}"
    work()
    return batch


def test_a_mapping_kept_by_one_town_is_offered_to_another_with_what_it_would_do(clerk: Client, xlsx: Table) -> None:
    kept = ask(clerk, "/mappings", "post", LEDGER, expect=201)
    assert (kept["version"], kept["columns"], kept["mine"], kept["used_at"]) == (1, 4, True, None)
    other = signed_in("other", staff.OTHER_TOWN)
    batch = mapped(other, odd(xlsx, 1), source="civil", area=staff.OTHER_TOWN)
    (offer,) = ask(other, f"{batch}/offers")
    assert (offer["id"], offer["share"], offer["missing"], offer["same_source"]) == (kept["id"], 1.0, [], False)
    assert offer["columns"] == {"人名": ["name"], "身份号": ["id_number"], "手机": ["phone"], "住哪儿": ["home_text"]}
    ask(other, f"{batch}/mapping", "put", MAPPING | {"library": kept["id"]})
    ask(other, f"{batch}/check", "post", expect=202)
    now = ask(other, f"/mappings/{kept['id']}")
    assert list(now["mapping"]["columns"]) == ["人名", "身份号", "手机", "住哪儿"]  # as people read them
    assert (now["uses"], now["used_by_name"], now["mine"]) == (1, "用户other", False)


def test_a_mapping_of_the_same_source_comes_first_and_strange_tables_get_none(clerk: Client, xlsx: Table) -> None:
    ask(clerk, "/mappings", "post", LEDGER | {"name": "民政台账", "source": "civil"}, expect=201)
    ask(clerk, "/mappings", "post", LEDGER, expect=201)
    batch = mapped(clerk, odd(xlsx, 1), source="civil")
    assert [o["name"] for o in ask(clerk, f"{batch}/offers")] == ["民政台账", "综治台账"]
    assert ask(clerk, f"{mapped(clerk, xlsx([HEADER, person(1)], name='x.xlsx'))}/offers") == []


def test_constants_stay_with_the_area_and_never_enter_the_library(clerk: Client) -> None:
    more = MAPPING | {"constants": {"default_village": "聂村"}}
    kept = ask(clerk, "/mappings", "post", LEDGER | {"mapping": more}, expect=201)
    assert "聂村" not in json.dumps(ask(clerk, f"/mappings/{kept['id']}"), ensure_ascii=False)


def test_changes_are_versions_and_nobody_overwrites_anothers(clerk: Client) -> None:
    kept = ask(clerk, "/mappings", "post", LEDGER, expect=201)
    one = f"/mappings/{kept['id']}"
    other = signed_in("other", staff.OTHER_TOWN)
    fewer = {"columns": MAPPING["columns"] | {"手机": None}}
    ask(other, one, "put", LEDGER | {"mapping": fewer, "version": 1}, expect=403)
    ask(other, one, "delete", expect=403)
    changed = ask(clerk, one, "put", LEDGER | {"mapping": fewer, "version": 1, "name": "综治新台账"})
    assert (changed["version"], changed["columns"]) == (2, 3)
    told = ask(clerk, one, "put", LEDGER | {"version": 1}, expect=409)
    assert told["code"] == "intake.library.changed"
    assert [(e["version"], e["name"]) for e in ask(clerk, one)["earlier"]] == [(1, "综治台账")]
    assert ask(clerk, one)["earlier"][0]["mapping"]["columns"]["手机"] == "phone"
    looking_after = staff.client(
        staff.staff("analyst", area=staff.DISTRICT, permissions=["intake.batch.upload", "intake.source.edit"])
    )
    assert ask(looking_after, one, "put", LEDGER | {"version": 2})["version"] == 3


def test_a_name_taken_after_it_was_looked_up_is_a_conflict(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(clerk, "/mappings", "post", LEDGER, expect=201)
    second = ask(clerk, "/mappings", "post", LEDGER | {"name": "另一个"}, expect=201)
    monkeypatch.setattr(library, "_name_is_free", lambda form, own: None)  # as for who looks a moment before
    assert ask(clerk, "/mappings", "post", LEDGER, expect=409)["code"] == "intake.library.name_taken"
    body = LEDGER | {"version": second["version"]}
    assert ask(clerk, f"/mappings/{second['id']}", "put", body, expect=409)["code"] == "intake.library.name_taken"


def test_a_retired_mapping_is_offered_no_more_and_frees_its_name(clerk: Client, xlsx: Table) -> None:
    kept = ask(clerk, "/mappings", "post", LEDGER, expect=201)
    assert ask(clerk, "/mappings", "post", LEDGER, expect=409)["code"] == "intake.library.name_taken"
    assert clerk.delete(f"/api/intake/mappings/{kept['id']}").status_code == 204
    assert ask(clerk, "/mappings")["items"] == []
    assert [m["id"] for m in ask(clerk, "/mappings?retired=true")["items"]] == [kept["id"]]
    assert ask(clerk, f"{mapped(clerk, odd(xlsx, 1))}/offers") == []
    ask(clerk, "/mappings", "post", LEDGER, expect=201)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"source": "nobody"}, "source"),
        ({"kind": "ghosts"}, "kind"),
        ({"mapping": {"columns": {"人名": "credit_code"}}}, "columns.人名"),
        ({"mapping": {"columns": {"人名": "no_such"}}}, "columns.人名"),
        ({"mapping": {"columns": {"人名": None}}}, "columns"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said(clerk: Client, change: dict[str, Any], field: str) -> None:
    told = ask(clerk, "/mappings", "post", LEDGER | change, expect=422)
    assert field in [f["field"] for f in told["fields"]]
    with acting(staff.OPERATOR):
        assert not NamedMapping.objects.exists()


def test_a_mapping_travels_as_a_file_to_another_district_and_to_the_command(
    clerk: Client, xlsx: Table, tmp_path: Any
) -> None:
    kept = ask(clerk, "/mappings", "post", LEDGER, expect=201)
    alone = ask(clerk, f"/mappings/{kept['id']}/file")
    whole = ask(clerk, "/mappings/file")
    assert whole["mappings"] == [alone]
    analyst = staff.client(staff.staff("analyst", area=staff.DISTRICT, permissions=["intake.source.edit"]))
    assert ask(analyst, "/mappings/file", "post", {"document": whole}) == {"made": 0, "changed": 0, "same": 1}
    renamed = {"mappings": [alone | {"note": "改"}, alone | {"name": "另一份"}]}
    assert ask(analyst, "/mappings/file", "post", {"document": renamed}) == {"made": 1, "changed": 1, "same": 0}
    assert ask(clerk, f"/mappings/{kept['id']}")["version"] == 2
    wrong = {"mappings": [alone | {"name": "第三份"}, alone | {"columns": {"人名": "no_such"}}]}
    ask(analyst, "/mappings/file", "post", {"document": wrong}, expect=422)
    for broken in ({}, {"mappings": []}, {"mappings": ["x"]}, {"mappings": [{"name": 1}]}):
        ask(analyst, "/mappings/file", "post", {"document": broken}, expect=422)
    with acting(staff.OPERATOR):
        assert NamedMapping.objects.count() == 2  # of the file with a fault, nothing
    (tmp_path / "map.json").write_text(json.dumps(alone, ensure_ascii=False), "utf-8")
    code, said = run(odd(xlsx, 1), "--map", tmp_path / "map.json", "--json")
    assert (code, said["match"]["new"]) == (0, 1)
    with acting(staff.OPERATOR):
        assert Batch.objects.get(id=said["batch"]).mapping["columns"]["手机"] == "phone"
