"""Every operation of the API against the built-in roles: whom the door refuses, and who passes it. Never a fault.

The whole table is committed beside this file, follows from the marks and the shipped permissions, and docs/roles.md is made
from it. The doors themselves are knocked at by nobody, by an account without a post, and by one role that should pass and
one that should not, another pair for each operation. After a deliberate change knock at all and write both anew:
LINLI_WRITE_BASELINES=1 pytest tests/test_role_matrix.py
"""

from __future__ import annotations

import csv
import io
import os
import re
import uuid
import zlib
from pathlib import Path
from typing import Any

import pytest
import staff
from test_operations import operations

from linli.access.actions.roles import BUILTIN
from linli.access.models import Role
from linli.kernel import permissions, scope

TABLE = Path(__file__).with_name("role_matrix.csv")
PAGE = Path(__file__).resolve().parents[1] / "docs" / "roles.md"
#: Nobody signed in, and an account that holds no post, stand beside the roles.
NOBODY, NO_POST = "-", "no_post"
#: What a refusal at the door looks like; everything else that is no fault is "in": the operation itself decides from there.
AT_THE_DOOR = {401: "401", 403: "403"}
IN = "in"
#: Refusals that are not the door's: the operation was entered and looked at what was asked of it.
BEHIND_THE_DOOR = {"access.prove_anew"}


def shipped_roles() -> list[str]:
    with BUILTIN.open(encoding="utf-8", newline="") as file:
        return [row["code"] for row in csv.DictReader(file)]


def everyone() -> list[str]:
    return [NOBODY, NO_POST, *shipped_roles()]


def address(name: str) -> tuple[str, str]:
    """Method and address of an operation, with nothing that exists in the place of what it points at."""
    method, _, path = name.partition(" ")
    return method, "/api" + re.sub(r"\{[^}]*\}", lambda m: _absent(m.group()), path)


def _absent(part: str) -> str:
    return str(uuid.UUID(int=0)) if "id" in part else "370302102201"


def knock(browser: Any, name: str) -> Any:
    """An empty request: the mark of an operation is asked before a byte of what is sent is read."""
    method, path = address(name)
    return browser.get(path) if method == "GET" else browser.generic(method, path, "{}", "application/json")


@pytest.fixture
def people(db: str) -> dict[str, Any]:
    """An account for each built-in role, over the whole district."""
    with scope.acting(staff.OPERATOR):
        assert set(shipped_roles()) == set(Role.objects.filter(builtin=True).values_list("code", flat=True))
    holders = {role: staff.staff(role.replace("_", "."), role, staff.DISTRICT) for role in shipped_roles()}
    return {NOBODY: None, NO_POST: staff.staff("no.post"), **holders}


def sample(name: str, row: dict[str, str]) -> list[str]:
    """Who knocks at an operation: those without rights, and of the roles one that passes by the table and one that does not."""
    turn = zlib.crc32(name.encode())
    passing = [role for role in shipped_roles() if row[role] == IN]
    refused = [role for role in shipped_roles() if row[role] != IN]
    return [NOBODY, NO_POST, *(roles[turn % len(roles)] for roles in (passing, refused) if roles)]


def outcome(account: Any, name: str) -> str:
    """What the door answers; a session of its own for each knock, as signing out is one of the operations."""
    answer = knock(staff.client(account, raise_request_exception=False), name)
    assert answer.status_code < 500, (name, account, answer.content)
    return IN if _code(answer) in BEHIND_THE_DOOR else AT_THE_DOOR.get(answer.status_code, IN)


def names() -> list[str]:
    return sorted((name for name, _ in operations()), key=lambda name: (name.split(" ")[1], name))


def kept_rows() -> dict[str, dict[str, str]]:
    return {row["operation"]: row for row in csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines())}


def _code(answer: Any) -> str:
    """The code of a problem document; nothing for an answer that is none."""
    return str(answer.json()["code"]) if "problem+json" in answer.get("Content-Type", "") else ""


