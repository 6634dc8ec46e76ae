"""`linli doctor`: run the checks and print them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from linli.project.doctor import environment_language, examine
from linli.project.findings import Finding, Subject

MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


#: Nothing is broken, nothing is there: monitors tell it from a failure, as they do for services that do not run.
NOTHING_INSTALLED = 3


def run(as_json: bool) -> int:
    """Print the findings; 1 when something fails, 3 where nothing is installed yet, else 0."""
    findings = collect()
    failed = any(finding.level == "fail" for finding in findings)
    if as_json:
        print(
            json.dumps(
                {"ok": not failed, "findings": [finding.as_dict() for finding in findings]},
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        show(findings, environment_language())
    if [finding.check for finding in findings] == ["installation"]:
        return NOTHING_INSTALLED
    return 1 if failed else 0


def collect() -> list[Finding]:
    """All findings. A database that cannot be reached is the only one, since the rest needs it.

    So is an empty home: looking at it makes nothing in it.
    """
    import psycopg

    from linli.kernel.embedded import EmbeddedError, connection_info, layout
    from linli.project import session

    try:
        home = layout.default_home()
        if connection_info().embedded and not layout.find(home).initialised:
            return [_nothing_installed(f"{home}")]
        info = session.open_database()
        session.load_django()
        from django.conf import settings

        with psycopg.connect(info.app.conninfo(), connect_timeout=10) as connection:
            if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
                return [_nothing_installed(f"{home}" if info.embedded else f"{info.app.host}/{info.app.dbname}")]
            return list(examine(Subject(info, settings, connection)))
    except (EmbeddedError, psycopg.OperationalError) as error:
        todo = "Mend what it says, then run doctor again"
        return [
            Finding(
                "database",
                "fail",
                f"数据库不可用：{error}",
                f"the database cannot be reached: {error}",
                "按提示处理后重试",
                todo,
            )
        ]


def _nothing_installed(where: str) -> Finding:
    return Finding(
        "installation",
        "fail",
        f"尚未安装：{where} 中还没有数据",
        f"nothing is installed yet: {where} holds no data",
        "请执行 `linli up`（演示：`linli up --demo`），或检查 LINLI_HOME 是否指向正确的目录",
        "Run `linli up` (to try it: `linli up --demo`), or see that LINLI_HOME names the right folder",
    )


def show(findings: Sequence[Finding], language: str) -> None:
    """One line each, with what to do beneath."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        mark, colour = MARKS[finding.level]
        said, todo = (finding.zh, finding.todo_zh) if language == "zh" else (finding.en, finding.todo_en)
        console.print(Text(f"{mark} ", style=colour) + Text(f"{finding.check:13}") + Text(said))
        if todo:
            console.print(Text(f"  {'':13}→ {todo}", style="bold"))
    counts = {level: sum(finding.level == level for finding in findings) for level in MARKS}
    console.print(Text(f"\n{counts['ok']} ok, {counts['warn']} warn, {counts['fail']} fail"))
