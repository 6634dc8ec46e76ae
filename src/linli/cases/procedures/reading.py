"""Reading a procedure from its data, and finding out whether it holds: every name known, no state unreached, an end for each.

A file is TOML: `code`, `label`, `note`, `certainty`, `source`, optionally `begin`, `urgent`, `sources`, `own_door`,
`whole_days`; `use`, the standard actions it takes over, by code or with what is different about them; `steps`, actions of its
own (docs/procedures.md). An action that is taken over without `from` keeps those of its states that this procedure reaches.
What the program does by itself belongs to every procedure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from linli.kernel.errors import Text

from .. import permissions
from ..engine.effects import NAMED
from ..engine.guards import FILED, GUARDS
from ..engine.models import SOURCES
from ..engine.procedure import STANDARD_CODE, Procedure
from ..engine.rules import ACTIONS, BEGIN, BY_CODE, Action, Entry, Kind, Reach
from ..engine.states import FINISHED, PAUSED, State

CERTAINTIES = ("official", "secondary", "inferred")
RIGHTS = {value for name, value in vars(permissions).items() if name.isupper() and isinstance(value, str)}
CODE = re.compile(r"[a-z][a-z_]{1,39}")
FILE_KEYS = {
    "code", "label", "note", "certainty", "source", "begin", "urgent", "sources", "own_door", "public", "whole_days", "use", "steps",
}  # fmt: skip
STEP_KEYS = {"code", "label", "from", "to", "permission", "kind", "asks", "guards", "main", "reach", "effects"}
NEEDED = {"code", "label", "from", "permission", "kind"}
#: A pause is ended by the program on its day, so whoever has the one has the other; the rest it does in every procedure.
PROGRAMS = tuple(action for action in ACTIONS if action.by_program)
TURNS_ASIDE = ("return", "cancel", "pause", "reopen")


class BadProcedure(ValueError):
    """A procedure's data does not hold: what is wrong with it, each on a line."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        super().__init__("\n".join(f"{name}: {each}" for each in problems))
        self.problems = tuple(problems)


def read(text: str, name: str) -> Procedure:
    """The procedure in `text`, from a file called `name`. Raises BadProcedure with everything that is wrong."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadProcedure(name, [str(error)]) from None
    reader = _Reader(name)
    found = reader.procedure(given)
    if reader.problems:
        raise BadProcedure(name, reader.problems)
    problems = unsound(found)
    if problems:
        raise BadProcedure(name, problems)
    return found


class _Reader:
    """Reads one file; what it cannot make sense of it notes and goes on, so that all of it is told at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[str] = []

    def procedure(self, given: Mapping[str, Any]) -> Procedure:
        self._keys(given, FILE_KEYS, {"code", "label", "note", "certainty", "source"}, "the file")
        code = str(given.get("code", ""))
        if code == STANDARD_CODE or not CODE.fullmatch(code):
            self._bad(f"code {code!r} is no code for a procedure")
        if given.get("certainty") not in CERTAINTIES:
            self._bad(f"certainty {given.get('certainty')!r} is none of {', '.join(CERTAINTIES)}")
        for source in given.get("sources", ()):
            if source not in SOURCES:
                self._bad(f"sources: {source!r} is no door")
        begin = self._states([given.get("begin", BEGIN)], "begin")
        taken = [self._use(each) for each in given.get("use", ())]
        own = [self._step(each) for each in given.get("steps", ())]
        actions = [each for each in (*taken, *own) if each is not None]
        codes = [each.code for each in actions]
        for twice in sorted({each for each in codes if codes.count(each) > 1}):
            self._bad(f"action {twice!r} is there twice")
        actions += [each for each in PROGRAMS if each.code not in codes]
        first = begin[0] if begin else BEGIN
        as_they_are = {_code(each) for each in given.get("use", ()) if isinstance(each, str) or "from" not in each}
        as_they_are |= {action.code for action in PROGRAMS}
        return Procedure(
            code, self._text(given.get("label"), "label"), self._text(given.get("note"), "note"),
            str(given.get("certainty")), str(given.get("source", "")),
            tuple(self._trimmed(actions, as_they_are, first)), first, self._flag(given, "urgent"),
            tuple(given.get("sources", ())), self._flag(given, "own_door"), self._flag(given, "public"),
            self._flag(given, "whole_days"),
        )  # fmt: skip

    def _use(self, given: Any) -> Action | None:
        """A standard action, as it is or with what is different about it."""
        given = {"code": given} if isinstance(given, str) else given
        found = BY_CODE.get(given.get("code", ""))
        if found is None:
            self._bad(f"use: there is no standard action {given.get('code')!r}")
            return None
        self._keys(given, STEP_KEYS, {"code"}, f"use {found.code}")
        if found.by_program and not given.keys() <= {"code", "from", "effects"}:
            self._bad(f"use {found.code}: of what the program does by itself only `from` and `effects` change")
        return self._changed(found, given)

    def _step(self, given: Mapping[str, Any]) -> Action | None:
        """An action of its own."""
        code = str(given.get("code", ""))
        where = f"step {code}"
        self._keys(given, STEP_KEYS, NEEDED, where)
        if not CODE.fullmatch(code) or code in BY_CODE:
            self._bad(f"{where}: the code is no code, or a standard action's, which is taken over under `use`")
            return None
        if NEEDED - given.keys():
            return None
        return self._changed(Action(code, Text("", ""), (), None, "", "forward"), given)

    def _changed(self, action: Action, given: Mapping[str, Any]) -> Action:
        where, changes = action.code, dict[str, Any]()
        if "label" in given:
            changes["label"] = self._text(given["label"], f"{where}: label")
        if "from" in given:
            changes["sources"] = self._states(given["from"], f"{where}: from")
        if "to" in given:
            target = self._states([given["to"]], f"{where}: to")
            changes["target"] = target[0] if target else None
        if "permission" in given:
            if given["permission"] not in RIGHTS:
                self._bad(f"{where}: there is no permission {given['permission']!r}")
            changes["permission"] = given["permission"]
        for name, allowed in (("kind", get_args(Kind)), ("reach", get_args(Reach))):
            if name in given:
                if given[name] not in allowed:
                    self._bad(f"{where}: {name} {given[name]!r} is none of {', '.join(allowed)}")
                changes[name] = given[name]
        if "asks" in given:
            changes["asks"] = self._names(given["asks"], get_args(Entry), f"{where}: asks")
        if "guards" in given:
            names = self._names(given["guards"], GUARDS, f"{where}: guards")
            changes["guards"] = tuple(guard for name in names for guard in GUARDS[name])
        if "effects" in given:
            changes["effects"] = self._names(given["effects"], NAMED, f"{where}: effects")
        if "main" in given:
            changes["main"] = given["main"] is True
        return replace(action, **changes)

    def _trimmed(self, actions: Sequence[Action], as_they_are: set[str], begin: State) -> Iterable[Action]:
        """Actions whose states are taken over, from those alone that are reached here."""
        reached = reachable(actions, begin)
        for action in actions:
            if action.code not in as_they_are:
                yield action
                continue
            sources = tuple(state for state in action.sources if state in reached)
            if sources:
                yield replace(action, sources=sources)
            elif not action.by_program:
                self._bad(f"use {action.code}: none of its states is reached")

    def _states(self, given: Any, where: str) -> tuple[State, ...]:
        found = []
        for each in given if isinstance(given, list) else [given]:
            try:
                found.append(State(each))
            except ValueError:
                self._bad(f"{where}: there is no state {each!r}")
        if not found:
            self._bad(f"{where}: no state")
        return tuple(found)

    def _names(self, given: Any, known: Iterable[str], where: str) -> tuple[str, ...]:
        names = tuple(given) if isinstance(given, list) else (given,)
        unknown = [each for each in names if each not in set(known)]
        for each in unknown:
            self._bad(f"{where}: {each!r} is not known")
        return tuple(each for each in names if each not in unknown)

    def _flag(self, given: Mapping[str, Any], name: str) -> bool:
        """True or false, false where nothing is said; nothing else is taken for either."""
        flag = given.get(name, False)
        if not isinstance(flag, bool):
            self._bad(f"{name}: {flag!r} is neither true nor false")
        return flag is True

    def _text(self, given: Any, where: str) -> Text:
        words = given if isinstance(given, Mapping) else {}
        zh, en = str(words.get("zh", "")).strip(), str(words.get("en", "")).strip()
        if not zh or not en or words.keys() - {"zh", "en"}:
            self._bad(f"{where}: wanted are zh and en")
        return Text(zh, en)

    def _keys(self, given: Mapping[str, Any], allowed: set[str], needed: set[str], where: str) -> None:
        for each in sorted(given.keys() - allowed):
            self._bad(f"{where}: {each!r} means nothing here")
        for each in sorted(needed - given.keys()):
            self._bad(f"{where}: {each!r} is missing")

    def _bad(self, problem: str) -> None:
        self.problems.append(problem)


