"""A table that is worked on in slices comes to the same as one that is worked on whole."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from intake_tables import HEADER, Table, number, person
from test_checking import CODES, context
from test_runs import OPERATOR, Sql, demo_district, findings_of, fingerprint, people, run  # noqa: F401

from linli.intake import perform
from linli.intake.checking import collect
from linli.intake.checking.context import CheckedTable
from linli.intake.checking.table import check_table, with_raw
from linli.intake.reading import read_table
from linli.intake.suggest import suggest, to_mapping
from linli.kernel import slices
from linli.kernel.scope import acting
from linli.registry.models import Household, Person, SourceRecord

COLUMNS = [*HEADER, "户号", "与户主关系"]


def rows() -> list[list[str]]:
    """Twelve rows with everything that rows can say of each other, far apart."""
    told = [[*person(i), f"H{i // 3}", "户主" if i % 3 == 0 else "配偶"] for i in range(10)]
    told[7] = told[1]  # the very same
    told[8] = [*person(8, id=number(2)), "H2", "配偶"]  # the number of another
    told[9] = [*person(9), "H0", "户主"]  # a second head
    told.insert(5, COLUMNS)  # a header repeated on a printed page
    return [*told, ["合计", "10", "", "", "", ""], ["填表人", "", "", "", "", ""]]


def csv(path: Path, table: Sequence[Sequence[str]]) -> Path:
    path.write_text("\n".join(",".join(row) for row in [COLUMNS, *table]), "utf-8")
    return path


def checked(path: Path) -> tuple[Any, CheckedTable]:
    table = read_table(path)
    mapping = to_mapping(suggest(table, {n: c.words for n, c in CODES.items()}))
    return table, check_table(table, mapping, context())


@pytest.mark.parametrize("size", [1, 2, 5])
def test_findings_and_rows_do_not_depend_on_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    path = csv(tmp_path / "a.csv", rows())
    whole_table, whole = checked(path)
    assert {"row.duplicate", "id.duplicate", "household.several_heads"} <= set(whole.by_code)
    monkeypatch.setattr(slices, "ROWS", size)
    table, parts = checked(path)
    assert len(parts.rows) > 1
    assert (table.columns, table.notes) == (whole_table.columns, whole_table.notes)
    assert table.frame.equals(whole_table.frame) and parts.frame.equals(whole.frame)
    assert parts.findings.equals(whole.findings)
    assert (parts.counts, parts.bad.to_list(), parts.same.to_list()) == (
        whole.counts,
        whole.bad.to_list(),
        whole.same.to_list(),
    )
    assert pl.concat(parts.clean).equals(pl.concat(whole.clean))


def test_sheets_with_columns_of_their_own_are_one_table_in_slices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("甲.csv", "姓名,身份证号\n" + "\n".join(f"张三,{number(i)}" for i in range(5)))
        archive.writestr("乙.csv", "姓名,身份证号,电话\n" + "\n".join(f"李四,{number(i)},1" for i in range(5, 9)))
    whole = read_table(tmp_path / "a.zip")
    monkeypatch.setattr(slices, "ROWS", 2)
    parts = read_table(tmp_path / "a.zip")
    assert len(parts.rows) == 5 and parts.frame.equals(whole.frame) and parts.parts == whole.parts


def test_rows_keep_their_own_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "ROWS", 2)
    table, parts = checked(csv(tmp_path / "a.csv", rows()))
    mapping = to_mapping(suggest(table, {}))
    some = parts.frame.filter(pl.col("row").is_in([3, 6, 10]))
    kept = with_raw(some, table, mapping)["raw"].str.json_path_match("$['姓名']").to_list()
    assert kept == table.frame.filter(pl.col("#row").is_in([3, 6, 10]))["姓名"].to_list()


def test_of_very_many_findings_of_a_code_the_first_are_kept_and_all_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "ROWS", 2)
    monkeypatch.setattr(collect, "MOST_KEPT", 3)
    table = [[*person(i, id=number(i)[:17]), f"H{i}", "户主"] for i in range(8)]
    _, found = checked(csv(tmp_path / "a.csv", table))
    told = found.findings.filter(pl.col("code") == "id.length")
    assert (told["row"].to_list(), found.by_code["id.length"]) == ([2, 3, 4], 8)
    assert (found.bad.len(), found.counts["errors"]) == (8, 8)


@pytest.mark.usefixtures("demo_district")
class TestMerge:
    """Through the base: what is merged, repeated and undone."""

    @pytest.fixture(autouse=True)
    def two_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(slices, "ROWS", 2)

    def test_merge_repeat_and_undo(self, xlsx: Table, owner_sql: Sql) -> None:
        empty = fingerprint(owner_sql)
        path = xlsx([COLUMNS, *rows()])
        first = run(path, commit=True, skip_bad=True)
        assert (first.merge_counts["new"], first.merge_counts["skipped"], people()) == (8, 1, 8)
        with acting(OPERATOR):
            heads = dict(Household.objects.values_list("number", "head_name"))
            homes = Person.objects.values_list("dwelling_id", flat=True).distinct().count()
        assert homes == 1 and heads["H0"] in (person(0)[0], person(9)[0]) and heads["H2"] == person(6)[0]
        before = fingerprint(owner_sql)
        again = run(path, commit=True, skip_bad=True)
        assert again.merge_counts["nothing_changed"] and fingerprint(owner_sql) == before
        changed = [[*row[:2], "1007999" + row[2][-4:], *row[3:]] if len(row[1]) == 18 else row for row in rows()]
        later = run(xlsx([COLUMNS, *changed], name="later.xlsx"), commit=True, skip_bad=True)
        assert later.merge_counts["updated"] == 8 and later.merge_counts["people_changed"] == 8
        for outcome in (later, first):
            batch = perform.load(outcome.batch_id)  # type: ignore[arg-type]
            with perform.hold(batch, OPERATOR) as work:
                perform.undo(perform.Engine(batch, OPERATOR, work))
        assert fingerprint(owner_sql) == empty

    def test_namesakes_without_a_number_are_two_records_wherever_they_stand(self, xlsx: Table) -> None:
        twins = [
            ["王小明", "", "10070000001", "城里社区3号楼2单元401"],
            ["王小明", "", "10070000002", "城里社区3号楼2单元401"],
        ]
        path = xlsx([HEADER, twins[0], *(person(i) for i in range(4)), twins[1]])
        assert run(path, commit=True).merge_counts["new"] == 6
        assert run(path, commit=True).merge_counts["unchanged"] == 6
        with acting(OPERATOR):
            assert SourceRecord.objects.values("match_key").distinct().count() == 6

    def test_a_home_in_two_grids_lies_in_its_village(self, xlsx: Table, owner_sql: Sql) -> None:
        told = [[*person(i), f"37030200100100{1 if i < 4 else 2}"] for i in range(6)]
        assert run(xlsx([[*HEADER, "所在网格"], *told]), commit=True).merge_counts["new"] == 6
        assert owner_sql("SELECT area_code FROM places_dwelling") == [("370302001001",)]

    def test_errors_of_every_slice_are_in_the_base(self, xlsx: Table) -> None:
        outcome = run(xlsx([HEADER, *(person(i, id=number(i)[:17]) for i in range(5))]))
        assert [told[0] for told in findings_of(outcome)] == [2, 3, 4, 5, 6]
        assert outcome.check_counts["by_code"] == {"id.length": 5}
