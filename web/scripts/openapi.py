"""Writes web/openapi.json from the API as it stands; `npm run api` then makes the types of the console from it.

python web/scripts/openapi.py && cd web && npm run api
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "openapi.json"


def document() -> dict[str, Any]:
    """The OpenAPI document of this checkout."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.project.settings")
    django.setup()
    from linli.project.urls import api

    answer: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return answer


if __name__ == "__main__":
    TARGET.write_text(json.dumps(document(), ensure_ascii=False, indent=1) + "\n")
    print(f"wrote {TARGET.name}")
