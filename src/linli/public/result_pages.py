"""The pages of published results as HTML: one answer without script, pictures or further requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.template import Engine
from django.utils.safestring import mark_safe

from linli.tiers.certainties import told
from linli.tiers.published import One, Result, Results, Wanted
from linli.tiers.rules import TIERS

from .proposal_pages import DATA, policy, style
from .report_pages import Note
from .result_texts import TEXTS, words

PATH = "/tiers-public"
__all__ = ["PATH", "list_page", "note_page", "policy", "result_page"]


def list_page(language: str, wanted: Wanted, found: Results) -> str:
    """The list of results with its filters."""
    at = min(max(wanted.page, 1), found.pages)
    said = words(language)

    def turned(page: int) -> str:
        asked = {"lang": language[:2], "year": wanted.year, "tier": wanted.tier, "stage": wanted.stage}
        return f"{PATH}?{urlencode({name: value for name, value in asked.items() if value} | {'page': page})}"

    return _page(
        "results.html", language, PATH, wanted=wanted,
        items=[
            {
                "link": f"{PATH}/{each.id}?lang={language[:2]}", "community": each.community, "town": each.town, "tier": said[each.tier],
                "year": each.year, "stage": _stage(each, said), "until": _day(each.until) if each.open else "", "demo": each.synthetic,
            }
            for each in found.items
        ],
        years=found.years, tiers=[(tier, said[tier]) for tier in TIERS], stages=[(each, said[each]) for each in ("open", "recognised")],
        found=TEXTS["found"].say(language, {"count": found.count}),
        place=TEXTS["page"].say(language, {"page": at, "pages": found.pages}) if found.pages > 1 else "",
        previous=turned(at - 1) if at > 1 else "", following=turned(at + 1) if at < found.pages else "",
        statements=[
            {
                "community": each.community, "tier": said.get(each.tier, ""), "outcome": said.get(each.outcome, ""), "year": each.year,
                "authority": each.authority, "day": _day(each.said_on), "source": each.source,
            }
            for each in found.said
        ],
    )  # fmt: skip


def result_page(
    language: str,
    found: One,
    token: str = "",
    form: str = "",
    typed: Mapping[str, str] | None = None,
    note: Note | None = None,
) -> str:
    """One result, with the form for an objection while it is published; afterwards the page says so and keeps what was typed."""
    each, said = found.result, words(language)
    return _page(
        "result.html", language, f"{PATH}/{each.id}", note=note or Note(), result=each, tier=said[each.tier], stage=_stage(each, said),
        period=TEXTS["from_to"].say(language, {"since": _day(each.since), "until": _day(each.until)}),
        sums=TEXTS["sums"].say(language, {"of": each.of, "met": each.met, "missed": each.missed, "unknown": each.unknown}),
        inferred=told(found.sources).say(language),
        system=found.system, decided=_day(each.decided_on), reported=_day(each.reported_on),
        over=TEXTS["over"].say(language, {"until": _day(each.until)}), token=token, form=form, typed=typed or {},
    )  # fmt: skip


def note_page(language: str, path: str, problem: str, typed: Mapping[str, str]) -> str:
    """A page that says why there is nothing to read (unknown, looked, down), with what was typed."""
    said = words(language)
    return _page("result_note.html", language, path, title=said[f"{problem}_title"], said=said[problem], typed=typed)


def _stage(each: Result, said: Mapping[str, str]) -> str:
    return said["open" if each.open else each.state]


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""


def _page(template: str, language: str, path: str, **values: Any) -> str:
    from django.template import Context

    other = "en" if language == "zh-CN" else "zh-CN"
    values = {
        "note": Note(), "language": language, "short": language[:2], "other_language": other, "other_short": other[:2],
        "words": words(language), "style": mark_safe(style()), "path": path, "list_link": f"{PATH}?lang={language[:2]}",  # noqa: S308  # files of ours
    } | values  # fmt: skip
    return str(_engine().get_template(template).render(Context(values)))


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(DATA)], autoescape=True)
