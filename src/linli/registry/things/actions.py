"""Looking at a phone in full, and taking things out as a workbook: own permissions, purpose, watermark, log."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from linli.access import reads
from linli.kernel import secrets
from linli.kernel.actors import Actor
from linli.kernel.area_names import names_of
from linli.kernel.errors import Forbidden, NotFound
from linli.kernel.paging import MOST
from linli.registry.actions.workbook import MOST_ROWS, TooMany, workbook
from linli.registry.permissions import THING_EXPORT, THING_REVEAL
from linli.registry.problems import PurposeMissing
from linli.registry.queries.codes import labels

from .kinds import ThingKind
from .queries import ThingFilter, ThingRow, things_page, visible

SHORTEST_PURPOSE = 4
_HEAD = {
    "zh": ("名称", "代码", "类别", "状态", "负责人或主管部门", "地址", "下次检查日期", "所属区域"),
    "en": ("Name", "Code", "Kind", "State", "In charge", "Address", "Next inspection", "Area"),
}
_WIDTHS = (32, 24, 20, 12, 24, 40, 16, 24)


def reveal_phone(kind: ThingKind, actor: Actor, thing_id: UUID, purpose: str) -> str:
    """The phone of a thing in full. The look is noted with its purpose before the number is given.

    Raises PurposeMissing, Forbidden, NotFound.
    """
    row = visible(kind, actor, thing_id)
    if not actor.may(THING_REVEAL, row["area_code"]):
        reads.note("reveal", kind.name, subject_id=thing_id, area=row["area_code"], purpose="refused")
        raise Forbidden(permission=THING_REVEAL)
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise PurposeMissing()
    if row.get("phone") is None:
        raise NotFound()
    reads.note(
        "reveal", f"{kind.name}.phone", subject_id=thing_id, area=row["area_code"], count=1, purpose=purpose.strip()
    )
    return secrets.decrypt(bytes(row["phone"]))


def export_things(kind: ThingKind, actor: Actor, wanted: ThingFilter, purpose: str, language: str) -> bytes:
    """A workbook of the things that match, without phones; needs the export permission in the areas taken out.

    Raises Forbidden, PurposeMissing, TooMany.
    """
    actor.require(THING_EXPORT, wanted.area)
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise PurposeMissing()
    allowed = replace(actor, grants=tuple(g for g in actor.grants if g.allows(THING_EXPORT) and g.allows(kind.view)))
    rows: list[ThingRow] = []
    cursor: str | None = None
    while True:
        page = things_page(kind, allowed, wanted, cursor, MOST, counted=False)
        rows.extend(page.items)
        if len(rows) > MOST_ROWS:
            raise TooMany(most=MOST_ROWS)
        cursor = page.next
        if cursor is None:
            break
    reads.note("export", kind.name, area=wanted.area, count=len(rows), purpose=purpose.strip())
    said, named = labels(language), names_of(row.area_code for row in rows)
    group, state = (kind.by_name[name].code_list or "" for name in (kind.group, kind.state))
    english = language.startswith("en")
    lines = (
        (
            row.name, row.code, said.get((group, row.group or ""), row.group), said.get((state, row.state or ""), ""),
            row.contact, row.address, row.due_on, named[row.area_code],
        )
        for row in rows
    )  # fmt: skip
    title = kind.en if english else kind.zh
    return workbook(actor, title, _HEAD["en" if english else "zh"], _WIDTHS, lines, language)
