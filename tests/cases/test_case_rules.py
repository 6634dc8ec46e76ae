"""The table of actions: no state is a dead end, all are reached, and nothing goes past a step that must be taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from linli.cases.clocks.adjustments import Refusal as Denial
from linli.cases.clocks.adjustments import Reviewer
from linli.cases.engine import rules
from linli.cases.engine.guards import Asked
from linli.cases.engine.rules import ACTIONS, BY_CODE, Doer, Facts, options, refusal
from linli.cases.engine.states import FINISHED, PAUSED, STAGE_OF, STAGES, STATES, Stage, State
from linli.cases.permissions import ACCEPT, CHECK, CLOSE, DISPATCH, HANDLE

EVERYBODY = frozenset({ACCEPT, DISPATCH, HANDLE, CHECK, CLOSE})
UNIT, OTHER = "unit", "another unit"
ORDER = [stage for stage in Stage if stage is not Stage.ENDED]


def walk(
    case: Facts, choices: st.DataObject | None = None, steps: int = 0, picks: list[int] | None = None
) -> list[str]:
    """Walk along the table by `picks`; the codes of the steps that were possible. Two people: a unit's and a checker."""
    taken: list[str] = []
    for pick in picks or []:
        possible = [a for a in ACTIONS if possible_for(a, case)]
        if not possible:
            break
        action = possible[pick % len(possible)]
        taken.append(action.code)
        case = after(case, action)
    return taken


def possible_for(action: rules.Action, case: Facts) -> bool:
    """Whether anybody at all can do it now."""
    return any(refusal(action, case, doer) is None for doer in ANYBODY)


ANYBODY = [Doer(EVERYBODY, unit, True, True, who) for unit in (UNIT, OTHER) for who in ("one", "two", "three")]
ANYBODY.append(Doer(EVERYBODY, id="program", system=True))
#: What a review leads to: the next one, or the end of it.
REVIEWS = {
    "endorse_extension": ("extension", Asked(Reviewer.DISPATCHER, frozenset({"one", "two"}))),
    "decline_extension": ("extension", None),
    "grant_extension": ("extension", None),
    "deny_extension": ("extension", None),
    "endorse_appeal": ("appeal", Asked(Reviewer.ACCEPTOR, frozenset({"one", "two"}))),
    "decline_appeal": ("appeal", None),
    "grant_appeal": ("appeal", None),
    "deny_appeal": ("appeal", None),
}


def after(case: Facts, action: rules.Action) -> Facts:
    """The facts after a step, as the actions set them: the case was late, and one extension is granted at most."""
    state = rules.target_of(action, case.state)
    new = replace(
        case, state=state, filed=case.filed or action.code in ("file", "file_afterwards"),
        unit_id=UNIT if "unit" in action.asks else case.unit_id,
        suspensions=case.suspensions + (1 if action.code == "suspend" else 0),
    )  # fmt: skip
    if action.code == "ask_extension":
        new = replace(new, extension=Asked(Reviewer.UNIT, frozenset({"one"})), no_extension=Denial.WAITING)
    if action.code == "ask_appeal":
        new = replace(new, appeal=Asked(Reviewer.DISPATCHER, frozenset({"one"})), no_appeal=Denial.SPENT)
    if action.code in REVIEWS:
        name, waits = REVIEWS[action.code]
        new = replace(new, **{name: waits})  # type: ignore[arg-type]
        if name == "extension" and waits is None:
            new = replace(new, no_extension=Denial.SPENT if action.code == "grant_extension" else None)
    if action.code in ("return_to_dispatcher", "recall", "close", "reopen"):
        new = replace(new, extension=None, appeal=None, no_extension=None)
    if action.code == "close":
        new = replace(new, no_appeal=None)
    return replace(new, no_appeal=Denial.OPEN) if action.code == "reopen" else new


walks = st.lists(st.integers(min_value=0, max_value=60), max_size=60)
begins = st.booleans().map(lambda urgent: Facts(rules.BEGIN, urgent=urgent))


def test_every_state_has_a_name_and_a_stage_and_every_stage_a_state() -> None:
    assert set(STATES) == set(STAGE_OF) == set(State)
    assert set(STAGE_OF.values()) == set(STAGES) == set(Stage)


def test_every_state_is_reached_and_every_action_possible_somewhere() -> None:
    reached, done, waiting = set(), set(), [Facts(rules.BEGIN, urgent=u) for u in (True, False)]
    while waiting:
        case = waiting.pop()
        if case in reached:
            continue
        reached.add(case)
        for action in ACTIONS:
            if case.suspensions <= 1 and possible_for(action, case):
                done.add(action.code)
                waiting.append(after(case, action))
    assert {case.state for case in reached} == set(State)
    assert done == set(BY_CODE)
    dead = [case for case in reached if case.state not in FINISHED and not any(possible_for(a, case) for a in ACTIONS)]
    assert dead == []
    assert all(_ends(case) for case in reached)


def _ends(case: Facts) -> bool:
    """Whether an end can be reached from here."""
    seen, waiting = set(), [case]
    while waiting:
        here = waiting.pop()
        if here.state in FINISHED:
            return True
        if here not in seen:
            seen.add(here)
            waiting += [after(here, a) for a in ACTIONS if possible_for(a, here) and here.suspensions <= 1]
    return False


