"""Rows that no number or record id brought to anybody: who of the base, and of the same file, is likely the same.

Rows are compared with whoever shares a key with them (`matching.keys`), found in SQL in the transaction and under the lock of
the merge; only those people's facts are read. Who has a number is never compared with another who has one: they would have
been found by it, or are two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from django.db import connection

from linli.kernel import clock, files, secrets
from linli.kernel.slices import Slices
from linli.registry.matching import facts, keys, parameters, settling
from linli.registry.matching.clustering import Ints
from linli.registry.matching.filing import file_pairs, file_rows, lines_of, with_facts
from linli.registry.pinyin import keys_of

from . import prepare, stage
from .match import OUTCOMES, Outcomes

if TYPE_CHECKING:
    from linli.registry.matching.judging import Judged

_ROWS = {"row": "integer", "numbered": "boolean", **dict.fromkeys(keys.KEYS, "bigint")}
_FOUND = {"row": pl.Int64, "person_id": pl.String}
_TWINS = {"row": pl.Int64, "other": pl.Int64}
_ASKED = {
    "row": pl.Int64, "other": pl.Int64, "person_id": pl.String, "waits": pl.Boolean, "probability": pl.Float64, "lines": pl.String,
}  # fmt: skip
# Those who share a key, unless more than `most` do; of those with a number only people without one.
_OF_BASE = """
SELECT k.row, f.person_id FROM stage_alike k CROSS JOIN LATERAL (
    SELECT m.person_id, count(*) OVER () AS sharing FROM (
        SELECT m.person_id FROM registry_match_key m WHERE m.{key} = k.{key}{free}{seen} LIMIT {most} + 1
    ) m
) f
WHERE {rows} AND k.{key} IS NOT NULL AND f.sharing <= {most}
"""
_SEEN = """
 AND EXISTS (SELECT FROM registry_person_area a WHERE a.person_id = m.person_id AND a.area_code ^@ ANY(%(areas)s))"""
_OF_FILE = """
SELECT least(u.row, o.row) AS row, greatest(u.row, o.row) AS other
FROM (
    SELECT {key} FROM stage_alike WHERE {key} IS NOT NULL GROUP BY {key}
    HAVING count(*) BETWEEN 2 AND {most} AND NOT bool_and(numbered)
) s JOIN stage_alike u USING ({key}) JOIN stage_alike o USING ({key})
WHERE NOT u.numbered AND u.row <> o.row
"""


@dataclass(frozen=True, slots=True)
class Alike:
    """What is known of a file's rows, and of which of them are one new person (`row`, `first`; see `prepare.People`).

    `asked`: pairs somebody is to be asked about, by the parameters of `version`.
    """

    outcomes: Outcomes
    shared: pl.DataFrame
    asked: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_ASKED))
    version: int = 0


def look(
    whole: Iterable[pl.DataFrame], known: prepare.Keys, outcomes: Outcomes, areas: Sequence[str], foretell: bool = False
) -> Alike:
    """Who the new rows are alike to. `areas`: what whoever brings them may see; with `foretell` nobody else is there.

    Runs inside the transaction of the matching system actor.
    """
    found = Alike(outcomes, known.shared)
    if not outcomes.counts.get("new"):
        return found
    base = _Base.now()
    unnumbered = any(part["id_hash"].null_count() for part in known.rows)
    if not unnumbered and not base.unnumbered:
        return found
    news = _News(whole, known, outcomes)
    news.stage()
    people, twins = _candidates(base, unnumbered, areas if foretell else None)
    if not people.height and not twins.height:
        return found
    return _judged(found, news, people, twins, areas, known, foretell)


@dataclass(frozen=True, slots=True)
class _Base:
    """Whether anybody is in the base, and anybody without a number."""

    any: bool
    unnumbered: bool

    @classmethod
    def now(cls) -> _Base:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM registry_match_key), EXISTS (SELECT FROM registry_match_key WHERE NOT numbered)"
            )
            return cls(*(cursor.fetchone() or (False, False)))


class _News:
    """The rows that are new so far, read again slice by slice."""

    def __init__(self, whole: Iterable[pl.DataFrame], known: prepare.Keys, outcomes: Outcomes) -> None:
        self._whole, self._known, self._outcomes = whole, known, outcomes

    def _slices(self) -> Iterable[pl.DataFrame]:
        for part in self._whole:
            if part.height:
                rows = self._outcomes.of(part)
                yield rows.filter(pl.col("outcome") == "new").drop(c for c in OUTCOMES if c != "row")

    def stage(self) -> None:
        """Enter their keys in the temporary table `stage_alike`."""
        stage.create("stage_alike", _ROWS)
        stage.fill_slices("stage_alike", _ROWS, map(_keyed, self._slices()))

    def facts(self, rows: pl.Series) -> pl.DataFrame:
        """`row`, `numbered`, and what is compared, of some of them."""
        wanted = pl.DataFrame({"row": rows})
        parts = [_stated(part.join(wanted, on="row", how="semi", maintain_order="left")) for part in self._slices()]
        return pl.concat(parts)


def _keyed(rows: pl.DataFrame) -> pl.DataFrame:
    names = keys_of(rows["name"].to_list())
    people = rows.select(
        "row",
        "birth",
        "area_code",
        pl.Series("name_key", [names[n] for n in rows["name"].to_list()], pl.String),
        pl.Series("phone_hash", secrets.lookup_many("phone", rows["phone"].to_list()), pl.Int64),
        pl.col("id_number").is_not_null().alias("numbered"),
    )
    return keys.keyed(people).select(list(_ROWS))


def _stated(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows in the fields of `facts`: the home as it will be stored."""
    here = (
        pl.col("home_text").is_not_null()
        | pl.col("register_address").is_null()
        | (pl.col("register_consistent") == "01")
    )
    home = pl.when(here).then("area_code")
    return rows.select(
        "row",
        "name",
        "sex",
        pl.col("birth").cast(pl.String),
        pl.lit(None, pl.String).alias("id_number"),
        "phone",
        home.str.slice(0, 9).alias("town"),
        home.str.slice(0, 12).alias("village"),
        pl.coalesce("home_standard", "home_text").alias("address"),
        "head_name",
    )


