"""`linli`: the command line. Thin; each command loads what it needs when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from linli.project.cli_rooms import RoomGroup

EPILOG = "Data, keys and logs live in $LINLI_HOME (default: var/ of a checkout). 数据、密钥与日志均在 LINLI_HOME 下。"

app = typer.Typer(
    cls=RoomGroup,
    name="linli",
    help="Linli 邻里: the system a district runs its smart communities on. 智慧社区一体化平台",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help: rich takes 0.3 s to load, half of the time of `linli --help`
    pretty_exceptions_show_locals=False,  # a traceback must not print people
    context_settings={"help_option_names": ["-h", "--help"]},
)

Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all. 监听地址")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port. 端口")]
WebWorkers = Annotated[int, typer.Option(min=1, max=64, help="Web processes. 网页进程数")]
Threads = Annotated[int, typer.Option(min=1, max=64, help="Threads of each web process. 每进程线程数")]
Cert = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="TLS certificate, PEM with its chain. 证书文件")
]
Key = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="TLS key, PEM, PKCS#8. 私钥文件")]


@app.command()
def up(
    host: Host = "127.0.0.1",
    port: Port = 8370,
    demo: Annotated[
        bool, typer.Option("--demo", help="Fill an empty database with a demo district. 载入演示数据")
    ] = False,
    people: Annotated[int, typer.Option(min=1000, help="People of the demo. 演示人口数")] = 540_000,
    workers: WebWorkers = 2,
    threads: Threads = 4,
    jobs: Annotated[int, typer.Option(min=1, max=16, help="Background jobs at a time. 并行后台任务数")] = 2,
    public_port: Annotated[
        int,
        typer.Option(
            min=0,
            max=65535,
            envvar="LINLI_PUBLIC_PORT",
            help="Port of the public doors in a process of their own; 0: none. 公众页面独立端口",
        ),
    ] = 0,
    tls_cert: Cert = None,
    tls_key: Key = None,
) -> None:
    """Run everything on this machine · 启动全部服务

    Starts the database, brings it to this version of the program, starts web and worker and keeps them running
    until Ctrl-C. With --demo an empty database is filled first.
    """
    from linli.project import commands_up

    order = commands_up.Order(host, port, demo, people, workers, threads, jobs, tls_cert, tls_key, public_port)
    raise typer.Exit(commands_up.run(order))


@app.command()
def web(
    host: Host = "127.0.0.1",
    port: Port = 8370,
    workers: WebWorkers = 2,
    threads: Threads = 4,
    tls_cert: Cert = None,
    tls_key: Key = None,
) -> None:
    """Run the web server alone · 仅启动网页服务"""
    from linli.project import commands_web

    commands_web.run(host, port, workers, threads, tls_cert, tls_key)


@app.command()
def public(
    host: Host = "127.0.0.1",
    port: Port = 8371,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes. 进程数")] = 1,
    threads: Threads = 4,
    tls_cert: Cert = None,
    tls_key: Key = None,
) -> None:
    """Run the public doors alone · 仅启动公众页面

    The page behind the codes on doors, in a process that knows no key and one database role, which has no right on
    any table. `linli up --public-port` runs it too.
    """
    from linli.project import commands_public

    commands_public.run(host, port, workers, threads, tls_cert, tls_key)


@app.command()
def worker(
    jobs: Annotated[int, typer.Option(min=1, max=16, help="Jobs at a time. 并行任务数")] = 2,
    once: Annotated[bool, typer.Option("--once", help="Stop when no job is left. 任务完成即退出")] = False,
) -> None:
    """Run the background worker alone · 仅启动后台任务"""
    from linli.project import commands_worker

    commands_worker.run(jobs, once)


@app.command()
def migrate(
    sql: Annotated[
        bool,
        typer.Option("--sql", help="Print what an administrator runs first on a server of your own. 打印自建库脚本"),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing unless it fails. 仅报错")] = False,
) -> None:
    """Bring the database to this version of the program · 升级数据库结构

    The embedded database needs nothing else. A PostgreSQL server of your own (15 or later) is first prepared by its
    administrator with the script that --sql prints: two roles, a database, a schema, default privileges. Then set
    DATABASE_URL (role linli_app) and DATABASE_OWNER_URL (role linli_owner).
    """
    if sql:
        from linli.kernel.embedded import bootstrap_sql

        typer.echo(bootstrap_sql(), nl=False)
        return
    from linli.project import session

    info = session.open_database()
    session.load_django()
    session.run_migrations(info, verbosity=0 if quiet else 1)


@app.command()
def backup(
    out: Annotated[Path, typer.Argument(metavar="OUT.tar", help="File to write. 备份文件")],
    keys: Annotated[
        Path | None, typer.Option(metavar="OUT.keys", help="Write the keys there; keep them elsewhere. 密钥另存为")
    ] = None,
) -> None:
    """Save the database and files; keys apart · 备份(密钥另存)

    Identifiers in the backup are encrypted, and the keys that open them are never in it. Keep the two apart; without
    its keys a backup cannot be read.
    """
    from linli.project import backup as saving
    from linli.project import session

    saving.backup(session.ready(), out, keys, tell=session.tell)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="IN.tar", exists=True, dir_okay=False, help="The backup. 备份文件")],
    keys: Annotated[
        Path | None, typer.Option(metavar="IN.keys", exists=True, dir_okay=False, help="Its keys. 对应密钥")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there. 覆盖现有数据")] = False,
) -> None:
    """Bring a backup into an empty home · 恢复备份"""
    from linli.project import restore as bringing_back
    from linli.project import session

    bringing_back.restore(source, keys, force=force, tell=session.tell)


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For machines. 输出 JSON")] = False,
) -> None:
    """Check this installation and say what to do · 系统体检"""
    from linli.project import commands_doctor

    raise typer.Exit(commands_doctor.run(as_json))


@app.callback(invoke_without_command=True)
def program(version: Annotated[bool, typer.Option("--version", help="Print the version. 版本")] = False) -> None:
    if version:
        from linli import __version__

        typer.echo(__version__)
        raise typer.Exit


def known_errors() -> tuple[type[BaseException], ...]:
    """Errors whose message is for the user as it stands."""
    from linli.kernel.embedded import EmbeddedError

    found: list[type[BaseException]] = [EmbeddedError]
    for module, name in (
        ("linli.project.migrate", "NotPrepared"),
        ("linli.project.backup", "BackupError"),
        ("linli.project.commands_up", "UpError"),
    ):
        if module in sys.modules:  # it cannot have been raised otherwise
            found.append(getattr(sys.modules[module], name))
    return tuple(found)


def explain(error: BaseException) -> str | None:
    """What to print for an error a user can act on; None for a fault of ours."""
    if isinstance(error, known_errors()):
        return str(error)
    errors: Any = sys.modules.get("linli.kernel.errors")
    if errors is not None and isinstance(error, errors.Problem):
        return str(error.text.say("en", error.params) + "\n" + error.text.say("zh-CN", error.params))
    return None


def main() -> None:
    """The entry point. Exit codes: 0 done, 1 failed, 2 wrong use (or findings, in `intake run`)."""
    try:
        app()
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        typer.echo(f"linli: {message}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
