"""`linli worker`: runs background jobs, and takes up those a killed worker left."""

from __future__ import annotations

import asyncio
import fcntl
import os
from typing import Any

from linli.kernel.embedded import locks
from linli.kernel.embedded.processes import end_with
from linli.project import session
from linli.project.supervisor import SUPERVISOR_PID

#: A worker that gave no sign for so long is dead; it gives one every 10 s.
SILENCE_SECONDS = 40.0
#: A stopping worker finishes its jobs for so long; the rest goes on at the next start.
GRACE_SECONDS = 30.0
#: A job whose worker died so many times is given up as failed.
ATTEMPTS = 5


def run(jobs: int, once: bool) -> None:
    """Work until stopped, or with `once` until no job is left."""
    if parent := os.environ.pop(SUPERVISOR_PID, None):
        end_with(int(parent))
    info = session.ready()
    alone = False
    if info.home is not None:
        # On the embedded database all workers are on this machine: who holds this lock alone knows that
        # every other worker in the queue's books is dead.
        lock = locks.open_lock(info.home / "run" / "worker.lock")
        alone = locks.try_exclusive(lock)
    asyncio.run(_work(jobs, once, alone, release=lambda: fcntl.flock(lock, fcntl.LOCK_SH) if info.home else None))


async def _work(jobs: int, once: bool, alone: bool, release: Any) -> None:
    from procrastinate.contrib.django import app

    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as working:
        async with working.open_async():
            await take_up(working, 0.0 if alone else SILENCE_SECONDS)
            release()  # shared from now on: another worker may come
            sweeper = asyncio.create_task(_sweep(working))
            try:
                await working.run_worker_async(
                    wait=not once,
                    concurrency=jobs,
                    # NOTIFY is a hint only; polling alone is correct.
                    fetch_job_polling_interval=2.0,
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    delete_jobs="successful",
                    install_signal_handlers=True,
                )
            finally:
                sweeper.cancel()


async def take_up(app: Any, silence: float) -> int:
    """Give jobs of dead workers back to the queue; jobs are idempotent. Returns how many were taken up or given up."""
    from procrastinate.exceptions import UniqueViolation
    from procrastinate.jobs import Status

    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence))
    for job in stalled:
        if job.attempts + 1 >= ATTEMPTS:  # it may be what kills them
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            try:
                await app.job_manager.retry_job(job)
            except UniqueViolation:  # one with its queueing lock waits already, and does the same work
                await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
    if silence == 0.0:
        await app.job_manager.prune_stalled_workers(0.0)
    return len(stalled)


async def _sweep(app: Any) -> None:
    while True:
        await asyncio.sleep(SILENCE_SECONDS / 2)
        await take_up(app, SILENCE_SECONDS)
