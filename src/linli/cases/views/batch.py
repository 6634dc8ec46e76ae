"""One step taken in many cases: each by the same `act`, each for itself, with a result of its own.

What is refused in one case undoes nothing in the others: every case has its own savepoint. The request as a whole has one
Idempotency-Key, so that a lost answer is given again and nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Problem, Text

from ..engine.act import act
from ..engine.effects import Given
from ..engine.rules import ACTIONS, BY_CODE, OWN_DOORS, Action
from ..engine.sight import seen
from ..engine.states import State
from ..permissions import CHECK, HANDLE

MOST = 200  # cases at once
NOT_MANY = Text("此操作须逐件办理。", "This is done case by case.")
TWICE = Text("同一案件选了两次。", "A case was chosen twice.")


def together(action: Action) -> bool:
    """Whether a step may be taken in many cases at once. What somebody saw on the spot, what a reporter said, and what was
    asked for and is decided, is of one case; so is a merge, and what goes to a body outside. The program's own steps are nobody's."""
    of_one = (
        action.permission == CHECK
        or {"rating", "procedure", "body"} & {*action.asks}
        or action.kind in ("request", "decide", "clock")
    )
    return not (of_one or action.code in OWN_DOORS or action.by_program)


TOGETHER: tuple[Action, ...] = tuple(action for action in ACTIONS if together(action))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case as it was looked at."""

    id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case. `number` is empty where the actor sees no such case; `problem` None: the step was taken."""

    id: UUID
    number: str
    state: State | None
    version: int | None
    problem: Problem | None
    transferred: bool = False


def offered(actor: Actor) -> list[Action]:
    """The steps an actor may take in many cases somewhere; whether in each of them, the step itself asks."""
    return [
        action
        for action in TOGETHER
        if actor.may(action.permission) and (action.permission != HANDLE or actor.unit_id is not None)
    ]


def check_many(actor: Actor, code: str, chosen: Sequence[Chosen]) -> Action:
    """Whether this step can be taken in these cases at once. Raises NotFound, Forbidden, Invalid."""
    action = BY_CODE.get(code)
    if action is None:
        raise NotFound()
    actor.require(action.permission)
    problems = []
    if not together(action):
        problems.append(FieldProblem("action", "one_by_one", NOT_MANY))
    if len({each.id for each in chosen}) < len(chosen):
        problems.append(FieldProblem("cases", "twice", TWICE))
    if problems:
        raise Invalid(fields=tuple(problems))
    return action


def act_on_many(actor: Actor, code: str, chosen: Sequence[Chosen], given: Given) -> list[Outcome]:
    """Take a step in each of `chosen`, and answer what became of each, in the order asked for.

    Cases are locked in the order of their ids, so that two who choose the same cases wait for each other and no more.
    """
    check_many(actor, code, chosen)
    outcomes: dict[UUID, Outcome] = {}
    for each in sorted(chosen, key=lambda c: c.id):
        try:
            with transaction.atomic():
                case = act(actor, each.id, code, replace(given, version=each.version))
        except Problem as problem:
            outcomes[each.id] = Outcome(each.id, "", None, None, problem)
        else:
            outcomes[each.id] = Outcome(case.id, case.number, State(case.state), case.version, None, case.transferred)
    refused = [outcome.id for outcome in outcomes.values() if outcome.problem]
    known = {c.id: c for c in seen(actor).filter(id__in=refused)} if refused else {}
    for case_id, case in known.items():
        outcomes[case_id] = replace(
            outcomes[case_id],
            number=case.number,
            state=State(case.state),
            version=case.version,
            transferred=case.transferred,
        )
    return [outcomes[each.id] for each in chosen]
