"""Reads of places. Regions and grids are public reference data; compounds go through the actor's scope."""

from .lookup import address_parser, area_of, gazetteer, grid_index, loaded_package, locate_many, parse_address
from .names import names_of
from .regions import AreaDetail, AreaRow, area_detail, children, search_areas
from .shapes import LAYERS, layer

__all__ = [
    "LAYERS",
    "AreaDetail",
    "AreaRow",
    "address_parser",
    "area_detail",
    "area_of",
    "children",
    "gazetteer",
    "grid_index",
    "layer",
    "loaded_package",
    "locate_many",
    "names_of",
    "parse_address",
    "search_areas",
]
