"""How far communities use the platform: by area, of nobody, and not of few."""

from __future__ import annotations

from datetime import timedelta

import pytest
import staff

from linli.access.measures import DAYS, LEAST
from linli.access.models import Account
from linli.kernel import clock, measures
from linli.kernel.scope import acting


def accounts(prefix: str, area: str, count: int, used: int, days_ago: int = 1) -> None:
    """So many accounts of a unit, of which `used` were signed in to."""
    for serial in range(count):
        made = staff.staff(f"{prefix}{serial}", area=area)
        if serial < used:
            with acting(staff.OPERATOR):
                day = clock.today() - timedelta(days=days_ago)
                Account.objects.filter(id=made.id).update(last_sign_in_on=day)


def ask(measure: str, digits: int = 12) -> dict[str, float]:
    with acting(staff.OPERATOR) as actor:
        return measures.named(measure).by_area(actor, digits, None)


@pytest.mark.parametrize("used", [0, 2, LEAST])
def test_the_share_of_accounts_in_use_counts_them_one_by_one(db: str, used: int) -> None:
    accounts("a", staff.VILLAGE, LEAST, used)
    accounts("b", staff.OTHER_VILLAGE, LEAST - 1, LEAST - 1)
    accounts("closed", staff.VILLAGE, 3, 3)
    with acting(staff.OPERATOR):
        Account.objects.filter(username__startswith="closed").update(active=False)
    assert ask("staff_monthly_active_rate") == {staff.VILLAGE: used / LEAST}, "nothing of fewer than five"
    assert ask("staff_monthly_active_rate", 6) == {staff.DISTRICT: (used + LEAST - 1) / (2 * LEAST - 1)}


def test_a_sign_in_counts_for_thirty_days(db: str) -> None:
    accounts("a", staff.VILLAGE, LEAST, 1, DAYS - 1)
    accounts("b", staff.OTHER_VILLAGE, LEAST, 1, DAYS)
    assert ask("staff_monthly_active_rate") == {staff.VILLAGE: 1 / LEAST, staff.OTHER_VILLAGE: 0}


def test_a_community_with_accounts_in_use_is_on_the_platform_whoever_signs_in(db: str) -> None:
    accounts("a", staff.VILLAGE, 1, 0)
    accounts("b", staff.OTHER_VILLAGE, 2, 2)
    with acting(staff.OPERATOR):
        Account.objects.filter(username__startswith="b").update(active=False)
    assert ask("platform_connected") == {staff.VILLAGE: 1, staff.OTHER_VILLAGE: 0}
    assert ask("platform_connected", 6) == {staff.DISTRICT: 0.5} and ask("platform_connected", 15) == {}
    assert ask("staff_monthly_active_rate") == {}, "nothing of few"


def test_only_who_looks_after_accounts_is_told_and_of_their_areas(db: str) -> None:
    accounts("a", staff.VILLAGE, LEAST, 1)
    accounts("b", staff.OTHER_VILLAGE, LEAST, 1)

    def told(account: Account) -> dict[str, float]:
        with acting(staff.actor(account)) as actor:
            return measures.named("staff_monthly_active_rate").by_area(actor, 12, None)

    assert told(staff.staff("own", permissions=["places.view", "access.account.view"])) == {staff.VILLAGE: 1 / LEAST}
    assert told(staff.staff("none", permissions=["places.view"])) == {}
