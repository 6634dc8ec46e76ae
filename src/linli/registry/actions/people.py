"""Corrections by hand, and looking at a number in full. A correction is a statement of the source `manual`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import polars as pl
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from linli.access import changes as change_log
from linli.access import reads
from linli.kernel import clock, secrets
from linli.kernel.actors import Actor, Grant
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.places.queries import parse_address
from linli.registry import carried, rules
from linli.registry.codes import MANUAL
from linli.registry.conflicts.finding import settle
from linli.registry.fields import BY_NAME
from linli.registry.matching import entered
from linli.registry.merge import MergeCounts, merge_people, prepare, stage, write
from linli.registry.models import Person, SourceRecord
from linli.registry.permissions import EDIT, REVEAL, VIEW
from linli.registry.problems import ChangedMeanwhile, Exists, PurposeMissing, ReasonMissing
from linli.registry.queries.codes import code_sets
from linli.registry.queries.demo import is_demo
from linli.registry.queries.person import seen_person, visible_areas

from .elevated import on_behalf_of, recompute

_ADDRESS = Text(
    "地址没有找到，请写明村居和门牌或楼栋房号。", "The address was not found; name the village and the door or home."
)
_TAKEN = Text("该证件号码已属于另一人。", "This identity number belongs to another person.")
_OUTSIDE = Text("住址不在您可以修改的区域内。", "The address lies outside the areas where you may edit.")
_SHORTEST_PURPOSE, _SHORTEST_REASON = 4, 2


def check_edit(actor: Actor, person_id: UUID, changes: Mapping[str, str | None], reason: str, version: int) -> Person:
    """Whether `actor` may change these facts of a person now. Raises what keeps them from it; writes nothing."""
    visible_areas(actor, person_id)
    if not any(actor.may(EDIT, area.area_code) for area in visible_areas(actor, person_id, VIEW)):
        raise Forbidden(permission=EDIT)
    if len(reason.strip()) < _SHORTEST_REASON:
        raise ReasonMissing()
    person = Person.objects.filter(id=person_id).first()
    if person is None or person.version != version:
        raise ChangedMeanwhile(version=person.version if person else 0)
    _check_facts(changes, person.area_code)
    return person


def edit_person(actor: Actor, person_id: UUID, changes: Mapping[str, str | None], reason: str, version: int) -> None:
    """Correct facts of a person: a new statement by hand, which outweighs every source until corrected again.

    `changes` maps field names to texts; None empties a field. Raises Invalid with the fields to mend,
    ChangedMeanwhile when the person is no longer at `version`, Forbidden, NotFound.
    """
    person = check_edit(actor, person_id, changes, reason, version)
    with on_behalf_of(actor):
        again = Person.objects.select_for_update().filter(id=person_id).first()
        if again is None or again.version != version:  # None: joined into another while we waited for the lock
            raise ChangedMeanwhile(version=again.version if again else 0)
        own_key = secrets.fingerprint("record", f"m:{person_id}")
        # The last correction; else the statement by which the person was entered by hand.
        earlier = SourceRecord.objects.filter(
            person_id=person_id, source_code=MANUAL, superseded_by=None, state="linked"
        )
        previous = earlier.filter(match_key=own_key).first() or earlier.order_by("-recorded_at").first()
        said = rules.canonical(changes, clock.today(), is_demo())
        if said.get("id_number") and (other := _holder(said).exclude(person_id=person_id).first()):
            # Who tries a number learns that it is somebody's, maybe of another town: that town's auditors see who did.
            reads.note(
                "search",
                "person.id_number",
                subject_id=other.person_id,
                area=other.area_code,
                count=1,
                purpose="taken",
                actor=actor,
            )
            raise Invalid(fields=(FieldProblem("id_number", "taken", _TAKEN),))
        frame = prepare.complete(_frame(said, person.area_code), clock.today())
        # A home in a town the actor does not edit is a move, and a move is that town's to decide (迁入).
        if said.get("home") and not actor.may(EDIT, frame["area_code"][0]):
            raise Invalid(fields=(FieldProblem("home", "outside", _OUTSIDE),))
        rows = prepare.wide(
            frame.join(prepare.keyed(frame), on="row").with_columns(
                outcome=pl.lit("update"),
                person_id=pl.lit(str(person_id)),
                previous_id=pl.lit(str(previous.id) if previous else None, dtype=pl.String),
                fresh=pl.lit(False),
                match_key=pl.lit("\\x" + own_key.hex()),
                record_key=pl.lit(None, dtype=pl.String),
            )
        ).with_columns(person_id=pl.lit(str(person_id)))
        if "home" not in changes:
            rows = rows.with_columns(home_area=pl.lit(None, dtype=pl.String))
        if "register_address" not in changes:
            rows = rows.with_columns(register_area=pl.lit(None, dtype=pl.String))
        stage.run("DROP TABLE IF EXISTS pg_temp.stage, pg_temp.stage_dwelling")
        write.stage_rows(iter([rows]))
        write.dwellings(None)
        write.records(MANUAL, None, actor, reason.strip())
        _carry_forward(UUID(rows["record_id"][0]), previous, changes)
        recompute([person_id])
        settle(person_id, list(changes), actor.id, reason.strip())
        change_log.record(
            actor, "registry.person.edit", "person", person_id, person.area_code, {"fields": sorted(changes)}
        )


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an entry by hand. `alike`: whom of those in sight the new person may be; it is asked about."""

    counts: MergeCounts
    alike: Sequence[entered.Alike] = ()


