"""Where a database is and as whom to connect: the embedded one, or the server named by `DATABASE_URL`."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from linli.kernel.embedded import bootstrap, layout
from linli.kernel.embedded.errors import EmbeddedError

#: The program's settings for a server of one's own; without them the embedded database is used.
APP_URL = "DATABASE_URL"
OWNER_URL = "DATABASE_OWNER_URL"
PUBLIC_URL = "DATABASE_PUBLIC_URL"


@dataclass(frozen=True)
class Login:
    """One role of one database: everything a driver needs. The password stays out of `repr`."""

    user: str
    password: str = field(repr=False)
    host: str
    port: int
    dbname: str
    extra: tuple[tuple[str, str], ...] = ()

    def conninfo(self, dbname: str | None = None) -> str:
        """A libpq connection string (for psycopg, psql, pg_dump); holds the password."""
        from psycopg.conninfo import make_conninfo

        return make_conninfo(
            user=self.user, password=self.password, host=self.host, port=self.port, dbname=dbname or self.dbname,
            options=f"-c search_path={bootstrap.SEARCH_PATH}", **dict(self.extra),
        )  # fmt: skip

    def url(self) -> str:
        """The same as a PostgreSQL URL, as `login_from_url` reads it; holds the password."""
        query = urlencode([("host", self.host), ("port", str(self.port)), *self.extra], quote_via=quote)
        who = ":".join(quote(part, safe="") for part in (self.user, self.password))
        return f"postgresql://{who}@/{quote(self.dbname, safe='')}?{query}"

    def django(self, **options: Any) -> dict[str, Any]:
        """An entry of Django's `DATABASES`; `options` are added to its OPTIONS (`pool=…`)."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.dbname,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": str(self.port),
            "OPTIONS": {"options": f"-c search_path={bootstrap.SEARCH_PATH}", **dict(self.extra), **options},
        }


@dataclass(frozen=True)
class ClusterInfo:
    """A database Linli can use. `superuser` is None on a server of one's own, `public` where none was named there."""

    app: Login
    owner: Login
    superuser: Login | None = None
    public: Login | None = None
    home: Path | None = None
    socket_dir: Path | None = None

    @property
    def embedded(self) -> bool:
        """Whether we run that server."""
        return self.home is not None

    @property
    def dbname(self) -> str:
        """The name of the database."""
        return self.app.dbname

    def on(self, dbname: str) -> ClusterInfo:
        """The same roles on another database of the same server (tests)."""
        return replace(
            self,
            app=replace(self.app, dbname=dbname),
            owner=replace(self.owner, dbname=dbname),
            superuser=replace(self.superuser, dbname=dbname) if self.superuser else None,
            public=replace(self.public, dbname=dbname) if self.public else None,
        )


def connection_info(home: Path | None = None) -> ClusterInfo:
    """The database the settings name, without starting or creating anything.

    For the embedded one the passwords are empty until `ensure_running` has made the cluster.
    Raises EmbeddedError when only one of DATABASE_URL and DATABASE_OWNER_URL is set, or one is no URL.
    """
    urls = os.environ.get(APP_URL), os.environ.get(OWNER_URL)
    if urls[0] and urls[1]:
        return ClusterInfo(app=login_from_url(urls[0]), owner=login_from_url(urls[1]), public=_named_public())
    if any(urls):
        raise EmbeddedError(
            f"Set both {APP_URL} (role linli_app) and {OWNER_URL} (role linli_owner), "
            "or neither for the embedded database."
        )
    return embedded_info(layout.find(home or layout.default_home()))


def public_login(home: Path | None = None) -> Login:
    """The role of the public doors alone: DATABASE_PUBLIC_URL, else the embedded database's.

    A process of the public doors needs no other login, and is to know none. Raises EmbeddedError where a server of
    one's own is named for the rest of the program and none for this role.
    """
    if named := _named_public():
        return named
    if os.environ.get(APP_URL) or os.environ.get(OWNER_URL):
        raise EmbeddedError(f"Set {PUBLIC_URL} (role {bootstrap.PUBLIC}): the public doors connect as nobody else.")
    public = embedded_info(layout.find(home or layout.default_home())).public
    assert public is not None
    return public


def _named_public() -> Login | None:
    url = os.environ.get(PUBLIC_URL)
    return login_from_url(url) if url else None


def embedded_info(place: layout.Layout) -> ClusterInfo:
    """The logins of the embedded cluster in `place`."""

    def login(role: str, user: str, dbname: str = bootstrap.DATABASE) -> Login:
        return Login(user, read_password(place, role), str(place.socket_dir), layout.PORT, dbname)

    return ClusterInfo(
        app=login("app", bootstrap.APP),
        owner=login("owner", bootstrap.OWNER),
        superuser=login("superuser", "postgres"),
        public=login("public", bootstrap.PUBLIC),
        home=place.home,
        socket_dir=place.socket_dir,
    )


def read_password(place: layout.Layout, role: str) -> str:
    """A generated password; empty when none was generated yet or it is not ours to read."""
    try:
        return (place.keys / "database" / role).read_text().strip()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return ""


def login_from_url(url: str) -> Login:
    """Parse `postgresql://user:password@host:port/database?sslmode=…` (anything libpq accepts)."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts: dict[str, Any] = dict(conninfo_to_dict(url))
        port = int(parts.pop("port", 5432))
    except (psycopg.ProgrammingError, ValueError):
        raise EmbeddedError(
            f"{APP_URL}, {OWNER_URL} or {PUBLIC_URL} is not a PostgreSQL URL."
        ) from None  # it holds a password
    return Login(
        user=str(parts.pop("user", "")),
        password=str(parts.pop("password", "")),
        host=str(parts.pop("host", "")),
        port=port,
        dbname=str(parts.pop("dbname", bootstrap.DATABASE)),
        extra=tuple(sorted((name, str(value)) for name, value in parts.items() if name != "options")),
    )
