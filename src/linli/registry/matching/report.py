"""What matching was judged by, as one page with Splink's charts that loads nothing from elsewhere."""

from __future__ import annotations

import html
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import store
from .comparisons import read_by
from .estimate import described
from .model import Model

PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>比对报告 Matching report</title>
<style>body{{font:14px/1.6 sans-serif;margin:2rem;max-width:70rem}}table{{border-collapse:collapse}}
td,th{{border:1px solid #bbb;padding:.2rem .6rem;text-align:left}}td.n{{text-align:right}}</style>{libraries}</head>
<body><h1>比对报告 Matching report</h1><table>{facts}</table>
<h2>各项比较的依据 What each comparison was judged by</h2>{levels}
<h2>Splink</h2>{charts}</body></html>
"""
LEVELS = (
    "<tr><th>比较 comparison</th><th>程度 level</th><th>同一人 m</th><th>任意两人 u</th><th>同住者 kin</th>"
    "<th>权重 log₂(m/u)</th></tr>"
)


def page(model: Model, linker: Any, facts: Mapping[str, str | int | float], folder: Path) -> str:
    """The report as HTML. `linker`: Splink's, of the estimation; None where a kept model was used."""
    rows = "".join(
        f"<tr><th>{html.escape(k)}</th><td class=n>{html.escape(str(v))}</td></tr>" for k, v in facts.items()
    )
    charts = _charts(model, linker, folder)
    return PAGE.format(facts=rows, levels=_levels(model), libraries=_libraries(), charts=charts)


def _levels(model: Model) -> str:
    from math import log2

    rows = []
    for comparison in model.used:
        shares = model.shares[comparison.code]
        for at, level in enumerate(comparison.levels):
            g = comparison.size - 1 - at
            weight = log2(shares.m[g] / shares.u[g])
            rows.append(
                f"<tr><td>{comparison.zh} {comparison.en}</td><td>{level.zh} {level.en}</td><td class=n>{shares.m[g]:.4f}</td>"
                f"<td class=n>{shares.u[g]:.2e}</td><td class=n>{shares.kin[g]:.4f}</td><td class=n>{weight:+.1f}</td></tr>"
            )
    return f"<table>{LEVELS}{''.join(rows)}</table>"


def _libraries() -> str:
    from splink.internals import html_utils

    pages: Any = html_utils
    return "".join(f"<script>{text}</script>" for text in pages.load_chart_libraries().values())


def _charts(model: Model, linker: Any, folder: Path) -> str:
    """The weights used, drawn by Splink; and, where it estimated, what each of its sessions came to."""
    from splink.internals import html_utils

    pages: Any = html_utils
    parts = []
    for number, spec in enumerate([*_of_weights(model, folder), *(_of_sessions(linker) if linker is not None else ())]):
        parts.append(
            f'<div id="chart{number}"></div><script>vegaEmbed("#chart{number}", {pages.json_for_html(spec)});</script>'
        )
    return "\n".join(parts)


def _of_weights(model: Model, folder: Path) -> Sequence[dict[str, Any]]:
    from splink import DuckDBAPI, Linker

    with store.opened(folder) as connection:
        columns = "row INTEGER, " + ", ".join(f"{c} VARCHAR" for c in read_by(model.used))
        connection.execute(f"CREATE TABLE nobody ({columns})").fetchall()
        api = DuckDBAPI(connection=connection)
        drawn = Linker(api.register("nobody"), described(model), log_level=logging.ERROR, validate_settings=False)
        return [
            drawn.visualisations.match_weights_chart().chart_dict,
            drawn.visualisations.m_u_parameters_chart().chart_dict,
        ]


def _of_sessions(linker: Any) -> Sequence[dict[str, Any]]:
    if not linker._em_training_sessions:
        return []
    return [linker.visualisations.parameter_estimate_comparisons_chart().chart_dict]
