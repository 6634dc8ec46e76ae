from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "linli.public"
    label = "public"