def _code(use: Any) -> str:
    return use if isinstance(use, str) else str(use.get("code", ""))


def reachable(actions: Iterable[Action], begin: State) -> set[State]:
    """The states a case can come to from `begin`, whoever acts."""
    actions, reached = tuple(actions), {begin}
    while True:
        more = {a.target for a in actions if a.target is not None and reached & set(a.sources)} - reached
        if not more:
            return reached
        reached |= more


def unsound(way: Procedure) -> list[str]:
    """What is wrong with a procedure as a whole: states nobody comes to, dead ends, steps the engine could not take."""
    reached = reachable(way.actions, way.begin)
    problems = [
        f"{action.code}: the state {state} is never reached"
        for action in way.actions for state in action.sources if state not in reached
    ]  # fmt: skip
    ending = _ending(way.actions)
    problems += [f"from the state {state} no end is reached" for state in sorted(reached - ending)]
    for action in way.actions:
        does = {action.code, *action.effects}
        if action.kind in TURNS_ASIDE and "reason" not in action.asks and not action.by_program:
            problems.append(f"{action.code}: a step of the kind {action.kind} asks for a reason")
        if (action.target in PAUSED) != (action.kind == "pause"):
            problems.append(f"{action.code}: the clock stands where a pause leads, and nowhere else")
        if action.target is State.CLOSED and not {"close", "closed", "transfer_out"} & does:
            problems.append(f"{action.code}: what leads to a closed case has the effect `closed`")
        if action.target is State.CLOSED and FILED not in action.guards and "filed" not in does:
            problems.append(f"{action.code}: nothing is closed that was not filed (guard or effect `filed`)")
        if action.code not in BY_CODE and action.target is State.TO_TAKE and "unit" not in action.asks:
            problems.append(f"{action.code}: what leads to a unit asks for it")
    return problems


def _ending(actions: Sequence[Action]) -> set[State]:
    """The states from which an end is reached."""
    ending = set(FINISHED)
    while True:
        more = {
            state for action in actions if action.target in ending for state in action.sources if state not in ending
        }
        if not more:
            return ending
        ending |= more
