"""Tables of relations and of tags: whom their rows are about, what the base says already, writing them, taking them back.

People are told by the keyed hash of their number and only within areas given: whoever lies outside is as if they were
not. A row that says what the base says changes nothing; what somebody stated or ended by hand stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import polars as pl
from django.db import connection

from linli.kernel import clock, secrets
from linli.kernel.actors import Actor, system
from linli.kernel.ids import uuid7_many
from linli.kernel.scope import acting, current
from linli.registry.merge import Blocker, stage
from linli.registry.merge.prepare import hexed
from linli.registry.merge.run import lock
from linli.registry.merge.undo import MOST_BLOCKERS
from linli.registry.permissions import EDIT, TAG_EDIT
from linli.registry.problems import RestedUpon

Name = Literal["relations", "tags"]
TABLES: dict[Name, str] = {"relations": "registry_relation", "tags": "registry_tag"}
#: the permission that stating one by hand asks for; a file gives no more
STATING: dict[Name, str] = {"relations": EDIT, "tags": TAG_EDIT}
TEXTS = (
    "id_kind", "id_number", "relation_kind", "kinship", "other_id_number", "other_name", "other_phone", "consent_form",
    "tag",
)  # fmt: skip
DATES = ("consent_on", "given_on", "until", "observed_on")
KNOWN = {
    "hash": pl.String, "person_id": pl.String, "people": pl.Int64, "name": pl.String, "former_name": pl.String,
    "birth": pl.Date,
}  # fmt: skip
SUBJECT = {
    "row": "integer", "person_id": "uuid", "kind": 'text COLLATE "C"', "other_id": "uuid", "other_name": "text",
}  # fmt: skip
WRITTEN = {
    "id": "uuid", "previous_id": "uuid", "row": "integer", "person_id": "uuid", "kind": 'text COLLATE "C"',
    "observed_on": "date", "kinship": "text", "other_id": "uuid", "other_name": "text", "phone": "bytea",
    "consent_on": "date", "consent_form": "text", "until": "date",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TieCounts:
    """How many rows have which outcome. `left`: left out, rows whose person is nobody the uploader sees, or whose statement
    somebody ended by hand; `in_review` is always 0, since identity is exact."""

    rows: int
    new: int
    updated: int
    unchanged: int
    left: int
    in_review: int = 0


def resolve(name: Name, frame: pl.DataFrame, areas: tuple[str, ...]) -> pl.DataFrame:
    """Rows in their order with whom they are about and what becomes of them, for an actor over `areas`.

    Adds `person_id` with `person_name`, `former_name`, `person_birth` and `people` (how many have the number), the same
    of the other one (`other_id`, `known_name`, `other_birth`), `previous_id` and `outcome`: new, update, unchanged,
    by_hand (stated so by hand, which stands), ended (by hand), again (an earlier row says it), lost (nobody seen).
    Facts a row leaves out are those that stood. Runs inside a transaction of an actor over the district.
    """
    whole = _complete(frame)
    mine, others = _hashes(whole, "id_number", "id_kind"), _hashes(whole, "other_id_number", None)
    known = _known(pl.concat([mine, others]).drop_nulls().unique(), areas)
    alone = known.filter(pl.col("people") == 1)
    whole = (
        whole.with_columns(mine.alias("hash"), others.alias("other_hash"))
        .join(known.rename({"name": "person_name", "birth": "person_birth"}), on="hash", how="left", maintain_order="left")
        .join(
            alone.select(
                pl.col("hash").alias("other_hash"), pl.col("person_id").alias("other_id"),
                pl.col("name").alias("known_name"), pl.col("birth").alias("other_birth"),
            ),
            on="other_hash", how="left", maintain_order="left",
        )
        .with_columns(
            pl.when(pl.col("people") == 1).then("person_id").alias("person_id"),
            pl.col("people").fill_null(0),
            pl.coalesce("known_name", "other_name").alias("other_name"),
            pl.col("relation_kind" if name == "relations" else "tag").alias("kind"),
        )
    )  # fmt: skip
    found = _relations(whole) if name == "relations" else _tags(whole)
    said = pl.concat_str("person_id", "kind", pl.coalesce("other_id", "other_name", pl.lit("")), separator="\u001f")
    lost = pl.col("person_id").is_null() | pl.col("kind").is_null()
    twice = (pl.int_range(pl.len()).over(said) > 0) | (
        pl.col("previous_id").is_not_null() & (pl.int_range(pl.len()).over("previous_id") > 0)
    )
    return found.with_columns(
        pl.when(lost).then(pl.lit("lost")).when(twice).then(pl.lit("again")).otherwise("outcome").alias("outcome")
    )


def look_up(name: Name, frame: pl.DataFrame, areas: tuple[str, ...], district: str) -> pl.DataFrame:
    """`resolve` for whoever checks a table, in a transaction of its own; nothing is written."""
    with acting(system("matching", district)):
        return resolve(name, frame, areas)


def match_ties(name: Name, frame: pl.DataFrame, areas: tuple[str, ...], district: str) -> TieCounts:
    """Foretell a merge without writing."""
    return _counts(look_up(name, frame, areas, district))


def merge_ties(
    name: Name, frame: pl.DataFrame, *, areas: tuple[str, ...], source: str, batch_id: UUID, uploader: Actor,
    district: str, report: Callable[[str, float], None] = lambda stage_name, share: None,
) -> TieCounts:  # fmt: skip
    """State what checked rows say, each with its batch and row. Repeating a file changes nothing."""
    with acting(_over(uploader, district, batch_id)):
        lock()
        report("match", 0.0)
        found = resolve(name, frame, areas)
        touched = found.filter(pl.col("outcome").is_in(["new", "update"]))
        report("write", 0.5)
        if touched.height:
            _write(name, touched, source, batch_id, uploader)
        report("write", 1.0)
    return _counts(found)


def undo_blockers(name: Name, batch_id: UUID, district: str) -> list[Blocker]:
    """Later statements that stand in the place of one of the batch; empty when it can be taken back."""
    with acting(system("matching", district)):
        return _blockers(name, batch_id)


def undo_ties(name: Name, batch_id: UUID, uploader: Actor, district: str) -> int:
    """Take a batch back exactly: what it replaced holds again, or ended when somebody ended what stood in its place.

    Returns how many people it touched. Raises RestedUpon when later statements rest on it.
    """
    table, params = TABLES[name], {"batch": batch_id}
    with acting(_over(uploader, district, batch_id)):
        lock()
        if found := _blockers(name, batch_id):
            raise RestedUpon(count=len(found))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(DISTINCT person_id) FROM {table} WHERE batch_id = %(batch)s", params)
            touched = int(cursor.fetchone()[0])
        stage.run("DROP TABLE IF EXISTS pg_temp.reinstated")
        stage.run(
            f"CREATE TEMP TABLE reinstated ON COMMIT DROP AS SELECT o.id, n.ended_on, n.ended_by, n.ended_why, "
            f"n.ended_area FROM {table} n JOIN {table} o ON o.replaced_with = n.id WHERE n.batch_id = %(batch)s",
            params,
        )
        stage.run(f"DELETE FROM {table} WHERE batch_id = %(batch)s", params)
        stage.run(
            f"UPDATE {table} t SET ended_on = x.ended_on, ended_by = x.ended_by, ended_why = x.ended_why, "
            "ended_area = x.ended_area, replaced_with = NULL FROM reinstated x WHERE t.id = x.id"
        )
    return touched


def _blockers(name: Name, batch_id: UUID) -> list[Blocker]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT later.person_id, later.id, later.source_code, later.batch_id, later.row
            FROM {TABLES[name]} own JOIN {TABLES[name]} later ON later.id = own.replaced_with
            WHERE own.batch_id = %(batch)s AND later.batch_id IS DISTINCT FROM own.batch_id
            ORDER BY later.id LIMIT %(most)s
            """,
            {"batch": batch_id, "most": MOST_BLOCKERS},
        )
        return [Blocker(*row) for row in cursor.fetchall()]


