"""Rooms' commands, mounted when they are called: `linli --help` loads no room, no Django, no Polars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True)
class Room:
    """Where a room keeps its commands: `module:attribute`, a Typer app or a plain function.

    `models`: whether the module imports models, which need Django loaded before them.
    """

    module: str
    attribute: str
    help: str
    models: bool = True


ROOMS = {
    "demo": Room("linli.project.demo.commands", "demo", "Make and take in a synthetic district · 生成并导入演示数据"),
    "intake": Room(
        "linli.intake.commands", "intake_app", "Take in tables of people, undo batches · 导入表格、撤销批次"
    ),
    "match": Room(
        "linli.intake.matching.commands", "match_app", "Find who is one person, in a file or in the base · 人员比对去重"
    ),
    "ledger": Room(
        "linli.intake.catalogue.commands",
        "ledger_app",
        "Fill departments' own forms from the base · 按部门表格生成台账",
    ),
    "places": Room("linli.places.commands", "places_app", "Load and show regions and grids · 区划与网格"),
    "address": Room(
        "linli.places.commands", "address_app", "Read addresses as people write them · 地址解析", models=False
    ),
    "cases": Room(
        "linli.cases.commands",
        "cases_app",
        "Duplicate reports; the case directory · 重复反映与案件目录",
        models=False,
    ),
    "text": Room(
        "linli.cases.text.commands",
        "text_app",
        "Suggest the category of a report from its words · 按文字建议案件类别",
        models=False,
    ),
    "tiers": Room(
        "linli.tiers.commands",
        "tiers_app",
        "Tiers of smart communities: assessments and plans · 智慧社区评估与提升方案",
        models=False,
    ),
    "accounts": Room("linli.access.commands", "accounts_app", "Accounts, roles, passwords · 账号、角色、密码"),
    "retention": Room(
        "linli.access.keeping.commands", "retention_app", "How long data is kept; what was destroyed · 数据留存与销毁"
    ),
    "calendar": Room(
        "linli.access.calendar.commands", "calendar_app", "Work calendar: holidays and working hours · 工作日历"
    ),
    "keys": Room("linli.project.keys_commands", "keys_app", "Keys: list, rotate, rewrap, retire · 密钥轮换"),
}
ORDER = (
    "up", "demo", "web", "public", "worker", "migrate", "intake", "match", "ledger", "places", "address", "cases", "text", "tiers", "accounts",
    "calendar", "retention", "keys", "backup", "restore", "doctor",
)  # fmt: skip


class RoomGroup(TyperGroup):
    """A command group whose rooms are stubs until one of them is called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, room in ROOMS.items():
            self.commands[name] = TyperCommand(name=name, help=room.help, callback=lambda: None)

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """In the order of use, not of the alphabet."""
        known = [name for name in ORDER if name in self.commands]
        return known + sorted(set(self.commands) - set(known))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Load the room that is called; its models need Django, its options need no database."""
        room = ROOMS.get(args[0]) if args else None
        if room is not None:
            self.commands[args[0]] = load(args[0], room)
        return super().resolve_command(ctx, args)


def load(name: str, room: Room) -> Any:
    """The room's own command, which starts the database once its arguments are understood."""
    if room.models:
        from linli.project.session import load_django

        load_django()
    found = getattr(import_module(room.module), room.attribute)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        found = alone
    found._add_completion = False  # completion is the program's, not each room's
    found.rich_markup_mode = None  # as the rest of the help
    command = typer.main.get_command(found)
    command.name = name
    return with_database(command)


def with_database(command: Any) -> Any:
    """Have every leaf of a command tree call `ready()` between reading its arguments and running.

    A function that can do without says so by an attribute `needs_database`: False, or a function that is asked.
    """
    if isinstance(command, TyperGroup):
        for child in command.commands.values():
            with_database(child)
    else:
        command.callback = _after_ready(command.callback)
    return command


def _after_ready(callback: Callable[..., Any] | None) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        needed = getattr(callback, "needs_database", True)
        if needed() if callable(needed) else needed:
            from linli.project.session import ready

            ready()
        return callback(*args, **kwargs) if callback else None

    return run