def test_every_operation_answers_as_the_table_says(people: dict[str, Any]) -> None:
    if os.environ.get("LINLI_WRITE_BASELINES"):
        write({name: [outcome(account, name) for account in people.values()] for name in names()})
    kept = kept_rows()
    meant = "write it anew if this is meant (see above)"
    assert list(next(iter(kept.values())))[1:] == list(people), meant
    assert list(kept) == names(), meant
    found = {(name, who): outcome(people[who], name) for name in kept for who in sample(name, kept[name])}
    differing = [(name, who, answer) for (name, who), answer in found.items() if kept[name][who] != answer]
    assert not differing, f"{meant}: {differing[:5]!r}"


def write(rows: dict[str, list[str]]) -> None:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["operation", *everyone()])
    writer.writerows([name, *outcomes] for name, outcomes in rows.items())
    TABLE.write_text(table.getvalue(), encoding="utf-8")
    PAGE.write_text(page(kept_rows()), encoding="utf-8")


def test_the_page_of_roles_is_that_of_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(kept_rows())


def test_the_table_is_what_the_marks_and_the_shipped_permissions_say() -> None:
    """Without a database: so that a table written anew by mistake does not become the truth."""
    kept = kept_rows()
    marks = {name: operation.auth_callbacks[0] for name, operation in operations()}
    assert kept.keys() == marks.keys()
    wrong = []
    for name, mark in marks.items():
        for who in everyone():
            held = _spelled_out(who)
            public = type(mark).__name__ == "Public"
            may = public or (who != NOBODY and (not mark.permissions or bool(held & set(mark.permissions))))
            if (kept[name][who] == IN) != may:
                wrong.append((name, who, kept[name][who], mark.permissions))
    assert not wrong


def _spelled_out(role: str) -> set[str]:
    if role in (NOBODY, NO_POST):
        return set()
    words = staff.shipped(role)
    return {p for word in words for p in (staff.shipped(word) if "." not in word else [word])}


def test_nobody_unsigned_passes_but_where_signing_in_needs_it() -> None:
    from test_operations import PUBLIC

    assert {name for name, row in kept_rows().items() if row[NOBODY] == IN} <= PUBLIC


# --- the page -------------------------------------------------------------------------------------------------


def page(rows: dict[str, dict[str, str]]) -> str:
    """docs/roles.md: what each role may, in words, and every operation with who passes its door."""
    with BUILTIN.open(encoding="utf-8", newline="") as file:
        roles = list(csv.DictReader(file))
    labels = {p.code: p.label for p in permissions.catalogue()}
    lines = [
        "# Roles · 角色",
        "",
        "Made by `tests/test_role_matrix.py`; do not edit. What a role may hold is told by the grant: an area, a group of",
        "areas, or the area a unit serves. 由测试生成，请勿手改。角色在哪里有效，由授权的范围决定。",
        "",
        "## What each role may · 各角色的权限",
        "",
    ]
    for role in roles:
        lines += [f"### {role['name']} · {role['name_en']} (`{role['code']}`)", ""]
        lines += [f"- {labels[p].zh} · {labels[p].en} (`{p}`)" for p in sorted(_spelled_out(role["code"]))]
        lines.append("")
    codes = [role["code"] for role in roles]
    lines += [
        "## Every operation of the API · 接口与角色",
        "",
        "✓ passes the door (what lies in one's areas is asked behind it); empty: refused. Without a session everything is",
        "refused but signing in. ✓ 表示可以进入（再按辖区判断）；空白表示拒绝；未登录时除登录外一律拒绝。",
        "",
        "| operation | " + " | ".join(f"`{code}`" for code in codes) + " |",
        "|---|" + "---|" * len(codes),
    ]
    for name, by_role in rows.items():
        lines.append(f"| `{name}` | " + " | ".join("✓" if by_role[code] == IN else " " for code in codes) + " |")
    return "\n".join(lines) + "\n"
