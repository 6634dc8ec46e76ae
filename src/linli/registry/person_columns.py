"""Columns that name a person. Each room declares its own, so that joining and splitting people carries all of them.

A test finds columns of the database that are neither declared nor excused.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonColumn:
    """A column with ids of people, in a table whose key is `id`."""

    table: str
    column: str

    @property
    def name(self) -> str:
        """How the column is called in the ledger of regroupings."""
        return f"{self.table}.{self.column}"


_declared: dict[PersonColumn, None] = {}
_excused: dict[tuple[str, str], str] = {}


def declare(*columns: PersonColumn) -> None:
    """Enter columns that change when statements change their person."""
    _declared.update(dict.fromkeys(columns))


def excuse(table: str, *columns: str, why: str) -> None:
    """Enter columns with ids of people that stay as they are."""
    _excused.update({(table, column): why for column in columns})


def columns() -> tuple[PersonColumn, ...]:
    """Every declared column."""
    return tuple(_declared)


def excused() -> dict[tuple[str, str], str]:
    """Columns that stay, and why."""
    return dict(_excused)


RECORDS = PersonColumn("registry_source_record", "person_id")
# What is written about a person beside the statements. A join carries all of it; a split leaves it where it is, but for
# what came with an old id that is somebody again.
declare(
    RECORDS,
    PersonColumn("registry_relation", "person_id"),
    PersonColumn("registry_relation", "other_id"),
    PersonColumn("registry_tag", "person_id"),
    PersonColumn("registry_conflict", "person_id"),
    PersonColumn("registry_custom_value", "person_id"),
    PersonColumn("registry_transfer", "person_id"),
)
excuse("registry_person_area", "person_id", why="computed anew")
excuse("registry_person_facet", "person_id", why="computed anew")
excuse("registry_match_key", "person_id", why="computed anew")
excuse("registry_name_token", "person_id", why="computed anew")
excuse("registry_residence", "person_id", why="computed anew")
excuse("registry_bulk_edit_row", "subject_id", why="tells what was; read through the alias")
excuse("registry_thing_record", "subject_id", why="a thing")
excuse("registry_find_token", "subject_id", why="a place or a thing")
excuse("registry_regrouping", "from_person", "to_person", why="tells what was")
excuse(
    "registry_match_proposal", "person_id", "other_id",
    why="tells who was asked about; of somebody who was joined nothing is shown until that is undone",
)  # fmt: skip
excuse("registry_person_alias", "person_id", why="the alias itself")
