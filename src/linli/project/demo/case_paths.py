"""The ways a case of the demo goes: steps one after the other, each asked of the engine's own table before it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linli.cases.engine.rules import BEGIN, BY_CODE, Action, Doer, Facts, refusal, target_of
from linli.cases.engine.states import State

FILED = ("file", "file_afterwards")
SENT = ("dispatch", "dispatch_first")
CHECKED = ("ask_check", "pass_check", "close", "rate")
DONE = ("hand_back", *CHECKED)
VERIFIED = ("ask_verify", "confirm_report")
SENT_ONCE = ("file", "dispatch", "take")


@dataclass(frozen=True, slots=True)
class Way:
    """Steps in their order, and how often a case takes them among those of its sort."""

    share: float
    steps: tuple[str, ...]


#: What collectors and staff report.
STAFF = (
    Way(0.80, (*SENT_ONCE, *DONE)),
    Way(0.03, ("refuse",)),
    Way(0.05, (*SENT_ONCE, "return_to_dispatcher", "dispatch", "take", *DONE)),
    Way(0.06, (*SENT_ONCE, "hand_back", "ask_check", "fail_check", *DONE)),
    Way(0.02, (*SENT_ONCE, "hand_back", "rework", *DONE)),
    Way(0.015, (*SENT_ONCE, "suspend", "resume", *DONE)),
    Way(0.015, ("file", "return_to_acceptor", "refile", "dispatch", "take", *DONE)),
    Way(0.01, ("file", "return_to_acceptor", "cancel")),
)
#: What residents report, mostly looked at before it is filed.
PUBLIC = (
    Way(0.54, (*VERIFIED, *SENT_ONCE, *DONE)),
    Way(0.16, (*SENT_ONCE, *DONE)),
    Way(0.06, ("ask_verify", "deny_report", "refuse")),
    Way(0.03, ("refuse",)),
    Way(0.07, (*VERIFIED, *SENT_ONCE, "ask_reporter", "resume", *DONE)),
    Way(0.04, (*VERIFIED, *SENT_ONCE, "return_to_dispatcher", "dispatch", "take", *DONE)),
    Way(0.06, (*VERIFIED, *SENT_ONCE, "hand_back", "ask_check", "fail_check", *DONE)),
    Way(0.04, (*VERIFIED, *SENT_ONCE, *DONE, "reopen", "dispatch", "take", *DONE)),
)
#: What cannot wait: dispatched first, filed afterwards.
URGENT = (
    Way(0.92, ("dispatch_first", "take", "file_afterwards", *DONE)),
    Way(0.08, ("dispatch_first", "take", "file_afterwards", "hand_back", "ask_check", "fail_check", *DONE)),
)
WAYS = (*STAFF, *PUBLIC, *URGENT)


@dataclass(frozen=True, slots=True)
class Leg:
    """One step of a way, between its two states."""

    action: Action
    before: State
    after: State


def legs(steps: Sequence[str], urgent: bool) -> list[Leg]:
    """The steps with their states. Raises ValueError where the table of actions does not allow one there."""
    state, filed, unit, suspensions = BEGIN, False, None, 0
    found = []
    for code in steps:
        action = BY_CODE[code]
        doer = Doer(frozenset({action.permission}), unit if action.reach == "unit" else "another", handles=True)
        refused = refusal(action, Facts(state, urgent, filed, unit, suspensions), doer)
        if refused is not None:
            raise ValueError(f"{code} at {state}: {refused.code}")
        after = target_of(action, state)
        found.append(Leg(action, state, after))
        state, filed, suspensions = after, filed or code in FILED, suspensions + (code == "suspend")
        unit = "unit" if code in SENT else unit
    return found