@transaction.atomic
def add_person(actor: Actor, facts: Mapping[str, str | None], area_code: str, reason: str) -> Added:
    """Enter a person by hand. One who is here already is refused; one of another area opens a 迁入 request; whom a new one may
    be is put up for review, as with rows of a table."""
    actor.require(EDIT, area_code)
    if len(reason.strip()) < _SHORTEST_REASON:
        raise ReasonMissing()
    if not facts.get("name"):
        raise Invalid(fields=(FieldProblem("name", "required", Text("不能为空。", "This cannot be empty.")),))
    _check_facts(facts, area_code)
    facts = rules.canonical(facts, clock.today(), is_demo())
    number = facts.get("id_number")
    if number:
        held = Person.objects.restrict(actor, VIEW).filter(
            id_tail4=secrets.lookup("tail4", number[-4:]),
            id_hash=secrets.fingerprint("identity", f"{facts['id_kind']}:{number}"),
        )
        if held.exists():
            raise Exists()
    frame = _frame(facts, area_code)
    # What follows runs over the whole district, and the address may name a village of any town.
    if not actor.may(EDIT, frame["area_code"][0]):
        raise Invalid(fields=(FieldProblem("home", "outside", _OUTSIDE),))
    editor = replace(actor, grants=tuple(Grant(area, frozenset({EDIT})) for area in actor.areas_for(EDIT)))
    counts = merge_people(
        frame, source=MANUAL, batch_id=None, uploader=editor, district=settings.LINLI_DISTRICT, reason=reason.strip()
    )
    change_log.record(actor, "registry.person.add", "person", "", area_code, {"fields": sorted(facts)})
    if not counts.new:
        return Added(counts)
    with on_behalf_of(actor):
        alike = entered.ask(entered.newcomer(), actor.areas_for(VIEW))
    return Added(counts, entered.seen(actor, alike) if alike else ())


def reveal(actor: Actor, person_id: UUID, field: str, purpose: str) -> str:
    """One number of a person in full. The look is noted with its purpose before the number is given.

    Raises PurposeMissing, Forbidden, NotFound.
    """
    areas = visible_areas(actor, person_id)
    if not any(actor.may(REVEAL, area.area_code) for area in areas):
        reads.note("reveal", "person", subject_id=person_id, area=areas[0].area_code, purpose="refused")
        raise Forbidden(permission=REVEAL)
    if len(purpose.strip()) < _SHORTEST_PURPOSE:
        raise PurposeMissing()
    person = seen_person(person_id)
    sealed = {"id_number": person.id_number, "phone": person.phone}.get(field)
    if sealed is None:
        raise NotFound()
    reads.note(
        "reveal", f"person.{field}", subject_id=person_id, area=areas[0].area_code, count=1, purpose=purpose.strip()
    )
    return secrets.decrypt(bytes(sealed))


def _holder(said: Mapping[str, str | None]) -> QuerySet[SourceRecord]:
    """The current statements that give somebody the number of canonical facts."""
    number = secrets.fingerprint("identity", f"{said['id_kind']}:{said['id_number']}")
    return SourceRecord.objects.filter(id_hash=number, superseded_by=None, state=SourceRecord.State.LINKED)


def _check_facts(facts: Mapping[str, str | None], area_code: str) -> None:
    problems = rules.check_changes(facts, code_sets(), clock.today(), is_demo())
    address = facts.get("home")
    # Of two villages of one name the one in this town is meant; within a village any words at all would do.
    if address and not parse_address(address, within=area_code[:9]).village_code:
        problems += (FieldProblem("home", "address", _ADDRESS),)
    if problems:
        raise Invalid(fields=problems)


def _frame(facts: Mapping[str, str | None], area_code: str) -> pl.DataFrame:
    """One canonical row of checked facts with canonical numbers."""
    row: dict[str, object] = {
        name: value for name, value in facts.items() if value and name not in {"home", "birth", "household"}
    }
    row |= {"row": 1, "area_code": area_code}
    if facts.get("birth"):
        row["birth"] = date.fromisoformat(str(facts["birth"]))
    if address := facts.get("home"):
        parsed = parse_address(address, within=area_code)
        row["home_text"] = address
        for part in ("village_code", "road", "door", "compound", "building", "unit", "floor", "room", "standard"):
            row[f"home_{part}"] = getattr(parsed, part)
        if parsed.village_code and not area_code.startswith(parsed.village_code):
            row["area_code"] = parsed.village_code
    if address := facts.get("register_address"):
        row["register_village_code"] = parse_address(address).village_code
    return pl.DataFrame([row])


def _carry_forward(record_id: UUID, previous: SourceRecord | None, changes: Mapping[str, str | None]) -> None:
    """What was corrected before and not now stays corrected, as of when it was; what was emptied is remembered as empty."""
    emptied = {name for name, value in changes.items() if value is None and name in BY_NAME}
    filled = {name for name, value in changes.items() if value is not None}
    cleared = sorted((set(previous.cleared or ()) if previous else set()) - filled | emptied)
    stage.run(
        "UPDATE registry_source_record SET cleared = %(cleared)s WHERE id = %(id)s",
        {"cleared": cleared or None, "id": record_id},
    )
    if previous is None:
        return
    kept = [field for name, field in BY_NAME.items() if name not in changes]
    assignments = ", ".join(f"{column} = o.{column}" for field in kept for column in field.stored)
    stage.run(
        f"UPDATE registry_source_record n SET {assignments}, carried = {carried.repeated(kept)} "
        "FROM registry_source_record o "
        "WHERE n.id = %(id)s AND o.id = %(previous)s",
        {"id": record_id, "previous": previous.id},
    )
