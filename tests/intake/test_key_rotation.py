"""Rotating keys: everything that is encrypted comes under the new key, nothing is forgotten, nothing is lost on the way."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import round_rows
import staff
from django.db import connection
from intake_tables import HEADER, VILLAGE, Table, number, person
from typer.testing import CliRunner

from linli.access.models import Account, SecondFactor
from linli.cases.engine.report import NewCase, report
from linli.cases.mediation.models import Mediation
from linli.cases.proposals.register import NewProposal, NewProposer, register
from linli.cases.reporters.actions import PublicReport, issue, receive
from linli.intake.models import Batch
from linli.intake.runner import run_file
from linli.kernel import ciphertext, clock, files, keys, rotation, secrets
from linli.kernel.scope import acting
from linli.messages.actions import keep_contact, keep_robot
from linli.messages.models import Channel
from linli.places.models import Region
from linli.project.keys_commands import keys_app
from linli.registry.actions.people import edit_person
from linli.registry.custom.actions import FieldValue, declare_field, do_state_values
from linli.registry.custom.rules import FieldForm
from linli.registry.models import CustomValue, District, Person, SourceRecord

Sql = Callable[..., Sequence[Any]]
VICTIM = Path(__file__).with_name("keys_victim.py")
SOURCES = Path(keys.__file__).parents[1]
#: What somebody may write into a table: it looks like a ciphertext under key 1, and is none.
FORGED = "enc:AQAB" + "A" * 40
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def world(seeded_db: str, settings: Any, tmp_path: Path, xlsx: Table, owner_sql: Sql) -> str:
    """Something of everything that is encrypted, under key 1 of keys of its own. The value is the database's name."""
    settings.LINLI_KEYS_DIR, settings.LINLI_FILES_DIR = tmp_path / "keys", tmp_path / "files"
    with acting(staff.OPERATOR):  # where numbers that are nobody's are accepted
        District.objects.create(code=staff.DISTRICT, demo=True)
    imported = run_file(
        staff.OPERATOR, xlsx([HEADER, *(person(n) for n in range(1, 9))]), area=staff.DISTRICT, source="community",
        commit=True,
    )  # fmt: skip
    assert imported.merge_counts
    with acting(staff.OPERATOR):
        first = Person.objects.order_by("id")[0]
        for phone in ("10079990001", "10079990002"):  # the history of a phone
            edit_person(staff.OPERATOR, first.id, {"phone": phone}, "更正", Person.objects.get(id=first.id).version)
        SourceRecord.objects.filter(person_id=first.id, batch_id=None).update(set_aside=secrets.encrypt(number(99)))
        field = declare_field(staff.OPERATOR, FieldForm("银行账户", "text", "民政局", sensitive=True))
        do_state_values(staff.OPERATOR, [FieldValue(first.id, field.id, "6222000011112222")])
        CustomValue.objects.update(reason="核对")
    sys.path.insert(0, str(Path(__file__).parents[1] / "registry"))
    from thing_rows import bring, thing

    from linli.registry.things.kinds import KINDS

    for name in ("entity", "place", "rental"):
        bring(KINDS[name], [thing(KINDS[name], n, VILLAGE, f"{n}号店") for n in range(1, 5)])
        more = {"observed_on": clock.today(), "phone": "10070000009"}
        bring(KINDS[name], [thing(KINDS[name], 1, VILLAGE, "1号店", **more)])
    round_rows.frozen(round_rows.bring({VILLAGE: "submitted"})[0], "frozen rows")
    with acting(staff.OPERATOR):
        village = Region.objects.filter(level="village", valid_to=None).order_by("code")[0].code
        case = report(
            staff.OPERATOR,
            NewCase("路灯不亮", "resident", area=village, reporter_name="钱某", reporter_phone="10070000008"),
        )
        case.urgent = True
        case.save()  # into its history
        told = {name: secrets.encrypt("两家争执") for name in ("parties", "summary", "agreement", "note")}
        Mediation.objects.create(
            case=case, kind="neighbours", mediators=["孙调解"], held_at=clock.now(), place="调解室", party_count=2, agreed=True,
            changed_at=clock.now(), changed_by="x", **told,
        )  # fmt: skip
    receive(PublicReport("井盖缺失", area=village, phone="13800009999", tell=True), issue())
    with acting(staff.OPERATOR) as operator:
        proposers = [NewProposer("示例甲", "13955551234")]
        register(operator, NewProposal("cppcc", "20260001", 13, 3, "示例提案", "示例内容", proposers))
    account = staff.staff("holder", permissions=["places.view"])
    with acting(staff.OPERATOR):
        SecondFactor.objects.create(
            account=Account.objects.get(id=account.id), area_code=account.area_code,
            secret=secrets.encrypt(SECRET), pending=secrets.encrypt(SECRET),
        )  # fmt: skip
    with acting(staff.actor(account)) as holder:
        keep_contact(holder, Channel.SMS, "13800001234")
    with acting(staff.OPERATOR):
        keep_robot(
            staff.OPERATOR, account.unit_id, "群", "https://qyapi.weixin.qq.com/send?key=1", ["intake.ledger.done"]
        )
    objected()
    owner_sql(
        "INSERT INTO access_idempotency (id, actor, key, request_hash, content_type, created_at, body) "
        "VALUES (%s, 'x', 'k', '\\x00', '', now(), %s)",
        [uuid.uuid4(), secrets.encrypt("answer")],
    )
    owner_sql(
        "UPDATE registry_thing_record SET raw = %s WHERE id = (SELECT min(id::text)::uuid FROM registry_thing_record)",
        [json.dumps({"电话": sealed_text("10070000001"), "名称": "enc: 不是密文", "备注": FORGED})],
    )
    return seeded_db


