"""Structured logs: one JSON object a line on the error stream, with request ids and without personal data.

Names, numbers, search words, bodies and messages of database errors (which quote values) never go into a log entry.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import structlog

#: Our own request log says the same in one line, without the address.
SILENT = ("django.request", "django.server", "django.security.csrf")
QUIET = ("django", "procrastinate", "psycopg.pool", "urllib3")


def without_message(_logger: Any, _method: str, entry: Any) -> Any:
    """Replace an exception by its kind and the places it passed: its message may quote a row."""
    info = entry.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    elif isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if isinstance(info, tuple) and info[0] is not None:
        entry["error"] = f"{info[0].__module__}.{info[0].__qualname__}"
        entry["at"] = [f"{place.filename}:{place.lineno} {place.name}" for place in traceback.extract_tb(info[2])[-10:]]
    return entry


def _as_json(entry: Any, **_options: Any) -> str:
    import orjson

    # What JSON does not know is named by its type alone: its text may hold anything.
    return orjson.dumps(entry, default=lambda value: type(value).__name__).decode()


def configure(config: Mapping[str, Any]) -> None:
    """Django's LOGGING_CONFIG. `config["format"]` is "json" or "console" (for people)."""
    if config.get("format") == "console":
        renderer: Any = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    else:
        renderer = structlog.processors.JSONRenderer(serializer=_as_json)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, without_message, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, without_message, renderer],
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
