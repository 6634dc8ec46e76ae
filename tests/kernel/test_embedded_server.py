"""The embedded server itself: made, shared, killed, stopped."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from linli.kernel.embedded import (
    ClusterInfo,
    EmbeddedError,
    ensure_running,
    is_running,
    layout,
    processes,
    release,
    stop,
)
from linli.kernel.embedded.bootstrap import bootstrap_sql
from linli.kernel.embedded.cluster import wait_until_unused

LINGER = 0.5
#: A command that uses the server of a home until its input is closed.
USER = """
import sys
from pathlib import Path
from linli.kernel.embedded import ensure_running
ensure_running(Path(sys.argv[1]), fast_unsafe=True, linger=0.5)
print("ready", flush=True)
sys.stdin.read()
"""


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Wait for something another process does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def postmaster(home: Path) -> int:
    """The pid of the running server."""
    pid = processes.find_postmaster(layout.find(home).data_dir)
    assert pid is not None
    return pid


def command(home: Path) -> subprocess.Popen[str]:
    """Another command that uses the server."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    return process


def down(home: Path) -> bool:
    """Whether no server process is left on the home's cluster."""
    return processes.find_postmaster(layout.find(home).data_dir) is None


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of its own. Pytest's folders are 0700, which also proves the fallback when the tests run as root."""
    path = tmp_path_factory.mktemp("h")
    yield path
    stop(path)
    shutil.rmtree(layout.find(path).base)


@pytest.fixture
def cluster(home: Path) -> ClusterInfo:
    """A running server in `home`."""
    return ensure_running(home, fast_unsafe=True, linger=LINGER)


