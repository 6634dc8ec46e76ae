"""The table of a batch: its file read with the batch's choice of sheets, which tell the village where rows do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from django.conf import settings

from linli.kernel import files
from linli.kernel.actors import Actor, system
from linli.kernel.errors import NotFound
from linli.kernel.scope import acting
from linli.places.queries import lookup

from .checking.areas import Areas
from .limits import installed
from .models import Batch
from .problems import DamagedFile
from .reading import RawTable, label_of, read_table

# 1.城里社区, 城里社区（120人）, 城里社区-名单, 2026城里社区台账
AROUND = re.compile(r"^[\d.、\s_-]+|[(（【\[].*?[)）】\]]|[\s_-]+\d*$")
ENDINGS = re.compile(
    r"(人口|人员|居民|住户|户籍|流动|实有)*(名单|台账|花名册|登记表|信息表|信息采集表|汇总表|统计表|表)$"
)
BETWEEN = re.compile(r"[-_·\s]+")
SHOWN_SHEETS = 300


@contextmanager
def in_the_clear(batch: Batch) -> Iterator[Path]:
    """The kept file of a batch, decrypted for the length of the block. Raises NotFound, DamagedFile."""
    if batch.file_id is None or batch.file_gone_at is not None:
        raise NotFound()
    with ExitStack() as stack:
        try:
            path = stack.enter_context(files.opened(batch.file_id, Path(batch.filename).suffix))
        except InvalidTag as error:  # the kept file was changed or cut: never read on from it
            raise DamagedFile() from error
        yield path


def table_of(batch: Batch, path: Path, actor: Actor) -> RawTable:
    """Read the file of a batch. Raises kinds of UnreadableFile."""
    return read_table(
        path,
        batch.sheet,
        installed(),
        filename=batch.filename,
        chosen=batch.options.get("sheets"),
        village_of=_village_of(batch.area_code, actor),
    )


def parts_of(table: RawTable) -> list[dict[str, Any]] | None:
    """The sheets of a table as a batch keeps them; None for a single one."""
    if not table.several:
        return None
    return [{"file": p.file, "sheet": p.sheet, "start": p.start, "form": p.form} for p in table.parts]


def sheets_of(table: RawTable) -> list[dict[str, Any]]:
    """Every sheet for the wizard: what it is called, whether it was taken, and if not why."""
    sizes = {label_of("", s.name): s for s in table.info.sheets}
    listed = [(p.label, True, "") for p in table.parts] + [(s.label, False, s.why) for s in table.skipped]
    return [
        {
            "name": label,
            "hidden": why == "hidden",
            "rows": sizes[label].rows if label in sizes else 0,
            "columns": sizes[label].columns if label in sizes else 0,
            "taken": taken,
            "why": why,
        }
        for label, taken, why in listed[:SHOWN_SHEETS]
    ]


def _village_of(area: str, actor: Actor) -> Callable[[str], str | None]:
    """What village a sheet or file is named after, written as area columns write it; never guessed between two."""
    known: list[Areas] = []

    def look(name: str) -> str | None:
        if not known:  # most files have one sheet and never ask
            with acting(system("checking", settings.LINLI_DISTRICT)):
                known.append(Areas(lookup.address_parser().gazetteer))
        areas = known[0]
        for written in _written(name):
            found = areas.village(written)
            near = [code for code in found if code.startswith(area) or area.startswith(code)]
            found = near or found
            if len(found) == 1:
                label = areas.label(found[0])
                return label if areas.village(label) == found else found[0]
        return None

    return look


def _written(name: str) -> list[str]:
    """The ways a name may be meant: whole, without numbers and notes around it, without what a list is called."""
    bare = AROUND.sub("", name).strip()
    ways = [name.strip(), bare, ENDINGS.sub("", bare)]
    for piece in BETWEEN.split(bare):
        ways += [piece, ENDINGS.sub("", piece)]
    return [way for way in dict.fromkeys(ways) if len(way) >= 2]
