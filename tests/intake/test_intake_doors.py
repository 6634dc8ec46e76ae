"""Every operation of the intake passes the suite all rooms' operations pass through."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import openpyxl
import staff
from intake_tables import HEADER, number, person
from permissions import Door, PermissionSuite, Sample

from linli.intake.compare import actions as comparing
from linli.intake.library.actions import MappingForm, keep_mapping
from linli.intake.pickup import PickupForm, save_pickup
from linli.intake.runner import run_file
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting

VIEW, UPLOAD = "intake.batch.view", "intake.batch.upload"
MERGE, UNDO = "intake.batch.merge", "intake.batch.undo"
SOURCES = "intake.source.edit"
REVEAL = "registry.person.reveal"  # another's file holds numbers in full
BATCH = "/api/intake/batches/{batch}"
MAPPING = {"columns": {"姓名": "name", "公民身份号码": "id_number", "联系电话": "phone", "现住址": "home_text"}}


PERSON, TAKE = "registry.person.view", "registry.people.export"
COMPARED = "/api/intake/comparisons/{comparison}"
LIBRARY = "/api/intake/mappings"
CARRIED = {"name": "别处的列对应", "kind": "people", "columns": {"姓名": "name"}}
KEPT = {"name": "新的列对应", "kind": "people", "mapping": {"columns": {"姓名": "name"}}}
PICKUP = {"area": "{area}", "source": "community", "directory": "own.xlsx", "pattern": "*.csv"}


class TestIntakeDoors(PermissionSuite):
    urlconf = "intake_urls"
    doors: ClassVar = [
        *[Door("GET", "/api/intake/sources", one, instead=(VIEW, UPLOAD, SOURCES)) for one in (VIEW, UPLOAD, SOURCES)],
        Door("POST", "/api/intake/sources", SOURCES, {"code": "new", "name": "新来源"}, district_only=True),
        *[Door("GET", "/api/intake/fields", one, instead=(VIEW, UPLOAD)) for one in (VIEW, UPLOAD)],
        *[Door("GET", "/api/intake/kinds", one, instead=(VIEW, UPLOAD)) for one in (VIEW, UPLOAD)],
        Door("PUT", BATCH + "/kind", UPLOAD, {"kind": "entities"}, also=(VIEW,), answers=(202,)),
        Door(
            "POST",
            "/api/intake/batches",
            UPLOAD,
            {"source": "community", "area": "{area}"},
            also=(VIEW,),
            file=("table.csv", "姓名,现住址\n".encode()),
            foreign=(403,),
        ),
        Door("GET", "/api/intake/batches", VIEW, finds=True),
        Door("GET", BATCH, VIEW, finds=True),
        Door("GET", BATCH + "/preview", UPLOAD, logs="detail"),
        Door("PUT", BATCH + "/mapping", UPLOAD, MAPPING, also=(VIEW,)),
        Door("PUT", BATCH + "/sheets", UPLOAD, {"sheets": []}, also=(VIEW,), answers=(202,)),
        Door("POST", BATCH + "/check", UPLOAD, also=(VIEW,), answers=(202,)),
        Door("POST", BATCH + "/merge", MERGE, {"skip_bad": True}, also=(VIEW,), answers=(202,)),
        Door("POST", BATCH + "/cancel", UPLOAD, also=(VIEW,)),
        # The sample is not merged yet: that it says so means that the door opened.
        Door("POST", BATCH + "/undo", UNDO, also=(VIEW,), answers=(409,)),
        Door("POST", BATCH + "/reviews/2", MERGE, {"choice": "new"}, also=(VIEW,), answers=(409,)),
        Door("GET", BATCH + "/findings", VIEW, logs="list"),
        Door("GET", BATCH + "/errors.xlsx", UPLOAD, also=(REVEAL,), logs="download", reveals=True),
        Door("GET", BATCH + "/reviews", MERGE, also=(VIEW,), logs="list"),
        Door("POST", BATCH + "/comparisons", VIEW, {"earlier": "{earlier}"}, also=(PERSON,), answers=(202,)),
        Door("GET", "/api/intake/comparisons", VIEW, finds=True),
        Door("GET", COMPARED, VIEW, finds=True),
        Door("GET", COMPARED + "/rows", VIEW, also=(PERSON,), logs="list"),
        Door("POST", COMPARED + "/export", VIEW, {"purpose": "季度核对"}, also=(PERSON, TAKE), logs="export"),
        *[
            # The library is the district's: nothing in it is foreign to whoever may upload anywhere.
            Door("GET", LIBRARY + path, one, instead=(UPLOAD, SOURCES), foreign=(200, 404))
            for one in (UPLOAD, SOURCES)
            for path in ("", "/file", "/{kept}", "/{kept}/file")
        ],
        Door("POST", LIBRARY, UPLOAD, KEPT),
        Door("POST", LIBRARY + "/file", SOURCES, {"document": CARRIED}, district_only=True),
        Door("PUT", LIBRARY + "/{kept}", UPLOAD, KEPT | {"version": 1}, also=(SOURCES,), district_only=True),
        Door("DELETE", LIBRARY + "/{kept}", UPLOAD, also=(SOURCES,), district_only=True),
        Door("GET", BATCH + "/offers", UPLOAD),
        Door("GET", "/api/intake/pickups", SOURCES, finds=True),
        Door("POST", "/api/intake/pickups", SOURCES, PICKUP, also=(UPLOAD,), district_only=True),
        Door("PUT", "/api/intake/pickups/{pickup}", SOURCES, PICKUP, also=(UPLOAD,), district_only=True),
        Door("DELETE", "/api/intake/pickups/{pickup}", SOURCES),
    ]

    def sample(self) -> Sample:
        return Sample(
            own={
                "kept": a_mapping("列对应"),
                "area": staff.TOWN,
                "pickup": a_pickup(staff.TOWN, "own"),
                **compared(staff.TOWN, "own.xlsx", 1),
            },
            foreign={
                "kept": str(uuid7()),  # the library is the district's: nothing in it is foreign
                "area": staff.OTHER_TOWN,
                "pickup": a_pickup(staff.OTHER_TOWN, "foreign"),
                **compared(staff.OTHER_TOWN, "foreign.xlsx", 2),
            },
            own_marks=["own.xlsx"],
            foreign_marks=["foreign.xlsx"],
            secrets=[*map(number, (1, 2, 101, 102)), "10070000001", "10070000002", "10070000101", "10070000102"],
        )


def batch(area: str, name: str, serial: int) -> str:
    """A checked batch with findings (this is no demo district), brought for an area."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (HEADER, person(serial, address="昆仑镇聂村3号楼2单元401")):
        book.active.append(row)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        book.save(path)
        outcome = run_file(staff.OPERATOR, path, source="community", area=area)
    assert outcome.problem is None and outcome.check_counts["by_code"]["id.synthetic"] == 1
    return str(outcome.batch_id)


def compared(area: str, name: str, serial: int) -> dict[str, str]:
    """A batch, an earlier one of the same ledger, and what changed between them."""
    earlier, later = batch(area, name, serial), batch(area, name, serial + 100)
    with acting(staff.OPERATOR):
        made = comparing.ask(staff.OPERATOR, UUID(later), UUID(earlier), by_command=True)
    comparing.perform(made.id)
    assert comparing.load(made.id).state == "done"
    return {"batch": later, "earlier": earlier, "comparison": str(made.id)}


def a_mapping(name: str) -> str:
    """A mapping of the library, which everybody may see who may upload."""
    with acting(staff.OPERATOR):
        return str(keep_mapping(staff.OPERATOR, MappingForm(name, "people", {"columns": {"姓名": "name"}})).id)


def a_pickup(area: str, name: str) -> str:
    """A folder from which files are taken in by themselves."""
    with acting(staff.OPERATOR):
        return str(save_pickup(staff.OPERATOR, PickupForm(area, "community", f"{name}.xlsx", "*", "check")).id)
