"""Access reviews: the mark that somebody looked through who can see what, and the list as a workbook."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from linli.kernel import clock, paging
from linli.kernel import permissions as catalogue
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, Text
from linli.kernel.ids import uuid7
from linli.kernel.workbook import workbook

from .. import changes, permissions, reads
from ..models import AccessReview
from ..queries.sight import SightFilter, SightItem, Way, accounts_with_sight, check_sight

REVIEW = permissions.REVIEW
#: Half a year unless somebody says otherwise, two years at most (inferred; see `AccessReview`).
USUALLY, AT_MOST = timedelta(days=182), timedelta(days=731)
SHORTEST_PURPOSE = 4
_DUE = Text("请选择今天之后两年以内的日期。", "Choose a day after today, within two years.")
_PURPOSE = Text("请写明用途（至少 4 个字）。", "Say what it is for (at least 4 characters).")
_HEAD: Final = {
    "zh": ("权限", "用户名", "姓名", "单位", "岗位", "角色", "途径", "范围", "是否全部", "自", "至", "两步验证", "最近登录"),
    "en": ("Permission", "User name", "Name", "Unit", "Post", "Role", "Way", "Area", "All of it", "Since", "Until",
           "Second factor", "Last sign-in"),
}  # fmt: skip
_WIDTHS: Final = (28, 16, 12, 24, 24, 20, 24, 24, 10, 12, 12, 12, 12)
_WAYS: Final = {
    "area": Text("授权", "Grant"),
    "group": Text("区域分组", "Group of areas"),
    "unit": Text("单位辖区", "Area of a unit"),
    "grid_staff": Text("网格任职", "Grid duty"),
}
_YES, _NO, _HIDDEN = Text("是", "Yes"), Text("否", "No"), Text("不在管理范围", "Not managed here")


def check_review(actor: Actor, area_code: str, permission: str, due_on: date) -> None:
    """Raise Forbidden outside the actor's own areas, Invalid for no permission or a due day that cannot be."""
    if not actor.may(REVIEW, area_code):
        raise Forbidden(permission=REVIEW)
    check_sight(actor, SightFilter(area_code, permission))
    today = clock.today()
    if not today < due_on <= today + AT_MOST:
        raise Invalid(fields=(FieldProblem("due_on", "range", _DUE),))


def mark_reviewed(
    actor: Actor, *, area_code: str, permission: str, due_on: date | None = None, note: str = ""
) -> AccessReview:
    """Note that the actor has looked through who holds `permission` in an area; due again on `due_on`."""
    due_on = due_on or clock.today() + USUALLY
    check_review(actor, area_code, permission, due_on)
    seen = accounts_with_sight(actor, SightFilter(area_code, permission), limit=1)
    row = AccessReview.objects.create(
        id=uuid7(),
        area_code=area_code,
        permission=permission,
        accounts=seen.count.value if seen.count else 0,
        reviewed_on=clock.today(),
        reviewed_by=actor.id,
        due_on=due_on,
        note=note.strip(),
        created_at=clock.now(),
    )
    detail = {"permission": permission, "count": row.accounts, "due_on": due_on.isoformat()}
    changes.record(actor, "access.right.review", "access_review", row.id, area_code, detail)
    return row


def export_sight(actor: Actor, wanted: SightFilter, purpose: str, language: str) -> bytes:
    """The list as a workbook, one line for each way; who takes it and why goes into the read log. Raises Invalid."""
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise Invalid(fields=(FieldProblem("purpose", "short", _PURPOSE),))
    found: list[SightItem] = []
    cursor: str | None = None
    while True:
        page = accounts_with_sight(actor, wanted, cursor, paging.MOST)
        found.extend(page.items)
        cursor = page.next
        if cursor is None:
            break
    reads.note("export", "access_review", area=wanted.area, count=len(found), purpose=purpose.strip())
    label = next(p.label for p in catalogue.catalogue() if p.code == wanted.permission).say(language)
    lines = [(label, *_line(item, way, language)) for item in found for way in item.ways]
    key = "en" if language.startswith("en") else "zh"
    return workbook(actor, "Access" if key == "en" else "权限清单", _HEAD[key], _WIDTHS, lines, language)


def _line(item: SightItem, way: Way, language: str) -> tuple[object, ...]:
    def yes(value: bool | None) -> str:
        return (_HIDDEN if value is None else _YES if value else _NO).say(language)

    role = way.role_name_en or way.role_name if language.startswith("en") else way.role_name
    return (
        item.username, item.name, item.unit.name, way.post_title, role,
        f"{_WAYS[way.kind].say(language)} {way.named}".strip(), f"{way.area_name} {way.area_code}", yes(way.whole),
        way.since, way.until, yes(item.second_factor), item.last_sign_in_on,
    )  # fmt: skip
