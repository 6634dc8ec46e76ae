"""The staff of a whole district: grid workers, clerks of villages and towns, officers of departments.

None of them has a password, so none can sign in before an administrator sets one; only the accounts that `staff` prints
can. In the model district (13 towns, 474 villages and communities, 885 grids) all together are 2,150.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from linli.kernel.actors import Actor
from linli.project.demo.lists import given_names, surnames
from linli.project.demo.places import DistrictPlaces, largest_remainder

#: accounts of the model district, the printed ones included
ACCOUNTS = 2150
#: departments with officers; their names are those of the offices a district has (区直部门), abridged
OFFICES = (
    "发展和改革局", "教育和体育局", "工业和信息化局", "司法局", "财政局", "人力资源和社会保障局", "自然资源局",
    "住房和城乡建设局", "城乡交通运输局", "农业农村局", "商务局", "文化和旅游局", "退役军人事务局", "应急管理局",
    "市场监督管理局", "综合行政执法局", "医疗保障局", "信访局", "行政审批服务局", "消防救援大队",
)  # fmt: skip
CLERKS_OF_TOWN, OFFICERS_OF_TOWN = 2, 10
SMALLEST_OFFICE = 2
_SEED = 7


@dataclass(frozen=True, slots=True)
class Seat:
    """A post to be filled: whose unit (area code, or a department's name), what it is called, and what it opens."""

    username: str
    unit: str
    title: str
    role: str
    area: str


def seats(places: DistrictPlaces, printed: Sequence[tuple[str, str]]) -> list[Seat]:
    """Every post of the district, in a fixed order, but those of grids and villages that `printed` accounts have.

    `printed` are roles with their areas, one for each of those accounts.
    """
    local = (seat for seat in (*_of_grids(places), *_of_villages(places)) if (seat.role, seat.area) not in printed)
    found = [*local, *_of_towns(places)]
    least = SMALLEST_OFFICE * len(OFFICES)
    officers = max(ACCOUNTS - len(printed) - len(found), least)
    shares = largest_remainder(np.ones(len(OFFICES)), officers)
    for number, (office, count) in enumerate(zip(OFFICES, shares, strict=True), 1):
        found += [
            Seat(f"d{number:02d}-{serial:02d}", office, f"业务经办（{serial}）", "officer", places.code)
            for serial in range(1, int(count) + 1)
        ]
    return found


def _of_grids(places: DistrictPlaces) -> Iterator[Seat]:
    for village, grids in sorted(places.grids.items()):
        for grid in grids:
            yield Seat(f"g{grid.code[6:]}", village, f"网格员·{grid.code[-3:]}", "grid_worker", grid.code)


def _of_villages(places: DistrictPlaces) -> Iterator[Seat]:
    for village in places.villages:
        short = village.code[6:]
        yield Seat(f"v{short}-1", village.code, "村居信息员·1", "village_clerk", village.code)
        yield Seat(f"v{short}-2", village.code, "村居干部", "officer", village.code)


def _of_towns(places: DistrictPlaces) -> Iterator[Seat]:
    for town in places.towns:
        short = town.code[6:]
        for serial in range(1, CLERKS_OF_TOWN + 1):
            yield Seat(f"t{short}-c{serial}", town.code, f"镇街信息员·{serial}", "town_clerk", town.code)
        for serial in range(1, OFFICERS_OF_TOWN + 1):
            yield Seat(f"t{short}-{serial:02d}", town.code, f"站所经办·{serial}", "officer", town.code)


def names(count: int) -> list[str]:
    """Invented names of people of working age."""
    rng = np.random.default_rng(_SEED)
    families, weights = surnames()
    family = rng.choice(families, size=count, p=weights)
    cohorts = [cohort for (decade, _), cohort in sorted(given_names().items()) if 1960 <= decade <= 1990]
    which = rng.integers(0, len(cohorts), size=count)
    return [
        f"{family[i]}{rng.choice(cohorts[which[i]].first)}{rng.choice(cohorts[which[i]].second)}" for i in range(count)
    ]


def fill_seats(
    actor: Actor, places: DistrictPlaces, units: Mapping[str, uuid.UUID], printed: Sequence[tuple[str, str]]
) -> int:
    """Make the accounts and posts that are not there yet, set-based; returns how many those were."""
    from linli.access import actions
    from linli.access.models import Account

    wanted = seats(places, printed)
    present = set(
        Account.objects.filter(username__in=[seat.username for seat in wanted]).values_list("username", flat=True)
    )
    people = zip(wanted, names(len(wanted)), strict=True)
    missing = [(seat, name) for seat, name in people if seat.username not in present]
    accounts = actions.create_accounts(
        actor, [actions.NewAccount(seat.username, name, units[seat.unit]) for seat, name in missing]
    )
    actions.create_posts(
        actor,
        [
            actions.NewPost(units[seat.unit], seat.title, seat.role, seat.area, account)
            for (seat, _), account in zip(missing, accounts, strict=True)
        ],
    )
    return len(missing)
