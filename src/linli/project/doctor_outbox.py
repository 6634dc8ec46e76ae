"""The check of `linli doctor` on the outbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from linli.project.findings import Finding, Subject

#: Events are taken once a minute.
LATE = timedelta(minutes=10)


def check_outbox(subject: Subject) -> Iterator[Finding]:
    """Events are taken, and no consumer breaks over one."""
    from django.db.models import Count, Min, Q

    from linli.kernel import clock
    from linli.kernel.actors import system
    from linli.kernel.outbox.models import Event
    from linli.kernel.scope import acting

    with acting(system("doctor", subject.settings.LINLI_DISTRICT)):
        found = Event.objects.aggregate(
            waiting=Count("id"), broken=Count("id", filter=Q(failures__gt=0)), oldest=Min("at")
        )
    if found["broken"]:
        yield Finding(
            "outbox", "warn", f"{found['broken']} 个事件处理失败，将重试",
            f"{found['broken']} events could not be taken and will be tried again", "请查看 log/worker.log", "See log/worker.log",
        )  # fmt: skip
    elif found["waiting"] and clock.now() - found["oldest"] > LATE:
        yield Finding(
            "outbox", "warn", f"{found['waiting']} 个事件等待处理，最早 {found['oldest']:%m-%d %H:%M} UTC",
            f"{found['waiting']} events wait, the oldest since {found['oldest']:%m-%d %H:%M} UTC",
            "请确认后台任务在运行", "Make sure that a worker runs",
        )  # fmt: skip
    else:
        yield Finding("outbox", "ok", f"{found['waiting']} 个事件在途", f"{found['waiting']} events are on their way")
