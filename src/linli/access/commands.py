"""`linli accounts …`: what an operator at the server does with accounts, each time as a logged operator."""

from __future__ import annotations

from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console
from rich.table import Table

from linli.kernel import area_names, areas
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound

from . import actions, offices, rules
from . import seals as sealing
from .command_line import acting as _acting
from .errors import Taken
from .models import Account, Post, Role, Unit
from .queries import people, posts

accounts_app = typer.Typer(no_args_is_help=True, help="Accounts, roles, passwords · 账号、角色、密码")
sessions_app = typer.Typer(no_args_is_help=True, help="Sessions of an account · 登录会话")
accounts_app.add_typer(sessions_app, name="sessions")

#: What the three are called when a district is set up.
USERNAMES = {offices.SYSTEM: "sysadmin", offices.SECURITY: "secadmin", offices.AUDIT: "auditadmin"}
Username = Annotated[str, typer.Argument(help="User name. 用户名")]
Area = Annotated[str | None, typer.Option(help="Area code; default: the whole district. 区划代码")]
As = Annotated[str | None, typer.Option("--as", help="Act as this account instead of as operator. 以该账号身份操作")]


def _account(username: str) -> Account:
    account = Account.objects.filter(username=rules.username_of(username)).first()
    if account is None:
        raise NotFound()
    return account


def _role(code: str) -> Role:
    role = Role.objects.filter(code=code).first()
    if role is None:
        known = ", ".join(Role.objects.order_by("code").values_list("code", flat=True))
        raise typer.BadParameter(f"no such role; known: {known}")
    return role


def _unit(actor: Actor, named: str | None, area: str) -> Unit:
    """The unit of that name, else the one that serves the area, made when there is none yet (a new district)."""
    units = Unit.objects.filter(name=named) if named else Unit.objects.filter(area_code=area).exclude(kind="department")
    unit = units.order_by("area_code").first()
    if unit is None and named is None and areas.is_code(area) and areas.level(area) != "grid":
        name = area_names.names_of([area])[area]
        made = actions.ensure_units(actor, [actions.Region(area, name)])
        unit = Unit.objects.get(id=made[area])
    if unit is None:
        raise typer.BadParameter("no such unit")
    return unit


@accounts_app.command("list")
def list_accounts(
    q: Annotated[str, typer.Argument(help="Beginning of a name. 名称开头")] = "", area: Area = None
) -> None:
    """List accounts · 列出账号"""
    table = Table("user name", "name", "unit", "posts", "state", box=None)
    with _acting() as actor:
        cursor: str | None = None
        while True:
            page = people.accounts(actor, q=q, area=area, cursor=cursor, limit=200)
            for item in page.items:
                state = "locked" if item.locked_until else "active" if item.active else "closed"
                table.add_row(item.username, item.name, item.unit.name, ", ".join(p.title for p in item.posts), state)
            cursor = page.next
            if cursor is None:
                break
    Console().print(table)


@accounts_app.command()
def create(
    username: Username,
    name: Annotated[str, typer.Option(help="The person's name. 姓名")],
    role: Annotated[str | None, typer.Option(help="Role to give (linli accounts roles). 角色")] = None,
    area: Area = None,
    unit: Annotated[str | None, typer.Option(help="Unit by name; default: the one of the area. 单位")] = None,
    as_user: As = None,
) -> None:
    """Create an account, print its one-time password · 新建账号并打印一次性密码"""
    password = actions.one_time_password()
    with _acting(as_user) as actor:
        where = area or settings.LINLI_DISTRICT
        account = actions.create_account(
            actor, username=username, name=name, unit_id=_unit(actor, unit, where).id, password=password
        )
        if role is not None:
            _appoint(actor, account, _role(role), where)
    typer.echo(f"{account.username} {password}")


@accounts_app.command("offices")
def set_up_offices(
    system: Annotated[str, typer.Option(help="Name of the system administrator. 系统管理员姓名")],
    security: Annotated[str, typer.Option(help="Name of the security administrator. 安全管理员姓名")],
    audit: Annotated[str, typer.Option(help="Name of the audit administrator. 审计管理员姓名")],
    second_factor: Annotated[bool, typer.Option(help="Ask the three for a second factor. 要求三员两步验证")] = True,
) -> None:
    """Make the three administrators of a new district, each a person of their own · 设立三员：系统、安全、审计管理员

    Prints a user name and a one-time password for each: hand every line to its person alone.
    """
    names = {offices.SYSTEM: system, offices.SECURITY: security, offices.AUDIT: audit}
    if len({name.strip() for name in names.values()}) < len(names):
        raise typer.BadParameter("three different people are needed")
    lines = []
    with _acting() as actor:
        district = settings.LINLI_DISTRICT
        unit = _unit(actor, None, district)
        for office, name in names.items():
            role, fresh = _role(offices.BUILTIN[office]), actions.one_time_password()
            account = actions.create_account(
                actor, username=USERNAMES[office], name=name, unit_id=unit.id, password=fresh
            )
            _appoint(actor, account, role, district)
            if second_factor:
                actions.change_role(actor, role.id, second_factor=True)
            lines.append(f"{account.username} {fresh}")
    for line in lines:
        typer.echo(line)


