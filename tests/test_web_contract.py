"""The console's types are made from the API as it is: the description they come from has not drifted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ninja import Schema

WEB = Path(__file__).resolve().parents[1] / "web"
KEPT = WEB / "openapi.json"
WORDS = {"description", "summary", "title", "operationId", "version"}


def shape(part: Any) -> Any:
    """A document without its prose, which may change without the types changing."""
    if isinstance(part, dict):
        return {k: shape(v) for k, v in part.items() if not (k in WORDS and isinstance(v, str))}
    return [shape(v) for v in part] if isinstance(part, list) else part


def test_the_types_of_the_console_come_from_this_api() -> None:
    from linli.project.urls import api

    now = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    kept = json.loads(KEPT.read_text())
    assert shape(now["paths"]) == shape(kept["paths"]), "run: python web/scripts/openapi.py && cd web && npm run api"
    assert shape(now["components"]) == shape(kept["components"]), "run: python web/scripts/openapi.py && npm run api"


def test_no_two_schemas_share_a_name() -> None:
    """The later of two would silently take the place of the other in the description and in the console's types."""
    import linli.project.urls  # noqa: F401  every room's schemas

    def below(schema: type) -> Iterator[type]:
        for child in schema.__subclasses__():
            yield child
            yield from below(child)

    ours = {s for s in below(Schema) if s.__module__.startswith("linli.")}
    several = [name for name, count in Counter(s.__name__ for s in ours).items() if count > 1]
    assert several == []


def test_every_room_one_can_be_permitted_in_has_a_name_in_both_languages() -> None:
    """The page of roles and the log of changes show permissions and changes by room."""
    import linli.project.urls  # noqa: F401  every room's permissions
    from linli.kernel.permissions import catalogue

    for language in ("zh-CN", "en"):
        words = json.loads((WEB / "src" / "i18n" / language / "access.json").read_text("utf-8"))["room"]
        assert {p.room for p in catalogue()} <= set(words), language
