"""Tables in slices: the same rows in the same order as one frame, files that go, a full disk told, keys found again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel import files, slices
from linli.kernel.slices import Changed, Repeats, Slices


@pytest.fixture(autouse=True)
def three_rows(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Path:
    """Slices of three rows, and a folder for what is spilled."""
    monkeypatch.setattr(slices, "ROWS", 3)
    settings.LINLI_FILES_DIR = tmp_path
    return tmp_path / "scratch"


def numbered(first: int, count: int) -> pl.DataFrame:
    rows = range(first, first + count)
    return pl.DataFrame({"row": rows, "text": [f"第{row}行" for row in rows]}, schema={"row": pl.Int64, "text": str})


@pytest.mark.parametrize("sizes", [[], [0], [2], [3], [4], [1, 1, 1, 1], [7, 0, 2], [2, 9, 1]])
def test_rows_come_back_in_order_and_in_bounded_slices(sizes: list[int]) -> None:
    made, first = Slices("row"), 0
    made.append(numbered(0, 0))
    for size in sizes:
        made.append(numbered(first, size))
        first += size
    assert made.frame.equals(numbered(0, first))
    assert made.height == first and all(part.height <= 3 for part in made) and len(made) == len(list(made))
    assert made.head(5).equals(numbered(0, min(5, first)))
    assert made.last()["row"].to_list() == [first - 1] * bool(first)
    assert pl.concat(Changed(made, lambda part: part.filter(pl.col("row") > 2)))["row"].to_list() == list(
        range(3, first)
    )


def test_a_column_that_comes_later_is_in_every_slice() -> None:
    made = Slices.of([numbered(0, 4), numbered(4, 4).with_columns(more=pl.lit("x"))])
    assert [part.columns for part in made] == [["row", "text", "more"]] * 3
    assert made.frame["more"].to_list() == [None] * 4 + ["x"] * 4


def test_only_slices_that_may_hold_the_rows_are_read() -> None:
    made = Slices.of(numbered(0, 8), "row")
    assert [part["row"].to_list() for part in made.within(4, 4)] == [[3, 4, 5], [6, 7]]


def test_files_go_with_the_rows(three_rows: Path) -> None:
    made = Slices.of(numbered(0, 7))
    (folder,) = three_rows.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700 and len(list(folder.iterdir())) == 2
    del made
    assert not list(three_rows.iterdir())


def test_few_rows_are_never_written(three_rows: Path) -> None:
    made = Slices.of(numbered(0, 3))
    assert made.height == 3 and not three_rows.exists()


def test_a_full_disk_is_told(three_rows: Path) -> None:
    made = Slices.of(numbered(0, 4))
    (folder,) = three_rows.iterdir()
    (folder / "1.arrow").symlink_to("/dev/full")
    with pytest.raises(files.DiskFull):
        made.append(numbered(4, 9))


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "", None]), st.sampled_from(["a", "b", None])), max_size=12))
def test_keys_that_come_again_are_found_whichever_slice_they_are_in(keys: list[tuple[str | None, str | None]]) -> None:
    frame = pl.DataFrame(keys, schema={"one": pl.String, "two": pl.String}, orient="row").with_row_index("row")
    repeats = Repeats()
    for part in frame.iter_slices(3):
        repeats.add(part["row"].cast(pl.Int64), part.select("one", "two"))
    places: dict[tuple[str | None, str | None], list[int]] = {}
    for row, key in enumerate(keys):
        places.setdefault(key, []).append(row)
    expected = [
        (row, rows[0], serial, len(rows))
        for rows in places.values()
        if len(rows) > 1
        for serial, row in enumerate(rows)
    ]
    assert repeats.found().rows() == sorted(expected)