def objected() -> None:
    """Somebody objected to a published result, and left how to be reached."""
    from linli.tiers.applying import years
    from linli.tiers.applying.models import Application, Objection

    today, now = clock.today(), clock.now()
    with acting(staff.OPERATOR) as actor:
        year = years.open_year(actor, years.YearGiven(today.year, "年度计划", today, today, today))
        years.plan(actor, year.id, [f"{staff.TOWN}002"], "basic")
        Objection.objects.create(
            application=Application.objects.get(), origin="public", text="有异议", contact=secrets.encrypt("13912345678"), at=now, actor="test"
        )  # fmt: skip


def sealed_text(value: str) -> str:
    import base64

    return secrets.SEALED + base64.b64encode(secrets.encrypt(value)).decode()


def opened(owner_sql: Sql) -> dict[str, list[Any]]:
    """Everything that is encrypted, in the clear: what must be the same before and after."""
    import base64
    import re

    found: dict[str, list[Any]] = {}
    for table in ciphertext.tables():
        order = ", ".join(table.key)
        for column in table.values:
            rows = owner_sql(f"SELECT {column} FROM {table.table} ORDER BY {order}, {column} IS NULL")
            found[f"{table.table}.{column}"] = [None if r[0] is None else secrets.decrypt(r[0]) for r in rows]
        for column in table.json:
            rows = owner_sql(f"SELECT {column}::text FROM {table.table} ORDER BY {order}")
            found[f"{table.table}.{column}"] = [
                None if r[0] is None
                else re.sub("enc:(?!AQABAAAA)([A-Za-z0-9+/=]{40,})", lambda m: secrets.decrypt(base64.b64decode(m[1])), r[0])
                for r in rows
            ]  # fmt: skip
    with acting(staff.OPERATOR):
        batches = [b for b in Batch.objects.order_by("id") if b.file_id]
    for batch in batches:
        assert batch.file_id is not None
        with files.opened(batch.file_id) as path:
            found[f"file {batch.id}"] = [path.read_bytes()]
    return found


def columns(owner_sql: Sql, *types: str) -> list[tuple[str, str]]:
    """Every column of these types of every table of ours; partitions count with their parents."""
    rows = owner_sql(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relnamespace = to_regnamespace('district') AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
        "AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = ANY (%s::regtype[]) ORDER BY 1, 2",
        [list(types)],
    )
    return [(table, column) for table, column in rows]


def under(owner_sql: Sql, key: int) -> set[tuple[str, str]]:
    """The columns in which a ciphertext under a key stands, wherever that is: not by declaration, by looking."""
    import base64

    found = set()
    heads = [bytes([algorithm]) + key.to_bytes(2) for algorithm in (secrets.AES, secrets.SM4)]
    for table, column in columns(owner_sql, "bytea"):
        if (table, column) not in ciphertext.excused():
            sql = f'SELECT EXISTS (SELECT FROM {table} WHERE substring("{column}" FROM 1 FOR 3) = ANY (%s))'
            found |= {(table, column)} if owner_sql(sql, [heads])[0][0] else set()
    texts = [f"{secrets.SEALED}{base64.b64encode(head).decode()}" for head in heads]
    mark = 'replace("{column}"::text, \'' + FORGED + "', '')"
    for table, column in columns(owner_sql, "text", "jsonb", "text[]", "json"):
        sql = f"SELECT EXISTS (SELECT FROM {table}, unnest(%s::text[]) AS t(sought) WHERE strpos({mark.format(column=column)}, t.sought) > 0)"
        found |= {(table, column)} if owner_sql(sql, [texts])[0][0] else set()
    return found


