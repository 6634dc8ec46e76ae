"""The command line as its users meet it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from linli.project import cli, cli_rooms

HELP = """\
Usage: linli [OPTIONS] COMMAND [ARGS]...

  Linli 邻里: the system a district runs its smart communities on. 智慧社区一体化平台

Options:
  --version   Print the version. 版本
  -h, --help  Show this message and exit.

Commands:
  up         Run everything on this machine · 启动全部服务
  demo       Make and take in a synthetic district · 生成并导入演示数据
  web        Run the web server alone · 仅启动网页服务
  public     Run the public doors alone · 仅启动公众页面
  worker     Run the background worker alone · 仅启动后台任务
  migrate    Bring the database to this version of the program · 升级数据库结构
  intake     Take in tables of people, undo batches · 导入表格、撤销批次
  match      Find who is one person, in a file or in the base · 人员比对去重
  ledger     Fill departments' own forms from the base · 按部门表格生成台账
  places     Load and show regions and grids · 区划与网格
  address    Read addresses as people write them · 地址解析
  cases      Duplicate reports; the case directory · 重复反映与案件目录
  text       Suggest the category of a report from its words · 按文字建议案件类别
  tiers      Tiers of smart communities: assessments and plans · 智慧社区评估与提升方案
  accounts   Accounts, roles, passwords · 账号、角色、密码
  calendar   Work calendar: holidays and working hours · 工作日历
  retention  How long data is kept; what was destroyed · 数据留存与销毁
  keys       Keys: list, rotate, rewrap, retire · 密钥轮换
  backup     Save the database and files; keys apart · 备份(密钥另存)
  restore    Bring a backup into an empty home · 恢复备份
  doctor     Check this installation and say what to do · 系统体检

  Data, keys and logs live in $LINLI_HOME (default: var/ of a checkout).
  数据、密钥与日志均在 LINLI_HOME 下。
"""
HEAVY = (
    "django", "polars", "pypinyin", "sklearn", "psycopg", "rich", "numpy", "shapely", "granian", "procrastinate", "splink",
    "duckdb", "pandas",
)  # fmt: skip


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("COLUMNS", "100")
    return CliRunner()


def test_the_help_reads_so(runner: CliRunner) -> None:
    assert runner.invoke(cli.app, ["--help"], prog_name="linli").output == HELP


@pytest.mark.parametrize("command", ["up", "web", "worker", "migrate", "backup", "restore", "doctor"])
def test_each_command_explains_itself_in_both_languages(runner: CliRunner, command: str) -> None:
    result = runner.invoke(cli.app, [command, "--help"])
    assert result.exit_code == 0
    options = re.findall(r"^  (?:-\w, )?--[\w-]+(.*(?:\n {8,}.*)*)", result.output, re.MULTILINE)
    assert options
    for text in options:
        assert re.search(r"[一-鿿]|Show this message", text), text


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, linli.project.cli as c\ntry: c.app(['--help'])\nexcept SystemExit: pass\n"
        f"print('LOADED', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_every_room_named_in_the_help_is_there() -> None:
    for name, room in cli_rooms.ROOMS.items():
        command = cli_rooms.load(name, room)
        assert command.name == name


def test_a_rooms_command_starts_the_database_only_after_its_arguments_are_understood(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    room = typer.Typer()
    monkeypatch.setattr("linli.project.session.ready", lambda: events.append("database"))

    @room.command()
    def run(number: int) -> None:
        events.append(f"run {number}")

    @room.command()
    def pure() -> None:
        events.append("pure")

    pure.needs_database = lambda: False  # type: ignore[attr-defined]
    command = cli_rooms.with_database(typer.main.get_command(room))
    for arguments in (["run", "x"], ["run", "--help"], ["pure"], ["run", "3"]):
        try:
            command.main(arguments, standalone_mode=False)
        except Exception:
            events.append("refused")
    assert events == ["refused", "pure", "database", "run 3"]


def test_an_unknown_command_is_refused(runner: CliRunner) -> None:
    result = runner.invoke(cli.app, ["nothing"])
    assert result.exit_code == 2
    assert "No such command 'nothing'" in result.output


def test_the_script_for_a_server_of_ones_own_is_printed_without_a_database(runner: CliRunner) -> None:
    result = runner.invoke(cli.app, ["migrate", "--sql"])
    assert result.exit_code == 0
    assert "CREATE ROLE linli_app" in result.output


def test_errors_users_can_act_on_are_told_without_a_traceback() -> None:
    from linli.kernel.embedded import EmbeddedError
    from linli.kernel.errors import NotFound

    assert cli.explain(EmbeddedError("The disk is full")) == "The disk is full"
    told = cli.explain(NotFound())
    assert told is not None and "没有找到" in told and "Not found" in told
    assert cli.explain(KeyError("ours")) is None
