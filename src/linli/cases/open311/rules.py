"""What GeoReport v2 says of services and requests, and its two formats. Pure.

Field names, statuses, error lists, 90 days and 1,000 rows are the specification's (official, GeoReport v2); that only requests which
came this way are listed, and that long numbers in their words are hidden, is ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from xml.etree import ElementTree

from linli.kernel.errors import Text

from ..engine.states import ENDED, FINISHED, State

Format = Literal["json", "xml"]
SPAN, MOST, PAGE = timedelta(days=90), 1000, 100
#: What an entry of a list is called in XML.
ENTRY = {"services": "service", "service_requests": "request", "attributes": "attribute", "errors": "error", "endpoints": "endpoint",
         "formats": "format"}  # fmt: skip
# A phone, a number of an identity card: nobody else is to read them.
_LONG_NUMBER = re.compile(r"\d(?:[\s.\-－–—·_]{0,3}\d){6,}[Xx]?")
_MAIL = re.compile(r"[^\s@，。；：]{1,64}@[^\s@，。；：]{1,255}")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
Document = Mapping[str, Any] | Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which requests somebody asks for. `ids` overrides all else, as the specification has it."""

    ids: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    open: bool | None = None
    start: datetime | None = None
    end: datetime | None = None
    page: int = 1
    size: int = PAGE


class Malformed(Exception):
    """The request is not as the specification has it. `code` is the status it is answered with; `wait`: seconds, for those that
    may come again."""

    def __init__(self, text: Text, code: int = 400, wait: int = 60) -> None:
        super().__init__(text.en)
        self.text, self.code, self.wait = text, code, wait


def asked(given: Mapping[str, str], now: datetime) -> Asked:
    """Read the arguments of GET requests. Raises Malformed."""
    ids = _listed(given.get("service_request_id", ""))
    status = set(_listed(given.get("status", "")))
    if status - {"open", "closed"}:
        raise Malformed(Text("status 只能是 open 或 closed。", "status is open or closed."))
    start, end = _moment(given, "start_date"), _moment(given, "end_date")
    end = end or (min(start + SPAN, now) if start and start < now else now)
    start = start or end - SPAN
    if start > end or end - start > SPAN:
        raise Malformed(
            Text("起止时间最多相隔 90 天，起不晚于止。", "A range is of 90 days at most, its start not after its end.")
        )
    page, size = _count(given, "page", 1, 1_000_000), _count(given, "page_size", PAGE, MOST)
    return Asked(
        ids[:MOST],
        _listed(given.get("service_code", "")),
        "open" in status if len(status) == 1 else None,
        start,
        end,
        page,
        size,
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip() and "\0" not in part)


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        if not 1900 < found.year < 9000:
            raise ValueError(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed(
            Text(
                f"{name} 须为 W3C 时间，如 2026-01-01T00:00:00Z。",
                f"{name} is a W3C time such as 2026-01-01T00:00:00Z.",
            )
        ) from None


def _count(given: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = given.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 8 and 1 <= int(text) <= most):
        raise Malformed(Text(f"{name} 须为 1 到 {most} 的整数。", f"{name} is a whole number from 1 to {most}."))
    return int(text)


def position(given: Mapping[str, str]) -> tuple[float, float] | None:
    """Longitude and latitude of a report, if it has them. Raises Malformed for half of a position or no numbers."""
    lat, lon = given.get("lat", "").strip(), (given.get("long") or given.get("lon") or "").strip()
    if not lat and not lon:
        return None
    try:
        found = float(lon), float(lat)
    except ValueError:
        found = (999.0, 999.0)
    if not (-180 <= found[0] <= 180 and -90 <= found[1] <= 90):
        raise Malformed(
            Text("lat 和 long 须为 WGS-84 经纬度，同时给出。", "lat and long are WGS-84 degrees and go together.")
        )
    return found


def status(state: State) -> Literal["open", "closed"]:
    """The specification knows two."""
    return "closed" if state in FINISHED else "open"


def hidden(words: str) -> str:
    """Words of a stranger without phones, numbers of people and addresses of mail."""
    return _MAIL.sub("***", _LONG_NUMBER.sub("***", words))


def looked_at(state: State, *, filed: bool) -> bool:
    """Whether words and place of a request are for everybody: once somebody has filed it, and not where it was refused."""
    return filed and state not in ENDED


def w3c(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


# --- formats --------------------------------------------------------------------------------------------------


def as_xml(root: str, document: Document) -> bytes:
    """A document as XML: lists hold entries by their own name."""
    element = _element(root, document)
    written: bytes = ElementTree.tostring(element, encoding="utf-8", xml_declaration=True)
    return written


def _element(name: str, value: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(value, Mapping):
        element.extend(_element(key, inner) for key, inner in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        element.extend(_element(ENTRY[name], inner) for inner in value)
    elif value is not None:
        element.text = str(value).lower() if isinstance(value, bool) else _NOT_XML.sub("", str(value))
    return element
