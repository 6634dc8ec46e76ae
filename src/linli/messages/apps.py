"""The Django app of messages."""

from __future__ import annotations

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "linli.messages"
    label = "messages"
    verbose_name = "Messages"
