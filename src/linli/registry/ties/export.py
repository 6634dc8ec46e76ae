"""Relations and tags as workbooks: own permission, purpose, watermark, log; phones masked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from linli.access import reads
from linli.kernel.actors import Actor
from linli.kernel.area_names import names_of
from linli.kernel.errors import Text
from linli.kernel.paging import MOST, Page
from linli.registry.actions.workbook import MOST_ROWS, TooMany, workbook
from linli.registry.permissions import EXPORT, TAG_VIEW, VIEW
from linli.registry.problems import PurposeMissing
from linli.registry.queries.codes import labels

from .queries import RelationState, TagState, relations_page, tags_page

SHORTEST_PURPOSE = 4
KINDS = {
    "kin": Text("亲属", "Kin"), "guardian": Text("监护人", "Guardian"), "carer": Text("照护人", "Carer"),
    "contact": Text("紧急联系人", "Emergency contact"),
}  # fmt: skip
_RELATIONS = {
    "zh": ("姓名", "关系类型", "关系人", "是本人的", "关系人电话", "监护同意日期", "同意方式", "来源", "所属区域"),
    "en": ("Name", "Relation", "Other", "Is the person's", "Phone", "Consent given", "Form", "Source", "Area"),
}
_TAGS = {
    "zh": ("姓名", "标签", "给出部门", "法律依据", "给出日期", "失效日期", "所属区域"),
    "en": ("Name", "Tag", "Department", "Legal basis", "Given on", "Lapses on", "Area"),
}


def _gather(actor: Actor, area: str | None, purpose: str, view: str, page: Callable[..., Page[Any]]) -> list[Any]:
    """All rows the actor may take out. Raises Forbidden, PurposeMissing, TooMany."""
    actor.require(EXPORT, area)
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise PurposeMissing()
    allowed = replace(actor, grants=tuple(g for g in actor.grants if g.allows(EXPORT) and g.allows(view)))
    rows: list[Any] = []
    cursor: str | None = None
    while True:
        found = page(allowed, cursor=cursor, limit=MOST, counted=False)
        rows.extend(found.items)
        if len(rows) > MOST_ROWS:
            raise TooMany(most=MOST_ROWS)
        cursor = found.next
        if cursor is None:
            return rows


def export_relations(
    actor: Actor, area: str | None, kind: str | None, consent: str | None, purpose: str, language: str,
    state: RelationState = "current",
) -> bytes:  # fmt: skip
    """A workbook of the relations that match."""

    def page(allowed: Actor, **paging: Any) -> Page[Any]:
        return relations_page(allowed, area, kind, consent, state, **paging)

    rows = _gather(actor, area, purpose, VIEW, page)
    reads.note("export", "relation", area=area, count=len(rows), purpose=purpose.strip())
    said, named = labels(language), names_of(row.area_code for row in rows)
    lines = (
        (
            row.person_name, KINDS[row.kind].say(language), row.other_name,
            said.get(("kinship", row.kinship or ""), ""), row.phone, row.consent_on,
            said.get(("consent_form", row.consent_form or ""), ""), row.source_name or "", named[row.area_code],
        )
        for row in rows
    )  # fmt: skip
    english = language.startswith("en")
    title = "Relations" if english else "人际关系"
    return workbook(actor, title, _RELATIONS["en" if english else "zh"], (14,) * 8 + (24,), lines, language)


def export_tags(
    actor: Actor, area: str | None, kind: str | None, soon: bool, purpose: str, language: str,
    state: TagState = "current",
) -> bytes:  # fmt: skip
    """A workbook of the tags that match; needs the right to see tags where people are taken out."""

    def page(allowed: Actor, **paging: Any) -> Page[Any]:
        return tags_page(allowed, area, kind, soon, state, **paging)

    rows = _gather(actor, area, purpose, TAG_VIEW, page)
    reads.note("export", "tag", area=area, count=len(rows), purpose=purpose.strip())
    named, english = names_of(row.area_code for row in rows), language.startswith("en")
    lines = (
        (
            row.person_name, row.name_en if english else row.name_zh, row.source_name, row.legal_basis, row.given_on,
            row.expires_on, named[row.area_code],
        )
        for row in rows
    )  # fmt: skip
    title = "Tags" if english else "人员标签"
    return workbook(actor, title, _TAGS["en" if english else "zh"], (14, 18, 14, 40, 14, 14, 24), lines, language)
