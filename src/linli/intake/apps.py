"""The Django app of the intake."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "linli.intake"
    label = "intake"
    verbose_name = "Intake"