def _over(uploader: Actor, district: str, batch_id: UUID) -> Actor:
    """The matching system over the district, with the uploader's name on every trace."""
    return Actor(
        kind="system", id=uploader.id, name=uploader.name, grants=system("matching", district).grants,
        request_id=current().request_id or str(batch_id),
    )  # fmt: skip


def _counts(found: pl.DataFrame) -> TieCounts:
    told = dict(found.group_by("outcome").len().iter_rows())
    same = sum(told.get(outcome, 0) for outcome in ("unchanged", "by_hand", "again"))
    return TieCounts(
        found.height, told.get("new", 0), told.get("update", 0), same, told.get("lost", 0) + told.get("ended", 0)
    )


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    """`row` and a column for everything a row of either kind can say."""
    wanted = dict.fromkeys(TEXTS, pl.String) | dict.fromkeys(DATES, pl.Date)
    return frame.select(
        "row", *(pl.col(c) if c in frame.columns else pl.lit(None, t).alias(c) for c, t in wanted.items())
    )


def _hashes(frame: pl.DataFrame, number: str, kind: str | None) -> pl.Series:
    """The keyed hashes of a column of numbers, as statements about people keep them."""
    said = pl.col(kind).fill_null("111") if kind else pl.lit("111")
    identity = frame.select(
        pl.when(pl.col(number).is_not_null()).then(pl.concat_str(said, pl.lit(":"), pl.col(number)))
    ).to_series()
    return pl.Series(hexed(secrets.fingerprint_many("identity", identity.to_list())), dtype=pl.String)


