"""Django settings. Everything an operator may change comes from the environment; docs/operate.md lists it all."""

from __future__ import annotations

import os
from pathlib import Path

from linli.access.oidc import settings as oidc
from linli.intake import limits
from linli.kernel import headers
from linli.kernel.keys import write_private

from . import hosts
from .databases import databases
from .locations import home, web_dist

HOME: Path = home()


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _secret() -> str:
    path = HOME / "keys" / "django.key"
    if not path.exists():
        write_private(path, os.urandom(48).hex().encode())
    return path.read_text()


DEBUG = _flag("LINLI_DEBUG")
SECRET_KEY = os.environ.get("LINLI_SECRET_KEY") or _secret()
LINLI_HOSTS = hosts.named(os.environ.get("LINLI_HOSTS", ""))
ALLOWED_HOSTS = hosts.allowed(os.environ.get("LINLI_HOSTS", ""), os.environ.get(hosts.LISTEN, "127.0.0.1"))
ROOT_URLCONF = "linli.project.urls"
WSGI_APPLICATION = "linli.project.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "zh-hans"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"  # for Django's own bookkeeping alone; our keys are UUIDv7

INSTALLED_APPS = [
    "linli.kernel",
    "linli.access",
    "linli.messages",
    "linli.places",
    "linli.registry",
    "linli.intake",
    "linli.cases",
    "linli.tiers",
    "linli.funding",
    "linli.public",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "linli.access.middleware.RequestMiddleware",
]
TEMPLATES: list[dict[str, object]] = []
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

# ATOMIC_REQUESTS stays off: it opens after middleware and commits handled errors (docs/decisions/001-scope.md).
DATABASES = databases(HOME)
DATABASE_ROUTERS: list[str] = []

TLS = bool(os.environ.get("LINLI_TLS_CERT")) or _flag("LINLI_BEHIND_TLS")
# Only where an operator says that a proxy of theirs ends TLS and sets this header on every request.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("LINLI_BEHIND_TLS") else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("LINLI_ORIGINS", "").split(",") if o]
CSRF_FAILURE_VIEW = "linli.kernel.http.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# Bodies of operations that take no file (kernel.http.Require): a mapping of 5,000 columns fits.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS, DATA_UPLOAD_MAX_NUMBER_FILES = 50, 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = str(HOME / "files" / "incoming")
FILE_UPLOAD_PERMISSIONS = 0o600
Path(FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True, mode=0o700)

WEB_DIST = web_dist()
WHITENOISE_ROOT = str(WEB_DIST) if WEB_DIST.exists() else None
WHITENOISE_INDEX_FILE = False
# Names of built files hold a hash of their content: a browser that has one never asks again.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/"
WHITENOISE_ADD_HEADERS_FUNCTION = headers.add

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_DATABASE_ALIAS = "default"
# The front door is no installed room; packages of a room have jobs of their own.
PROCRASTINATE_IMPORT_PATHS = ["linli.project.demo.jobs", "linli.cases.attachments.jobs", "linli.cases.reporters.jobs"]

# --- Linli's own ---
LINLI_HOME = HOME
LINLI_KEYS_DIR = Path(os.environ.get("LINLI_KEYS_DIR", HOME / "keys"))
LINLI_FILES_DIR = Path(os.environ.get("LINLI_FILES_DIR", HOME / "files"))
# The only folder of the server from which files may be taken in by themselves (`intake.pickup`).
LINLI_PICKUP_DIR = Path(os.environ.get("LINLI_PICKUP_DIR", HOME / "pickup"))
# A folder with fonts for documents, where the machine has none of its own for Chinese (`kernel.pdf`).
LINLI_FONTS = os.environ.get("LINLI_FONTS", "")
LINLI_CIPHER = os.environ.get("LINLI_CIPHER", "aes")  # aes | sm4
# How many proxies of our own stand before us; the caller's address is the one the outermost of them saw.
LINLI_PROXIES = int(os.environ.get("LINLI_PROXIES", "0"))
LINLI_DISTRICT = os.environ.get("LINLI_DISTRICT", "370302")
# Who needs a second factor: holders of roles that say so, or everyone.
LINLI_SECOND_FACTOR = os.environ.get("LINLI_SECOND_FACTOR", "roles")  # roles | all
if LINLI_SECOND_FACTOR not in ("roles", "all"):
    raise ValueError("LINLI_SECOND_FACTOR is roles or all")
