"""The API of bringing in compounds and buildings from a map file."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from linli.kernel.coordinates import Datum
from linli.kernel.faults import TooLarge
from linli.kernel.http import actor_of, language_of, require

from ..grids.api import MOST_BYTES, GridTroubleOut
from ..permissions import HOMES

router = Router(tags=["places"])
SHOWN = 50


class PlacesImportOut(Schema):
    """How many are new, change, or are as they were; the first names of each; every trouble with its place."""

    added: int
    changed: int
    same: int
    added_names: list[str]
    changed_names: list[str]
    troubles: list[GridTroubleOut]


@router.post(
    "/map-files/{what}/preview",
    response=PlacesImportOut,
    auth=require(HOMES, upload=True),
    summary="小区、楼栋导入预览 / What a map file would bring",
)
def preview_places(
    request: HttpRequest, what: Literal["compounds", "buildings"], file: File[UploadedFile], datum: Form[Datum]
) -> Any:
    """A GeoJSON file or zipped shapefile of compounds or buildings: every trouble with its place, or what is new."""
    from . import importing

    return _out(request, importing.preview_places(actor_of(request), what, _content(file), datum))


@router.post(
    "/map-files/{what}",
    response={201: PlacesImportOut},
    auth=require(HOMES, upload=True),
    summary="导入小区、楼栋 / Import compounds or buildings",
)
def import_places(
    request: HttpRequest, what: Literal["compounds", "buildings"], file: File[UploadedFile], datum: Form[Datum]
) -> Any:
    """Take in compounds or buildings with their positions; refused as a whole (422) with the places of what is wrong."""
    from . import importing

    return Status(201, _out(request, importing.import_places(actor_of(request), what, _content(file), datum)))


def _content(file: UploadedFile) -> bytes:
    if (file.size or 0) > MOST_BYTES:
        raise TooLarge(limit=MOST_BYTES)
    return bytes(file.read())


def _out(request: HttpRequest, found: Any) -> dict[str, Any]:
    from ..grids.problems import tell

    told = [tell(trouble, language_of(request)) for trouble in found.troubles]
    return {
        "added": len(found.added),
        "changed": len(found.changed),
        "same": found.same,
        "added_names": list(found.added[:SHOWN]),
        "changed_names": list(found.changed[:SHOWN]),
        "troubles": [{"code": t.code, "message": t.message, "place": t.place} for t in told],
    }