def declared() -> set[tuple[str, str]]:
    return {(t.table, column) for t in ciphertext.tables() for column in (*t.values, *t.json)}


def history(owner_sql: Sql) -> int:
    return int(
        owner_sql(
            "SELECT (SELECT count(*) FROM registry_person_history) + (SELECT count(*) FROM registry_legal_entity_history)"
        )[0][0]
    )


def test_everything_comes_under_the_new_key_and_reads_as_before(world: str, owner_sql: Sql) -> None:
    before, kept = opened(owner_sql), history(owner_sql)
    found = under(owner_sql, 1)
    assert found <= declared(), "ciphertext where none is declared"
    assert {table.removesuffix("_history") for table, _ in declared() - found} <= {"registry_relation"}, "see `world`"
    assert keys.rotate() == 2
    assert sum(rotation.remaining().values()) > 0
    rotation.reseal_all(slice_rows=3)
    assert rotation.remaining() == {}
    assert under(owner_sql, 1) == set() and under(owner_sql, 2) == found
    assert [number for _, number in files.kept()] == [2]
    keys.retire(1)
    keys._held.clear()
    assert opened(owner_sql) == before, "without the old key"
    assert history(owner_sql) == kept, "a value under another key has not changed"
    assert rotation.reseal_all() == 0


