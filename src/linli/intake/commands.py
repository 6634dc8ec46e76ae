"""`linli intake`: take in a file, list and undo batches. Thin: everything is done by the same actions as in the wizard.

Exit codes of `run`: 0 merged (also with --skip-bad), or clean; 2 errors were found and nothing merged; 1 failure.
"""

from __future__ import annotations

import getpass
import json
import sys
from datetime import date as Date
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from .compare.commands import compare

intake_app = typer.Typer(
    name="intake",
    no_args_is_help=True,
    help="Take in tables of people and of other things, list and undo batches · 导入表格、查看和撤销批次",
    add_completion=False,
)
FAILURE, FINDINGS = 1, 2

File = Annotated[
    Path,
    typer.Argument(
        help="A table (.xlsx .xls .ods .csv .tsv), a .zip or a folder of them · 表格、压缩包或文件夹",
        show_default=False,
    ),
]
SourceCode = Annotated[str, typer.Option("--source", "-s", help="Code or name of the source · 数据来源")]
MapFile = Annotated[
    Path | None, typer.Option("--map", "-m", help="Mapping of columns as JSON · 列对应关系", exists=True)
]
Sheet = Annotated[
    str | None, typer.Option("--sheet", help="Sheet to read (in an archive: file/sheet); else all alike · 工作表")
]
Commit = Annotated[
    bool, typer.Option("--commit", help="Merge into the base; else only check and match · 并入人口库，否则只检查和比对")
]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="With --commit: leave out rows with errors · 跳过有错误的行")]
AsJson = Annotated[bool, typer.Option("--json", help="Print counts per finding code and the outcome as JSON")]
Errors = Annotated[
    Path | None, typer.Option("--errors", help="Write the file with bad cells marked to OUT.xlsx · 标注错误")
]
Area = Annotated[
    str | None,
    typer.Option("--area", help="Area code the rows belong to; else the whole area of the actor · 所属区划"),
]
Kind = Annotated[
    str | None,
    typer.Option(
        "--kind",
        help="people, entities, key-places, components, rentals, relations, tags; else told by the columns · 表格类型",
    ),
]
AsUser = Annotated[str | None, typer.Option("--as", help="Act as this account; else as operator · 以某账号身份")]
Observed = Annotated[
    str | None, typer.Option("--date", help="Date the facts were true (YYYY-MM-DD), else today · 数据日期")
]
Language = Annotated[str, typer.Option("--lang", help="zh or en: language of reasons · 语言")]


@intake_app.command("run")
def run(
    file: File,
    source: SourceCode,
    map: MapFile = None,
    sheet: Sheet = None,
    commit: Commit = False,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
    errors: Errors = None,
    area: Area = None,
    kind: Kind = None,
    as_user: AsUser = None,
    date: Observed = None,
    lang: Language = "zh",
) -> None:
    """Read, map, check and match FILE (or a folder, as one batch); with --commit merge it. 导入表格。"""
    from linli.kernel.errors import Problem

    from .perform import recover
    from .runner import run_file

    try:
        observed = day_of(date)
        document = document_of(map)
        if not file.exists():
            raise FileNotFoundError(2, "没有这个文件 · no such file", str(file))
        if errors and not errors.parent.is_dir():  # told now, and not after the checking
            raise FileNotFoundError(2, "没有这个文件夹 · no such folder", str(errors.parent))
        recover()
        actor = acting_as(as_user)
        chosen = area or default_area(actor)
        with progress(enabled=sys.stderr.isatty()) as watch:
            outcome = run_file(
                actor,
                file,
                source=source_code(actor, source),
                area=chosen,
                mapping=document,
                sheet=sheet,
                kind=kind,
                observed_on=observed,
                commit=commit,
                skip_bad=skip_bad,
                errors=errors,
                language=lang,
                watcher=watch,
            )
    except Problem as problem:
        failed(problem.code, said(problem, lang), as_json)
    except OSError as error:
        failed("intake.failed", file_trouble(error), as_json)
    except ValueError as error:
        failed("intake.failed", str(error), as_json)
    if outcome.problem is not None:
        failed(outcome.problem.code, said(outcome.problem, lang), as_json, str(outcome.batch_id))
    tell(outcome, lang, as_json, commit)
    raise typer.Exit(0 if outcome.merged or not outcome.has_errors else FINDINGS)


