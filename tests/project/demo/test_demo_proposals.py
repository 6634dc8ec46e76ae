"""The demo's proposals: each where it is meant to be, made once, and nothing in them that is not said to be made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import staff as people
from django.test import Client

from linli.cases.models import Proposal
from linli.kernel.limiting.actions import Limiter
from linli.kernel.scope import acting
from linli.project.demo import base, loading, proposals, staff
from linli.project.demo.base import DemoOrder
from linli.public import proposal_views

ORDER = DemoOrder(6_000, 42)


@pytest.fixture
def laid(seeded_db: str, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many were made, in a demo whose staff is there."""
    settings.LINLI_HOME = tmp_path
    monkeypatch.setattr(proposal_views, "looks", Limiter("proposals", 50, 60))
    base.claim(ORDER)
    staff.appoint_staff(base.places_here(), loading.first_town(base.lay_places(), ORDER.people))
    return proposals.make_proposals()


def test_proposals_stand_where_they_are_meant_to_and_are_made_once(laid: int) -> None:
    assert laid == len(proposals.KINDS)
    assert proposals.make_proposals() == 0
    with acting(people.OPERATOR):
        found = list(Proposal.objects.select_related("case").order_by("registered_at", "id"))
        states = {each.title: each.case.state for each in found}
    assert sorted(states.values()) == sorted(
        ["evaluated", "closed", "handling", "to_dispatch", "to_close", "to_take", "reported"]
    )
    assert all("（示例）" in title for title in states)
    page = Client().get("/proposals").content.decode()
    assert page.count("（示例）") == sum(each.published_at is not None for each in found) == 3
