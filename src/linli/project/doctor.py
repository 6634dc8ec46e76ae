"""The checks of `linli doctor`: each looks at one thing and says what to do when it is not well.

No check changes anything, and none raises: a check that cannot look says why.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from linli.kernel.embedded.bootstrap import APP, OWNER, SCHEMA
from linli.project.doctor_evidence import check_certificates, check_keys, check_rotation, check_seals, check_versions
from linli.project.doctor_outbox import check_outbox
from linli.project.doctor_public import check_public
from linli.project.findings import Check, Finding, Level, Subject, rows_of

GB = 1024**3
#: Below: an import of a district's largest table may not fit; below: PostgreSQL may stop.
DISK_WARN, DISK_FAIL = 5 * GB, 1 * GB
ENTRIES_FAIL = 1000
CLOCK_SKEW = timedelta(seconds=5)
#: A worker gives a sign of life every 10 s.
WORKER_SILENCE = timedelta(seconds=60)
BACKLOG = 500


def examine(subject: Subject) -> Iterator[Finding]:
    """All checks, in the order of what rests on what."""
    for check in CHECKS:
        try:
            yield from check(subject)
        except Exception as error:
            name = check.__name__.removeprefix("check_")
            yield Finding(
                name, "fail", f"无法检查：{type(error).__name__}", f"could not be checked: {type(error).__name__}"
            )
            subject.connection.rollback()


def check_database(subject: Subject) -> Iterator[Finding]:
    """It answers, and is new enough."""
    version = subject.connection.info.server_version
    text = f"PostgreSQL {version // 10000}.{version % 10000}"
    where = "embedded" if subject.info.embedded else subject.info.app.host
    if version < 150000:
        yield Finding(
            "database",
            "fail",
            f"{text} 版本过低",
            f"{text} is too old",
            "请升级到 15 或更高版本",
            "Use PostgreSQL 15 or later",
        )
    else:
        yield Finding("database", "ok", f"数据库可用：{text}（{where}）", f"{text} answers ({where})")


def check_roles(subject: Subject) -> Iterator[Finding]:
    """The program's role owns nothing and cannot look past row-level security."""
    rows = rows_of(
        subject,
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = ANY(%s)"
        " OR rolname = current_user",
        [[APP, OWNER]],
    )
    powerful = [row[0] for row in rows if any(row[1:])]
    owned = rows_of(
        subject,
        "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relowner = current_user::regrole AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'",
    )[0][0]
    creates = rows_of(subject, "SELECT has_schema_privilege(%s, 'CREATE')", [SCHEMA])[0][0]
    if powerful or owned or creates:
        yield Finding(
            "roles",
            "fail",
            f"数据库角色权限过大：{', '.join(powerful) or APP}",
            f"database roles may do too much: {', '.join(powerful) or APP}",
            "请由数据库管理员执行 `linli migrate --sql` 打印的脚本",
            "Have an administrator run what `linli migrate --sql` prints",
        )
    else:
        yield Finding(
            "roles",
            "ok",
            "应用角色不拥有任何表，且受行级安全约束",
            f"{APP} owns nothing and is bound by row-level security",
        )


def check_row_security(subject: Subject) -> Iterator[Finding]:
    """Every table that says where a row belongs is guarded by the database itself."""
    # The program's role is never the owner (`check_roles`), so enabling suffices to bind it. FORCE binds the owner too;
    # it is not asked of histories, which their owner's triggers write, nor of accounts, which the owner's functions
    # read before anybody is signed in. Partitions need a lock of their own, else they are read past their parent's.
    rows = rows_of(
        subject,
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'area_code'"
        " WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind IN ('r', 'p')"
        " AND NOT (c.relrowsecurity AND (c.relforcerowsecurity OR c.relispartition OR c.relname LIKE '%%\\_history'"
        " OR c.relname LIKE 'access\\_%%'))"
        " ORDER BY 1",
        [SCHEMA],
    )
    if rows:
        names = ", ".join(row[0] for row in rows)
        yield Finding(
            "row_security",
            "fail",
            f"以下表没有强制行级安全：{names}",
            f"tables without forced row-level security: {names}",
            "请升级程序后执行 `linli migrate`；问题仍在请报告",
            "Run `linli migrate`; report it if it stays",
        )
    else:
        yield Finding(
            "row_security",
            "ok",
            "含区域编码的表均已强制行级安全",
            "row-level security holds on every table with an area code",
        )


def check_migrations(subject: Subject) -> Iterator[Finding]:
    """The database is of this version of the program."""
    from linli.project.migrate import pending

    missing = pending()
    if missing:
        yield Finding(
            "migrations",
            "fail",
            f"有 {len(missing)} 项数据库升级未执行",
            f"{len(missing)} migrations are not applied ({missing[0]} …)",
            "请执行 `linli migrate`",
            "Run `linli migrate`",
        )
    else:
        yield Finding("migrations", "ok", "数据库结构为最新", "all migrations are applied")


