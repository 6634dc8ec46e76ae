"""What rounds ask of each person is looked up by index, however many statements there are."""

from __future__ import annotations

from typing import Any

from django.db import connection

from linli.intake.rounds.asking import Asking, keeper
from linli.intake.rounds.models import Round
from linli.kernel.scope import acting
from linli.registry.merge import golden
from linli.registry.merge.priorities import priorities


def plan(statement: str, params: Any = None) -> str:
    """The plan where a table is read whole only for want of any other way."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_counting_a_round_looks_up_days_and_answers_by_index(round_: Round) -> None:
    with acting(keeper()):
        found = plan(*Asking(round_).figures())
    assert "Seq Scan on registry_source_record" not in found and "Seq Scan on intake_round_answer" not in found
    assert "registry_source_record_pkey" in found


def test_golden_records_look_up_the_days_of_what_is_repeated_by_index(round_: Round) -> None:
    with acting(keeper()):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE affected ON COMMIT DROP AS SELECT id AS person_id FROM registry_person")
        looked = golden._Looked(cleared=True, doubted=frozenset(), carried=frozenset({"marital"}))
        found = plan(golden._query(priorities(), looked))
    assert "Seq Scan on registry_source_record" not in found