# Whether system, security and audit administrator are three people (三员分立).
LINLI_THREE_OFFICES = os.environ.get("LINLI_THREE_OFFICES", "auto")  # auto | on | off
if LINLI_THREE_OFFICES not in ("auto", "on", "off"):
    raise ValueError("LINLI_THREE_OFFICES is auto, on or off")
LINLI_OIDC = oidc.read(os.environ)
# Roads for messages out of the console; one that is not set up ends in files below LINLI_HOME/outgoing (docs/operate.md).
LINLI_SMTP = os.environ.get("LINLI_SMTP", "")
LINLI_MAIL_FROM = os.environ.get("LINLI_MAIL_FROM", "linli@localhost")
LINLI_SMS = os.environ.get("LINLI_SMS", "")
LINLI_SMS_TOKEN = os.environ.get("LINLI_SMS_TOKEN", "")
LINLI_WECOM = _flag("LINLI_WECOM")
LINLI_INTAKE_FILE_MB = int(os.environ.get("LINLI_UPLOAD_LIMIT_MB", "200"))
LINLI_UPLOAD_LIMIT = int(os.environ.get("LINLI_UPLOAD_LIMIT_MB", "200")) * 1024 * 1024
# The other bounds of what intake reads: each by its own name, such as LINLI_INTAKE_BATCH_ROWS; see `intake.limits`.
globals().update(
    {name: int(os.environ[name]) for name in limits.SETTINGS if name in os.environ and name != "LINLI_INTAKE_FILE_MB"}
)
LINLI_UPLOAD_DAYS = int(os.environ.get("LINLI_UPLOAD_DAYS", "180"))
# Comparisons of batches hold what people were said to be; they are made again in a minute.
LINLI_COMPARISON_DAYS = int(os.environ.get("LINLI_COMPARISON_DAYS", "30"))
# Photos and files of cases: the largest, and who looks for viruses (cases.attachments.scanning); empty: nobody does.
LINLI_ATTACHMENT_MB = int(os.environ.get("LINLI_ATTACHMENT_MB", "20"))
LINLI_SCAN = os.environ.get("LINLI_SCAN", "")
if LINLI_SCAN and not LINLI_SCAN.startswith(("command:", "clamd:")):
    raise ValueError("LINLI_SCAN is command:…, clamd:/socket or clamd:host:port")
# Whether staff may see what they did themselves, each for themselves alone (cases.evaluation.own).
LINLI_OWN_FIGURES = _flag("LINLI_OWN_FIGURES")
# In a demo district a few cases are reported and go on by themselves, by day.
LINLI_DEMO_TRICKLE = _flag("LINLI_DEMO_TRICKLE", True)
# Keys of apps that may report by Open311, parted by commas; empty: reading alone is open.
LINLI_OPEN311_KEYS = tuple(key.strip() for key in os.environ.get("LINLI_OPEN311_KEYS", "").split(",") if key.strip())
# Where the public pages stand, as https://report.example.gov.cn: messages to reporters then carry a link to stop them.
LINLI_PUBLIC_URL = os.environ.get("LINLI_PUBLIC_URL", "").rstrip("/")
if LINLI_PUBLIC_URL and not LINLI_PUBLIC_URL.startswith(("https://", "http://")):
    raise ValueError("LINLI_PUBLIC_URL begins with https://")
LOGGING_CONFIG = "linli.kernel.logs.configure"
LOGGING = {"format": os.environ.get("LINLI_LOG", "json")}  # json | console
