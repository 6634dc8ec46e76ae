"""Pages as PDF: a Typst template of ours, filled with values and pictures. Values are data and never markup.

Fonts are embedded, so a document reads the same everywhere and in twenty years; they are the machine's own, or lie in the
folder LINLI_FONTS. Without one for Chinese nothing is made, rather than a page of empty squares.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings

from . import files
from .errors import Problem, Text

if TYPE_CHECKING:
    import typst

#: Fonts for Chinese, the official one of documents first (仿宋, GB/T 9704-2012 clause 5.2.2), then what systems bring along.
FAMILIES = (
    "FangSong_GB2312", "FangSong", "FZFangSong-Z02", "STFangsong", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun", "Songti SC",
    "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
)  # fmt: skip


class NoFont(Problem):
    """The server has no font for Chinese."""

    status, code = 503, "kernel.no_font"
    text = Text(
        "服务器上没有中文字体，不能生成 PDF。请管理员安装字体（如 fonts-noto-cjk）或设置 LINLI_FONTS。",
        "The server has no font for Chinese, so no PDF can be made. Have one installed (fonts-noto-cjk) or set LINLI_FONTS.",
    )


@cache
def _fonts() -> tuple[typst.Fonts, tuple[str, ...]]:
    """The fonts of this machine, looked for once, and those of `FAMILIES` among them."""
    import typst  # 80 MB that only a printing process needs

    folder = str(settings.LINLI_FONTS)
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[folder] if folder else [])
    there = set(fonts.families())
    return fonts, tuple(family for family in FAMILIES if family in there)


def render(
    template: Path, values: Mapping[str, Any], at: datetime, pictures: Mapping[str, bytes] | None = None
) -> bytes:
    """The document `template` makes of `values` (what JSON can say), made at `at`. Raises NoFont.

    The template reads `sys.inputs.values`, and pictures by the names they have in `pictures`; it reaches nothing else.
    """
    import typst

    fonts, families = _fonts()
    if not families:
        raise NoFont()
    inputs = {"values": orjson.dumps(values).decode(), "fonts": orjson.dumps(families).decode()}
    with files.scratch() as folder:
        for name, content in (pictures or {}).items():
            (folder / name).write_bytes(content)
        (folder / "main.typ").write_bytes(template.read_bytes())
        made = typst.compile(
            str(folder / "main.typ"), root=str(folder), font_paths=fonts, ignore_system_fonts=True, format="pdf",
            sys_inputs=inputs, timestamp=at.replace(microsecond=0),
        )  # fmt: skip
    assert isinstance(made, bytes)
    return made
