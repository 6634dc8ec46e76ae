"""How rows change their person, set-based: noted in the ledger of the regrouping, by which undoing finds them again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from linli.kernel import clock, secrets
from linli.registry import person_columns
from linli.registry.fields import BY_NAME, STORED
from linli.registry.merge import derive, stage
from linli.registry.models import SourceRecord
from linli.registry.person_columns import RECORDS, PersonColumn

from .models import PersonAlias, Regrouped, Regrouping

NUMBER_COLUMNS = BY_NAME["id_number"].stored
CURRENT = "r.superseded_by IS NULL AND r.state = 'linked'"


def carry_all(regrouping: Regrouping) -> int:
    """Everything that names `from_person` names `to_person`; returns how many statements did."""
    _end_double_tags(regrouping)
    # Open conflicts are found anew among the statements of both; decided ones come along.
    stage.run("DELETE FROM registry_conflict WHERE person_id = %(from)s AND state = 'open'", _params(regrouping))
    moved = 0
    for column in person_columns.columns():
        count = _carry(regrouping, column, f"SELECT id FROM {column.table} WHERE {column.column} = %(from)s")
        moved = count if column == RECORDS else moved
    return moved


def carry_records(regrouping: Regrouping, records: list[UUID]) -> int:
    """Chosen statements, with those they have superseded, are about `to_person`; returns how many."""
    chosen = """
        WITH RECURSIVE taken AS (
            SELECT id FROM registry_source_record WHERE id = ANY(%(records)s) AND person_id = %(from)s
            UNION
            SELECT r.id FROM registry_source_record r JOIN taken t ON r.superseded_by = t.id WHERE r.person_id = %(from)s
        ) SELECT id FROM taken
    """
    return _carry(regrouping, RECORDS, chosen, {"records": records})


def carry_ties(regrouping: Regrouping, came_by: UUID) -> None:
    """What beside statements came with an earlier join goes back with the old id."""
    for column in person_columns.columns():
        if column != RECORDS:
            _carry(
                regrouping,
                column,
                f"SELECT t.id FROM {column.table} t JOIN registry_regrouped m ON m.row_id = t.id "
                f"WHERE m.regrouping_id = %(by)s AND m.what = '{column.name}' AND t.{column.column} = %(from)s",
                {"by": came_by},
            )


def take_back(regrouping: Regrouping) -> None:
    """All that the regrouping changed names `from_person` again."""
    for column in person_columns.columns():
        stage.run(
            f"UPDATE {column.table} t SET {column.column} = %(from)s FROM registry_regrouped m "
            f"WHERE m.regrouping_id = %(id)s AND m.what = '{column.name}' AND t.id = m.row_id AND t.{column.column} = %(to)s",
            _params(regrouping),
        )
    stage.run(
        "UPDATE registry_tag t SET ended_on = NULL, ended_by = NULL, ended_area = NULL, replaced_with = NULL "
        f"FROM registry_regrouped m WHERE m.regrouping_id = %(id)s AND m.what = '{Regrouped.TAG_ENDED}' AND t.id = m.row_id",
        _params(regrouping),
    )
    for noted in Regrouped.objects.filter(regrouping_id=regrouping.id, what=Regrouped.NUMBER):
        _number_again(noted)


def _params(regrouping: Regrouping) -> dict[str, Any]:
    return {"id": regrouping.id, "from": regrouping.from_person, "to": regrouping.to_person}


def _carry(regrouping: Regrouping, column: PersonColumn, chosen: str, more: dict[str, Any] | None = None) -> int:
    params = _params(regrouping) | (more or {})
    stage.run(
        f"INSERT INTO registry_regrouped (regrouping_id, what, row_id) SELECT %(id)s, '{column.name}', c.id FROM ({chosen}) c",
        params,
    )
    return stage.run(
        f"UPDATE {column.table} t SET {column.column} = %(to)s FROM registry_regrouped m "
        f"WHERE m.regrouping_id = %(id)s AND m.what = '{column.name}' AND t.id = m.row_id",
        params,
    )


def _end_double_tags(regrouping: Regrouping) -> None:
    """Of two tags of one kind the one that holds longer stays; the other is ended by it."""
    stage.run(
        f"""
        INSERT INTO registry_regrouped (regrouping_id, what, row_id)
        SELECT %(id)s, '{Regrouped.TAG_ENDED}', CASE WHEN a.expires_on > b.expires_on THEN b.id ELSE a.id END
        FROM registry_tag a JOIN registry_tag b ON b.kind = a.kind
        WHERE a.person_id = %(from)s AND b.person_id = %(to)s AND a.ended_on IS NULL AND b.ended_on IS NULL
        """,
        _params(regrouping),
    )
    stage.run(
        f"""
        UPDATE registry_tag t SET ended_on = %(today)s, ended_by = %(by)s, ended_area = t.area_code, replaced_with = o.id
        FROM registry_regrouped m, registry_tag o
        WHERE m.regrouping_id = %(id)s AND m.what = '{Regrouped.TAG_ENDED}' AND t.id = m.row_id AND o.kind = t.kind
          AND o.id <> t.id AND o.person_id IN (%(from)s, %(to)s) AND o.ended_on IS NULL
        """,
        _params(regrouping) | {"today": clock.today(), "by": regrouping.made_by},
    )


def set_numbers_aside(regrouping: Regrouping) -> None:
    """Numbers that were taken along and stay with `from_person` too are kept in their statements, out of reach.

    A statement known by the number alone loses that key: the number is another person's. Few rows: those of one person.
    """
    held = SourceRecord.objects.filter(
        person_id=regrouping.from_person, superseded_by=None, state=SourceRecord.State.LINKED
    ).values("id_hash")
    taken = SourceRecord.objects.filter(person_id=regrouping.to_person, id_hash__in=held)
    for record in taken:
        Regrouped.objects.create(
            regrouping_id=regrouping.id, what=Regrouped.NUMBER, row_id=record.id, match_key=record.match_key,
            id_kind=record.id_kind,
        )  # fmt: skip
        record.set_aside = record.id_number
        for column in NUMBER_COLUMNS:
            setattr(record, column, None)
        if record.record_key is None:
            record.match_key = secrets.fingerprint("record", f"r:{record.id}")
        record.save()


def _number_again(noted: Regrouped) -> None:
    record = SourceRecord.objects.filter(id=noted.row_id).exclude(set_aside=None).first()
    if record is None:
        return
    number = secrets.decrypt(bytes(record.set_aside or b""))
    record.id_number, record.set_aside = record.set_aside, None
    record.id_kind, record.match_key = noted.id_kind, noted.match_key
    record.id_hash = secrets.fingerprint("identity", f"{noted.id_kind or '111'}:{number}")
    record.id_tail4 = secrets.lookup("tail4", number[-4:]) if len(number) >= 4 else None
    record.id_tail6 = secrets.lookup("tail6", number[-6:]) if len(number) >= 6 else None
    record.save()


def make_person(person_id: UUID, version: int, recorded_at: datetime) -> None:
    """Make a person of the statements about them; the golden record is computed by the caller."""
    stage.run(
        f"""
        INSERT INTO registry_person
            (id, area_code, main_record, field_records, version, recorded_at, updated_at, {", ".join(STORED)})
        SELECT r.person_id, coalesce(r.home_area, r.register_area, r.area_code), r.id, NULL, %(version)s, %(at)s, %(now)s,
               {", ".join(f"r.{c}" for c in STORED)}
        FROM registry_source_record r
        WHERE r.person_id = %(person)s AND {CURRENT} AND r.name IS NOT NULL ORDER BY r.id LIMIT 1
        """,
        {"person": person_id, "version": version, "at": recorded_at, "now": clock.now()},
    )


def remove_person(person_id: UUID) -> None:
    """Take a person about whom nothing is stated any more out of every list; history keeps the row."""
    stage.run("DROP TABLE IF EXISTS pg_temp.gone")
    stage.run("CREATE TEMP TABLE gone ON COMMIT DROP AS SELECT %(person)s::uuid AS person_id", {"person": person_id})
    derive.forget("gone")
    for table in ("registry_residence", "registry_conflict"):
        stage.run(f"DELETE FROM {table} WHERE person_id = %(person)s", {"person": person_id})
    stage.run("DELETE FROM registry_person WHERE id = %(person)s", {"person": person_id})


# An alias is seen where its person is: ids lead on before the person who had them goes, and back after they are there.


def lead_on(regrouping_id: UUID, old_id: UUID, into: UUID, to_person: UUID) -> None:
    """An id, and all that lead to it, lead to `to_person`."""
    PersonAlias.objects.create(old_id=old_id, person_id=to_person, into_id=into, regrouping_id=regrouping_id)
    PersonAlias.objects.filter(person_id=old_id).update(person_id=to_person)


def lead_back(old_id: UUID) -> None:
    """An id is somebody again, and what was joined into it before leads there."""
    PersonAlias.objects.filter(old_id=old_id).delete()
    stage.run(
        """
        WITH RECURSIVE under AS (
            SELECT old_id FROM registry_person_alias WHERE into_id = %(old)s
            UNION
            SELECT a.old_id FROM registry_person_alias a JOIN under u ON a.into_id = u.old_id
        )
        UPDATE registry_person_alias a SET person_id = %(old)s FROM under WHERE a.old_id = under.old_id
        """,
        {"old": old_id},
    )
