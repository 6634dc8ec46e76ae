"""The pages for reports as HTML: one answer each, whole without script; only the page of a case has pictures, small ones."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Engine
from django.utils.safestring import mark_safe

from linli.cases.engine.states import STAGES, Stage
from linli.cases.reporters import rules
from linli.cases.reporters.queries import Town, Tracked
from linli.kernel.clock import LOCAL

from .report_texts import words
from .texts import URGENT
from .texts import words as door_words

DATA = Path(__file__).with_name("data")
SCRIPT = (DATA / "position.js").read_text(encoding="utf-8")


@cache
def style() -> str:
    """The style sheets, which travel inside the page: the doors' and what forms need."""
    return "".join((DATA / name).read_text(encoding="utf-8") for name in ("door.css", "report.css"))


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def policy() -> str:
    """The pages' Content-Security-Policy: our one style sheet and one script, by their hashes; forms go to us alone."""
    return (
        f"default-src 'none'; style-src 'sha256-{_hash(style())}'; script-src 'sha256-{_hash(SCRIPT)}'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence above the page, and sentences beside its fields. `good`: something was done."""

    text: str = ""
    good: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


def report_page(language: str, token: str, form: str, typed: Mapping[str, str], towns: list[Town], note: Note) -> str:
    """The form, with what was typed before."""
    return _page(
        "report.html", language, token, note, form=form, typed=typed, towns=towns, path="/report",
        script=mark_safe(SCRIPT),  # noqa: S308  # a file of ours
        urgent=[(number, door_words(language)[name]) for number, name in URGENT],
    )  # fmt: skip


def number_page(language: str, token: str, typed: str, note: Note) -> str:
    """The question for a tracking number."""
    return _page("number.html", language, token, note, typed=typed, path="/track")


def told_page(language: str, token: str, typed: str, stands: str, note: Note) -> str:
    """Confirming or stopping messages to an address, by the code they carry. `stands`: how it is now, if a code is known."""
    return _page("told.html", language, token, note, typed=typed, stands=stands, path="/told")


def case_page(language: str, token: str, number: str, found: Tracked, typed: Mapping[str, str], note: Note) -> str:
    """A case as whoever holds its number sees it."""
    stages = [stage for stage in Stage if stage is not Stage.ENDED]
    at = stages.index(found.stage) if found.stage in stages else -1
    said = words(language)
    rated = [
        (said[name], said["yes" if value else "no"])
        for name, value in zip(("responded", "solved", "satisfied"), found.rating, strict=True)
        if value is not None
    ]
    return _page(
        "track.html", language, token, note, number=rules.shown(number), found=found, typed=typed, path="/track",
        stands=rules.stands(found.state, found.transferred).say(language),
        within=rules.stands(found.within, found.transferred).say(language) if found.within else "", rated=rated, due=_moment(found.due_at, language),
        stages=[(STAGES[stage].say(language), place < at, place == at) for place, stage in enumerate(stages)],
        steps=[(_moment(s.at, language), s.text.say(language), s.unit, s.said) for s in reversed(found.steps)],
        answers=[(_moment(a.at, language), a.unit, a.text) for a in found.answers],
        own_photos=[photo for photo in found.photos if photo.own],
        after_photos=[photo for photo in found.photos if not photo.own],
        ratings=[(name, said[name]) for name in ("responded", "solved", "satisfied")],
    )  # fmt: skip


def _moment(at: Any, language: str) -> str:
    if at is None:
        return ""
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def _page(template: str, language: str, token: str, note: Note, **values: Any) -> str:
    from django.template import Context

    other = "en" if language == "zh-CN" else "zh-CN"
    values |= {
        "language": language, "short": language[:2], "other_language": other, "other_short": other[:2], "words": words(language),
        "style": mark_safe(style()), "token": token, "note": note,  # noqa: S308  # a file of ours
    }  # fmt: skip
    return str(_engine().get_template(template).render(Context(values)))


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(DATA)], autoescape=True)
