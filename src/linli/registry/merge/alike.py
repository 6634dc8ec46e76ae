"""Rows that no number or record id brought to anybody: who of the base, and of the same file, is likely the same.

Rows are compared with whoever shares a key with them (`candidates`); only those people's facts are read. Who has a number is
never compared with another who has one: they would have been found by it, or are two.

Whoever brings the rows learns nothing of people out of sight. So rows are settled among those in sight as if nobody else
existed, exactly as it was foretold; only then are those whom nobody in sight is for looked at with the others, and what comes of
that is a request to move in, or a question to those who see both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from linli.kernel import clock, files
from linli.kernel.slices import Slices
from linli.registry.matching import facts, parameters, settling
from linli.registry.matching.clustering import Ints
from linli.registry.matching.filing import file_linked, file_pairs, file_rows, lines_of, with_facts

from . import prepare, stage
from .candidates import FAR, NEAR, Base, Candidates, News, candidates
from .match import OUTCOMES, Outcomes

if TYPE_CHECKING:
    from linli.registry.matching.judging import Judged

Words = np.ndarray[Any, np.dtype[np.str_]]

_FATES = {"row": pl.Int64, "fate": pl.Int64}
_ASKED = {
    "row": pl.Int64, "other": pl.Int64, "person_id": pl.String, "waits": pl.Boolean, "probability": pl.Float64, "lines": pl.String,
}  # fmt: skip
_LINKED = {"row": pl.Int64, "probability": pl.Float64, "lines": pl.String}


@dataclass(frozen=True, slots=True)
class Alike:
    """What is known of a file's rows, and of which of them are one new person (`row`, `first`; see `prepare.People`).

    `asked`: pairs somebody is to be asked about; `linked`: why rows were put with somebody, by the parameters of `version`.
    """

    outcomes: Outcomes
    shared: pl.DataFrame
    asked: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_ASKED))
    linked: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_LINKED))
    version: int = 0


def look(
    whole: Iterable[pl.DataFrame],
    known: prepare.Keys,
    outcomes: Outcomes,
    areas: Sequence[str],
    district: str,
    foretell: bool = False,
) -> Alike:
    """Who the new rows are alike to. `areas`: what whoever brings them may see; with `foretell` nobody else is there.

    Runs inside the transaction of the matching system actor.
    """
    found = Alike(outcomes, known.shared)
    if not outcomes.counts.get("new"):
        return found
    base = Base.now()
    unnumbered = any(part["id_hash"].null_count() for part in known.rows)
    if not unnumbered and not base.unnumbered:
        return found
    news = News(whole, known, outcomes)
    news.stage()
    everything = any(district.startswith(area) for area in areas)
    pairs = candidates(base, unnumbered, areas, everything, elsewhere=not foretell)
    fates = pl.DataFrame(schema=_FATES)
    if pairs.near.height or pairs.twins.height:
        here = _looked(news, pairs.near, pairs.twins, NEAR, known, outcomes)
        found, fates = _here(found, here, foretell), here.fates()
    if pairs.far.height:
        found = _elsewhere(found, news, pairs, fates, known)
    return found


@dataclass(frozen=True, slots=True)
class _Looked:
    """Rows (`stated`) and people (`held`) with what each pair of them comes to (positions of rows, then of people)."""

    stated: pl.DataFrame
    held: pl.DataFrame
    judged: Judged
    identity: Ints
    settled: settling.Settled
    version: int
    review: float

    def fates(self) -> pl.DataFrame:
        """`row` and `fate`."""
        return pl.DataFrame({"row": self.stated["row"], "fate": self.settled.fate}, schema=_FATES)


def _looked(
    news: News, pairs: pl.DataFrame, twins: pl.DataFrame, table: str, known: prepare.Keys, outcomes: Outcomes
) -> _Looked:
    """Pairs of rows and people (the ids of whom are in `table`, which goes), and of rows, judged by what they state."""
    from linli.registry.matching import judging  # the analytical database: not before it is needed

    stated = news.facts(_with_same_number(pl.concat([pairs["row"], twins["row"], twins["other"]]), known.shared))
    held = facts.of("registry_person", f"t.id IN (SELECT person_id FROM {table})", numbers=False)
    stage.run(f"DROP TABLE {table}")
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
    identity = _identities(stated, held, known, outcomes)
    settled = settling.settle(
        stated.height, held.height, judged.one, judged.other, judged.odds, identity, limits.merge, limits.review
    )
    return _Looked(stated, held, judged, identity, settled, current.version, limits.review)


def _here(found: Alike, here: _Looked, foretell: bool) -> Alike:
    """With what came of people in sight and of the rows themselves."""
    touched = np.flatnonzero(here.settled.fate != settling.NEW)
    outcome = np.where(here.settled.fate[touched] == settling.LINKED, "update", "review")
    told = replace(
        found,
        outcomes=_refined(found.outcomes, here, touched, outcome),
        shared=_grouped(found.shared, here.stated, here.settled),
        version=here.version,
    )
    if foretell:
        return told
    waits = here.settled.fate == settling.WAITS
    return replace(told, asked=_asked(here, here.settled.asked, waits), linked=_linked(here))


def _elsewhere(found: Alike, news: News, pairs: Candidates, fates: pl.DataFrame, known: prepare.Keys) -> Alike:
    """With what came of people out of sight, of rows that are nobody's in sight: theirs are surely asked to move in, who may
    only be theirs comes in. Rows that wait are asked about with them too, and go on waiting."""
    far = pairs.far.join(fates.filter(pl.col("fate") == settling.LINKED), on="row", how="anti")
    if not far.height:
        stage.run(f"DROP TABLE {FAR}")
        return found
    settled = fates.filter(pl.col("fate") != settling.NEW)
    twins = pairs.twins.join(settled, on="row", how="anti").join(settled, left_on="other", right_on="row", how="anti")
    there = _looked(news, far, twins, FAR, known, found.outcomes)
    rows, judged = there.stated.height, there.judged
    waits = there.stated["row"].is_in(settled["row"].implode()).to_numpy()
    moves = np.flatnonzero((there.settled.fate == settling.LINKED) & ~waits)
    likely = settling.likely(rows, judged.one, judged.other, judged.odds, there.identity, there.review)
    asked = np.flatnonzero(likely & ~np.isin(judged.one, moves))
    moved = there.stated.select("row")[moves]
    linked = _linked(there).join(moved, on="row", how="semi")
    return replace(
        found,
        linked=pl.concat([found.linked.join(moved, on="row", how="anti"), linked]),
        outcomes=_refined(found.outcomes, there, moves, np.full(len(moves), "transfer")),
        asked=pl.concat([found.asked, _asked(there, asked, waits)]),
        version=there.version,
    )


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


def _refined(outcomes: Outcomes, looked: _Looked, touched: Ints, outcome: Words) -> Outcomes:
    """The outcomes with those of new rows (`touched`, by position) that are no longer new."""
    if not len(touched):
        return outcomes
    person = np.where(looked.settled.person >= 0, looked.settled.person, looked.held.height)[touched]
    nobody = pl.Series([None], dtype=pl.String)  # its position is the one after the last
    more = pl.DataFrame(
        {
            "row": looked.stated["row"].gather(touched),
            "outcome": pl.Series(outcome.tolist(), dtype=pl.String),
            "person_id": pl.concat([looked.held["id"], nobody]).gather(person),
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


def _asked(looked: _Looked, chosen: Ints, waits: settling.Bools) -> pl.DataFrame:
    """Pairs (by position) to be asked about, the likeliest first, with their weights. `waits`: which rows do."""
    stated, held, judged, chance = looked.stated, looked.held, looked.judged, looked.settled.chance
    chosen = chosen[np.argsort(-chance[chosen], kind="stable")]
    one, other = judged.one[chosen], judged.other[chosen]
    of_person = other >= stated.height
    nobody, no_row = pl.Series([None], dtype=pl.String), pl.Series([None], dtype=pl.Int64)
    return pl.DataFrame(
        {
            "row": stated["row"].gather(one),
            "other": pl.concat([stated["row"], no_row]).gather(np.where(of_person, stated.height, other)),
            "person_id": pl.concat([held["id"], nobody]).gather(
                np.where(of_person, other - stated.height, held.height)
            ),
            "waits": of_person & waits[one],
            "probability": chance[chosen],
            "lines": pl.Series(lines_of(judged.explained(chosen)), dtype=pl.String),
        },
        schema=_ASKED,
    )


def _linked(looked: _Looked) -> pl.DataFrame:
    """Why rows were put with somebody: the weights of the pair that speaks for it most."""
    witness = settling.witnesses(
        looked.stated.height, looked.judged.one, looked.judged.other, looked.settled, looked.review
    )
    rows = np.flatnonzero(witness >= 0)
    chosen = witness[rows]
    return pl.DataFrame(
        {
            "row": looked.stated["row"].gather(rows),
            "probability": looked.settled.chance[chosen],
            "lines": pl.Series(lines_of(looked.judged.explained(chosen)), dtype=pl.String),
        },
        schema=_LINKED,
    )


def file(found: Alike) -> None:
    """File what somebody is to be asked about, and why rows were put with somebody, once the rows are written and everybody is
    in the lists."""
    if found.linked.height:
        file_linked(found.linked, found.version)
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
