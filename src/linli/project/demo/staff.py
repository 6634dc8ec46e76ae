"""Units, posts and accounts of a demo, made through the actions of access: seventeen to look at it with, and the rest."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from linli.kernel.scope import acting
from linli.project.demo.base import demo_actor, demo_folder, keep_private
from linli.project.demo.places import DistrictPlaces
from linli.project.demo.workforce import OFFICES, fill_seats

#: departments of the district that state or read people
OFFICE, CIVIL, POLICE, HEALTH, AUDIT = "大数据局", "民政局", "公安分局", "卫生健康局", "审计局"
#: who handles most of what the demo's cases are about
ENFORCEMENT = "综合行政执法局"
DEPARTMENTS = (OFFICE, CIVIL, POLICE, HEALTH, AUDIT, *OFFICES)
_NOTE = "accounts.json"


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demo: whose it is, what it may do, where."""

    username: str
    name: str
    title: str
    role: str
    unit: str  #: area code of a region's unit, or a department's name
    area: str
    where: str


def demo_accounts(places: DistrictPlaces, first_town: str) -> tuple[DemoAccount, ...]:
    """The seventeen accounts; the town that is loaded first has a clerk, a village's clerk and a grid worker."""
    district = places.code
    others = [t for t in places.towns if t.code != first_town]
    here, there = places.town(first_town), others[0] if others else places.town(first_town)
    villages = places.villages_of(first_town)
    village = max(villages, key=lambda v: (len(places.grids.get(v.code, ())), v.code))
    grid = places.grids[village.code][0]
    title = f"网格员（{grid.code[-3:]}）"
    return (
        DemoAccount("admin", "周启明", "综合管理员", "district_admin", OFFICE, district, places.name),
        DemoAccount("sysadmin", "卫长青", "系统管理员", "system_admin", OFFICE, district, places.name),
        DemoAccount("secadmin", "安慎行", "安全管理员", "security_admin", OFFICE, district, places.name),
        DemoAccount("auditor", "孟亦安", "审计管理员", "auditor", AUDIT, district, places.name),
        DemoAccount("townadmin", "谷丰年", "镇街管理员", "town_admin", here.code, here.code, here.name),
        DemoAccount("guide", "闻雨桐", "业务指导员", "support", OFFICE, district, places.name),
        DemoAccount("analyst", "沈若溪", "数据分析员", "analyst", OFFICE, district, places.name),
        DemoAccount("town1", "司立新", "信息员", "town_clerk", here.code, here.code, here.name),
        DemoAccount("town2", "路小满", "信息员", "town_clerk", there.code, there.code, there.name),
        DemoAccount("village1", "蒲春燕", "信息员", "village_clerk", village.code, village.code, village.short),
        DemoAccount("grid1", "翟长河", title, "grid_worker", village.code, grid.code, grid.name),
        DemoAccount("officer", "韩敬之", "业务科科员", "officer", CIVIL, district, places.name),
        DemoAccount("approver", "秦守正", "报表准入审批员", "form_approver", OFFICE, district, places.name),
        DemoAccount("acceptor", "顾怀安", "受理员", "acceptor", OFFICE, district, places.name),
        DemoAccount("dispatcher", "程守一", "派遣员", "dispatcher", OFFICE, district, places.name),
        DemoAccount("ladder", "余登高", "智慧社区创建员", "tier_officer", OFFICE, district, places.name),
        DemoAccount("handler", "石砺行", "处置人员", "unit_handler", ENFORCEMENT, district, places.name),
    )


def appoint_staff(places: DistrictPlaces, first_town: str) -> tuple[tuple[DemoAccount, ...], str | None]:
    """Makes units and accounts that are not there yet.

    Returns the seventeen accounts that can sign in and their common password, which only this installation has; None when its note is gone
    (an administrator then sets new ones).
    """
    from linli.access import actions
    from linli.access.models import Account

    wanted = demo_accounts(places, first_town)
    with acting(demo_actor()) as actor:
        regions = [actions.Region(places.code, places.name)]
        regions += [actions.Region(t.code, t.name) for t in places.towns]
        regions += [actions.Region(v.code, v.name) for v in places.villages]
        units = actions.ensure_units(actor, regions, DEPARTMENTS)
        present = set(
            Account.objects.filter(username__in=[a.username for a in wanted]).values_list("username", flat=True)
        )
        password = _password() if present else _new_password()
        for account in wanted:
            if account.username not in present and password:
                _appoint(actor, account, units, password)
        fill_seats(actor, places, units, [(a.role, a.area) for a in wanted])
    return wanted, password


def _appoint(actor: Any, account: DemoAccount, units: dict[str, uuid.UUID], password: str) -> None:
    from linli.access import actions
    from linli.access.models import Post, Role

    unit = units[account.unit]
    post = Post.objects.filter(unit_id=unit, title=account.title).first()
    post = post or actions.create_post(actor, unit_id=unit, title=account.title)
    role = Role.objects.get(code=account.role)
    actions.grant(actor, post_id=post.id, role_id=role.id, target=actions.Target(area_code=account.area))
    made = actions.create_account(
        actor, username=account.username, name=account.name, unit_id=unit, password=password, must_change=False
    )
    actions.appoint(actor, post_id=post.id, account_id=made.id)


def _password() -> str | None:
    note = demo_folder() / _NOTE
    return str(json.loads(note.read_text())["password"]) if note.exists() else None


def _new_password() -> str:
    """A password of this installation alone; noted before any account is made with it."""
    from linli.access.actions import one_time_password

    password = one_time_password()
    keep_private(_NOTE, json.dumps({"district": settings.LINLI_DISTRICT, "password": password}))
    return password


def sheet_of_accounts(accounts: tuple[DemoAccount, ...], password: str | None) -> str:
    """The accounts as they are printed, one a line, and their password."""
    lines = [f"    {a.username:<12}{a.name}  {a.where} {a.title} ({a.role})" for a in accounts]
    said = password or "见首次输出；可由管理员重设 · as printed at first; an administrator can set a new one"
    return "\n".join(["  演示账号 · Demo accounts:", *lines, f"    密码 · password: {said}"])
