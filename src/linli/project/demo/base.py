"""What a demo district stands on: the mark that it is one, its places, grids, compounds, units and accounts."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from django.conf import settings

from linli.kernel.actors import Actor, system
from linli.kernel.errors import Conflict, Text
from linli.kernel.keys import write_private
from linli.kernel.scope import acting
from linli.project.demo.places import GRIDS, DistrictPlaces, Grid, from_package

#: the grids do not follow the people's seed: files of several seeds must name the same ones
GRID_SEED = 42


class NotADemo(Conflict):
    """The database holds people who are not synthetic; a demo never mixes with them."""

    code = "demo.not_a_demo"
    text = Text(
        "此数据库中已有真实人员数据，不能载入演示数据。请另设 LINLI_HOME 目录。",
        "This database holds real people; a demo is not loaded into it. Use another LINLI_HOME.",
    )


class OtherDemo(Conflict):
    """The demo that is here was made with other numbers."""

    code = "demo.other_demo"
    text = Text(
        "此处的演示数据以 --people {people} --seed {seed} 生成，请用相同参数继续，或另设 LINLI_HOME 目录。",
        "The demo here was made with --people {people} --seed {seed}: go on with the same, or use another LINLI_HOME.",
    )


@dataclass(frozen=True)
class DemoOrder:
    """What a demo is made of; kept with it, so that a repeated command goes on with the same people."""

    people: int
    seed: int

    @property
    def folder(self) -> Path:
        """Where the spreadsheets and the accounts are kept."""
        return demo_folder()


def demo_folder() -> Path:
    """The demo's own folder, for its owner alone; made when missing."""
    folder = Path(settings.LINLI_HOME) / "demo"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def demo_actor() -> Actor:
    """Who makes the demo: the program itself, over the whole district."""
    return system("demo", settings.LINLI_DISTRICT)


def claim(order: DemoOrder) -> None:
    """Marks the database as a demo. Raises NotADemo for one with real people, OtherDemo for another demo."""
    from linli.registry.models import District, SourceRecord

    actor = demo_actor()
    note = demo_folder() / "demo.json"
    with acting(actor):
        known = District.objects.filter(code=settings.LINLI_DISTRICT, demo=True).exists()
        if not known and SourceRecord.objects.exists():
            raise NotADemo()
        if known and note.exists():
            made = json.loads(note.read_text())
            if made != asdict(order):
                raise OtherDemo(**made)
        if not known:
            District.objects.update_or_create(code=settings.LINLI_DISTRICT, defaults={"demo": True})
    note.write_text(json.dumps(asdict(order)))


def lay_places() -> DistrictPlaces:
    """Loads the district package and draws its grids; the same again changes nothing."""
    from linli.places import actions
    from linli.places.packages import packaged

    package = packaged(settings.LINLI_DISTRICT)
    with acting(demo_actor()) as actor:
        actions.load_places(actor, package)
        if package.boundary is not None and not _has_grids():
            actions.generate_grids(actor, package, max(GRIDS, len(package.villages)), GRID_SEED)
    return places_here()


def places_planned() -> DistrictPlaces:
    """The district's places before anything is loaded, with grids counted but not drawn."""
    from linli.places.packages import packaged

    return from_package(packaged(settings.LINLI_DISTRICT)).with_default_grids()


def places_here() -> DistrictPlaces:
    """The district's places with the grids the database has."""
    from linli.places.models import Grid as GridRow
    from linli.places.packages import packaged

    places = from_package(packaged(settings.LINLI_DISTRICT))
    grids: dict[str, list[Grid]] = defaultdict(list)
    with acting(demo_actor()):
        rows = GridRow.objects.filter(valid_to=None).order_by("code").values_list("village_code", "code", "name")
        for village, code, name in rows:
            grids[village].append(Grid(code, name))
    if not grids:
        return places.with_default_grids()
    return replace(places, grids={village: tuple(own) for village, own in grids.items()})


def _has_grids() -> bool:
    from linli.places.models import Grid as GridRow

    return GridRow.objects.exists()


def keep_private(name: str, text: str) -> Path:
    """Writes a file that only its owner can read into the demo's folder."""
    path = demo_folder() / name
    path.unlink(missing_ok=True)
    write_private(path, text.encode())
    return path
