"""Every operation of places passes the suite: the tree is for all staff, grids are for those of the area."""

from __future__ import annotations

from typing import ClassVar

import staff
from permissions import Door, PermissionSuite, Sample

from linli.kernel.scope import acting
from linli.places.models import Grid

VIEW = "places.view"


class TestTreeDoors(PermissionSuite):
    """The district's areas and outlines are reference data: whoever works here knows all of them."""

    seeded = True
    doors: ClassVar = [
        Door("GET", "/api/areas", None),
        Door("GET", "/api/areas?parent=" + staff.TOWN, None),
        Door("GET", "/api/areas/search?q=聂村", None),
        Door("GET", "/api/areas/{area}", None, foreign=(200,)),
        Door("GET", "/api/map/towns.geojson", VIEW),
        Door("GET", "/api/address/parse?text=昆仑镇聂村3号楼", VIEW),
        Door("GET", "/api/locate?lon=117.95&lat=36.6", VIEW),
    ]

    def sample(self) -> Sample:
        return Sample(own={"area": staff.TOWN}, foreign={"area": staff.OTHER_TOWN})


class TestGridDoors(PermissionSuite):
    """Grids on the map are shown within one's areas."""

    seeded = True
    doors: ClassVar = [
        Door("GET", "/api/map/grids.geojson", VIEW, finds=True),
        Door("GET", "/api/map/grids.geojson?area={area}", VIEW, foreign=(200,)),
    ]

    def sample(self) -> Sample:
        own, foreign = one_grid(staff.TOWN), one_grid(staff.OTHER_TOWN)
        return Sample({"area": staff.TOWN}, {"area": staff.OTHER_TOWN}, (own,), (foreign,))


def one_grid(area: str) -> str:
    """The code of a grid of an area."""
    with acting(staff.OPERATOR):
        return str(Grid.objects.filter(code__startswith=area).order_by("code").values_list("code", flat=True)[0])
