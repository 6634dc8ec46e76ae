"""Parameters without labels, by Splink: u from random pairs, m by expectation maximisation within what blocks agree on.

What is seen is put on top of what is assumed, so that a hundred rows do not overrule experience and a million do.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .comparisons import Comparison
from .model import Model, Shares, blend, normal

RANDOM_PAIRS, MOST_EM_PAIRS = 1_000_000, 200_000
# As many pairs as assumptions count for.
TRUST_M, TRUST_U = 40.0, 20_000.0


@dataclass(frozen=True, slots=True)
class Session:
    """Pairs that are mostly one person's, by what they share: they tell of every comparison but those in `uses`."""

    rule: str
    uses: frozenset[str]


SESSIONS = {
    "han": (
        Session("l.number_key = r.number_key", frozenset({"number"})),
        Session("l.pinyin_code = r.pinyin_code AND l.birth_said = r.birth_said", frozenset({"name", "birth"})),
        Session("l.phone_code = r.phone_code AND l.pinyin_code = r.pinyin_code", frozenset({"name", "phone"})),
    ),
    "latin": (
        Session("l.number_key = r.number_key", frozenset({"number"})),
        Session(
            "l.letters_code = r.letters_code AND l.birth_said = r.birth_said", frozenset({"given", "family", "birth"})
        ),
        Session("l.letters_code = r.letters_code AND l.postcode = r.postcode", frozenset({"given", "family", "area"})),
    ),
}
# A session with fewer pairs says nothing.
_SOUGHT = 30


def estimate(connection: Any, table: str, before: Model, seed: int = 1) -> tuple[Model, Any]:
    """The model of the records in `table` (columns of `standard`), and Splink's linker for its charts.

    A session that finds too few pairs is left out; a comparison that no session tells of keeps its assumptions.
    """
    from splink import DuckDBAPI, Linker

    used = before.used
    api = DuckDBAPI(connection=connection)
    records = _count(connection, table)
    settings = described(before, records)
    linker = Linker(api.register(table), settings, log_level=logging.ERROR, validate_settings=False)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=RANDOM_PAIRS, seed=seed, min_count_per_level=None, num_chunks=1
    )
    most = 0.0
    sizes: dict[str, list[tuple[dict[int, float], float]]] = {c.code: [] for c in used}
    for asked in SESSIONS[before.script]:
        if asked.uses.issuperset(before.comparisons):
            continue
        pairs = _pairs(connection, table, asked.rule)
        if pairs < _SOUGHT:
            continue
        session = linker.training.estimate_parameters_using_expectation_maximisation(
            asked.rule, estimate_without_term_frequencies=True, max_pairs=MOST_EM_PAIRS
        )
        settings_now = session.core_model_settings
        share = float(settings_now.probability_two_random_records_match)
        matched, most = min(pairs, MOST_EM_PAIRS) * share, max(most, pairs * share)
        for comparison in (c for c in settings_now.comparisons if c.output_column_name not in asked.uses):
            found = {
                lv.comparison_vector_value: _share(lv.m_probability)
                for lv in comparison._comparison_levels_excluding_null
            }
            sizes[comparison.output_column_name].append((found, matched))
    every = records * (records - 1) / 2
    drawn = _Drawn(min(RANDOM_PAIRS, every), most / every)
    shares = {c.code: _shares(c, before.shares[c.code], linker, sizes[c.code], drawn) for c in used}
    return replace(before, shares=shares), linker


def described(model: Model, records: int = 1000) -> Any:
    """The model as Splink's settings."""
    from splink import SettingsCreator

    logging.getLogger("splink").setLevel(logging.ERROR)
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="row",
        comparisons=[_told(c, model) for c in model.used],
        blocking_rules_to_generate_predictions=[],
        probability_two_random_records_match=_chance(model, records),
        retain_matching_columns=False,
        max_iterations=15,
    )


def _told(comparison: Comparison, before: Model) -> dict[str, Any]:
    """A comparison in Splink's words."""
    shares = before.shares[comparison.code]
    levels: list[dict[str, Any]] = [
        {"sql_condition": comparison.unknown, "label_for_charts": "unknown 未知", "is_null_level": True}
    ]
    for at, level in enumerate(comparison.levels):
        gamma = comparison.size - 1 - at
        levels.append(
            {
                "sql_condition": level.condition or "ELSE",
                "label_for_charts": f"{level.en} {level.zh}",
                "m_probability": shares.m[gamma],
                "u_probability": shares.u[gamma],
            }
        )
    return {"output_column_name": comparison.code, "comparison_levels": levels}


@dataclass(frozen=True, slots=True)
class _Drawn:
    """How many random pairs there were, and the share of them that was one person's: much, in a small file."""

    pairs: float
    matched: float


def _shares(
    comparison: Comparison, before: Shares, linker: Any, seen: Sequence[tuple[dict[int, float], float]], drawn: _Drawn
) -> Shares:
    """What was seen on top of what was assumed. `seen`: shares by gamma, and of how many matches, for each session."""
    m = before.m
    if seen:
        total = sum(weight for _, weight in seen)
        if total:
            mean = [sum(told.get(g, 0.0) * w for told, w in seen) / total for g in range(comparison.size)]
            m = blend(mean, total, before.m, TRUST_M)
            m = normal([min(share, comparison.level(g).most) for g, share in enumerate(m)])
    trained = next(c for c in linker._settings_obj.comparisons if c.output_column_name == comparison.code)
    found = {lv.comparison_vector_value: _trained(lv) for lv in trained._comparison_levels_excluding_null}
    apart = [max(found.get(g, 0.0) - drawn.matched * m[g], 0.0) / (1.0 - drawn.matched) for g in range(comparison.size)]
    u = blend(apart, drawn.pairs, before.u, TRUST_U)
    if comparison.code == "number":  # two people have one number by mistake only, never by chance
        u = before.u
    return Shares(m, u, before.kin)


def _trained(level: Any) -> float:
    found = [r["probability"] for r in level._trained_u_probabilities if not isinstance(r["probability"], str)]
    return float(found[-1]) if found else 0.0


def _share(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _chance(model: Model, records: int) -> float:
    return min(0.5, model.matches * 2 / max(records - 1, 1))


def _count(connection: Any, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _pairs(connection: Any, table: str, rule: str) -> int:
    sql = f"SELECT count(*) FROM {table} l JOIN {table} r ON {rule} AND l.row < r.row"
    return int(connection.execute(sql).fetchall()[0][0])
