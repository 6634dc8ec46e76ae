"""The embedded database's decisions that need no server."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from linli.kernel.embedded import (
    EmbeddedError,
    bootstrap_sql,
    conf,
    connection_info,
    layout,
    locks,
    processes,
)
from linli.kernel.embedded.info import Login, login_from_url, public_login
from linli.kernel.embedded.osuser import OsUser, can_enter

GB = 1024**3
STRANGER = OsUser(54321, 54321)


def test_home_is_named_by_the_environment_wherever_one_stands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LINLI_HOME", str(tmp_path / "h"))
    assert layout.default_home() == tmp_path / "h"
    monkeypatch.delenv("LINLI_HOME")
    first = layout.default_home()
    monkeypatch.chdir(tmp_path)
    assert layout.default_home() == first


def test_a_long_home_puts_the_socket_where_its_path_fits(tmp_path: Path) -> None:
    place = layout.find(tmp_path / ("社区" * 30))
    assert len(os.fsencode(place.socket_dir / layout.SOCKET_FILE)) <= layout.SOCKET_PATH_LIMIT
    assert place.socket_dir != place.base / "socket"
    assert layout.find(tmp_path / "a").socket_dir == tmp_path / "a" / "socket"


def test_a_socket_folder_that_someone_else_put_there_is_refused(tmp_path: Path) -> None:
    trap = tmp_path / "linli-socket"
    trap.symlink_to(tmp_path)
    with pytest.raises(EmbeddedError, match="somebody else"):
        layout.private_dir(trap, OsUser(os.geteuid(), os.getegid()))


def test_a_socket_folder_left_open_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "socket"
    folder.mkdir(mode=0o755)
    layout.private_dir(folder, OsUser(os.geteuid(), os.getegid()))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_closed_parent_bars_the_way(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    inner = closed / "inner"
    inner.mkdir(parents=True)
    for folder in (tmp_path, inner):
        folder.chmod(0o755)
    closed.chmod(0o700)
    assert not can_enter(inner, STRANGER)
    assert can_enter(inner, OsUser(os.geteuid(), os.getegid()))


@pytest.mark.parametrize("content", ["", "12", "not a number\n", "\n\n"])
def test_a_damaged_pid_file_never_raises(tmp_path: Path, content: str) -> None:
    (tmp_path / "postmaster.pid").write_text(content)
    noted = processes.read_pid_file(tmp_path)
    assert noted is None or noted.status == processes.STARTING


def test_a_zombie_is_not_alive() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # it has ended, and nobody has reaped it
    assert not processes.alive(pid)
    os.waitpid(pid, 0)


def test_a_stranger_with_the_noted_pid_is_not_our_server(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n1\n5432\n{tmp_path}\n\n 1 2\nready   \n")
    assert processes.alive(os.getpid())
    assert processes.find_postmaster(tmp_path) is None


def test_a_lock_is_seen_by_others_and_ends_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    fd = locks.open_lock(path)
    assert locks.try_exclusive(fd)
    assert locks.is_held(path)
    os.close(fd)
    assert not locks.is_held(path)


@pytest.mark.parametrize("memory", [1 * GB, 4 * GB, 24 * GB, 512 * GB])
def test_settings_fit_the_machine_and_stay_durable(memory: int) -> None:
    settings = conf.server_settings(Path("/x"), memory, cpus=2, shm_free=8 * GB)
    assert 256 <= int(settings["shared_buffers"].removesuffix("MB")) <= max(256, memory // conf.MB // 8)
    assert [settings[name] for name in ("fsync", "full_page_writes", "synchronous_commit")] == ["on"] * 3
    assert settings["listen_addresses"] == ""


def test_small_shared_memory_of_containers_is_not_used() -> None:
    assert conf.server_settings(Path("/x"), GB, 2, 64 * conf.MB)["dynamic_shared_memory_type"] == "mmap"


def test_a_server_of_ones_own_is_taken_from_both_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:p%40ss@db.example:6543/city?sslmode=require")
    with pytest.raises(EmbeddedError, match="DATABASE_OWNER_URL"):
        connection_info()
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner:x@db.example:6543/city")
    info = connection_info()
    assert not info.embedded
    assert (info.app.user, info.app.password, info.app.host, info.app.port) == ("app", "p@ss", "db.example", 6543)
    assert info.app.django()["OPTIONS"] == {"options": "-c search_path=district,public", "sslmode": "require"}
    assert "p@ss" not in repr(info)


def test_the_public_doors_connect_as_their_own_role_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:x@db.example/city")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner:x@db.example/city")
    assert connection_info().public is None
    with pytest.raises(EmbeddedError, match="DATABASE_PUBLIC_URL"):
        public_login()
    monkeypatch.setenv("DATABASE_PUBLIC_URL", "postgresql://linli_public:x@db.example/city")
    assert connection_info().public == public_login()
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name)
    assert public_login().user == "linli_public", "a process of the public doors knows no other login"


def test_a_login_is_the_same_read_from_its_own_url() -> None:
    login = Login("linli_public", "p:@/?#&%'", "/srv/a b/socket", 5432, "city", (("sslmode", "require"),))
    assert login_from_url(login.url()) == login


def test_a_wrong_url_is_refused_without_showing_it() -> None:
    with pytest.raises(EmbeddedError) as caught:
        login_from_url("postgresql://user:geheim@host:port:port/db")
    assert "geheim" not in str(caught.value)


def test_the_administrators_script_makes_roles_that_cannot_bypass_row_level_security() -> None:
    script = bootstrap_sql("city")
    assert script.count("NOBYPASSRLS") == 3
    assert "CREATE SCHEMA IF NOT EXISTS district AUTHORIZATION linli_owner" in script
    assert '\\connect "city"' in script
