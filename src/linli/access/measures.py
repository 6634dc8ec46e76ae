"""The measures of access: how far a community uses the platform. By area alone, of nobody: the rules against formalism of 2023 and 2024
forbid watching who is online, and how many of few people signed in would tell of each."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from django.db.models import Count, Q
from django.db.models.functions import Left, Length

from linli.kernel import areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.measures import Definition, Measure, declare

from .models import Account
from .permissions import ACCOUNT_VIEW

#: Of fewer accounts no share is told (inferred).
LEAST = 5
#: What "monthly" means, by the day of the last sign-in: nothing finer is kept.
DAYS = 30
VILLAGE = next(digits for digits, level in areas.LENGTHS.items() if level == "village")
LADDER = Text(
    "山东省智慧社区建设指标，算法为推断", "Shandong's indicators of smart communities; the formula is inferred"
)


def _signed_in(actor: Actor, digits: int, area: str | None) -> dict[str, tuple[int, int]]:
    """Of each area how many accounts in use there are, and to how many somebody signed in lately. One query."""
    lately = Q(last_sign_in_on__gt=clock.today() - timedelta(days=DAYS))
    found = (
        Account.objects.restrict(actor, ACCOUNT_VIEW, area)
        .filter(active=True)
        .annotate(code=Left("area_code", digits), digits=Length("area_code"))
        .filter(digits__gte=digits)
        .values("code")
        .annotate(accounts=Count("id"), used=Count("id", filter=lately))
        .order_by()
    )
    return {row["code"]: (row["accounts"], row["used"]) for row in found}


def active(actor: Actor, digits: int, area: str | None = None) -> dict[str, float]:
    """The share of accounts somebody signed in to lately; none of fewer than LEAST accounts."""
    found = _signed_in(actor, digits, area)
    return {code: used / accounts for code, (accounts, used) in found.items() if accounts >= LEAST}


def connected(actor: Actor, digits: int, area: str | None = None) -> dict[str, float]:
    """The share of communities that are on the platform: of one community 1 where it has accounts in use, else 0; nothing of those
    that never had any. One query. Whether anybody signs in is another measure."""
    if digits > VILLAGE:
        return {}
    found = (
        Account.objects.restrict(actor, ACCOUNT_VIEW, area)
        .annotate(code=Left("area_code", VILLAGE), digits=Length("area_code"))
        .filter(digits__gte=VILLAGE)
        .values("code")
        .annotate(used=Count("id", filter=Q(active=True)))
        .order_by()
    )
    of_area: dict[str, list[bool]] = defaultdict(list)
    for row in found:
        of_area[row["code"][:digits]].append(row["used"] > 0)
    return {code: sum(those) / len(those) for code, those in of_area.items()}


declare(
    Measure(
        "platform_connected", "share", Text("智慧社区：接入平台", "Smart community: on the platform"), (ACCOUNT_VIEW,),
        "/admin/accounts", connected,
        Definition(
            Text("其中有在用账号的（单个社区：是为 1，否为 0）", "those with accounts in use (of one community: 1 or 0)"),
            Text("开过账号的村居", "communities that ever had accounts"),
            1, LADDER, "inferred",
        ),
        ladder=True,
    ),
    Measure(
        "staff_monthly_active_rate", "share", Text("智慧社区：工作人员月活跃率", "Smart community: staff active in a month"), (ACCOUNT_VIEW,),
        "/admin/accounts", active,
        Definition(
            Text(f"其中近 {DAYS} 天登录过的（只按辖区，不到人）", f"those signed in to within {DAYS} days; by area, of nobody"),
            Text(f"辖区内在用的账号，不足 {LEAST} 个的不计", f"accounts in use of the area's units; none of fewer than {LEAST}"),
            1, LADDER, "inferred",
        ),
        ladder=True,
    ),
)  # fmt: skip
