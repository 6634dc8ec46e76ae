"""The departmental spreadsheets: as ugly as promised, with every trouble noted in the truth beside them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from linli.intake import mapping as mappings
from linli.intake.reading import read_table
from linli.project.demo.bench_file import HEADER, write_bench_xlsx
from linli.project.demo.district import District
from linli.project.demo.places import DistrictPlaces
from linli.project.demo.rates import LEDGER, Rates
from linli.project.demo.sheets import SourceFile
from linli.project.demo.workbooks import SOURCES, write_spreadsheets

Written = tuple[Path, list[SourceFile]]


def _file(spreadsheets: Written, source: str, nth: int = 0) -> SourceFile:
    return [f for f in spreadsheets[1] if f.source_code == source][nth]


def _content(path: Path) -> str:
    if path.suffix == ".csv":
        return path.read_text("gb18030")
    book = openpyxl.load_workbook(path, read_only=True)
    return repr([list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets])


def test_the_same_district_gives_the_same_cells(spreadsheets: Written, district: District, tmp_path: Path) -> None:
    again = write_spreadsheets(district, tmp_path, ["370302001"])
    for first, second in zip(spreadsheets[1], again, strict=False):
        assert first.path.name == second.path.name
        digests = {hashlib.sha256(_content(f.path).encode()).hexdigest() for f in (first, second)}
        assert len(digests) == 1


def test_shared_out_over_processes_the_cells_are_the_same(
    spreadsheets: Written, district: District, tmp_path: Path
) -> None:
    again = write_spreadsheets(district, tmp_path, ["370302001"], processes=2)
    assert [f.rows for f in again] == [f.rows for f in spreadsheets[1][: len(SOURCES)]]
    assert [_content(f.path) for f in again] == [_content(f.path) for f in spreadsheets[1][: len(SOURCES)]]


def test_intake_reads_every_file_and_its_mapping_fits(spreadsheets: Written) -> None:
    for file in spreadsheets[1]:
        table = read_table(file.path)
        fitted = mappings.fit(mappings.from_json(file.mapping), [c.name for c in table.columns])
        assert {"name", "id_number"} <= fitted.fields
        assert table.frame["#row"][0] == file.first_row
        assert table.frame.height == file.rows


def test_the_ledger_is_as_ugly_as_promised(spreadsheets: Written) -> None:
    layouts = set()
    for nth in range(3):
        file = _file(spreadsheets, "community", nth)
        book = openpyxl.load_workbook(file.path)
        assert [s.sheet_state for s in book.worksheets] == ["visible", "hidden", "visible"]
        sheet = book.worksheets[0]
        merged = [str(r) for r in sheet.merged_cells.ranges]
        assert any(r.startswith("A1:") for r in merged) and "A2:A3" in merged
        header = [c.value for c in sheet[2]], [c.value for c in sheet[3]]
        layouts.add(repr(header))
        last = [c.value for c in sheet[sheet.max_row]]
        assert last[0] == "合计"
        filled = [any(sheet.cell(r, c).value is not None for r in range(4, 40)) for c in range(1, sheet.max_column + 1)]
        assert not all(filled), "there are empty columns"
    assert len(layouts) == 3
    separate, joined, single = (read_table(_file(spreadsheets, "community", n).path) for n in range(3))
    assert separate.column("现居住地/楼栋") and joined.column("基本信息/姓名/电话") and single.column("现居住地址")


def test_civil_affairs_has_titles_signatures_and_dates_in_many_notations(spreadsheets: Written) -> None:
    sheet = openpyxl.load_workbook(_file(spreadsheets, "civil").path).active
    assert "花名册" in sheet["A1"].value and sheet["A2"].value.startswith("填报单位")
    assert sheet["B3"].value == "姓  名"
    assert sheet.cell(sheet.max_row, 1).value == "制表人："
    births = [sheet.cell(r, 5).value for r in range(4, sheet.max_row - 1)]
    shapes = {type(b).__name__ if not isinstance(b, str) else "".join(c for c in b if not c.isdigit()) for b in births}
    assert {"年月日", "..", "//", "--", "datetime"} <= shapes


def test_the_health_export_is_gb18030_and_lacks_numbers_of_children(spreadsheets: Written) -> None:
    path = _file(spreadsheets, "health").path
    with pytest.raises(UnicodeDecodeError):
        path.read_text("utf-8")
    frame = read_table(path).frame
    children = frame.filter(pl.col("人群分类") == "0-6岁儿童")
    assert children["身份证号"].null_count() / children.height == pytest.approx(0.08, abs=0.05)


def test_addresses_come_in_many_notations(spreadsheets: Written) -> None:
    texts = read_table(_file(spreadsheets, "community", 1).path).frame["现住址"].drop_nulls()
    for pattern in (
        r"\d号楼\d+单元\d+室$",
        r"\d单元\d+$",
        r"\d-\d+-\d+$",
        r"\d#\d",
        r"[０-９]",
        r" ",
        r"[一二三]号楼",
        r"^[^省区]*$",
        "山东省",
    ):
        assert texts.str.contains(pattern).any(), pattern


def _share(truth: pl.DataFrame, kind: str, rows: int) -> float:
    return truth.filter(pl.col("kind") == kind).height / rows


def test_troubles_come_at_the_stated_rates(spreadsheets: Written) -> None:
    folder, files = spreadsheets
    truth = pl.read_csv(folder / "truth.csv")
    ledgers = [f for f in files if f.source_code == "community"]
    rows = sum(f.rows for f in ledgers)
    mine = truth.filter(pl.col("file").is_in([f.path.name for f in ledgers]))
    for kind in (
        "id_checksum",
        "id_missing",
        "phone_bad",
        "duplicate",
        "village_unknown",
        "moved_home",
        "id_rounded",
    ):
        stated = getattr(LEDGER, kind)
        assert _share(mine, kind, rows) == pytest.approx(stated, abs=4 * (stated / rows) ** 0.5 + 0.4 * stated), kind
    assert {f.path.name for f in files} == set(truth["file"].unique())


def test_every_noted_trouble_is_in_its_cell(spreadsheets: Written) -> None:
    folder, files = spreadsheets
    truth = pl.read_csv(folder / "truth.csv")
    for file in files:
        frame = read_table(file.path).frame
        for row, column, kind in truth.filter(pl.col("file") == file.path.name).select("row", "column", "kind").rows():
            value = frame.filter(pl.col("#row") == row)[read_table_name(frame, column)].item()
            if kind == "id_short":
                assert len(value) == 17
            elif kind == "id_old":
                assert len(value) == 15
            elif kind == "id_rounded":
                assert float(value) == float(f"{float(value):.14e}"), "no more than fifteen digits are left"
            elif kind in ("id_missing", "name_missing"):
                assert value is None or value.startswith("/")
            elif kind == "date_partial":
                assert value.endswith("月")
            elif kind in ("id_checksum", "id_swapped"):
                assert len(value) == 18


def read_table_name(frame: pl.DataFrame, column: str) -> str:
    """The column of the frame that the truth means (intake drops the blanks that spread a header)."""
    return column if column in frame.columns else column.replace(" ", "").replace("（", "(").replace("）", ")")


def test_rows_belong_to_the_people_the_owners_file_says(spreadsheets: Written, district: District) -> None:
    folder, _ = spreadsheets
    owners = pl.read_parquet(folder / "rows.parquet")
    file = _file(spreadsheets, "police")
    frame = (
        read_table(file.path)
        .frame.join(owners.filter(pl.col("file") == file.path.name), left_on="#row", right_on="row")
        .join(district.people.select("person_no", "id_number"), on="person_no")
    )
    assert frame.height == file.rows
    assert (frame["公民身份号码"] == frame["id_number"]).mean() > 0.99


def test_without_rates_nothing_is_wrong(district: District, tmp_path: Path) -> None:
    none = Rates(*([0.0] * len(Rates.__dataclass_fields__)))
    _, truth, _ = SOURCES["police"].write(district, "370302117", tmp_path, none)
    assert truth.height == 0


def test_sources_overlap_on_the_same_people(spreadsheets: Written) -> None:
    owners = pl.read_parquet(spreadsheets[0] / "rows.parquet")
    per_person = owners.group_by("person_no").agg(pl.col("file").str.extract(r"^([^_]+)_").n_unique().alias("sources"))
    assert (per_person["sources"] >= 2).mean() > 0.8 and per_person["sources"].max() == 4


def test_the_bench_file_is_plain(places: DistrictPlaces, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    rows = write_bench_xlsx(path, 2_000, 3, places)
    table = read_table(path)
    assert [c.name for c in table.columns] == list(HEADER) and table.frame.height == rows
    assert table.frame["公民身份号码"].n_unique() == rows