def _known(hashes: pl.Series, areas: tuple[str, ...]) -> pl.DataFrame:
    """Whom numbers belong to (KNOWN), of people seen in the areas."""
    stage.create("asked", {"hash": "bytea"})
    stage.fill("asked", {"hash": "bytea"}, pl.DataFrame({"hash": hashes}, schema={"hash": pl.String}))
    stage.run("DROP TABLE IF EXISTS pg_temp.known")
    stage.run(
        """
        CREATE TEMP TABLE known ON COMMIT DROP AS
        SELECT k.hash, min(p.id::text) AS person_id, count(DISTINCT p.id) AS people, min(p.name) AS name,
               min(p.former_name) AS former_name, min(p.birth) AS birth
        FROM asked k
        JOIN registry_source_record r ON r.id_hash = k.hash AND r.superseded_by IS NULL AND r.state = 'linked'
        JOIN registry_person p ON p.id = r.person_id
        WHERE EXISTS (SELECT FROM registry_person_area a
                      WHERE a.person_id = p.id AND a.area_code ^@ ANY(%(areas)s::text[]))
        GROUP BY k.hash
        """,
        {"areas": list(areas)},
    )
    return stage.fetch(f"SELECT {', '.join(KNOWN)} FROM known", KNOWN)


def _previous(whole: pl.DataFrame, query: str, schema: dict[str, Any]) -> pl.DataFrame:
    """The rows with the statement that stands about the same, or the last that somebody ended, beside them."""
    stage.create("stage_tie", SUBJECT)
    stage.fill("stage_tie", SUBJECT, whole.filter(pl.col("person_id").is_not_null()))
    stage.run("DROP TABLE IF EXISTS pg_temp.previous")
    stage.run(f"CREATE TEMP TABLE previous ON COMMIT DROP AS {query}")
    found = stage.fetch(f"SELECT {', '.join(schema)} FROM previous", schema)
    return whole.join(found, on="row", how="left", maintain_order="left")


# Whoever is known by name only in one of two statements is the one of that name in the other.
_STANDING_RELATION = """
SELECT DISTINCT ON (k.row) k.row, r.id AS previous_id, (r.batch_id IS NULL)::int AS by_hand,
       (r.ended_on IS NOT NULL)::int AS ended, r.observed_on AS seen, r.kinship AS was_kinship, r.phone AS was_phone,
       r.consent_on AS was_consent_on, r.consent_form AS was_consent_form, r.other_id AS was_other
FROM stage_tie k JOIN registry_relation r ON r.person_id = k.person_id AND r.kind = k.kind AND r.replaced_with IS NULL
 AND (r.other_id = k.other_id OR (r.other_id IS NULL OR k.other_id IS NULL) AND r.other_name = k.other_name)
ORDER BY k.row, r.ended_on IS NOT NULL, r.other_id IS DISTINCT FROM k.other_id, r.recorded_at DESC, r.id
"""
_RELATION_SCHEMA = {
    "row": pl.Int64, "previous_id": pl.String, "by_hand": pl.Int64, "ended": pl.Int64, "seen": pl.Date,
    "was_kinship": pl.String, "was_phone": pl.String, "was_consent_on": pl.Date, "was_consent_form": pl.String,
    "was_other": pl.String,
}  # fmt: skip
_STANDING_TAG = """
SELECT DISTINCT ON (k.row) k.row, t.id AS previous_id, (t.batch_id IS NULL)::int AS by_hand,
       (t.ended_on IS NOT NULL)::int AS ended, t.observed_on AS seen, t.expires_on AS was_until
FROM stage_tie k JOIN registry_tag t ON t.person_id = k.person_id AND t.kind = k.kind AND t.replaced_with IS NULL
ORDER BY k.row, t.ended_on IS NOT NULL, t.recorded_at DESC, t.id
"""
_TAG_SCHEMA = {
    "row": pl.Int64, "previous_id": pl.String, "by_hand": pl.Int64, "ended": pl.Int64, "seen": pl.Date,
    "was_until": pl.Date,
}  # fmt: skip