def test_it_starts_stops_and_keeps_what_was_written(home: Path, cluster: ClusterInfo) -> None:
    with psycopg.connect(cluster.owner.conninfo()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    stop(home)
    assert down(home) and not is_running(home)
    again = ensure_running(home, fast_unsafe=True, linger=LINGER)
    assert again == cluster
    with psycopg.connect(again.app.conninfo()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


def test_two_commands_share_it_and_the_last_one_stops_it(home: Path) -> None:
    first, second = command(home), command(home)
    pid = postmaster(home)
    first.communicate("")
    time.sleep(LINGER * 3)
    assert postmaster(home) == pid, "the starter's end must not stop a server that another command uses"
    second.communicate("")
    assert until(lambda: down(home))


def test_commands_that_come_at_once_make_one_cluster(home: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    crowd = [
        subprocess.Popen(
            [sys.executable, "-c", USER, str(home)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )
        for _ in range(4)
    ]  # fmt: skip
    answers = [process.communicate("")[0] for process in crowd]
    assert answers == ["ready\n"] * 4
    assert [process.returncode for process in crowd] == [0] * 4


def test_a_killed_command_lets_go_and_the_server_ends_cleanly(home: Path) -> None:
    user = command(home)
    user.kill()
    user.wait()
    assert until(lambda: down(home))
    with psycopg.connect(ensure_running(home, fast_unsafe=True, linger=LINGER).app.conninfo()):
        pass
    assert "database system was not properly shut down" not in server_log(home)


def test_a_killed_keeper_takes_the_server_down_cleanly_and_the_next_command_starts_it(
    home: Path, cluster: ClusterInfo
) -> None:
    import json

    with psycopg.connect(cluster.owner.conninfo()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    keeper = json.loads((home / "run" / "keeper.json").read_text())["pid"]
    os.kill(keeper, signal.SIGKILL)
    assert until(lambda: down(home)), "the kernel tells the server when its keeper dies"
    info = ensure_running(home, fast_unsafe=True, linger=LINGER)
    with psycopg.connect(info.app.conninfo()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)
    assert "database system was not properly shut down" not in server_log(home)


def test_a_killed_server_comes_back_by_itself(home: Path, cluster: ClusterInfo) -> None:
    pid = postmaster(home)
    os.kill(pid, signal.SIGKILL)
    data_dir = layout.find(home).data_dir

    def another_is_ready() -> bool:
        # First whose pid is noted: the killed one may still look alive, and its children outlive it for a moment.
        noted = processes.read_pid_file(data_dir)
        return noted is not None and noted.pid != pid and is_running(home)

    assert until(another_is_ready)
    with psycopg.connect(cluster.app.conninfo()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("content", ["", "4", "1\n/elsewhere\n"])
def test_a_stale_or_half_written_pid_file_does_not_keep_it_down(home: Path, cluster: ClusterInfo, content: str) -> None:
    stop(home)
    pid_file = layout.find(home).data_dir / "postmaster.pid"
    pid_file.write_text(content)
    ensure_running(home, fast_unsafe=True, linger=LINGER)
    assert is_running(home)


def test_a_killed_first_start_is_taken_up_again(home: Path) -> None:
    (home / ".init-abandoned" / "pg").mkdir(parents=True)
    ensure_running(home, fast_unsafe=True, linger=LINGER)
    layout.write_notes(home, bootstrap=None)  # as if killed before the roles were made
    release(home)
    assert until(lambda: down(home))
    info = ensure_running(home, fast_unsafe=True, linger=LINGER)
    with psycopg.connect(info.app.conninfo()) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("linli_app",)


def test_a_supervisor_can_wait_for_the_end_unless_others_use_it(home: Path, cluster: ClusterInfo) -> None:
    other = command(home)
    assert not wait_until_unused(home, timeout=0)
    assert not down(home)
    ensure_running(home, fast_unsafe=True)
    other.communicate("")
    assert wait_until_unused(home)
    assert down(home)


def test_it_says_why_when_it_does_not_start(home: Path, cluster: ClusterInfo) -> None:
    stop(home)
    (layout.find(home).data_dir / "local.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedError, match="no_such_setting"):
        ensure_running(home, fast_unsafe=True, linger=LINGER)


def test_passwords_are_required_and_wrong_ones_refused(cluster: ClusterInfo) -> None:
    for password in ("", "wrong"):
        for user in ("linli_app", "linli_owner", "postgres"):
            with pytest.raises(psycopg.OperationalError, match=r"password|scram"):
                psycopg.connect(
                    user=user, password=password, host=cluster.app.host, port=cluster.app.port, dbname="linli"
                )
    assert cluster.superuser is not None
    with psycopg.connect(cluster.superuser.conninfo()) as connection:
        methods = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        stored = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolcanlogin").fetchall()
    assert methods == [("scram-sha-256",)]
    assert all(row[0].startswith("SCRAM-SHA-256$") for row in stored)


def test_sockets_and_keys_are_private_and_there_is_no_tcp(home: Path, cluster: ClusterInfo) -> None:
    place = layout.find(home)
    assert stat.S_IMODE(place.socket_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((place.keys / "database").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (place.keys / "database").iterdir()} == {0o600}
    assert len({path.read_text() for path in (place.keys / "database").iterdir()}) == 4
    assert cluster.superuser is not None
    with psycopg.connect(cluster.superuser.conninfo()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    lines = (place.data_dir / "postmaster.pid").read_text().splitlines()
    assert lines[5] == ""  # the address it listens on
    if os.geteuid() == 0:
        assert Path(f"/proc/{lines[0]}").stat().st_uid != 0
    with socket.socket() as probe:  # nobody but a server of somebody else's could answer here
        taken = probe.connect_ex(("127.0.0.1", layout.PORT)) == 0
    if taken:
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(
                cluster.app.conninfo().replace(f"host={cluster.app.host}", "host=127.0.0.1"), connect_timeout=2
            )


FORBIDDEN = [
    "CREATE TABLE district.t ()",
    "CREATE TABLE public.t ()",
    "CREATE SCHEMA mine",
    "ALTER TABLE people ADD COLUMN x int",
    "ALTER TABLE people DISABLE ROW LEVEL SECURITY",
    "DROP POLICY own ON people",
    "TRUNCATE people",
    "SET ROLE linli_owner",
    "SET SESSION AUTHORIZATION postgres",
    "ALTER ROLE linli_app BYPASSRLS",
    "CREATE ROLE friend",
    "CREATE DATABASE mine",
    "COPY people TO PROGRAM 'cat'",
    "SELECT pg_read_file('postgresql.conf')",
]


def test_the_application_role_owns_nothing_and_cannot_bypass_row_level_security(cluster: ClusterInfo) -> None:
    with psycopg.connect(cluster.owner.conninfo()) as connection:
        connection.execute(
            "CREATE TABLE people (id int, area_code text);"
            "INSERT INTO people VALUES (1, '370302001'), (2, '370302002');"
            "ALTER TABLE people ENABLE ROW LEVEL SECURITY; ALTER TABLE people FORCE ROW LEVEL SECURITY;"
            "CREATE POLICY own ON people USING (area_code = current_setting('linli.lo', true));"
            "CREATE FUNCTION doubled(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n'"
        )
        assert connection.execute("SELECT count(*) FROM people").fetchone() == (0,), "FORCE binds the owner too"
    with psycopg.connect(cluster.app.conninfo(), autocommit=True) as connection:
        assert connection.execute("SELECT * FROM people").fetchall() == []
        connection.execute("SELECT set_config('linli.lo', '370302002', false)")
        assert connection.execute("SELECT id FROM people").fetchall() == [(2,)]
        assert connection.execute("SELECT doubled(2)").fetchone() == (4,)
        connection.execute("CREATE TEMPORARY TABLE staging (n int)")
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
        connection.execute("SET row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM people")


def test_errors_with_values_stay_out_of_the_servers_log(home: Path, cluster: ClusterInfo) -> None:
    with psycopg.connect(cluster.owner.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE TABLE one (name text PRIMARY KEY)")
        connection.execute("INSERT INTO one VALUES ('王建国')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO one VALUES ('王建国')")
    stop(home)
    assert "shut down" in server_log(home)
    assert "王建国" not in server_log(home)


def test_the_administrators_script_prepares_a_server_of_ones_own(cluster: ClusterInfo) -> None:
    from linli.kernel.embedded.binaries import program

    assert cluster.superuser is not None
    for _ in range(2):  # safe to run again
        done = subprocess.run(
            [str(program("psql")), "-X", "-q", "-v", "owner_password=o'1", "-v", "app_password=a1",
             "-v", "public_password=p1", "-d", cluster.superuser.conninfo("postgres")],
            input=bootstrap_sql("city"), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    host = {"host": cluster.app.host, "port": cluster.app.port, "dbname": "city"}
    with psycopg.connect(user="linli_owner", password="o'1", **host) as connection:
        connection.execute("CREATE TABLE district.t AS SELECT 1 AS n")
    with psycopg.connect(user="linli_app", password="a1", **host) as connection:
        assert connection.execute("SELECT n FROM district.t").fetchone() == (1,)
    with (
        psycopg.connect(user="linli_public", password="p1", **host) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT n FROM district.t")


def test_a_cluster_of_an_earlier_version_gets_the_role_it_lacks(home: Path, cluster: ClusterInfo) -> None:
    assert cluster.superuser is not None
    with psycopg.connect(cluster.superuser.conninfo(), autocommit=True) as connection:
        connection.execute("DROP OWNED BY linli_public")
    with psycopg.connect(cluster.superuser.conninfo("postgres"), autocommit=True) as connection:
        connection.execute("DROP OWNED BY linli_public; DROP ROLE IF EXISTS linli_public")
    (home / "keys" / "database" / "public").unlink()
    layout.write_notes(home, bootstrap=1)
    public = ensure_running(home, fast_unsafe=True, linger=LINGER).public
    assert public is not None and public.password
    with psycopg.connect(public.conninfo()) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("linli_public",)


def server_log(home: Path) -> str:
    """All that the server of `home` has logged."""
    logs = (layout.find(home).data_dir / "log").glob("*.log")
    return "".join(path.read_text(errors="replace") for path in logs)


def test_a_full_disk_is_told_and_with_room_it_starts_again(
    home: Path, cluster: ClusterInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    stop(home)
    with monkeypatch.context() as full:
        full.setattr(layout, "replace_file", no_room)
        with pytest.raises(EmbeddedError, match="The disk is full"):
            ensure_running(home, fast_unsafe=True, linger=LINGER)
    ensure_running(home, fast_unsafe=True, linger=LINGER)
    assert is_running(home)
