"""The pages of published answers as HTML: one answer without script, pictures or further requests."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.template import Engine
from django.utils.safestring import mark_safe

from linli.cases.proposals.public import Listing, Published, Wanted

from .proposal_texts import TEXTS, words
from .report_pages import Note

DATA = Path(__file__).with_name("data")
PATH = "/proposals"


@cache
def style() -> str:
    """The style sheets, which travel inside the page: the doors', what forms need, and these pages' own."""
    return "".join((DATA / name).read_text(encoding="utf-8") for name in ("door.css", "report.css", "proposals.css"))


@cache
def policy() -> str:
    """The pages' Content-Security-Policy: our one style sheet by its hash; the search goes to us alone."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def list_page(language: str, wanted: Wanted, found: Listing) -> str:
    """The list of published answers with its search."""
    at = min(max(wanted.page, 1), found.pages)

    def turned(page: int) -> str:
        asked = {"lang": language[:2], "year": wanted.year, "kind": wanted.body, "host": wanted.host, "q": wanted.words}
        kept = {name: value for name, value in asked.items() if value}
        return f"{PATH}?{urlencode(kept | {'page': page})}"

    said = TEXTS
    return _page(
        "proposals.html", language, PATH, wanted=wanted,
        items=[
            {
                "link": _link(language, each.body, each.number), "kind": said[each.body].say(language), "number": each.number,
                "title": each.title, "host": each.host, "day": _day(each.answered_on),
            }
            for each in found.items
        ],
        years=found.years, hosts=found.hosts, kinds=[(code, said[code].say(language)) for code in ("cppcc", "congress")],
        found=said["found"].say(language, {"count": found.count}),
        place=said["page"].say(language, {"page": at, "pages": found.pages}) if found.pages > 1 else "",
        previous=turned(at - 1) if at > 1 else "", following=turned(at + 1) if at < found.pages else "",
    )  # fmt: skip


def answer_page(language: str, found: Published) -> str:
    """One answer, with the fields of the page that the district publishes."""
    kind = TEXTS[found.body].say("zh-CN")
    return _page(
        "proposal.html", language, f"{PATH}/{found.body}/{found.number}", found=found,
        about=TEXTS["about"].say("zh-CN", {"title": found.title, "kind": kind}), session=found.session.say(language),
        cohosts="、".join(found.cohosts), day=_day(found.answered_on), lines=found.letter,
    )  # fmt: skip


def note_page(language: str, path: str, problem: str) -> str:
    """A page that says why there is nothing to read (unknown, often, down)."""
    return _page(
        "proposal_note.html",
        language,
        path,
        title=TEXTS[f"{problem}_title"].say(language),
        said=TEXTS[problem].say(language),
    )


def _day(day: Any) -> str:
    return f"{day:%Y-%m-%d}" if day else ""


def _link(language: str, body: str, number: str) -> str:
    return f"{PATH}/{body}/{number}?lang={language[:2]}"


def _page(template: str, language: str, path: str, **values: Any) -> str:
    from django.template import Context

    other = "en" if language == "zh-CN" else "zh-CN"
    values |= {
        "language": language, "short": language[:2], "other_language": other, "other_short": other[:2], "words": words(language),
        "style": mark_safe(style()), "note": Note(), "path": path, "list_link": f"{PATH}?lang={language[:2]}",  # noqa: S308  # files of ours
    }  # fmt: skip
    return str(_engine().get_template(template).render(Context(values)))


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(DATA)], autoescape=True)