def check_disk(subject: Subject) -> Iterator[Finding]:
    """Room for the database and for files, as bytes and as entries, and folders that can be written."""
    seen: set[int] = set()
    base = subject.info.socket_dir.parent if subject.info.socket_dir else None
    for folder in filter(None, (base, Path(subject.settings.LINLI_HOME), Path(subject.settings.LINLI_FILES_DIR))):
        if not folder.exists() or folder.stat().st_dev in seen:
            continue
        seen.add(folder.stat().st_dev)
        free = shutil.disk_usage(folder).free
        entries = os.statvfs(folder)
        if not os.access(folder, os.W_OK):
            yield Finding(
                "disk",
                "fail",
                f"{folder} 不可写入",
                f"{folder} cannot be written to",
                "请检查目录权限，以及磁盘是否以只读方式挂载",
                "Look at its permissions, and whether the disk is mounted read-only",
            )
            continue
        if entries.f_files and entries.f_favail < ENTRIES_FAIL:
            yield Finding(
                "disk",
                "fail",
                f"{folder} 所在磁盘只能再建 {entries.f_favail} 个文件",
                f"only {entries.f_favail} more files fit on the disk of {folder}",
                "请删除小文件，或把 LINLI_HOME 移到其他磁盘",
                "Remove small files, or move LINLI_HOME to another disk",
            )
            continue
        level: Level = "fail" if free < DISK_FAIL else "warn" if free < DISK_WARN else "ok"
        yield Finding(
            "disk",
            level,
            f"{folder} 所在磁盘剩余 {free / GB:.1f} GB",
            f"{free / GB:.1f} GB free on the disk of {folder}",
            "" if level == "ok" else "请清理磁盘，或把 LINLI_HOME 移到更大的磁盘",
            "" if level == "ok" else "Free some space, or move LINLI_HOME to a larger disk",
        )


def check_clock(subject: Subject) -> Iterator[Finding]:
    """Our clock and the database's agree, and neither stands in the past."""
    before = datetime.now(UTC)
    theirs = rows_of(subject, "SELECT clock_timestamp()")[0][0]
    skew = max(before - theirs, theirs - datetime.now(UTC), timedelta(0))
    newest = rows_of(subject, "SELECT max(applied) FROM django_migrations")[0][0]
    if skew > CLOCK_SKEW or (newest and newest > theirs + CLOCK_SKEW):
        yield Finding(
            "clock",
            "fail",
            f"时钟不准（与数据库相差 {skew.total_seconds():.0f} 秒，或早于已有记录）",
            f"the clock is wrong ({skew.total_seconds():.0f} s off the database's, or before what is recorded)",
            "请启用时间同步（如 chrony）",
            "Synchronise the clock (chrony, systemd-timesyncd)",
        )
    else:
        yield Finding("clock", "ok", "时钟与数据库一致", "the clock agrees with the database's")


def check_assets(subject: Subject) -> Iterator[Finding]:
    """The front end is built."""
    folder = Path(subject.settings.WEB_DIST)
    if (folder / "index.html").is_file():
        yield Finding("assets", "ok", f"前端已构建：{folder}", f"the front end is built ({folder})")
    else:
        yield Finding(
            "assets",
            "fail",
            f"前端未构建：{folder}",
            f"the front end is not built ({folder})",
            "请执行 `make build`",
            "Run `make build`",
        )


