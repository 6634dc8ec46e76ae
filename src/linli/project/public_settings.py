"""Django settings of a process that serves the public doors alone: no rooms, no keys, one role of the database."""

from __future__ import annotations

import os

from linli.kernel.embedded import public_login

from . import hosts
from .databases import public_database
from .locations import home

DEBUG = False
SECRET_KEY = os.urandom(32).hex()  # nothing is signed here; Django asks for one
LINLI_HOSTS = hosts.named(os.environ.get("LINLI_HOSTS", ""))
ALLOWED_HOSTS = hosts.allowed(os.environ.get("LINLI_HOSTS", ""), os.environ.get(hosts.LISTEN, "127.0.0.1"))
ROOT_URLCONF = "linli.project.public_urls"
INSTALLED_APPS: list[str] = []
MIDDLEWARE = ["linli.public.middleware.PublicMiddleware"]
TEMPLATES: list[dict[str, object]] = []
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
DATABASES: dict[str, dict[str, object]] = {"default": {}, **public_database(public_login(home()))}
_BEHIND_TLS = os.environ.get("LINLI_BEHIND_TLS", "0").lower() in {"1", "true", "yes", "on"}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _BEHIND_TLS else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 0
LINLI_PROXIES = int(os.environ.get("LINLI_PROXIES", "0"))
LOGGING_CONFIG = "linli.kernel.logs.configure"
LOGGING = {"format": os.environ.get("LINLI_LOG", "json")}  # json | console
