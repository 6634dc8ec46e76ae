"""The keyring: what other processes change is seen, and what is missing is never made anew."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from linli.kernel import keys, secrets


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.LINLI_KEYS_DIR = tmp_path / "keys"
    return tmp_path / "keys"


def stale(ring: keys.Keyring, folder: Path, until: float) -> None:
    """As a process that read the ring before it was changed, and looks again at `until`."""
    keys._held[folder] = keys._Held(ring, (0, 0), until)


def test_a_value_under_a_key_made_elsewhere_opens_at_once(folder: Path) -> None:
    before = keys.keyring()
    keys.rotate()
    sealed = secrets.encrypt("新")
    assert secrets.key_number(sealed) == 2
    stale(before, folder, float("inf"))
    assert secrets.decrypt(sealed) == "新"


def test_a_key_made_elsewhere_is_used_from_the_next_look(folder: Path) -> None:
    before = keys.keyring()
    keys.rotate()
    stale(before, folder, float("inf"))
    assert secrets.key_number(secrets.encrypt("x")) == 1
    stale(before, folder, 0.0)
    assert secrets.key_number(secrets.encrypt("x")) == 2


def test_lookups_are_the_same_after_a_rotation(folder: Path) -> None:
    before = secrets.fingerprint("identity", "x"), secrets.lookup("tail4", "1234")
    keys.rotate()
    keys.rewrap()
    assert (secrets.fingerprint("identity", "x"), secrets.lookup("tail4", "1234")) == before


def test_a_missing_or_foreign_master_key_is_said_and_not_made_anew(folder: Path) -> None:
    keys.keyring()
    (folder / "master.key").rename(folder / "away")
    keys._held.clear()
    with pytest.raises(keys.KeysDamaged):
        keys.keyring()
    assert not (folder / "master.key").exists()
    (folder / "master.key").write_bytes(os.urandom(keys.KEY_BYTES))
    with pytest.raises(keys.KeysDamaged):
        keys.keyring()


def test_a_ring_of_before_there_were_ages_and_marks_opens_and_keeps_its_marks(folder: Path) -> None:
    sealed = secrets.encrypt("旧")
    stored = json.loads((folder / keys.KEYRING).read_bytes())
    old = {name: stored[name] for name in ("active", "data", "lookup")}
    (folder / keys.KEYRING).write_text(json.dumps(old))
    keys._held.clear()
    marks = keys.marks(old)
    assert secrets.decrypt(sealed) == "旧" and keys.keyring().made == {}
    keys.rewrap()
    keys.rotate()
    now = keys.marks(json.loads((folder / keys.KEYRING).read_bytes()))
    assert marks.items() <= now.items() and set(now) == {"1", "2", "lookup"}


def test_two_new_master_keys_at_once_leave_the_one_the_ring_names(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed, look = secrets.encrypt("旧"), keys.reload

    def another_comes_between() -> keys.Keyring:
        monkeypatch.setattr(keys, "reload", look)
        keys.rewrap()
        return look()

    keys.keyring()
    monkeypatch.setattr(keys, "reload", another_comes_between)
    keys.rewrap()
    keys._held.clear()
    named = json.loads((folder / keys.KEYRING).read_bytes())["master"]
    assert [path.name for path in folder.glob("master*.key")] == [named] and secrets.decrypt(sealed) == "旧"


def test_keys_are_their_owners_alone_whatever_was_done_with_them(folder: Path) -> None:
    keys.keyring()
    keys.rotate()
    keys.rewrap()
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())


@pytest.mark.parametrize("cipher", ["aes", "sm4"])
def test_sealed_texts_inside_json_come_under_the_active_key_and_the_rest_stays(
    folder: Path, settings: Any, cipher: str
) -> None:
    import base64

    settings.LINLI_CIPHER = cipher
    values = ["10070000001", "x" * 200]
    sealed = [secrets.SEALED + base64.b64encode(secrets.encrypt(v)).decode() for v in values]
    text = json.dumps({"电话": sealed[0], "备注": "enc: 普通文字", "更多": [sealed[1]]}, ensure_ascii=False)
    keys.rotate()
    fresh = json.loads(secrets.reseal_text(text))
    assert fresh["备注"] == "enc: 普通文字"
    opened = [base64.b64decode(t.removeprefix(secrets.SEALED)) for t in (fresh["电话"], fresh["更多"][0])]
    assert [secrets.decrypt(o) for o in opened] == values
    assert [secrets.key_number(o) for o in opened] == [2, 2]
    again = json.dumps(fresh, ensure_ascii=False)
    assert secrets.reseal_text(again) == again, "what is under the active key stays as it is"