@accounts_app.command()
def grant(
    username: Username,
    role: Annotated[str, typer.Argument(help="Role (linli accounts roles). 角色")],
    area: Area = None,
    as_user: As = None,
) -> None:
    """Give an account a role in an area, through a post of its unit · 授予角色"""
    with _acting(as_user) as actor:
        where = area or settings.LINLI_DISTRICT
        account = _account(username)
        _appoint(actor, account, _role(role), where)
    typer.echo(f"{account.username}: {role} in {where}")


def _appoint(actor: Actor, account: Account, role: Role, area: str) -> None:
    """A post of the account's unit that has this role in this area and nothing else; made when there is none."""
    title = role.name if area == account.area_code else f"{role.name} {area}"
    post = Post.objects.filter(unit_id=account.unit_id, title=title).first()
    if post is None:
        post = actions.create_post(actor, unit_id=account.unit_id, title=title)
        actions.grant(actor, post_id=post.id, role_id=role.id, target=actions.Target(area_code=area))
    elif [(g.role.code, g.area_code) for g in posts.post(actor, post.id).grants] != [(role.code, area)]:
        raise Taken(field="title")
    actions.appoint(actor, post_id=post.id, account_id=account.id)


@accounts_app.command()
def password(username: Username, as_user: As = None) -> None:
    """Set a one-time password, print it, end the sessions · 重置为一次性密码"""
    with _acting(as_user) as actor:
        fresh = actions.reset_password(actor, _account(username).id)
    typer.echo(fresh)


@accounts_app.command("second-factor")
def reset_factor(username: Username, as_user: As = None) -> None:
    """Take a lost second factor off an account, end its sessions · 解除两步验证"""
    with _acting(as_user) as actor:
        actions.reset_factor(actor, _account(username).id)
    typer.echo(f"{username}: second factor removed")


@accounts_app.command()
def lock(username: Username, as_user: As = None) -> None:
    """Close an account and end its sessions · 停用账号"""
    with _acting(as_user) as actor:
        actions.change_account(actor, _account(username).id, active=False)
    typer.echo(f"{username}: closed")


@accounts_app.command()
def unlock(username: Username, as_user: As = None) -> None:
    """Reopen an account, or open the lock of failed sign-ins · 启用或解锁账号"""
    with _acting(as_user) as actor:
        account = _account(username)
        actions.unlock(actor, account.id)
        if not account.active:
            actions.change_account(actor, account.id, active=True)
    typer.echo(f"{username}: open")


@accounts_app.command()
def roles() -> None:
    """List roles and what they permit · 列出角色"""
    table = Table("role", "name", "permissions", box=None)
    with _acting():
        for role in posts.roles():
            table.add_row(role.code, f"{role.name} {role.name_en}".strip(), " ".join(role.permissions))
    Console().print(table)


@accounts_app.command()
def seals(
    days: Annotated[int, typer.Option(min=1, help="How many days back; --all for the whole chain. 核验天数")] = 31,
    everything: Annotated[bool, typer.Option("--all", help="The whole chain. 核验全部")] = False,
) -> None:
    """Verify the seals of the read and change logs · 核验日志封存链

    Prints the last digests: kept elsewhere, they show later that nothing before them was changed. Exit code 2 when a
    day's entries are not those that were sealed.
    """
    with _acting():
        sealing.seal_days()
        broken = sealing.verify(None if everything else days)
        for log, (day, digest) in sealing.latest().items():
            typer.echo(f"{log} {day} {digest}")
    for b in broken:
        typer.echo(f"CHANGED {b.log} {b.day}: {b.sealed_rows} entries were sealed, {b.rows} are there", err=True)
    raise typer.Exit(2 if broken else 0)


@sessions_app.command("end")
def end_sessions(username: Username, as_user: As = None) -> None:
    """Sign an account out everywhere · 结束全部会话"""
    with _acting(as_user) as actor:
        ended = actions.end_sessions(actor, _account(username).id)
    typer.echo(f"{username}: {ended} ended")