@intake_app.command("list")
def list_batches(
    area: Area = None,
    state: Annotated[str | None, typer.Option("--state", help="States, parted by commas · 状态")] = None,
    as_user: AsUser = None,
    as_json: AsJson = False,
    lang: Language = "zh",
) -> None:
    """The latest batches. 最近的导入批次。"""
    from rich.console import Console
    from rich.table import Table

    from linli.kernel.errors import Problem
    from linli.kernel.scope import acting

    from .queries import batches

    try:
        actor = acting_as(as_user)
        with acting(actor):
            found = batches(actor, area=area, state=state, limit=50, language=lang).items
    except Problem as problem:
        failed(problem.code, said(problem, lang), as_json)
    if as_json:
        print(
            json.dumps(
                [{"id": str(b.id), "state": b.state, "file": b.filename, "rows": b.rows} for b in found],
                ensure_ascii=False,
            )
        )
        return
    table = Table()
    # An id that is cut off is of no use to `undo`; the other columns may break their lines.
    table.add_column("批次 id", no_wrap=True, min_width=36)
    for heading in ("文件 file", "来源 source", "状态 state", "行 rows", "时间 at"):
        table.add_column(heading, overflow="fold")
    for b in found:
        table.add_row(
            str(b.id), b.filename, b.source_name, b.state, str(b.rows or ""), f"{b.created_at:%Y-%m-%d %H:%M}"
        )
    Console().print(table)


@intake_app.command("undo")
def undo(
    batch: Annotated[str, typer.Argument(help="Id of the batch · 批次 id")],
    as_user: AsUser = None,
    lang: Language = "zh",
) -> None:
    """Take a merged batch back exactly. 撤销一个已并入的批次。"""
    from linli.kernel.errors import Problem
    from linli.kernel.scope import acting

    from . import actions, perform

    try:
        chosen = batch_of(batch)
        actor = acting_as(as_user)
        with acting(actor):
            actions.undo_batch(actor, chosen)
        state = perform.perform("undo", chosen)
    except Problem as problem:
        failed(problem.code, said(problem, lang), False)
    except ValueError as error:
        failed("intake.failed", str(error), False)
    print(state or perform.load(chosen).state)


intake_app.command("compare")(compare)


@intake_app.command("recover")
def recover_now() -> None:
    """Go on with, or clear, what a killed process left (done by itself at every start). 处理中断的批次。"""
    from .perform import recover

    for batch_id, state in recover():
        print(batch_id, state)


def batch_of(text: str) -> UUID:
    """The id of a batch. Raises ValueError, in words."""
    try:
        return UUID(text)
    except ValueError:
        raise ValueError(
            f"“{text}”不是批次 id，见 linli intake list · no id of a batch; linli intake list shows them"
        ) from None


def day_of(text: str | None) -> Date | None:
    """A day as it is written in an option. Raises ValueError, in words."""
    try:
        return Date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"“{text}”不是日期，请写成 2026-01-31 · no date; write it as 2026-01-31") from None


def file_trouble(error: OSError) -> str:
    """Which file, and what is the matter with it."""
    return ": ".join(str(part) for part in (error.filename, error.strerror) if part) or str(error)


def document_of(path: Path | None) -> Any:
    """What a file of JSON says. Raises ValueError, in words."""
    try:
        return json.loads(path.read_text("utf-8-sig")) if path else None
    except ValueError as error:
        place = f"{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else "UTF-8?"
        raise ValueError(f"{path}: 不是有效的 JSON（{place}） · no valid JSON ({place})") from None


def acting_as(user: str | None) -> Any:
    """The actor of a command: an account, or whoever runs it, as a logged operator over the district."""
    from django.conf import settings

    from linli.access.queries.actors import of_username
    from linli.kernel.actors import operator
    from linli.kernel.errors import NotFound

    from .problems import UnknownAccount

    if not user:
        return operator(getpass.getuser(), settings.LINLI_DISTRICT)
    try:
        return of_username(user)
    except NotFound:
        raise UnknownAccount(user=user) from None


def default_area(actor: Any) -> str:
    """The actor's area where there is one; an actor with several must say which."""
    from linli.kernel.errors import Invalid

    from .permissions import BATCH_UPLOAD

    held = actor.areas_for(BATCH_UPLOAD)
    if len(held) != 1:
        raise Invalid(reason="area")
    return str(held[0])


def source_code(actor: Any, source: str) -> str:
    """The code of a source given by code or name; one that is not known is entered for operators."""
    from linli.kernel.scope import acting
    from linli.registry.queries.codes import sources

    with acting(actor):
        known = (
            {s.code: s.code for s in sources()}
            | {s.name: s.code for s in sources()}
            | {s.name_en: s.code for s in sources()}
        )
    return known.get(source, source)


