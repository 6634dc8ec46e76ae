"""Roles: the built-in ones as data, and a district's own."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from linli.kernel import clock
from linli.kernel import permissions as catalogue
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from .. import changes, permissions, rules
from ..errors import BuiltIn, OwnGrants, Taken
from ..models import Grant, Role
from . import checks

BUILTIN = Path(__file__).parent.parent / "data" / "roles.csv"


def ensure_builtin_roles(using: str = "default") -> int:
    """Bring the built-in roles to what this version of the program ships; returns how many were new or changed.

    They are the program's data and no decision of an administrator: every `linli migrate` ends with this. A role that
    names others among its permissions has theirs too.
    """
    with BUILTIN.open(encoding="utf-8", newline="") as file:
        shipped = list(csv.DictReader(file))
    roles = Role.objects.using(using)
    present = {role.code: role for role in roles.filter(code__in=[row["code"] for row in shipped])}
    touched = 0
    for row in shipped:
        wanted = {"name": row["name"], "name_en": row["name_en"], "permissions": _spelled_out(row, shipped)}
        role = present.get(row["code"])
        if role is None:
            roles.create(id=uuid7(), code=row["code"], builtin=True, created_at=clock.now(), **wanted)
        elif any(getattr(role, field) != value for field, value in wanted.items()):
            roles.filter(id=role.id).update(**wanted)
        else:
            continue
        touched += 1
    return touched


def _spelled_out(row: Mapping[str, str], shipped: Sequence[Mapping[str, str]]) -> list[str]:
    """The permissions of a shipped role in order, each once, those of the roles it names included."""
    others = {other["code"]: other["permissions"].split() for other in shipped}
    named = (others.get(word, [word]) for word in row["permissions"].split())
    return list(dict.fromkeys(code for codes in named for code in codes))


def check_role(actor: Actor, name: str, codes: Sequence[str]) -> None:
    """Raise unless the actor may define a role of these permissions anywhere in the district."""
    if not rules.manages_roles(actor):
        raise Forbidden(permission=permissions.ROLE_EDIT)
    problems = []
    if not name.strip():
        problems.append(FieldProblem("name", "required", Text("请填写名称。", "Please give a name.")))
    unknown = [code for code in codes if not catalogue.declared(code)]
    if unknown or not codes:
        problems.append(
            FieldProblem(
                "permissions",
                "unknown" if unknown else "required",
                Text("请从权限目录中选择。", "Choose permissions of the catalogue."),
            )
        )
    if problems:
        raise Invalid(fields=tuple(problems))


def create_role(actor: Actor, *, name: str, name_en: str = "", permissions: Iterable[str], code: str = "") -> Role:
    """A role of the district's own. Raises Taken when its name or code is in use."""
    codes = sorted(set(permissions))
    check_role(actor, name, codes)
    key = uuid7()
    code = code or f"own-{str(key)[-12:]}"
    if Role.objects.filter(name=name.strip()).exists() or Role.objects.filter(code=code).exists():
        raise Taken(field="name")
    role = Role.objects.create(
        id=key, code=code, name=name.strip(), name_en=name_en.strip(), permissions=codes, created_at=clock.now()
    )
    changes.record(actor, "access.role.create", "role", role.id, _district(actor), {"name": name, "permissions": codes})
    return role


def change_role(
    actor: Actor,
    role_id: uuid.UUID,
    *,
    name: str | None = None,
    name_en: str | None = None,
    permissions: Iterable[str] | None = None,
    second_factor: bool | None = None,
) -> Role:
    """Change a role of the district's own, or, of any role, whether it asks for a second factor.

    Raises BuiltIn, OwnGrants for permissions of a role the actor has itself, LastAdministrator, OfficesApart.
    """
    role = Role.objects.select_for_update().filter(id=role_id).first()
    if role is None:
        raise NotFound()
    if role.builtin and any(given is not None for given in (name, name_en, permissions)):
        raise BuiltIn()
    codes = sorted(set(permissions)) if permissions is not None else role.permissions
    check_role(actor, role.name if name is None else name, codes)
    own = Grant.objects.filter(checks.current(), role_id=role.id, post_id__in=checks.own_posts(actor))
    if codes != role.permissions and own.exists():
        raise OwnGrants()
    before = _described(role)
    role.name = role.name if name is None else name.strip()
    role.name_en = role.name_en if name_en is None else name_en.strip()
    role.permissions = codes
    role.second_factor = role.second_factor if second_factor is None else second_factor
    if Role.objects.filter(name=role.name).exclude(id=role.id).exists():
        raise Taken(field="name")
    with checks.keeping_administrator(), checks.keeping_apart():
        role.save()
    detail = {"before": before, "after": _described(role)}
    changes.record(actor, "access.role.change", "role", role.id, _district(actor), detail)
    return role


def _described(role: Role) -> dict[str, object]:
    return {"name": role.name, "permissions": role.permissions, "second_factor": role.second_factor}


def _district(actor: Actor) -> str:
    return next(code for code in actor.areas_for(permissions.ROLE_EDIT) if rules.is_district(code))
