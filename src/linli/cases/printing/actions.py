"""Taking a case out on paper: for a purpose, noted in the read log before the paper is made."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from linli.access import reads
from linli.kernel import clock, pdf
from linli.kernel.actors import Actor
from linli.kernel.errors import Conflict, Text

from ..engine.problems import PurposeMissing
from ..engine.queries import case_detail
from ..engine.reveal import SHORTEST_PURPOSE
from .contents import Paper, contents, dispatched
from .pictures import pictures_of

TEMPLATE = Path(__file__).parent / "data" / "paper.typ"


class NotHandedOver(Conflict):
    """A dispatch order tells a unit; the case was given to none."""

    code = "cases.not_handed_over"
    text = Text("案件还没有派遣，没有交办单。", "The case has not been dispatched: there is no order to print.")


def print_case(actor: Actor, case_id: UUID, paper: Paper, purpose: str, language: str) -> tuple[bytes, str]:
    """The case file or the dispatch order as PDF, and the case's number. The reporter is masked, whoever prints.

    Raises NotFound, PurposeMissing, NotHandedOver, NoFont.
    """
    found = case_detail(actor, case_id)
    purpose = purpose.strip()
    if len(purpose) < SHORTEST_PURPOSE:
        raise PurposeMissing()
    if paper == "order" and dispatched(found.flow) is None:
        raise NotHandedOver()
    now, who = clock.now(), f"{actor.unit_name} {actor.name}".strip()
    pictures, there = pictures_of(actor, case_id, language)
    files = {f"photo-{n}.{picture.suffix}": picture.content for n, picture in enumerate(pictures)}
    photos = [{"name": name, "caption": each.caption} for name, each in zip(files, pictures, strict=True)]
    values = contents(paper, found, language, now, {"who": who, "purpose": purpose}, photos, there)
    reads.note("export", f"case.{paper}", subject_id=case_id, area=found.case.area_code, count=1, purpose=purpose)
    return pdf.render(TEMPLATE, values, now, files), found.case.number
