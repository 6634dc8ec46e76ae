"""Which operating-system user the server runs as, and what that user can reach.

PostgreSQL refuses to run as root. Started by root (containers, servers), it runs as `linli-postgres`, a system
user that owns nothing but the cluster. We never open a parent folder of somebody's home for it: where the way is
barred, the cluster goes to `/var/lib/linli` instead (`layout.py`).
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

SERVER_USER = "linli-postgres"


@dataclass(frozen=True)
class OsUser:
    """A user and its groups, as the kernel will check them."""

    uid: int
    gid: int

    @property
    def is_self(self) -> bool:
        """Whether that is who we are already (no change of user needed)."""
        return self.uid == os.geteuid()


def server_user(data_dir: Path) -> OsUser:
    """Who shall run the server on `data_dir`: ourselves, or as root the owner of the cluster."""
    if os.geteuid() != 0:
        return OsUser(os.geteuid(), os.getegid())
    try:
        owner = data_dir.stat()
        if owner.st_uid != 0:
            return OsUser(owner.st_uid, owner.st_gid)
    except FileNotFoundError:
        pass
    entry = _system_user()
    return OsUser(entry.pw_uid, entry.pw_gid)


def _system_user() -> pwd.struct_passwd:
    """`linli-postgres`, made if missing; `nobody` on systems that cannot make users."""
    commands = (
        ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
         "--shell", "/usr/sbin/nologin", SERVER_USER],
        ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", SERVER_USER],  # BusyBox
    )  # fmt: skip
    for command in commands:
        try:
            return pwd.getpwnam(SERVER_USER)
        except KeyError:
            pass
        program = shutil.which(command[0], path="/usr/sbin:/sbin:/usr/bin:/bin")
        if program:
            subprocess.run([program, *command[1:]], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        return pwd.getpwnam("nobody")


def can_enter(path: Path, user: OsUser) -> bool:
    """Whether `user` may pass through `path` and all its parents, by owner, group and mode (ACLs are not asked)."""
    if user.uid == 0 or user.is_self:
        return True
    path = Path(os.path.realpath(path))
    for folder in (path, *path.parents):
        try:
            facts = folder.stat()
        except FileNotFoundError:
            continue  # not made yet: it will be made so that it can be entered
        if facts.st_uid == user.uid:
            open_to_user = facts.st_mode & stat.S_IXUSR
        elif facts.st_gid == user.gid:
            open_to_user = facts.st_mode & stat.S_IXGRP
        else:
            open_to_user = facts.st_mode & stat.S_IXOTH
        if not open_to_user:
            return False
    return True
