"""The WSGI application of every process: Django's own, but a caller does not choose the codec that addresses are read by."""

from __future__ import annotations

from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Utf8Request(WSGIRequest):
    """A request whose address and fields are UTF-8 whatever charset it names. Django decodes by any codec of Python while it
    makes the request, before a middleware is asked, and some take minutes for what fits a header."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class Handler(WSGIHandler):
    """Django's handler with such requests."""

    request_class = Utf8Request


def application() -> Handler:
    """The application with the settings that the environment names."""
    django.setup(set_prefix=False)
    return Handler()
