"""Taking people out as a workbook: own permission, purpose, watermark, log."""

from __future__ import annotations

from linli.access import reads
from linli.kernel import secrets
from linli.kernel.actors import Actor
from linli.kernel.area_names import names_of
from linli.kernel.masking import mask_id, mask_phone
from linli.kernel.paging import MOST
from linli.registry.permissions import EXPORT, VIEW
from linli.registry.problems import PurposeMissing
from linli.registry.queries.codes import labels
from linli.registry.queries.people import PersonFilter, PersonRow, people_page

from .workbook import MOST_ROWS, TooMany, workbook

_HEAD = {
    "zh": ("姓名", "性别", "出生日期", "民族", "证件号码（掩码）", "电话（掩码）", "人口类型", "所属区域", "现住址"),
    "en": ("Name", "Sex", "Date of birth", "Ethnic group", "Identity number (masked)", "Phone (masked)",
           "Kind of population", "Area", "Home"),
}  # fmt: skip


def export_people(actor: Actor, wanted: PersonFilter, purpose: str, language: str) -> bytes:
    """A workbook of the people that match, numbers masked, the taker's name and the time on every page.

    Needs the export permission in the areas taken out. Raises Forbidden, PurposeMissing, TooMany.
    """
    actor.require(EXPORT, wanted.area)
    if len(purpose.strip()) < 4:
        raise PurposeMissing()
    allowed = Actor(
        kind=actor.kind, id=actor.id, name=actor.name, unit_id=actor.unit_id, unit_name=actor.unit_name,
        grants=tuple(g for g in actor.grants if g.allows(EXPORT) and g.allows(VIEW)), request_id=actor.request_id,
        address=actor.address,
    )  # fmt: skip
    rows: list[PersonRow] = []
    cursor: str | None = None
    while True:
        page = people_page(allowed, wanted, cursor, MOST, counted=False)
        rows.extend(page.items)
        if len(rows) > MOST_ROWS:
            raise TooMany(most=MOST_ROWS)
        cursor = page.next
        if cursor is None:
            break
    reads.note("export", "person", area=wanted.area, count=len(rows), purpose=purpose.strip())
    return _workbook(actor, rows, language)


def _workbook(actor: Actor, rows: list[PersonRow], language: str) -> bytes:
    said = labels(language)
    named = names_of(row.listed_area for row in rows)
    english = language.startswith("en")
    lines = (
        (
            row.name, said.get(("sex", row.sex or ""), ""), row.birth.isoformat() if row.birth else "",
            said.get(("nation", row.nation or ""), ""),
            mask_id(secrets.decrypt(row.id_number)) if row.id_number else "",
            mask_phone(secrets.decrypt(row.phone)) if row.phone else "",
            said.get(("population_kind", row.population_kind or ""), ""), named[row.listed_area], row.home or "",
        )
        for row in rows
    )  # fmt: skip
    title = "People" if english else "人口"
    return workbook(actor, title, _HEAD["en" if english else "zh"], (12,) * 4 + (24,) * 5, lines, language)
