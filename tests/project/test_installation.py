"""What an administrator reads about the installation: true to its settings and data, and nothing secret."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import staff
from permissions import Door, PermissionSuite, Sample

from linli import __version__
from linli.access.permissions import ACCOUNT_VIEW, RETENTION_VIEW
from linli.kernel.scope import acting
from linli.places.models import Grid


class TestInstallationDoor(PermissionSuite):
    doors: ClassVar = [
        Door("GET", "/api/installation", one, instead=(ACCOUNT_VIEW, RETENTION_VIEW))
        for one in (ACCOUNT_VIEW, RETENTION_VIEW)
    ]

    def sample(self) -> Sample:
        return Sample(own={}, foreign={})


def read(role: str = "system_admin") -> dict[str, Any]:
    browser = staff.client(staff.staff("reader", role, staff.DISTRICT))
    answer = browser.get("/api/installation")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_it_says_what_this_program_and_district_are(seeded_db: str) -> None:
    found = read()
    assert found["version"] == __version__
    assert (found["district_code"], found["district_name"]) == (staff.DISTRICT, "淄川区")
    assert found["datum"] == "cgcs2000" and "gcj02" in found["datums_in"]
    assert found["languages"] == ["zh-CN", "en"]


def test_outlines_the_program_drew_are_counted_apart(seeded_db: str) -> None:
    with acting(staff.OPERATOR):
        kept = Grid.objects.filter(valid_to=None).order_by("code")
        expected = kept.count()
        Grid.objects.filter(code=kept.values_list("code", flat=True)[0]).update(synthetic=False)
    outlines = read()["outlines"]
    assert (outlines["grids"], outlines["grids_synthetic"]) == (expected, expected - 1)
    assert expected > 1 and outlines["regions"] >= outlines["regions_synthetic"]


def test_bounds_and_ways_in_are_those_in_force(seeded_db: str, settings: Any) -> None:
    settings.LINLI_INTAKE_BATCH_ROWS, settings.LINLI_UPLOAD_DAYS = 12_345, 7
    settings.LINLI_THREE_OFFICES, settings.LINLI_CIPHER = "on", "sm4"
    found = read()
    assert (found["limits"]["batch_rows"], found["limits"]["upload_days"]) == (12_345, 7)
    assert found["doors"]["three_offices"] is True and found["doors"]["second_factor"] == "roles"
    assert found["doors"]["identity_provider"] is False and found["cipher"] == "sm4"


@pytest.mark.parametrize("role", ["district_admin", "security_admin", "auditor", "town_admin"])
def test_every_administrator_reads_it_and_no_secret_is_in_it(seeded_db: str, settings: Any, role: str) -> None:
    told = str(read(role))
    for secret in (settings.SECRET_KEY, str(settings.LINLI_KEYS_DIR), str(settings.HOME)):
        assert secret not in told
