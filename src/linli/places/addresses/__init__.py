"""Standard addresses: `Gazetteer` holds the names of a district, `AddressParser` reads free text against it."""

from .gazetteer import Gazetteer, Home
from .parser import COLUMNS, AddressParser, ParsedAddress, as_dict
from .placing import Reason

__all__ = ["COLUMNS", "AddressParser", "Gazetteer", "Home", "ParsedAddress", "Reason", "as_dict"]
