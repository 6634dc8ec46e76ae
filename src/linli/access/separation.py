"""Whether the three administrators are kept apart here (三员分立): by setting, or wherever people are real."""

from __future__ import annotations

from django.conf import settings

from . import demo

MODES = ("auto", "on", "off")


def is_on() -> bool:
    """`LINLI_THREE_OFFICES`: on, off, or auto, which is on wherever the people are not invented."""
    mode: str = settings.LINLI_THREE_OFFICES
    return mode == "on" or (mode == "auto" and not demo.is_demo())
