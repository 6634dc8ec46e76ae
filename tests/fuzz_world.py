"""The district that fuzzing runs against: a little of everything, so that real ids lead into every action."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import staff

Ids = Mapping[str, Sequence[str]]
AREAS = (staff.DISTRICT, staff.TOWN, staff.VILLAGE, f"{staff.VILLAGE}001", staff.OTHER_VILLAGE)
ADMIN, CLERK = "fuzz-admin", "fuzz-clerk"


def fill() -> None:
    """Staff, people, homes with codes, things, grid staff, named groups, a batch in review, recodes; committed."""
    from linli.kernel import permissions

    sys.path.insert(0, str(Path(__file__).parent / "registry"))
    staff.staff(ADMIN, area=staff.DISTRICT, permissions=[p.code for p in permissions.catalogue()])
    staff.staff(CLERK, "town_clerk")
    worker = staff.staff("fuzz-worker", "grid_worker", staff.VILLAGE)
    _people()
    _things()
    admin = staff.client(account(ADMIN))
    _through_the_api(admin, str(worker.id))


def account(username: str) -> Any:
    from linli.access.models import Account
    from linli.kernel import scope

    with scope.acting(staff.OPERATOR):
        return Account.objects.get(username=username)


def _people() -> None:
    from people_frames import merge, row

    merge(
        [
            row(i, f"王{chr(0x4E00 + i)}", i, staff.VILLAGE, household_no=f"H{i // 2}", relation_to_head="0" if i % 2 else "1",
                home_kind="02", home_compound="阳光小区", home_building="1", home_unit="1", home_room=f"{i}01")
            for i in range(2, 12)
        ]
        + [row(20, "赵外", 20, staff.OTHER_VILLAGE)]
        + [row(21, "孙迁", 20, staff.VILLAGE)]
        + [row(22, "无处", 22, staff.VILLAGE, home_text="某处", home_village_code=None, home_door=None, home_standard=None)]
    )  # fmt: skip


def _things() -> None:
    from thing_rows import bring, thing

    from linli.registry.things.kinds import KINDS

    for kind in KINDS.values():
        more: dict[str, Any] = {"next_inspection_on": date(2020, 1, 1)} if kind.name == "place" else {}
        more |= {"component_class": "01037"} if kind.name == "component" else {}
        bring(kind, [thing(kind, i, staff.VILLAGE, f"{i}号公司", **more) for i in range(1, 4)])


def _through_the_api(admin: Any, worker: str) -> None:
    """What people make by hand. A step that is refused leaves less to fuzz, so each must be let in."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    def send(method: str, path: str, body: Any = None, form: Any = None) -> Any:
        answer = (
            admin.generic(method, f"/api{path}", _json(body), "application/json") if form is None
            else admin.post(f"/api{path}", form)
        )  # fmt: skip
        assert answer.status_code < 300, (method, path, answer.content.decode())
        return answer.json() if answer.content else None

    building = send("GET", "/buildings")["items"][0]["id"]
    send("POST", f"/buildings/{building}/codes")
    send("POST", f"/buildings/{building}/leaders", {"name": "李楼长", "phone": "13000000000", "since": "2026-01-01"})
    send(
        "POST",
        "/grid-staff",
        {"area_code": f"{staff.VILLAGE}001", "duty": "worker", "account_id": worker, "public_phone": "0533-1"},
    )
    send(
        "POST",
        "/area-groups",
        {"name": "开发区", "kind": "development_zone", "codes": [staff.VILLAGE, staff.OTHER_VILLAGE]},
    )
    table = "姓名,证件号码,性别\n王新,,男\n李新,123,女\n".encode()
    send(
        "POST",
        "/intake/batches",
        form={"file": SimpleUploadedFile("people.csv", table), "source": "community", "area": staff.VILLAGE},
    )


def _json(body: Any) -> bytes:
    import json

    return b"" if body is None else json.dumps(body).encode()


def ids(sql: Callable[[str], Sequence[Sequence[Any]]]) -> Ids:
    """A few ids of every table, by its name, and of all tables under "*"."""
    found: dict[str, list[str]] = {"*": []}
    tables = sql(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id'"
        " WHERE c.relnamespace = 'district'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition"
        " AND a.atttypid = 'uuid'::regtype ORDER BY 1"
    )
    for (table,) in tables:
        found[table] = [str(row[0]) for row in sql(f"SELECT id FROM district.{table} ORDER BY id LIMIT 4")]
        found["*"] += found[table][:2]
    return found
