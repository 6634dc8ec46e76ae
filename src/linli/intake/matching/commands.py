"""`linli match`: which rows of a file, and which people of the base, are one person. Thin; files need no database.

    linli match people.csv --out clusters.csv        row, cluster_id, probability for every row
    linli match evaluate people.csv --truth person   how well that agrees with a column that knows
    linli match people                               who is in the base twice, filed as proposals

Exit codes: 0 done, 1 the file cannot be read or holds nobody, or the actor may not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

FAILURE = 1


class FileFirst(TyperGroup):
    """`linli match FILE …` and `linli match --out OUT FILE` mean `linli match file …`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the sub-command in front where the first word is none."""
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = ["file", *args]
        return super().parse_args(ctx, args)


match_app = typer.Typer(
    cls=FileFirst,
    name="match",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Find which rows of a people file are one person: linli match FILE --out OUT.csv · 人员比对去重",
)

File = Annotated[
    Path,
    typer.Argument(help="A table of people: .csv .xlsx .xls .ods .parquet · 人员表格", exists=True, show_default=False),
]
Threshold = Annotated[
    float,
    typer.Option("--threshold", "-t", min=0.0, max=1.0, help="Least probability to put rows together · 合并的最低概率"),
]
ModelFile = Annotated[
    Path | None,
    typer.Option(
        "--model", exists=True, dir_okay=False, help="Kept parameters; else estimated from FILE · 使用已保存的参数"
    ),
]
Report = Annotated[
    Path | None, typer.Option("--report", help="Write charts of the parameters to OUT.html · 生成参数图表报告")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless it fails · 仅报错")]


@match_app.command("file", hidden=True)
def match_file(
    file: File,
    out: Annotated[Path, typer.Option("--out", "-o", help="Write row, cluster_id, probability to OUT.csv · 结果文件")],
    threshold: Threshold = 0.5,
    doubtful: Annotated[
        Path | None,
        typer.Option("--doubtful", help="Write pairs to look at, with reasons, to OUT.csv · 待人工判断的对"),
    ] = None,
    model: ModelFile = None,
    report: Report = None,
    lang: Annotated[str, typer.Option("--lang", help="zh or en: language of reasons · 语言")] = "zh",
    quiet: Quiet = False,
) -> None:
    """Cluster the rows of FILE: row (from 0), cluster_id, probability. 比对一个文件。"""
    from .run import cluster_file, write, write_doubtful

    with _told():
        done = cluster_file(file, threshold, kept=model, report=report, watch=_watch(quiet))
        write(done, out)
        if doubtful is not None:
            write_doubtful(done, doubtful, threshold, lang)
    if not quiet:
        print(done.words())


@match_app.command("evaluate")
def evaluate_file(
    file: File,
    truth: Annotated[str, typer.Option("--truth", help="Column that says who each row is · 真实归属列")],
    threshold: Threshold = 0.5,
    model: ModelFile = None,
    report: Report = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines · 输出 JSON")] = False,
) -> None:
    """Cluster FILE and compare with a column that knows: precision, recall, F1. 评价比对质量。"""
    from .run import evaluate_against

    with _told():
        found = evaluate_against(file, truth, threshold, kept=model, report=report, watch=_watch(as_json))
    print(json.dumps(found.as_dict(), ensure_ascii=False) if as_json else found.words())


@match_app.command("train")
def train(
    file: File,
    out: Annotated[Path, typer.Option("--out", "-o", help="Write the parameters to MODEL.json · 保存参数")],
    report: Report = None,
    quiet: Quiet = False,
) -> None:
    """Estimate the parameters of matching from FILE, without labels, and keep them. 估计比对参数。"""
    from .run import cluster_file

    with _told():
        done = cluster_file(file, 0.5, report=report, watch=_watch(quiet))
        out.write_text(done.matched.model.to_json() + "\n", "utf-8")
    if not quiet:
        print(done.words())


@match_app.command("people")
def match_people(
    area: Annotated[
        str | None, typer.Option("--area", help="Area code; else the whole area of the actor · 所属区划")
    ] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="First estimate the parameters of the base anew · 先重新估计参数")
    ] = False,
    as_user: Annotated[
        str | None, typer.Option("--as", help="Act as this account; else as operator · 以某账号身份")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines · 输出 JSON")] = False,
) -> None:
    """Find people of the base who are in it twice, and file them as proposals to decide on. 查找库内重复人员。"""
    from linli.registry.matching.duplicates import estimate as estimate_anew
    from linli.registry.matching.duplicates import find

    from ..commands import acting_as

    told: dict[str, Any] = {}
    with _told():
        actor = acting_as(as_user)
        whole = area or _own_area(actor)
        if estimate:
            made = estimate_anew(actor, _watch(as_json))
            told |= {"version": made.version, "statements": made.statements}
        found = find(actor, whole, _watch(as_json))
    filed = found.filed
    told |= {
        "people": found.people, "pairs": found.pairs, "opened": filed.opened, "again": filed.again, "open": filed.open,
        "withdrawn": filed.withdrawn, "decided": filed.decided,
    }  # fmt: skip
    if as_json:
        print(json.dumps(told))
        return
    if estimate:
        print(f"参数 version {told['version']} · {told['statements']} 条记录 statements")
    print(
        f"{found.people} 人 people · {found.pairs} 对 pairs compared · 新提议 opened {filed.opened} · "
        f"重新提议 again {filed.again} · 待核 open {filed.open} · 撤下 withdrawn {filed.withdrawn} · 已核 decided {filed.decided}"
    )


@match_app.command("thresholds")
def thresholds(
    merge: Annotated[
        float | None, typer.Option("--merge", help="From this probability on rows join a person · 合并阈值")
    ] = None,
    review: Annotated[
        float | None, typer.Option("--review", help="From this probability on somebody is asked · 待核阈值")
    ] = None,
    valid_from: Annotated[
        str | None, typer.Option("--from", help="First day they hold, YYYY-MM-DD; else today · 生效日期")
    ] = None,
    as_user: Annotated[
        str | None, typer.Option("--as", help="Act as this account; else as operator · 以某账号身份")
    ] = None,
) -> None:
    """Show, or set from a day on, how likely two must be one person in the base. 查看或设定阈值。"""
    from datetime import date

    from django.conf import settings

    from linli.kernel import clock
    from linli.kernel.scope import acting
    from linli.registry.matching import parameters
    from linli.registry.permissions import SURVIVORSHIP

    from ..commands import acting_as

    with _told():
        actor = acting_as(as_user)
        day = date.fromisoformat(valid_from) if valid_from else clock.today()
        with acting(actor):
            held = parameters.thresholds(day)
            if merge is not None or review is not None:
                actor.require(SURVIVORSHIP, settings.LINLI_DISTRICT)
                parameters.set_thresholds(actor, merge or held.merge, review or held.review, day)
                held = parameters.thresholds(day)
    print(f"{day} · 合并 merge {held.merge} · 待核 review {held.review}")


def _own_area(actor: Any) -> str:
    """The area in which the actor may join people; who has several must say which."""
    from linli.kernel.errors import Invalid
    from linli.registry.permissions import JOIN

    held = actor.areas_for(JOIN)
    if len(held) != 1:
        raise Invalid(reason="area")
    return str(held[0])


_LEAVES: tuple[Any, ...] = (match_file, evaluate_file, train)
for _leaf in _LEAVES:
    _leaf.needs_database = False  # the front door asks before it starts one


def _watch(quiet: bool) -> Any:
    """Stages and their seconds on the error stream, for whoever sits before a terminal."""
    if quiet or not sys.stderr.isatty():
        return lambda stage, seconds: None
    return lambda stage, seconds: print(f"{seconds:8.1f} s  {stage}", file=sys.stderr)


@contextmanager
def _told() -> Iterator[None]:
    """Problems in words and exit code 1, instead of a traceback."""
    from linli.kernel.errors import Problem

    try:
        yield
    except Problem as problem:
        for language in ("zh-CN", "en"):
            notes = [f"  {f.field}: {f.text.say(language, f.params)}" for f in problem.fields]
            print("\n".join([problem.text.say(language, problem.params), *notes]), file=sys.stderr)
        raise typer.Exit(FAILURE) from problem
    except (OSError, ValueError) as error:
        print(str(error), file=sys.stderr)
        raise typer.Exit(FAILURE) from error
