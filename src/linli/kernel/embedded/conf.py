"""Server settings: `linli.conf`, written into the cluster at each start, so that an upgrade brings its own.

Sized for the machine: safe on a laptop with 4 GB, good on 2 cores and 24 GB. An operator's own settings go to
`local.conf` in the cluster, which is read last and never touched.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MB = 1024 * 1024
SHARED_MEMORY = "/dev/shm"  # noqa: S108  asked for its size only


def memory_bytes() -> int:
    """Memory this process may use: the machine's, or the container's limit when that is lower."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            total = min(total, int(Path(limit).read_text()))
        except (OSError, ValueError):
            continue
    return total


def _clamp(value: int, low: int, high: int) -> str:
    return f"{max(low, min(high, value // MB))}MB"


def server_settings(socket_dir: Path, memory: int, cpus: int, shm_free: int) -> dict[str, str]:
    """Settings of a durable server. `shm_free`: bytes free in /dev/shm (containers often give 64 MB)."""
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        "shared_buffers": _clamp(memory // 16, 256, 2048),
        "effective_cache_size": _clamp(memory // 2, 512, 65536),
        "work_mem": _clamp(memory // 512, 8, 64),
        "maintenance_work_mem": _clamp(memory // 32, 64, 1024),
        "dynamic_shared_memory_type": "posix" if shm_free > 512 * MB else "mmap",
        "max_parallel_workers_per_gather": str(max(1, min(4, cpus // 2))),
        "random_page_cost": "1.1",
        "jit": "off",  # our statements are short; compiling them costs more than it saves
        # One merge of 540,000 people writes some 2.6 GB of log. A checkpoint starts at half of this: none in its midst, after
        # which each page is written to the log once more, whole.
        "max_wal_size": "8GB",
        "min_wal_size": "256MB",
        "checkpoint_timeout": "15min",
        # Compressing page images costs more than writing them: a 10,000-row merge after a checkpoint 9.4 s instead of 4.2.
        "wal_compression": "off",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "autovacuum_vacuum_scale_factor": "0.05",
        "autovacuum_analyze_scale_factor": "0.02",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        # A week of logs in the cluster, overwritten day by day.
        "logging_collector": "on",
        "log_directory": "log",
        "log_filename": "postgresql-%a.log",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_truncate_on_rotation": "on",
        "log_line_prefix": "%m [%p] ",
        # Errors name values ('duplicate key … (id_hash)=(…)') and statements carry them: personal data.
        # The program logs its own errors; the server's log keeps starts, stops, crashes and checkpoints.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }


#: What a test cluster gives up: everything that protects data against a crash of the machine.
UNSAFE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    "checkpoint_timeout": "1h",
    "max_connections": "200",
    # Autovacuum in a template database makes CREATE DATABASE wait for it; tests that look at plans ANALYZE themselves.
    "autovacuum": "off",
    "scram_iterations": "1",
}


def render(socket_dir: Path, fast_unsafe: bool) -> str:
    """The text of `linli.conf` for this machine."""
    shm_free = shutil.disk_usage(SHARED_MEMORY).free if os.path.isdir(SHARED_MEMORY) else 0
    settings = server_settings(socket_dir, memory_bytes(), os.cpu_count() or 1, shm_free)
    if fast_unsafe:
        settings.update(UNSAFE)
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    return "# Written by Linli at each start. Your own settings: local.conf\n" + "\n".join(lines) + "\n"


#: The end of postgresql.conf: ours, then the operator's.
INCLUDES = "\ninclude_if_exists 'linli.conf'\ninclude_if_exists 'local.conf'\n"
