"""The demo's guardians and tags: of its own people, with gaps, once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from linli.kernel import clock
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.project.demo import base, ties
from linli.project.demo.base import DemoOrder
from linli.registry.merge import merge_people
from linli.registry.models import Relation, Tag

TOWN, VILLAGE = "370302104", "370302104201"


@pytest.fixture
def families(seeded_db: str, settings: Any, tmp_path: Path) -> None:
    """Six mothers as heads of a household with a child each, and four people over eighty."""
    settings.LINLI_HOME = tmp_path
    base.claim(DemoOrder(6_000, 42))
    today, rows = clock.today(), []
    for serial in range(6):
        household = {"household_no": f"H{serial}", "area_code": VILLAGE, "home_village_code": VILLAGE}
        rows += [
            {"name": f"母{chr(0x4E00 + serial)}", "sex": "2", "birth": today - timedelta(days=12_000),
             "relation_to_head": "0", **household},
            {"name": f"子{chr(0x4E00 + serial)}", "sex": "1", "birth": today - timedelta(days=2_000 + serial),
             "relation_to_head": "2", **household},
        ]  # fmt: skip
    rows += [
        {"name": f"老{chr(0x4E00 + serial)}", "sex": "2", "birth": today - timedelta(days=32_000), "area_code": VILLAGE}
        for serial in range(4)
    ]
    frame = (
        pl.DataFrame(rows, infer_schema_length=None).with_row_index("row", 1).with_columns(pl.col("row").cast(pl.Int64))
    )
    with acting(base.demo_actor()) as actor:
        merge_people(frame, source="community", batch_id=uuid7(), uploader=actor, district=TOWN[:6])


@pytest.mark.usefixtures("families")
def test_children_have_their_parents_as_guardians_and_some_are_left_without() -> None:
    guardians, tags = ties.tie_people(TOWN)
    assert (guardians, tags) == (4, 2) and ties.tie_people(TOWN) == (0, 0)
    with acting(base.demo_actor()):
        found = list(Relation.objects.all())
        assert {r.kind for r in found} == {"guardian"} and {r.kinship for r in found} == {"52"}
        assert {r.other_name[0] for r in found} == {"母"} and any(r.consent_on is None for r in found)
        assert all(t.expires_on > clock.today() for t in Tag.objects.all())
