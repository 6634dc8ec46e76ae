"""A file matched: read, clustered, written, evaluated, reported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from linli.kernel import files
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.registry.matching import engine
from linli.registry.matching.evaluate import Evaluation, Quality, evaluate
from linli.registry.matching.explain import explain
from linli.registry.matching.model import from_json

from .reading import Records, read

NO_COLUMN = Text("文件中没有列“{column}”。", "The file has no column “{column}”.")
NOTHING = Text("没有可用于比对的列（需要姓名等）。", "No column that people can be matched by, such as a name.")
MODEL = Text("参数文件不可用：{why}", "This parameter file cannot be used: {why}")


@dataclass(frozen=True, slots=True)
class Done:
    """A clustered file. `records.raw` still has the columns that took no part."""

    records: Records
    matched: engine.Matched

    @property
    def rows(self) -> int:
        """Rows of the file."""
        return self.records.frame.height

    @property
    def people(self) -> int:
        """How many they were found to be."""
        return int(pl.Series(self.matched.clusters.cluster).n_unique())

    def words(self) -> str:
        """One line for people."""
        columns = "，".join(f"{c}→{f}" for c, f in self.records.meant.items())
        return (
            f"{self.rows} 行 rows · {self.people} 人 people · {len(self.matched.pairs)} 对 pairs compared · {columns}"
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """What evaluation found."""

    rows: int
    people: int
    found: Evaluation

    def as_dict(self) -> dict[str, Any]:
        """For machines."""

        def of(q: Quality) -> dict[str, float]:
            return {"precision": round(q.precision, 6), "recall": round(q.recall, 6), "f1": round(q.f1, 6)}

        return {
            "rows": self.rows, "people": self.people, "pairwise": of(self.found.pairs),
            "clusters": of(self.found.clusters), "clusters_of_several": of(self.found.several),
        }  # fmt: skip

    def words(self) -> str:
        """A table for people."""
        lines = [f"{self.rows} 行 rows · {self.people} 人 people", f"{'':24} precision    recall        F1"]
        named = (
            ("pairwise 按对", self.found.pairs),
            ("clusters 按人", self.found.clusters),
            ("several 多条记录的人", self.found.several),
        )
        for name, q in named:
            wide = 24 - sum(ord(c) > 0x2E80 for c in name)
            lines.append(f"{name:{wide}} {q.precision:9.5f} {q.recall:9.5f} {q.f1:9.5f}")
        return "\n".join(lines)


def cluster_file(
    path: Path,
    threshold: float,
    *,
    kept: Path | None = None,
    report: Path | None = None,
    leave: tuple[str, ...] = (),
    watch: engine.Watch = lambda stage, seconds: None,
) -> Done:
    """Cluster a file. Raises kinds of UnreadableFile; Invalid where nothing in it can be matched by."""
    model = None
    if kept is not None:
        try:
            model = from_json(kept.read_text("utf-8"))
        except ValueError as error:
            raise Invalid(fields=(FieldProblem("model", "match.model", MODEL, {"why": str(error)}),)) from error
    records = read(path, leave)
    if not {"name", "surname", "given_name", "id_number"} & set(records.meant.values()):
        raise Invalid(fields=(FieldProblem("file", "match.columns", NOTHING),))
    with files.scratch() as folder:
        matched = engine.match(records.frame, folder, threshold, model, estimating=model is None, watch=watch)
        done = Done(records, matched)
        if report is not None:
            from linli.registry.matching.report import page

            facts = {
                "行 rows": done.rows,
                "人 people": done.people,
                "比较的对 pairs": len(matched.pairs),
                "阈值 threshold": threshold,
            }
            report.write_text(page(matched.model, matched.linker, facts, folder), "utf-8")
    return done


def write(done: Done, out: Path) -> None:
    """`row,cluster_id,probability`, every row of the file once, in its order."""
    clusters = done.matched.clusters
    pl.DataFrame(
        {
            "row": done.records.frame["row"],
            "cluster_id": pl.Series(clusters.cluster),
            "probability": pl.Series(clusters.probability).round(6),
        }
    ).write_csv(out)


def write_doubtful(done: Done, out: Path, threshold: float, language: str) -> int:
    """Pairs too likely to be dropped and not sure enough to be put together, the likeliest first, each with its weights in
    words. Returns how many. Pairs of two valid, different numbers are not among them."""
    clusters, pairs = done.matched.clusters, done.matched.pairs
    label = clusters.cluster
    apart = label[pairs.first] != label[pairs.second]
    chosen = np.flatnonzero((clusters.chance >= min(engine.REVIEW, threshold)) & apart)
    chosen = chosen[np.argsort(-clusters.chance[chosen], kind="stable")]
    told = explain(done.matched.model, pairs.at(chosen), done.rows)
    pl.DataFrame(
        {
            "row": pairs.first[chosen],
            "other_row": pairs.second[chosen],
            "probability": pl.Series(clusters.chance[chosen]).round(6),
            "reasons": ["；".join(line.say(language) for line in lines) for lines in told],
        },
        schema_overrides={"reasons": pl.String},
    ).write_csv(out)
    return len(chosen)


def evaluate_against(
    path: Path, truth: str, threshold: float, *, kept: Path | None = None, report: Path | None = None, watch: Any
) -> Judged:
    """Cluster a file without its truth, then compare. Raises Invalid where the column is missing."""
    done = cluster_file(path, threshold, kept=kept, report=report, leave=(truth,), watch=watch)
    if truth not in done.records.raw.columns:
        raise Invalid(fields=(FieldProblem("truth", "match.truth", NO_COLUMN, {"column": truth}),))
    found = evaluate(pl.Series(done.matched.clusters.cluster), done.records.raw[truth])
    return Judged(done.rows, done.people, found)
