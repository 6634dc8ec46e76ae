"""`linli ledger round`: asking for a form and seeing how it stands, from the command line."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import round_world as world
from round_world import TOWN, VILLAGE, return_of
from typer.testing import CliRunner, Result

from linli.intake.ledgers.commands import ledger_app
from linli.intake.rounds.models import Round
from linli.kernel.scope import acting

OPEN = ("--area", TOWN, "--period", "2026-06", "--date", "2026-06-01", "--due", "2026-06-30")


def run(*arguments: object, code: int = 0) -> Result:
    done = CliRunner().invoke(ledger_app, ["round", *map(str, arguments)])
    assert done.exit_code == code, (done.output, done.exception)
    return done


def told(*arguments: object, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", code=code).stdout)


def test_a_round_is_opened_listed_shown_and_counted_anew(form: UUID, people: dict[str, UUID]) -> None:
    (made,) = told("open", "高龄津贴花名册", *OPEN)
    assert (made["area"], made["state"], made["due"], made["rows"]) == (TOWN, "open", "2026-06-30", 4)
    assert [row["id"] for row in told("list")] == [made["id"]]
    shown = told("show", made["id"])
    returns = {row["area_code"]: row for row in shown["returns"]}
    assert len(returns) == shown["draft"] > 10 and returns[VILLAGE]["blanks"] == 1
    with acting(world.staff.OPERATOR):
        one = Round.objects.get(id=made["id"])
        world.Return.objects.filter(round_id=one.id).update(blanks=0)
    assert told("measure", made["id"]) == told("measure") == {"measured": 1, "failed": 0}
    assert return_of(one, VILLAGE).blanks == 1
    assert "高龄津贴花名册 2026-06" in run("list").stdout and "0/" in run("show", made["id"], "--lang", "en").stdout


def test_what_cannot_be_asked_for_is_a_clear_word(form: UUID) -> None:
    told("open", form, *OPEN)
    for arguments, code in (
        (("open", form, *OPEN), "intake.round.open_already"),
        (("open", "没有的表", *OPEN), "kernel.not_found"),
        (("open", form, "--area", TOWN, "--period", "x", "--due", "2026-05-01"), "kernel.invalid"),
        (("open", form, "--area", TOWN, "--period", "x", "--due", "June"), "intake.round.failed"),
        (("show", UUID(int=1)), "kernel.not_found"),
    ):
        assert told(*arguments, code=1)["code"] == code