def test_killed_in_the_middle_it_loses_nothing_and_goes_on(world: str, owner_sql: Sql, settings: Any) -> None:
    before = opened(owner_sql)
    keys.rotate()
    due = sum(rotation.remaining().values())
    done = subprocess.run(
        [sys.executable, str(VICTIM), world, str(settings.LINLI_FILES_DIR), str(settings.LINLI_KEYS_DIR), "4"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == -9, done.stderr
    left = sum(rotation.remaining().values())
    assert 0 < left < due
    assert opened(owner_sql) == before, "half of it is under either key"
    result = CliRunner().invoke(keys_app, ["rotate"])
    assert result.exit_code == 0 and "Going on" in result.output, result.output
    assert rotation.remaining() == {} and opened(owner_sql) == before
    assert keys.keyring().active == 2, "no further key before it is through"


def test_a_change_made_meanwhile_wins(world: str, owner_sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.rotate()
    write, crossed = rotation._write, []

    def crossing(cursor: Any, table: Any, rows: list[Any]) -> int:
        if table.table == "registry_person" and not crossed:
            crossed.append(rows[0][0])
            with acting(staff.OPERATOR):
                Person.objects.filter(id=rows[0][0]).update(phone=secrets.encrypt("10075550000"))
        return write(cursor, table, rows)

    monkeypatch.setattr(rotation, "_write", crossing)
    rotation.reseal_all()
    monkeypatch.undo()
    with acting(staff.OPERATOR):
        person_now = Person.objects.get(id=crossed[0])
        assert person_now.phone is not None and secrets.decrypt(person_now.phone) == "10075550000"
    assert rotation.remaining() == {}


def test_a_file_removed_meanwhile_stays_removed(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.rotate()
    encrypt = secrets.encrypt_stream

    def crossing(source: Any, target: Any) -> int:
        files.remove(uuid.UUID(path.name))
        return encrypt(source, target)

    ((path, _),) = files.kept()
    monkeypatch.setattr(secrets, "encrypt_stream", crossing)
    files.reseal(path)
    assert list(files.kept()) == [] and list(path.parent.iterdir()) == []


def test_every_column_of_bytes_is_declared_or_excused(db: str, owner_sql: Sql) -> None:
    known = declared() | set(ciphertext.excused())
    present = set(columns(owner_sql, "bytea"))
    assert present - known == set(), "declare or excuse it in the room's ciphertext.py"
    missing = {c for c in known - present if c not in set(columns(owner_sql, "jsonb"))}
    assert missing == set(), "declared, and not there"


#: Where the program encrypts, and where that goes. Who adds a place declares its column first.
ENCRYPTS = {
    "access/actions/factors.py": "access_second_factor.pending, .secret",
    "access/idempotency.py": "access_idempotency.body",
    "intake/rounds/freezing.py": "sealed of the frozen rows of returns",
    "cases/engine/report.py": "reporter_name and reporter_phone of cases",
    "cases/mediation/actions.py": "parties, summary, agreement and note of mediations",
    "cases/proposals/register.py": "name and contact of proposers",
    "cases/intake/writing.py": "reporter_name and reporter_phone of cases, from sheets",
    "cases/reporters/actions.py": "contact of reporters",
    "intake/checking/table.py": "raw of source and thing records, with `SEALED` before it",
    "kernel/files.py": "kept files",
    "messages/actions.py": "address of contacts and of group robots",
    "project/demo/ties.py": "phone of relations, of the demo",
    "registry/custom/actions.py": "sealed of values of sensitive custom fields",
    "registry/merge/prepare.py": "id_number and phone of source records and people; set_aside",
    "registry/things/correct.py": "phone of things corrected by hand, and of their records",
    "registry/ties/actions.py": "phone of relations",
    "registry/ties/incoming.py": "phone of relations, from tables",
    "registry/things/merge.py": "phone of things and their records",
    "tiers/applying/objecting.py": "contact of who objects to a publication",
}


def test_every_place_that_encrypts_is_known() -> None:
    found = set()
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                if name in ("encrypt", "encrypt_many", "encrypt_stream"):
                    owner = getattr(getattr(called, "value", None), "id", "")
                    found |= {str(path.relative_to(SOURCES))} if owner != "cipher" else set()
    assert found - {"kernel/secrets.py"} == set(ENCRYPTS)


def test_only_the_owner_can_encrypt_anew_without_history(world: str, owner_sql: Sql) -> None:
    kept = history(owner_sql)
    with acting(staff.OPERATOR), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('linli.reseal', '1', true)")
        Person.objects.filter(id=Person.objects.order_by("id")[0].id).update(name="改名")
    assert history(owner_sql) == kept + 1


def test_a_new_master_key_opens_everything_and_belongs_to_the_same_backups(
    world: str, owner_sql: Sql, settings: Any
) -> None:
    from linli.project.backup import keyring_marks

    before, marks = opened(owner_sql), keyring_marks(settings.LINLI_KEYS_DIR)
    master = (settings.LINLI_KEYS_DIR / "master.key").read_bytes()
    assert CliRunner().invoke(keys_app, ["rewrap"]).exit_code == 0
    keys._held.clear()
    assert opened(owner_sql) == before and keyring_marks(settings.LINLI_KEYS_DIR) == marks
    assert not any(path.read_bytes() == master for path in settings.LINLI_KEYS_DIR.iterdir() if path.is_file())
    assert [p.name for p in settings.LINLI_KEYS_DIR.glob("master*")] == ["master-2.key"]
    keys.rotate()
    keys.rewrap()
    assert rotation.reseal_all() > 0 and opened(owner_sql) == before


def test_interrupted_at_the_last_moment_the_old_master_key_still_opens(
    world: str, owner_sql: Sql, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = opened(owner_sql)
    monkeypatch.setattr(keys.os, "replace", lambda *_paths: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        keys.rewrap()
    monkeypatch.undo()
    keys._held.clear()
    assert opened(owner_sql) == before
    keys.rewrap()
    keys._held.clear()
    assert opened(owner_sql) == before and len(list(settings.LINLI_KEYS_DIR.glob("master*"))) == 1


def test_keys_are_listed_and_an_old_one_goes_only_when_nothing_can_be_under_it(world: str) -> None:
    run = CliRunner().invoke
    with clock.frozen(clock.now() - timedelta(days=3)):
        keys.rotate()
    assert "1" in run(keys_app, ["list"]).output
    refused = run(keys_app, ["retire", "1"])
    assert isinstance(refused.exception, keys.KeyInUse) and "still under it" in str(refused.exception.params)
    assert run(keys_app, ["rotate"]).exit_code == 0 and keys.keyring().active == 2
    for wrong in ("2", "9"):
        assert isinstance(run(keys_app, ["retire", wrong]).exception, keys.KeyInUse)
    assert run(keys_app, ["retire", "1"]).exit_code == 0
    assert set(keys.keyring().data) == {2}
    keys.rotate()
    rotation.reseal_all()
    young = run(keys_app, ["retire", "2"])
    assert isinstance(young.exception, keys.KeyInUse) and "24 hours" in young.exception.params["why_en"]
    assert run(keys_app, ["retire", "2", "--now"]).exit_code == 0


def test_rotations_stand_in_the_change_log(world: str, owner_sql: Sql) -> None:
    assert CliRunner().invoke(keys_app, ["rotate"]).exit_code == 0
    rows = owner_sql("SELECT action, actor FROM access_change_log WHERE action LIKE 'kernel.keys.%' ORDER BY at")
    assert [action for action, _ in rows] == ["kernel.keys.rotate", "kernel.keys.reseal"]
    assert all(actor.startswith("operator:") for _, actor in rows)
