"""Filing proposals, set-based: pairs of people that may be one, and rows that wait with those they may be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl

from linli.kernel import clock
from linli.kernel.ids import uuid7_many
from linli.registry.merge import stage
from linli.registry.merge.prepare import hexed

from . import facts
from .explain import Evidence, as_json

_PAIRS = {
    "id": "uuid", "person_id": "uuid", "other_id": "uuid", "probability": "float8", "lines": "jsonb", "facts_key": "bytea",
}  # fmt: skip
#: Who has decided where a row was put with somebody by its weights alone.
BY_LIKENESS = "system:matching"
# A pair that was decided about comes again only with other facts. Either may stand first: a row's pair is not ordered.
_KNOWN = "(m.person_id, m.other_id) IN ((f.person_id, f.other_id), (f.other_id, f.person_id))"


@dataclass(frozen=True, slots=True)
class Filed:
    """What a look for duplicates left: pairs newly asked about (again), those still open, those no longer alike, and those
    that were decided about before."""

    opened: int
    again: int
    open: int
    withdrawn: int
    decided: int


def lines_of(explained: Sequence[Sequence[Evidence]]) -> list[str]:
    """Explanations as they are kept."""
    return [json.dumps(as_json(lines)) for lines in explained]


def file_pairs(pairs: pl.DataFrame, model: int, begun: datetime, looked_at: pl.Series | None = None) -> Filed:
    """File pairs of people (`person_id`, `other_id`, `probability`, `lines`, `facts_key`; the likeliest first).

    `looked_at`: all people that were compared with each other since `begun`; open pairs of theirs that are not among
    `pairs` are withdrawn. The caller acts over the district under the lock of merges.
    """
    ordered = pairs.with_columns(
        pl.Series("id", uuid7_many(pairs.height), pl.String),
        person_id=pl.min_horizontal("person_id", "other_id"),
        other_id=pl.max_horizontal("person_id", "other_id"),
        facts_key=hexed(pairs["facts_key"].to_list()),
    )
    stage.create("found_pair", _PAIRS)
    stage.fill("found_pair", _PAIRS, ordered)
    params: dict[str, Any] = {"model": model, "now": clock.now(), "begun": begun}
    # Whoever went or was joined since is left out.
    for column in ("person_id", "other_id"):
        stage.run(f"DELETE FROM found_pair f WHERE NOT EXISTS (SELECT FROM registry_person p WHERE p.id = f.{column})")
    withdrawn = _withdraw(looked_at, params) if looked_at is not None else 0
    still = stage.run(
        "UPDATE registry_match_proposal m SET probability = f.probability, model = %(model)s, lines = f.lines, "
        f"facts_key = f.facts_key FROM found_pair f WHERE m.state = 'open' AND {_KNOWN}",
        params,
    )
    again = stage.run(
        "UPDATE registry_match_proposal m SET probability = f.probability, model = %(model)s, lines = f.lines, "
        "facts_key = f.facts_key, state = 'open', opened_at = %(now)s, decided_at = NULL, decided_by = NULL, reason = '' "
        f"FROM found_pair f WHERE m.record_id IS NULL AND m.state <> 'open' AND m.facts_key <> f.facts_key AND {_KNOWN} "
        "AND NOT EXISTS (SELECT FROM registry_match_proposal o WHERE o.record_id IS NOT NULL AND o.facts_key = f.facts_key "
        "AND (o.person_id, o.other_id) IN ((f.person_id, f.other_id), (f.other_id, f.person_id)))",
        params,
    )
    opened = stage.run(
        f"""
        INSERT INTO registry_match_proposal
            (id, person_id, other_id, probability, model, lines, facts_key, state, opened_at, reason)
        SELECT f.id, f.person_id, f.other_id, f.probability, %(model)s, f.lines, f.facts_key, 'open', %(now)s, ''
        FROM found_pair f
        WHERE NOT EXISTS (SELECT FROM registry_match_proposal m WHERE (m.record_id IS NULL OR m.facts_key = f.facts_key)
                          AND {_KNOWN})
        ON CONFLICT DO NOTHING
        """,
        params,
    )
    (found,) = stage.fetch("SELECT count(*) AS n FROM found_pair", {"n": pl.Int64})["n"].to_list()
    stage.run("DROP TABLE found_pair")
    return Filed(opened, again, still, withdrawn, found - opened - again - still)


def _withdraw(looked_at: pl.Series, params: dict[str, Any]) -> int:
    stage.create("looked_at", {"person_id": "uuid"})
    stage.fill("looked_at", {"person_id": "uuid"}, looked_at.alias("person_id").to_frame())
    gone = stage.run(
        f"""
        DELETE FROM registry_match_proposal m USING looked_at a, looked_at b
        WHERE m.state = 'open' AND m.record_id IS NULL AND m.opened_at < %(begun)s AND a.person_id = m.person_id
          AND b.person_id = m.other_id AND NOT EXISTS (SELECT FROM found_pair f WHERE {_KNOWN})
        """,
        params,
    )
    stage.run("DROP TABLE looked_at")
    return gone


def file_rows(rows: pl.DataFrame, model: int) -> None:
    """File rows that wait (`row`, `person_id`, `probability`, `lines`) with those they may be. Their records are in the merge's
    temporary table `stage`."""
    columns = {"id": "uuid", "row": "integer", "person_id": "uuid", "probability": "float8", "lines": "jsonb"}
    stage.create("asked_row", columns)
    stage.fill("asked_row", columns, rows.with_columns(pl.Series("id", uuid7_many(rows.height), pl.String)))
    stage.run(
        """
        INSERT INTO registry_match_proposal
            (id, person_id, record_id, probability, model, lines, state, opened_at, reason)
        SELECT a.id, a.person_id, s.record_id, a.probability, %(model)s, a.lines, 'open', %(now)s, ''
        FROM asked_row a JOIN stage s ON s.row = a.row WHERE s.outcome = 'review'
        """,
        {"model": model, "now": clock.now()},
    )
    stage.run("DROP TABLE asked_row")


def file_linked(rows: pl.DataFrame, model: int) -> None:
    """Keep why rows (`row`, `probability`, `lines`) were put with the person they are of now, or are asked for, in the merge's
    temporary table `stage`: as pairs that are decided, by nobody but their weights."""
    columns = {"id": "uuid", "row": "integer", "probability": "float8", "lines": "jsonb"}
    stage.create("linked_row", columns)
    stage.fill("linked_row", columns, rows.with_columns(pl.Series("id", uuid7_many(rows.height), pl.String)))
    stage.run(
        """
        INSERT INTO registry_match_proposal
            (id, person_id, other_id, record_id, probability, model, lines, state, opened_at, decided_at, decided_by, reason)
        SELECT a.id, s.person_id, s.person_id, s.record_id, a.probability, %(model)s, a.lines, 'joined', %(now)s, %(now)s,
               %(by)s, ''
        FROM linked_row a JOIN stage s ON s.row = a.row WHERE s.outcome IN ('new', 'update', 'transfer')
        """,
        {"model": model, "now": clock.now(), "by": BY_LIKENESS},
    )
    stage.run("DROP TABLE linked_row")


def settle_record(record_id: UUID, person_id: UUID | None, by: str) -> None:
    """Say of a waiting row's proposals whose the row is; None: nobody's. Before anybody else could join them."""
    params = {"record": record_id, "person": person_id, "now": clock.now(), "by": by}
    stage.run(
        "UPDATE registry_match_proposal SET state = CASE WHEN person_id = %(person)s THEN 'joined' ELSE 'apart' END, "
        "other_id = %(person)s, decided_at = %(now)s, decided_by = %(by)s WHERE record_id = %(record)s AND state = 'open'",
        params,
    )
    if person_id is None:
        return
    others = stage.fetch(
        "SELECT id, person_id, other_id FROM registry_match_proposal "
        f"WHERE record_id = '{record_id}' AND person_id <> other_id",
        {"id": pl.String, "person_id": pl.String, "other_id": pl.String},
    )
    if others.height:
        note_facts(others)


def note_facts(proposals: pl.DataFrame) -> None:
    """Note what pairs (`id`, `person_id`, `other_id`) are compared by now, so that they are asked about again only when it
    changes."""
    columns = {"id": "uuid", "facts_key": "bytea"}
    told = with_facts(proposals)
    stage.create("noted", columns)
    stage.fill("noted", columns, told.with_columns(facts_key=hexed(told["facts_key"].to_list())))
    stage.run("UPDATE registry_match_proposal m SET facts_key = n.facts_key FROM noted n WHERE m.id = n.id")
    stage.run("DROP TABLE noted")


def with_facts(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of people with `facts_key`, by what is held of both now."""
    people = pl.concat([pairs["person_id"], pairs["other_id"]]).unique().alias("person_id").to_frame()
    stage.create("paired", {"person_id": "uuid"})
    stage.fill("paired", {"person_id": "uuid"}, people)
    held = facts.of("registry_person", "t.id IN (SELECT person_id FROM paired)")
    stage.run("DROP TABLE paired")
    key = dict(zip(held["id"].to_list(), facts.keys(held), strict=True))
    sides = ([key.get(each) for each in pairs[column].to_list()] for column in ("person_id", "other_id"))
    return pairs.with_columns(pl.Series("facts_key", facts.pair_keys(*sides), pl.Binary))


def forget_batch(batch_id: UUID) -> None:
    """Take away what was asked about the rows of a batch, before the rows go."""
    stage.run(
        "DELETE FROM registry_match_proposal m USING registry_source_record r "
        "WHERE m.record_id = r.id AND r.batch_id = %(batch)s",
        {"batch": batch_id},
    )


def forget_people(people: str) -> None:
    """Take away what was asked about the people in a temporary table, before they are out of every list."""
    stage.run(f"DELETE FROM registry_match_proposal m USING {people} g WHERE g.person_id IN (m.person_id, m.other_id)")
