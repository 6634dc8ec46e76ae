"""`linli text`: learn categories from labelled texts, apply them to a file, and say how good that is. Without a database.

    linli text train FILE --text COL --label COL --model OUT     without FILE: from the seed texts that are shipped
    linli text predict FILE --model M --text COL --out OUT.csv   row (from 0), label, probability, second
    linli text evaluate FILE --text COL --label COL --folds 5
    linli text learn                                           from the district's closed cases; this one needs its database

`--text` may be given several times; the first column then stands as the title. Exit codes: 0 done, 1 it cannot be.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from .evaluation import Evaluation

FAILURE = 1

text_app = typer.Typer(
    name="text",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Suggest the category of a report from its words · 按文字建议案件类别",
)

File = Annotated[
    Path,
    typer.Argument(help="A table: .csv .xlsx .parquet · 表格", exists=True, dir_okay=False, show_default=False),
]
TextColumns = Annotated[
    list[str], typer.Option("--text", help="Column of the texts; several: the title first · 文字列，可多次，标题在前")
]
Label = Annotated[str, typer.Option("--label", help="Column of the categories · 类别列")]
Out = Annotated[Path, typer.Option("--out", "-o", dir_okay=False, help="Write OUT.csv · 结果文件")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines · 输出 JSON")]


@text_app.command("train")
def train(
    model: Annotated[Path, typer.Option("--model", "-m", dir_okay=False, help="Write the model there · 模型文件")],
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A labelled table; without it the shipped seed texts · 带类别的表格，不写则用自带的种子文本",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    text: Annotated[
        list[str] | None, typer.Option("--text", help="Column of the texts; several: the title first · 文字列")
    ] = None,
    label: Annotated[str | None, typer.Option("--label", help="Column of the categories · 类别列")] = None,
    as_json: AsJson = False,
) -> None:
    """Learn the categories of FILE and write a model · 训练模型"""
    from .alike import groups
    from .keeping import save
    from .training import train as learn

    with told():
        if file is None:
            from .seeds import first_lessons

            shipped = first_lessons()
            texts, labels = [s.text for s in shipped], [s.code for s in shipped]
        else:
            if not text or label is None:
                raise typer.BadParameter("--text, --label: 请指明文字列和类别列 / name the columns of FILE")
            texts, labels = _read(file, text, label)
        made = learn(texts, labels, groups(texts))
        save(made, model)
    if as_json:
        print(json.dumps({"labels": list(made.labels), "grams": int(made.vocabulary.grams.size), **made.notes}))
        return
    print(
        f"{made.notes['rows']} 条 texts · {len(made.labels)} 类 labels · 留出检验 held out: "
        f"macro-F1 {made.notes['held_out_macro_f1']:.3f} · 前二 top-2 {made.notes['held_out_top2']:.3f} · "
        f"阈值 threshold {made.notes['threshold']:.2f}"
    )


@text_app.command("predict")
def predict(
    file: File,
    model: Annotated[Path, typer.Option("--model", "-m", exists=True, dir_okay=False, help="A model · 模型文件")],
    text: TextColumns,
    out: Out,
) -> None:
    """Write the likeliest category of every row and the second · 预测类别"""
    from ..tables import joined, read_columns, write_csv
    from .keeping import load

    with told():
        kept = load(model)
        texts = joined(read_columns(file, text), text)
        rows = (
            (row, found[0].label, f"{found[0].probability:.4f}", found[1].label) if found else (row, "", "", "")
            for row, found in enumerate(kept.predict(texts))
        )
        write_csv(out, ("row", "label", "probability", "second"), rows)
    print(f"{len(texts)} 行 rows -> {out}", file=sys.stderr)


@text_app.command("evaluate")
def evaluate(
    file: File,
    text: TextColumns,
    label: Label,
    folds: Annotated[int, typer.Option(min=2, max=50, help="Folds · 折数")] = 5,
    as_json: AsJson = False,
) -> None:
    """Cross-validate: macro-F1, each category, first two, calibration · 交叉检验

    Nearly identical texts are kept in one fold, which is the more honest split: a letter sent forty times would else be
    tested on copies of itself.
    """
    from .alike import groups
    from .evaluation import evaluate as judge

    with told():
        texts, labels = _read(file, text, label)
        found = judge(texts, labels, groups(texts), folds)
    print(json.dumps(asdict(found), ensure_ascii=False) if as_json else _table(found))


@text_app.command("learn")
def learn(
    again: Annotated[
        bool, typer.Option("--again", help="Also where nothing was closed since the last version · 没有新办结也训练")
    ] = False,
    as_user: Annotated[
        str | None, typer.Option("--as", help="Act as this account; else as operator · 以某账号身份")
    ] = None,
) -> None:
    """Learn from the district's closed cases and use the new version if it does better · 从已办结案件学习"""
    from linli.access.command_line import operating

    from ..suggesting.learning import learn as learn_from_cases

    with operating(as_user) as actor:
        made = learn_from_cases(actor, again)
    if made is None:
        print("没有新办结的案件，或办结的还太少，无法比较 nothing was closed since, or too little to compare by")
        return
    before = "" if made.before_macro_f1 is None else f"（在用版本 in use {made.before_macro_f1:.3f}）"
    word = {
        "first": "已启用 in use",
        "better": "更好，已启用 better, in use",
        "not_better": "没有更好，未启用 no better, kept aside",
    }
    print(
        f"{made.seeds} 条种子 seeds · {made.cases} 件案件 cases · {made.labels} 类 labels · 留出 held out {made.held_out} 件 · "
        f"macro-F1 {made.macro_f1:.3f}{before} · 前二 top-2 {made.top2:.3f} · 阈值 threshold {made.threshold:.2f} · "
        f"{word[made.outcome]}"
    )


def _read(file: Path, text: list[str], label: str) -> tuple[list[str], list[str]]:
    from ..tables import joined, read_columns

    frame = read_columns(file, [*text, label])
    return joined(frame, text), frame[label].str.strip_chars().to_list()


def _table(found: Evaluation) -> str:
    lines = [
        f"{found.rows} 条 texts · {found.folds} 折 folds，近似重复的 {found.grouped} 条不分在两边 near copies kept together",
        f"macro-F1 {found.macro_f1:.4f} · 准确率 accuracy {found.accuracy:.4f} · 前二 top-2 {found.top2:.4f} · "
        f"校准误差 calibration error {found.gap:.4f}",
        "",
        "precision  recall      F1    rows  label",
        *(f"{o.precision:9.4f}{o.recall:8.4f}{o.f1:8.4f}{o.rows:8}  {o.label}" for o in found.labels),
        "",
        "把握 sure  对 right    rows",
        *(f"{b.sure:9.3f}{b.right:10.3f}{b.rows:8}" for b in found.bins),
    ]
    return "\n".join(lines)


@contextmanager
def told() -> Iterator[None]:
    """Problems in both languages and exit code 1, instead of a traceback."""
    from linli.kernel.errors import Problem

    try:
        yield
    except Problem as problem:
        for language in ("zh-CN", "en"):
            print(problem.text.say(language, problem.params), file=sys.stderr)
        raise typer.Exit(FAILURE) from problem
    except OSError as error:
        print(str(error), file=sys.stderr)
        raise typer.Exit(FAILURE) from error


_LEAVES: tuple[Any, ...] = (train, predict, evaluate)
for _leaf in _LEAVES:
    _leaf.needs_database = False  # the front door asks before it starts one
