"""Who is told what of the catalogue: whoever asked for a ledger, and whoever handed a form in; once, and nobody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import staff
from catalogue_forms import JSON, approver, clerk, decide, keeper, registered
from people_frames import merge, row

from linli.intake.generating import actions
from linli.intake.generating.actions import perform

pytestmark = pytest.mark.usefixtures("db")


def told(browser: Any) -> list[tuple[str, str]]:
    return [(n["text"], n["path"]) for n in browser.get("/api/notices").json()["items"]]


def ask(browser: Any, form: dict[str, Any]) -> UUID:
    body = {"area": staff.TOWN, "purpose": "季度报送"}
    return UUID(browser.post(f"/api/forms/{form['id']}/generate", body, content_type=JSON).json()["id"])


def test_who_asked_for_a_ledger_is_told_that_it_is_ready_and_who_handed_the_form_in_is_not() -> None:
    merge([row(2, "王建国", 1)])
    by = keeper()
    form, browser = registered(by), clerk()
    before = told(by)
    made = ask(browser, form)
    assert told(browser) == []
    perform(made)
    perform(made)
    assert told(browser) == [("台账“高龄津贴台账”（370302102）已生成，共 1 行，可以下载。", f"/ledgers/{form['id']}")]
    assert told(by) == before


def test_a_ledger_that_was_not_made_is_told_but_one_that_was_given_up_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    form, browser = registered(keeper()), clerk()
    given_up = ask(browser, form)
    browser.post(f"/api/forms/generated/{given_up}/cancel")
    perform(given_up)
    assert told(browser) == []

    def full(*args: Any) -> None:
        raise OSError(28, "no room")

    failing = ask(browser, form)
    monkeypatch.setattr(actions, "fill", full)
    perform(failing)
    ((text, _),) = told(browser)
    assert text == "台账“高龄津贴台账”（370302102）没有生成，请打开查看原因。"


def test_who_handed_a_form_in_is_told_each_decision() -> None:
    by = keeper()
    form = registered(by)
    decide(approver(), form, approve=False, reason="依据已失效")
    assert told(by) == [("报表“高龄津贴台账”没有获得准入，请查看意见。", f"/ledgers/{form['id']}")]