def check_settings(subject: Subject) -> Iterator[Finding]:
    """Settings that must not stay as in development."""
    settings = subject.settings
    problems: list[tuple[Level, str, str, str, str]] = []
    if settings.DEBUG:
        problems.append(("fail", "调试模式已开启", "debug mode is on", "请去掉 LINLI_DEBUG", "Unset LINLI_DEBUG"))
    if len(settings.SECRET_KEY) < 50 or len(set(settings.SECRET_KEY)) < 10:
        problems.append(
            (
                "fail",
                "LINLI_SECRET_KEY 过短",
                "LINLI_SECRET_KEY is weak",
                "请去掉它，由系统生成",
                "Unset it; one is generated",
            )
        )
    noted = _running(Path(settings.LINLI_HOME))
    exposed = "" if noted.get("loopback", True) else str(noted.get("url", ""))
    if exposed and not settings.TLS:
        problems.append(
            (
                "warn",
                f"{exposed} 未启用 TLS",
                f"{exposed} is served without TLS",
                "请设置证书，或由 TLS 代理转发并设 LINLI_BEHIND_TLS=1",
                "Give a certificate, or put a TLS proxy before it and set LINLI_BEHIND_TLS=1",
            )
        )
    if "*" in settings.LINLI_HOSTS:
        problems.append(
            (
                "fail" if exposed else "warn",
                "未限制访问域名",
                "any host name is accepted",
                "请在 LINLI_HOSTS 中只写实际使用的域名",
                "Set LINLI_HOSTS to the names people use, and nothing else",
            )
        )
    elif not settings.LINLI_HOSTS and (exposed or settings.SECURE_PROXY_SSL_HEADER):
        names = ", ".join(noted.get("hosts", ["localhost"]))
        problems.append(
            (
                "warn",
                f"只应答 {names}，使用其他域名的请求会被拒绝",
                f"only {names} are answered to; requests for other names are refused",
                "请设置 LINLI_HOSTS，例如 LINLI_HOSTS=linli.example.cn",
                "Set LINLI_HOSTS to the names people use, such as LINLI_HOSTS=linli.example.cn",
            )
        )
    for level, zh, en, todo_zh, todo_en in problems:
        yield Finding("settings", level, zh, en, todo_zh, todo_en)
    if not problems:
        yield Finding("settings", "ok", "设置正常", "settings are sound")


def check_worker(subject: Subject) -> Iterator[Finding]:
    """Somebody works off the queue, and it is not growing."""
    silent = f"{int(WORKER_SILENCE.total_seconds())} seconds"
    alive = rows_of(
        subject, "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - %s::interval", [silent]
    )[0][0]
    waiting, oldest = rows_of(
        subject,
        "SELECT count(*), min(coalesce(scheduled_at, at)) FROM procrastinate_jobs j"
        " LEFT JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events e WHERE e.job_id = j.id) e ON true"
        " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())",
    )[0]
    failed = rows_of(subject, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")[0][0]
    if not alive:
        level: Level = "fail" if waiting else "warn"
        yield Finding(
            "worker",
            level,
            f"后台任务未运行，{waiting} 项等待",
            f"no worker runs; {waiting} jobs wait",
            "请启动 `linli up` 或 `linli worker`",
            "Start `linli up` or `linli worker`",
        )
    elif waiting > BACKLOG:
        yield Finding(
            "worker",
            "warn",
            f"后台任务积压 {waiting} 项，最早 {oldest:%m-%d %H:%M} UTC",
            f"{waiting} jobs wait, the oldest since {oldest:%m-%d %H:%M} UTC",
            "请增加 --jobs",
            "Give it more --jobs",
        )
    else:
        yield Finding(
            "worker", "ok", f"后台任务正常，{waiting} 项等待", f"{alive} worker(s) alive, {waiting} jobs wait"
        )
    if failed:
        yield Finding(
            "jobs",
            "warn",
            f"{failed} 项后台任务失败",
            f"{failed} background jobs failed",
            "请查看 log/worker.log",
            "See log/worker.log",
        )


def check_offices(subject: Subject) -> Iterator[Finding]:
    """Where system, security and audit administrator are kept apart, no account is two of them."""
    from linli.access import separation
    from linli.access.actions import checks
    from linli.access.queries.actors import names_of
    from linli.kernel.actors import system
    from linli.kernel.scope import acting

    with acting(system("doctor", subject.settings.LINLI_DISTRICT)):
        found = checks.clashes() if separation.is_on() else {}
        names = "、".join(name.name for name in names_of(map(str, found)).values())
    if found:
        yield Finding(
            "offices",
            "warn",
            f"三员未分立：{names}",
            f"accounts that are two administrators at once, or work with data beside it: {names}",
            "请改为三人分别担任（linli accounts offices），或设 LINLI_THREE_OFFICES=off",
            "Give the offices to three people (linli accounts offices), or set LINLI_THREE_OFFICES=off",
        )
    else:
        yield Finding("offices", "ok", "三员分立无冲突", "no account is two of the three administrators")


CHECKS: tuple[Check, ...] = (
    check_database, check_roles, check_migrations, check_row_security, check_disk, check_clock,
    check_keys, check_rotation, check_settings, check_assets, check_worker, check_outbox, check_offices, check_seals,
    check_certificates, check_versions, check_public,
)  # fmt: skip


def _running(home: Path) -> dict[str, Any]:
    """What a running `linli up` has noted about itself; empty when there is none."""
    import json

    from linli.kernel.embedded import locks

    if not locks.is_held(home / "run" / "up.lock"):
        return {}
    try:
        return dict(json.loads((home / "run" / "up.json").read_text()))
    except (OSError, ValueError):
        return {}


def environment_language() -> str:
    """`zh` or `en`, by the terminal's locale."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"
