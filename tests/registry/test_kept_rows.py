"""What is destroyed of the registry after its time: rows as they came that were replaced, and history. Nothing rests on them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import staff
from people_frames import DISTRICT, Sql, clerk, merge, person, picture, row

from linli.access.keeping import actions, nightly
from linli.access.models import DeletionCertificate
from linli.kernel import clock
from linli.kernel.scope import acting
from linli.registry.merge import undo_people

pytestmark = pytest.mark.usefixtures("db")
LATER = date(2026, 6, 1)


def keep(kind: str, days: int) -> DeletionCertificate | None:
    with acting(staff.OPERATOR):
        actions.set_rule(staff.OPERATOR, kind, days)
    return actions.destroy_due(actions.overseer(), actions.kind_of(kind), 1)


def test_the_words_of_a_replaced_row_go_and_undoing_still_ends_the_same(owner_sql: Sql) -> None:
    with clock.frozen(clock.now() - timedelta(days=600)):
        merge([row(n, f"王{n}", n) for n in (2, 3, 4)])
    before = picture(owner_sql)
    with clock.frozen(clock.now() - timedelta(days=500)):
        newer, _ = merge([row(n, f"王{n}", n, education="20") for n in (2, 3)], observed_on=LATER)
    certificate = keep("registry.raw", 400)
    assert certificate is not None and certificate.rows == 2
    rows = owner_sql("SELECT superseded_by IS NOT NULL, raw IS NULL FROM registry_source_record")
    assert sorted(rows) == [(False, False)] * 3 + [(True, True)] * 2, "what is current keeps its words"
    assert person(2).education == "20"
    undo_people(newer, clerk(), DISTRICT)
    assert picture(owner_sql) == before


def test_history_goes_and_the_person_stays(owner_sql: Sql) -> None:
    merge([row(2, "王二", 2)])
    merge([row(2, "王二", 2, education="20")], observed_on=LATER)
    kept = len(owner_sql("SELECT id FROM registry_person_history"))
    assert kept
    owner_sql("UPDATE registry_person_history SET replaced_at = now() - interval '500 days'")
    before = picture(owner_sql)
    certificate = keep("registry.history", 400)
    assert certificate is not None and certificate.rows == kept
    assert owner_sql("SELECT count(*) FROM registry_person_history") == [(0,)]
    assert picture(owner_sql) == before


def test_nothing_of_people_goes_before_somebody_has_said_so(owner_sql: Sql) -> None:
    merge([row(2, "王二", 2)])
    merge([row(2, "王二", 2, education="20")], observed_on=LATER)
    owner_sql("UPDATE registry_person_history SET replaced_at = now() - interval '9000 days'")
    assert not [o for o in nightly.destroy_all() if o.certificate and o.kind.name.startswith("registry")]
