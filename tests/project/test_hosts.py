"""Host names: what is answered to without a setting, and that everything else is refused."""

from __future__ import annotations

import ipaddress
import json
import os
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from linli.kernel.embedded import locks
from linli.project import doctor, hosts
from linli.project.commands_up import Order


@pytest.mark.parametrize(
    ("given", "listening", "expected"),
    [
        ("", "127.0.0.1", set()),
        ("", "10.1.2.3", {"10.1.2.3"}),
        ("", "fd00::1", {"[fd00::1]"}),
        ("", "linli.local", {"linli.local"}),
        (" linli.example.cn, www.example.cn ,", "0.0.0.0", {"linli.example.cn", "www.example.cn"}),
    ],
)
def test_this_machine_is_always_meant_and_besides_what_is_listened_on_or_named(
    given: str, listening: str, expected: set[str]
) -> None:
    assert set(hosts.allowed(given, listening)) == {"localhost", "127.0.0.1", "[::1]"} | expected
    assert "*" not in hosts.allowed(given, listening)


@pytest.mark.parametrize("listening", ["0.0.0.0", "::", ""])
def test_listening_everywhere_means_the_names_and_addresses_of_this_machine(listening: str) -> None:
    found = hosts.allowed("", listening)
    assert socket.gethostname().lower() in found
    for name in set(found) - {socket.gethostname().lower(), "localhost"}:
        ipaddress.ip_address(name.strip("[]"))


def test_what_up_notes_is_what_its_web_process_answers_to() -> None:
    order = Order("10.1.2.3", 8370, False, 1, 1, 1, 1, None, None)
    assert order.hosts == hosts.allowed("", "10.1.2.3")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("path", ["/api/session", "/", "/people"])
def test_a_foreign_name_is_refused_everywhere_but_where_machines_ask_for_health(path: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = hosts.allowed("", "127.0.0.1")
    answer = Client(raise_request_exception=False).get(path, headers={"host": "rebound.example"})
    assert (answer.status_code, answer.json()["code"]) == (400, "kernel.unknown_host")
    assert Client().get(path, headers={"host": "localhost:8370"}).status_code in (200, 503)
    assert Client().get("/healthz", headers={"host": "10.244.0.7:8370"}).status_code == 200


def test_the_setting_has_a_safe_default(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    from linli.project import settings

    monkeypatch.delenv("LINLI_HOSTS", raising=False)
    monkeypatch.setenv(hosts.LISTEN, "10.1.2.3")
    try:
        assert importlib.reload(settings).ALLOWED_HOSTS == ["localhost", "127.0.0.1", "[::1]", "10.1.2.3"]
    finally:
        monkeypatch.undo()
        importlib.reload(settings)


def checked(home: Path, noted: dict[str, Any], **settings: Any) -> list[doctor.Finding]:
    """What the doctor says of the settings of a home in which `linli up` runs."""
    (home / "run").mkdir(exist_ok=True)
    (home / "run" / "up.json").write_text(json.dumps(noted))
    held = locks.open_lock(home / "run" / "up.lock")
    assert locks.try_exclusive(held)
    sound: dict[str, Any] = {
        "LINLI_HOME": home, "DEBUG": False, "TLS": True, "SECRET_KEY": "a1b2c3d4e5f6g7h8i9j0" * 4,
        "SECURE_PROXY_SSL_HEADER": None, "LINLI_HOSTS": [],
    }  # fmt: skip
    try:
        subject: Any = SimpleNamespace(settings=SimpleNamespace(**{**sound, **settings}))
        return list(doctor.check_settings(subject))
    finally:
        os.close(held)


def test_the_doctor_says_when_names_must_be_set(tmp_path: Path) -> None:
    outside = {"url": "https://10.1.2.3:8370/", "loopback": False, "hosts": ["localhost", "10.1.2.3"]}
    (warned,) = checked(tmp_path, outside)
    assert warned.level == "warn" and "10.1.2.3" in warned.en and "LINLI_HOSTS" in warned.todo_zh
    assert [f.level for f in checked(tmp_path, outside, LINLI_HOSTS=["*"])] == ["fail"]
    assert [f.level for f in checked(tmp_path, outside, LINLI_HOSTS=["linli.example.cn"])] == ["ok"]
    inside = {"url": "http://127.0.0.1:8370/", "loopback": True, "hosts": ["localhost"]}
    assert [f.level for f in checked(tmp_path, inside)] == ["ok"]
    proxied = checked(tmp_path, inside, SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"))
    assert [f.level for f in proxied] == ["warn"]