def _relations(whole: pl.DataFrame) -> pl.DataFrame:
    found = _previous(whole, _STANDING_RELATION, _RELATION_SCHEMA)
    opened = [None if v is None else secrets.decrypt(bytes.fromhex(v[2:])) for v in found["was_phone"].to_list()]
    found = found.with_columns(
        pl.Series("was_other_phone", opened, pl.String), pl.col("was_other").alias("was_other_id")
    )
    facts = ("kinship", "other_phone", "consent_on", "consent_form", "other_id")
    older = pl.col("observed_on") < pl.col("seen")  # an older table fills what was left open and overrides nothing
    found = found.with_columns(
        pl.when(older).then(pl.coalesce(f"was_{fact}", fact)).otherwise(pl.coalesce(fact, f"was_{fact}")).alias(fact)
        for fact in facts
    )
    same = pl.all_horizontal(pl.col(fact).eq_missing(pl.col(f"was_{fact}")) for fact in facts)
    return found.with_columns(_outcome(same, pl.col("by_hand") == 1))


def _tags(whole: pl.DataFrame) -> pl.DataFrame:
    found = _previous(whole.with_columns(pl.col("given_on").alias("observed_on")), _STANDING_TAG, _TAG_SCHEMA)
    renewed = pl.col("observed_on") > pl.col("seen")
    same = (pl.col("observed_on") < pl.col("seen")) | ~renewed & (pl.col("until") == pl.col("was_until"))
    return found.with_columns(_outcome(same, (pl.col("by_hand") == 1) & ~renewed))


def _outcome(same: pl.Expr, stands: pl.Expr) -> pl.Expr:
    return (
        pl.when(pl.col("previous_id").is_null()).then(pl.lit("new"))
        .when(pl.col("ended") == 1).then(pl.lit("ended"))
        .when(same).then(pl.lit("unchanged"))
        .when(stands).then(pl.lit("by_hand"))
        .otherwise(pl.lit("update"))
        .alias("outcome")
    )  # fmt: skip


def _write(name: Name, touched: pl.DataFrame, source: str, batch_id: UUID, uploader: Actor) -> None:
    """End what is replaced, and state the rows where their people are managed now."""
    table = TABLES[name]
    phones = hexed(secrets.encrypt_many(touched["other_phone"].to_list()))
    rows = touched.with_columns(
        pl.Series("id", uuid7_many(touched.height), pl.String), pl.Series("phone", phones, pl.String)
    )
    stage.create("stage_written", WRITTEN)
    stage.fill("stage_written", WRITTEN, rows)
    params = {
        "source": source, "batch": batch_id, "now": clock.now(), "by": uploader.id, "today": clock.today(),
    }  # fmt: skip
    stage.run(
        f"UPDATE {table} t SET ended_on = %(today)s, ended_by = %(by)s, ended_area = t.area_code, "
        "replaced_with = s.id FROM stage_written s "
        "WHERE t.id = s.previous_id",
        params,
    )
    common = (
        "id, person_id, area_code, stated_area, source_code, batch_id, row, observed_on, recorded_at, recorded_by, kind"
    )
    own = "s.id, s.person_id, p.area_code, p.area_code, {source}, %(batch)s, s.row, s.observed_on, %(now)s, %(by)s, s.kind"
    if name == "relations":
        stage.run(
            f"INSERT INTO registry_relation ({common}, kinship, other_id, other_name, phone, consent_on, consent_form) "
            f"SELECT {own.format(source='%(source)s')}, s.kinship, s.other_id, s.other_name, s.phone, s.consent_on, "
            "s.consent_form FROM stage_written s JOIN registry_person p ON p.id = s.person_id",
            params,
        )
    else:  # the department and the law are the catalogue's, as when a tag is given by hand
        stage.run(
            f"INSERT INTO registry_tag ({common}, legal_basis, expires_on) "
            f"SELECT {own.format(source='k.source_code')}, k.legal_basis, s.until FROM stage_written s "
            "JOIN registry_person p ON p.id = s.person_id JOIN registry_tag_kind k ON k.code = s.kind",
            params,
        )
