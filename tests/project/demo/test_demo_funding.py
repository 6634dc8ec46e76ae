"""The demo's money balances, says that it is a demo, and is made once."""

from __future__ import annotations

import pytest
import staff

from linli.funding.books import queries, reports
from linli.funding.models import Contract, Entry, Facility, Settlement, Source
from linli.funding.operations.queries import sustained
from linli.funding.projects.dues import due
from linli.funding.rules.operating import WhatIf
from linli.kernel.scope import acting
from linli.project.demo.funding import make_funding

pytestmark = pytest.mark.usefixtures("seeded_db")


def test_the_demo_s_money_balances_and_is_made_once() -> None:
    assert make_funding() > 10
    assert make_funding() == 0
    with acting(staff.OPERATOR) as actor:
        for by in ("source", "area", "party", "account"):
            told = reports.report(actor, by, 200001, 299912)
            assert told.balanced and told.rows
        assert all("演示" in text for text in Entry.objects.values_list("text", flat=True))
        assert all("演示" in name for name in Source.objects.values_list("name", flat=True))
        assert Contract.objects.count() == 2 and Settlement.objects.count() == 15 and Facility.objects.count() == 2
        assert {"milestone", "contract_end"} <= {each.kind for each in due(actor).items}
        assert any(row.used > 0 for row in queries.budgets(actor))
        assert {row.verdict.pays_upkeep for row in sustained(actor, WhatIf()).items} == {True, False}
