"""Structured logs: one JSON object a line on the error stream, with request ids and without personal data.

Names, numbers, search words, bodies and messages of database errors (which quote values) never go into a log entry.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import Any

import structlog

#: Our own request log says the same in one line, without the address.
SILENT = ("django.request", "django.server", "django.security.csrf")
QUIET = ("django", "procrastinate", "psycopg.pool", "urllib3")


def configure(config: Mapping[str, Any]) -> None:
    """Django's LOGGING_CONFIG. `config["format"]` is "json" or "console" (for people)."""
    import orjson

    if config.get("format") == "console":
        renderer: Any = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    else:
        renderer = structlog.processors.JSONRenderer(serializer=lambda entry, **_: orjson.dumps(entry).decode())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in QUIET:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(logging.WARNING)
        logger.propagate = True
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