def progress(enabled: bool) -> Any:
    """A context whose value shows state and percent on a terminal, and does nothing elsewhere."""
    from contextlib import contextmanager

    from .rules import PROGRESS

    @contextmanager
    def quiet() -> Any:
        yield lambda state, stage, percent: None

    @contextmanager
    def shown() -> Any:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        with bar:
            tasks: dict[str, Any] = {}

            def watch(state: Any, stage: str, percent: int) -> None:
                if state in PROGRESS and state not in tasks:
                    tasks[state] = bar.add_task(str(state), total=100)
                for name, task in tasks.items():
                    bar.update(task, completed=percent if name == state else 100)

            yield watch

    return shown() if enabled else quiet()


def said(problem: Any, language: str) -> str:
    """A problem with its field notes, in words."""
    where = f"{problem.params['file']}: " if problem.params.get("file") else ""
    notes = [f"{f.field}: {f.text.say(language, f.params)}" for f in problem.fields]
    return "\n  ".join([where + problem.text.say(language, problem.params), *notes])


def failed(code: str, message: str, as_json: bool, batch: str | None = None) -> None:
    """End with exit code 1 and say why."""
    if as_json:
        print(json.dumps({"outcome": "failed", "code": code, "message": message, "batch": batch}, ensure_ascii=False))
    else:
        print(message, file=sys.stderr)
    raise typer.Exit(FAILURE)


def tell(outcome: Any, language: str, as_json: bool, commit: bool) -> None:
    """Print what came of the file."""
    counts = outcome.check_counts
    if outcome.merged:
        result = "nothing_changed" if outcome.merge_counts.get("nothing_changed") else "merged"
    else:
        result = "findings" if outcome.has_errors else "clean"
    if as_json:
        print(
            json.dumps(
                {
                    "outcome": result,
                    "batch": str(outcome.batch_id),
                    "state": outcome.state,
                    "rows": outcome.rows,
                    "bad_rows": counts.get("bad_rows", 0),
                    "errors": counts.get("errors", 0),
                    "warnings": counts.get("warnings", 0),
                    "findings": counts.get("by_code", {}),
                    "match": outcome.match_counts,
                    "merge": outcome.merge_counts,
                    "errors_file": str(outcome.errors) if outcome.errors else None,
                },
                ensure_ascii=False,
            )
        )
        return
    _tell_people(outcome, result, language)


WORDS = {
    "zh": {
        "merged": "已并入人口库", "nothing_changed": "内容与库中完全相同，没有变化",
        "clean": "核对通过，没有错误（加 --commit 并入）",
        "findings": "有错误，没有并入（改正后重来，或加 --commit --skip-bad 跳过这些行）",
        "rows": "行", "bad": "有错误的行", "error": "错误", "warning": "提醒", "new": "新增", "updated": "更新",
        "elsewhere": "在其他辖区", "unchanged": "未变", "in_review": "待核对", "transfer": "迁入申请", "skipped": "跳过",
        "left": "不写入",
        "file": "标注错误的文件：",
    },
    "en": {
        "merged": "Merged", "nothing_changed": "Nothing changed: the base says the same already",
        "clean": "Clean (add --commit to merge)",
        "findings": "Errors; nothing merged (mend them, or add --commit --skip-bad to leave those rows out)",
        "rows": "rows", "bad": "rows with errors", "error": "error", "warning": "warning", "new": "new",
        "elsewhere": "elsewhere", "updated": "updated", "unchanged": "unchanged", "in_review": "to review", "transfer": "move-in requests",
        "skipped": "skipped", "left": "left out", "file": "Marked file: ",
    },
}  # fmt: skip


def _tell_people(outcome: Any, result: str, language: str) -> None:
    from .queries import counts_in_words

    words = WORDS["en" if language.startswith("en") else "zh"]
    print(f"{outcome.rows} {words['rows']}, {outcome.check_counts.get('bad_rows', 0)} {words['bad']}")
    for entry in counts_in_words(outcome.check_counts, language):
        print(f"  {entry['count']:>8}  {words[entry['severity']]}  {entry['code']}  {entry['reason']}")
    counts = outcome.merge_counts or outcome.match_counts
    shown = [
        f"{words[k]} {counts[k]}"
        for k in ("new", "updated", "unchanged", "in_review", "transfer", "elsewhere", "left", "skipped")
        if counts.get(k) is not None
    ]
    if shown:
        print("  ".join(shown))
    if outcome.errors:
        print(f"{words['file']}{outcome.errors}")
    print(f"{words[result]}  [{outcome.batch_id}]")
