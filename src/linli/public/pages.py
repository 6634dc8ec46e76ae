"""The public pages as HTML: one answer without script, pictures or further requests, for old phones and slow lines."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.template import Engine, Template
from django.utils.safestring import mark_safe

from . import rules
from .queries import Door
from .texts import URGENT, words

DATA = Path(__file__).with_name("data")


@cache
def style() -> str:
    """The style sheet, which travels inside the page."""
    return (DATA / "door.css").read_text(encoding="utf-8")


@cache
def policy() -> str:
    """The page's own Content-Security-Policy: our one style sheet, by its hash, and nothing else at all."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def _template() -> Template:
    return Engine(dirs=[str(DATA)], autoescape=True).get_template("door.html")


def page(path: str, staff_path: str, language: str, large: bool, door: Door | None, problem: str = "unknown") -> str:
    """The page at `path`: what a door says, or the `problem` that keeps it (unknown, often, down)."""
    from django.template import Context

    said = words(language)
    other = "en" if language == "zh-CN" else "zh-CN"
    heading = (door.village or door.town or door.district) if door else said[f"{problem}_title"]
    values: dict[str, Any] = {
        "language": language,
        "other_language": other,
        "large": large,
        "words": said,
        "style": mark_safe(style()),  # noqa: S308  # a file of ours
        "door": door,
        "heading": heading,
        "message": "" if door else said[problem],
        "contacts": [
            {"duty": said[one.duty], "name": one.name, "phone": one.phone, "dialled": rules.dialled(one.phone)}
            for one in (door.staff if door else ())
        ],
        "urgent": [(number, said[name]) for number, name in URGENT],
        "size_link": _link(path, language, not large),
        "language_link": _link(path, other, large),
        "staff_link": staff_path,
    }
    return str(_template().render(Context(values)))


def _link(path: str, language: str, large: bool) -> str:
    query = {"lang": language[:2]} | ({"type": "large"} if large else {})
    return f"{path}?{urlencode(query)}"
