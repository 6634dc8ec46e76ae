"""Who draws facts: the program itself, over the whole district."""

from __future__ import annotations

from django.conf import settings

from linli.kernel.actors import Actor, system


def keeper() -> Actor:
    """The actor of evaluation's background work."""
    return system("evaluation", settings.LINLI_DISTRICT)