def _candidates(base: _Base, unnumbered: bool, only_in: Sequence[str] | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs of rows with people, and with other rows, that share a key."""
    params = {"areas": list(only_in or ())}
    seen = _SEEN if only_in is not None else ""
    parts = []
    for key, most in keys.MOST.items():
        if base.unnumbered:
            parts.append(_OF_BASE.format(key=key, most=most, seen=seen, rows="k.numbered", free=" AND NOT m.numbered"))
        if base.any and unnumbered:
            parts.append(_OF_BASE.format(key=key, most=most, seen=seen, rows="NOT k.numbered", free=""))
    stage.run("DROP TABLE IF EXISTS pg_temp.alike")
    stage.create("alike", {"row": "integer", "person_id": "uuid"})
    if parts:
        stage.run("INSERT INTO alike " + " UNION ".join(parts), params)
        stage.run("ANALYZE alike")
    people = stage.fetch("SELECT row, person_id FROM alike ORDER BY row, person_id", _FOUND)
    twins = pl.DataFrame(schema=_TWINS)
    if unnumbered:
        of_file = " UNION ".join(_OF_FILE.format(key=key, most=most) for key, most in keys.MOST.items())
        twins = stage.fetch(f"SELECT row, other FROM ({of_file}) t ORDER BY row, other", _TWINS)
    stage.run("DROP TABLE stage_alike")
    return people, twins


def _judged(
    found: Alike,
    news: _News,
    pairs: pl.DataFrame,
    twins: pl.DataFrame,
    areas: Sequence[str],
    known: prepare.Keys,
    foretell: bool,
) -> Alike:
    """Pairs of rows and people, and of rows, judged by what they state."""
    from linli.registry.matching import judging  # the analytical database: not before it is needed

    stated = news.facts(_with_same_number(pl.concat([pairs["row"], twins["row"], twins["other"]]), known.shared))
    held = facts.of("registry_person", "t.id IN (SELECT person_id FROM alike)", numbers=False)
    held = held.join(_sight(areas), on="id", how="left", maintain_order="left").with_columns(
        pl.col("seen").fill_null(False)
    )
    stage.run("DROP TABLE alike")
    rows = pl.DataFrame({"row": stated["row"], "one": np.arange(stated.height)})
    others = rows.select(pl.col("row").alias("other"), pl.col("one").alias("to"))
    people = pl.DataFrame({"person_id": held["id"], "to": np.arange(held.height) + stated.height})
    nodes = pl.concat(
        [
            pairs.join(rows, on="row").join(people, on="person_id").select("one", "to"),
            twins.join(rows, on="row").join(others, on="other").select("one", "to"),
        ]
    )
    current, limits = parameters.known(), parameters.thresholds()
    both = pl.concat([stated.select(facts.MATCHED), held.select(facts.MATCHED)])
    with files.scratch() as folder:
        judged = judging.judge(
            current.model, judging.standard_of(both), nodes["one"].to_numpy(), nodes["to"].to_numpy(), folder,
            limits.merge, clock.today(),
        )  # fmt: skip
    settled = settling.settle(
        stated.height, held["seen"].to_list(), judged.one, judged.other, judged.odds,
        _identities(stated, held, known, found.outcomes), limits.merge, limits.review,
    )  # fmt: skip
    return Alike(
        _refined(found.outcomes, stated, held, settled),
        _grouped(found.shared, stated, settled),
        found.asked if foretell else _asked(judged, stated, held, settled),
        current.version,
    )


def _sight(areas: Sequence[str]) -> pl.DataFrame:
    """`id` and `seen` of candidates whom whoever brings the rows may see."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT a.person_id::text FROM alike c JOIN registry_person_area a USING (person_id) "
            "WHERE a.area_code ^@ ANY(%s)",
            [list(areas)],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return pl.DataFrame({"id": ids, "seen": [True] * len(ids)}, schema={"id": pl.String, "seen": pl.Boolean})


def _with_same_number(rows: pl.Series, shared: pl.DataFrame) -> pl.Series:
    """Rows, and those of the file that state the number of one of them: they are one person and go together."""
    firsts = shared.join(pl.DataFrame({"row": rows}), on="row", how="semi").select("first")
    return pl.concat([rows, shared.join(firsts, on="first", how="semi")["row"]]).unique().sort()


def _identities(stated: pl.DataFrame, held: pl.DataFrame, known: prepare.Keys, outcomes: Outcomes) -> Ints:
    """A number above 0 for each identity number among rows and people. Those of people in the base are their own; whoever has
    none yet has what another row of the file, found by its record id, brings them."""
    low, high = stated["row"].min(), stated["row"].max()
    hashes = pl.concat([part.select("row", "id_hash") for part in known.rows.within(low, high)])  # type: ignore[arg-type]
    own = stated.select("row").join(hashes, on="row", how="left", maintain_order="left")["id_hash"]
    brought = held.select("id").join(_brought(held, known, outcomes), on="id", how="left", maintain_order="left")
    told = pl.concat([own, brought["id_hash"]]).rank("dense").fill_null(0).cast(pl.Int64).to_numpy()
    alone = (held["numbered"] == "t").to_numpy() | (brought["numbers"].fill_null(0) > 1).to_numpy()
    most = int(told.max(initial=0))
    people = np.where(alone, np.arange(held.height) + most + 1, told[stated.height :])
    return np.concatenate([told[: stated.height], people])


def _brought(held: pl.DataFrame, known: prepare.Keys, outcomes: Outcomes) -> pl.DataFrame:
    """`id`, `id_hash` and how many `numbers`: what rows that are found already bring to some people."""
    people = held.select("id").unique()
    found = [
        part.filter(pl.col("outcome") == "update")
        .select("row", id=pl.col("person_id"))
        .join(people, on="id", how="semi")
        for part in outcomes.told
    ]
    rows = pl.concat([pl.DataFrame(schema={"row": pl.Int64, "id": pl.String}), *found])
    parts = (
        [rows.join(part.select("row", "id_hash").drop_nulls(), on="row") for part in known.rows] if rows.height else []
    )
    empty = pl.DataFrame(schema={"row": pl.Int64, "id": pl.String, "id_hash": pl.String})
    return pl.concat([empty, *parts]).group_by("id").agg(pl.col("id_hash").min(), numbers=pl.col("id_hash").n_unique())


def _refined(outcomes: Outcomes, stated: pl.DataFrame, held: pl.DataFrame, settled: settling.Settled) -> Outcomes:
    """The outcomes with what was found of new rows. Nobody's position is the one after the last."""
    touched = np.flatnonzero(settled.fate != settling.NEW)
    if not len(touched):
        return outcomes
    person = np.where(settled.fate == settling.LINKED, settled.person, held.height)[touched]
    seen = np.append(held["seen"].to_numpy(), False)[person]
    outcome = np.where(person == held.height, "review", np.where(seen, "update", "transfer"))
    nobody = pl.Series([None], dtype=pl.String)
    more = pl.DataFrame(
        {
            "row": stated["row"].gather(touched),
            "outcome": pl.Series(outcome.tolist(), dtype=pl.String),
            "person_id": pl.concat([held["id"], nobody]).gather(person),
            "previous_id": nobody.new_from_index(0, len(touched)),
        }
    )
    counts = dict(outcomes.counts)
    counts["new"] -= more.height
    for name, number in more["outcome"].value_counts().iter_rows():
        counts[name] = counts.get(name, 0) + number
    told = pl.concat([*outcomes.told, more.select(list(OUTCOMES))]).sort("row")
    return Outcomes({name: number for name, number in counts.items() if number}, Slices.of(told, "row"))


def _grouped(shared: pl.DataFrame, stated: pl.DataFrame, settled: settling.Settled) -> pl.DataFrame:
    """`shared` with the rows that are one new person, under the group of their number where one has a number."""
    sizes = np.bincount(settled.first, minlength=stated.height)
    several = np.flatnonzero((settled.fate == settling.NEW) & (sizes[settled.first] > 1))
    if not len(several):
        return shared
    told = pl.DataFrame({"row": stated["row"].gather(several), "head": stated["row"].gather(settled.first[several])})
    numbered = told.join(shared, on="row").group_by("head").agg(pl.col("first").min())
    grouped = told.join(numbered, on="head", how="left").select("row", pl.coalesce("first", "head").alias("first"))
    return pl.concat([shared.join(grouped, on="row", how="anti"), grouped])


def _asked(judged: Judged, stated: pl.DataFrame, held: pl.DataFrame, settled: settling.Settled) -> pl.DataFrame:
    """The pairs to be asked about, the likeliest first, with their weights."""
    chosen = settled.asked[np.argsort(-settled.chance[settled.asked], kind="stable")]
    one, other = judged.one[chosen], judged.other[chosen]
    of_person = other >= stated.height
    lines = lines_of(judged.explained(chosen))
    nobody, no_row = pl.Series([None], dtype=pl.String), pl.Series([None], dtype=pl.Int64)
    return pl.DataFrame(
        {
            "row": stated["row"].gather(one),
            "other": pl.concat([stated["row"], no_row]).gather(np.where(of_person, stated.height, other)),
            "person_id": pl.concat([held["id"], nobody]).gather(
                np.where(of_person, other - stated.height, held.height)
            ),
            "waits": of_person & (settled.fate[one] == settling.WAITS),
            "probability": settled.chance[chosen],
            "lines": pl.Series(lines, dtype=pl.String),
        },
        schema=_ASKED,
    )


def file(found: Alike) -> None:
    """File what somebody is to be asked about, once the rows are written and everybody is in the lists."""
    if not found.asked.height:
        return
    file_rows(found.asked.filter("waits"), found.version)
    pairs = found.asked.filter(~pl.col("waits"))
    if pairs.height:
        file_pairs(_people(pairs), found.version, clock.now())


def _people(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of rows, or of a row and a person, as pairs of those they are now; what waits or is asked of another town is
    nobody's yet."""
    columns = {"row": "integer", "other": "integer", "person_id": "uuid", "probability": "float8", "lines": "text"}
    stage.create("asked", columns)
    stage.fill("asked", columns, pairs)
    schema = {"person_id": pl.String, "other_id": pl.String, "probability": pl.Float64, "lines": pl.String}
    mine = "s.outcome IN ('new', 'update')"
    found = stage.fetch(
        f"""
        SELECT person_id, other_id, probability, lines FROM (
            SELECT DISTINCT ON (least(s.person_id, t.other_id), greatest(s.person_id, t.other_id))
                   s.person_id, t.other_id, a.probability, a.lines
            FROM asked a JOIN stage s ON s.row = a.row AND {mine}
            LEFT JOIN stage o ON o.row = a.other AND o.outcome IN ('new', 'update')
            CROSS JOIN LATERAL (SELECT coalesce(a.person_id, o.person_id) AS other_id) t
            WHERE t.other_id <> s.person_id
            ORDER BY least(s.person_id, t.other_id), greatest(s.person_id, t.other_id), a.probability DESC
        ) f ORDER BY probability DESC, person_id
        """,
        schema,
    )
    stage.run("DROP TABLE asked")
    return with_facts(found)
