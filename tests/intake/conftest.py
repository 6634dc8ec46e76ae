"""What the tests of the intake share: tables on disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from intake_tables import Cell, Table


@pytest.fixture
def xlsx(tmp_path: Path) -> Table:
    """`xlsx(rows, …)` writes a workbook; the first row is the header unless rows say otherwise."""

    def write(rows: Sequence[Sequence[Cell]], name: str = "people.xlsx", sheet: str = "人员", **more: Any) -> Path:
        book = openpyxl.Workbook()
        page = book.active
        assert page is not None
        page.title = sheet
        for row in rows:
            page.append(list(row))
        for merged in more.get("merge", ()):
            page.merge_cells(merged)
        for title, state in more.get("sheets", {}).items():
            book.create_sheet(title).sheet_state = state
        path = tmp_path / name
        book.save(path)
        return path

    return write


@pytest.fixture
def text_file(tmp_path: Path) -> Callable[[str | bytes, str, str], Path]:
    """`text_file(content, name, encoding)` writes a delimited file."""

    def write(content: str | bytes, name: str = "people.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write