@given(begins, walks)
def test_nothing_is_closed_that_was_not_filed_handed_back_and_checked(begin: Facts, picks: list[int]) -> None:
    taken = walk(begin, picks=picks)
    for at, code in enumerate(taken):
        if code != "close":
            continue
        before = taken[:at]
        assert {"file", "file_afterwards"} & set(before)
        # Since the last time the unit got it, its result came back and passed its check, in that order.
        since = max(i for i, c in enumerate(before) if c in ("take", "rework", "fail_check", "resume"))
        assert before[since:].index("hand_back") < len(before[since:]) - 1 - before[since:][::-1].index("pass_check")


@given(begins, walks)
def test_a_case_goes_to_a_unit_before_it_is_filed_only_where_it_is_urgent(begin: Facts, picks: list[int]) -> None:
    taken = walk(begin, picks=picks)
    if "take" in taken and not begin.urgent:
        assert "file" in taken[: taken.index("take")]
    assert begin.urgent or "dispatch_first" not in taken


def test_whoever_gets_a_return_cannot_do_what_comes_after_their_own_step() -> None:
    """A return leads into the receiver's own stage: the main step of the stage after it is not possible from there."""
    for back in (a for a in ACTIONS if a.kind == "return"):
        assert back.target is not None
        here = ORDER.index(STAGE_OF[back.target])
        for source in back.sources:
            assert ORDER.index(STAGE_OF[source]) >= here
        for action in ACTIONS:
            if action.main and action.code != "dispatch_first" and back.target in action.sources:
                own = action.target
                assert own is not None
                assert ORDER.index(STAGE_OF[own]) <= here + 1


def test_every_return_and_every_end_without_a_result_needs_a_reason() -> None:
    for action in ACTIONS:
        if action.kind in ("return", "cancel", "pause", "reopen"):
            assert "reason" in action.asks, action.code


def test_steps_of_a_unit_are_for_its_own_people_alone() -> None:
    for action in ACTIONS:
        if action.reach == "unit":
            for state in action.sources:
                case = Facts(state, filed=True, unit_id=UNIT)
                own = refusal(action, case, Doer(frozenset(), UNIT, True, True))
                assert own is None or own.code not in ("right", "unit")
                for stranger in (
                    Doer(EVERYBODY, OTHER, True),
                    Doer(EVERYBODY, UNIT, False),
                    Doer(EVERYBODY, None, True),
                ):
                    refused = refusal(action, case, stranger)
                    assert refused is not None and refused.code in ("right", "unit")


def test_nobody_checks_the_result_of_their_own_unit() -> None:
    case = Facts(State.CHECK_RESULT, filed=True, unit_id=UNIT)
    told = {option.action.code: option.refusal for option in options(case, Doer(EVERYBODY, UNIT, True))}
    assert {code for code, refused in told.items() if refused and refused.code == "own_result"} == {
        "pass_check",
        "fail_check",
    }
    assert all(option.allowed for option in options(case, Doer(EVERYBODY, OTHER, True)))


def test_a_clock_stands_only_where_a_pause_leads_and_goes_on_by_resuming_alone() -> None:
    for action in ACTIONS:
        assert (action.target in PAUSED) == (action.kind == "pause")
        if set(action.sources) & set(PAUSED) and action.target is not None:
            assert action.kind == "resume" or action.code == "unit_gone"


@given(
    st.sampled_from(State), st.booleans(), st.booleans(), st.sets(st.sampled_from(sorted(EVERYBODY))), st.integers(0, 1)
)
def test_options_name_every_action_of_the_state_with_a_reason_where_it_is_refused(
    state: State, urgent: bool, filed: bool, held: set[str], suspensions: int
) -> None:
    case = Facts(state, urgent, filed, UNIT, suspensions)
    told = options(case, Doer(frozenset(held), OTHER, HANDLE in held))
    possible = {
        a.code for a in ACTIONS if any(refusal(a, case, Doer(EVERYBODY, u, True)) is None for u in (UNIT, OTHER))
    }
    assert possible <= {option.action.code for option in told}
    assert all(state in option.action.sources for option in told)
    for option in told:
        assert option.allowed or (option.refusal is not None and option.refusal.text.zh and option.refusal.text.en)


def test_the_document_holds_the_table_as_it_is() -> None:
    document = (Path(__file__).parents[2] / "docs" / "cases.md").read_text(encoding="utf-8")
    assert rules.diagram() in document, "run: python -m linli.cases.engine.document"
    assert rules.table() in document


def test_nobody_decides_what_they_asked_for_or_reviewed_before() -> None:
    """Two people besides the one who asked, whatever rights each of them holds."""
    for action in (a for a in ACTIONS if a.kind == "decide"):
        name = "extension" if action.code.endswith("extension") else "appeal"
        state = action.sources[0]
        for turn in Reviewer:
            case = Facts(state, filed=True, unit_id=UNIT, **{name: Asked(turn, frozenset({"one", "two"}))})  # type: ignore[arg-type]
            done = {
                who: refusal(action, case, Doer(EVERYBODY, UNIT, True, True, who)) for who in ("one", "two", "three")
            }
            assert all(done[who] is not None for who in ("one", "two"))
            if done["three"] is None:
                assert {done["one"].code, done["two"].code} == {"own_request"}  # type: ignore[union-attr]
