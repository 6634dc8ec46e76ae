"""The Django app of places."""

from __future__ import annotations

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "linli.places"
    label = "places"
    verbose_name = "Places"

    def ready(self) -> None:
        from linli.kernel import area_names

        from .queries.names import names_of
        from .recode.queries import became

        area_names.provide(names_of, became)
