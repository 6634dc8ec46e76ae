"""The checks of `linli doctor` on keys, sealed logs, certificates of deletion and what was sent up in rounds."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from linli.project.findings import Finding, Subject

SEALS_CHECKED_DAYS = 190  # logs are kept at least six months
#: A destruction that was killed is finished the next night; one that is not, fails.
UNFINISHED = timedelta(days=2)
#: Our own measure; no rule of the field names one.
KEY_DAYS = 400
#: Of so many frozen versions the rows are read again: about two rounds of a district.
VERSIONS_CHECKED = 1000


def check_keys(subject: Subject) -> Iterator[Finding]:
    """Keys can be read by their owner alone."""
    folder = Path(subject.settings.LINLI_KEYS_DIR)
    if not folder.is_dir():
        yield Finding(
            "keys",
            "fail",
            f"密钥目录不存在：{folder}",
            f"there is no keys folder {folder}",
            "请从密钥备份恢复",
            "Restore it from your keys file",
        )
        return
    opened = [path for path in (folder, *sorted(folder.rglob("*"))) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if opened:
        yield Finding(
            "keys",
            "fail",
            f"其他用户可读取：{opened[0]}（共 {len(opened)} 项）",
            f"others can read {opened[0]} ({len(opened)} in all)",
            f"请执行 chmod -R go= {folder}",
            f"Run chmod -R go= {folder}",
        )
    else:
        yield Finding("keys", "ok", "密钥仅本用户可读", "keys are readable by their owner alone")


def check_rotation(subject: Subject) -> Iterator[Finding]:
    """How old the active key is, and whether anything still lies under an older one."""
    from linli.kernel import clock, keys, rotation
    from linli.kernel.actors import system
    from linli.kernel.scope import acting

    ring = keys.keyring()
    left: dict[int, int] = {}
    if len(ring.data) > 1:  # else there is nothing to look for
        with acting(system("doctor", subject.settings.LINLI_DISTRICT)):
            left = rotation.remaining("default")
    made, count = ring.made.get(ring.active), sum(left.values())
    days = (clock.now() - made).days if made else None
    age_zh = f"已用 {days} 天" if days is not None else "启用时间未知"
    age_en = f"{days} days old" if days is not None else "of unknown age"
    if count:
        yield Finding(
            "rotation",
            "warn",
            f"密钥 {ring.active} {age_zh}，仍有 {count} 项数据使用旧密钥",
            f"key {ring.active} is {age_en}, and {count} values are still under an older one",
            "请执行 `linli keys rotate` 完成轮换",
            "Run `linli keys rotate` to finish the rotation",
        )
    elif days is not None and days > KEY_DAYS:
        yield Finding(
            "rotation",
            "warn",
            f"密钥 {ring.active} {age_zh}",
            f"key {ring.active} is {age_en}",
            "建议每年执行一次 `linli keys rotate`",
            "Rotate it once a year: `linli keys rotate`",
        )
    else:
        yield Finding(
            "rotation",
            "ok",
            f"密钥 {ring.active} {age_zh}，无旧密钥数据",
            f"key {ring.active} is {age_en}, nothing is under an older one",
        )


def check_seals(subject: Subject) -> Iterator[Finding]:
    """The sealed days of the logs of the last half year are as they were sealed."""
    from linli.access import seals
    from linli.kernel.actors import system
    from linli.kernel.scope import acting

    with acting(system("doctor", subject.settings.LINLI_DISTRICT)):
        broken = seals.verify(days=SEALS_CHECKED_DAYS)
    if broken:
        days = ", ".join(f"{b.log} {b.day}" for b in broken[:5])
        yield Finding(
            "seals",
            "fail",
            f"日志封存后被改动：{days}",
            f"logs were changed after they were sealed: {days}",
            "请保留现场并报告安全负责人；用备份比对这些日期",
            "Keep everything as it is, tell your security officer, and compare these days with a backup",
        )
    else:
        yield Finding("seals", "ok", "日志封存链完整", "the seals of the logs hold")


def check_certificates(subject: Subject) -> Iterator[Finding]:
    """The chain of certificates of deletion holds, and what has begun to be destroyed is finished."""
    from linli.access.keeping import actions, certificates
    from linli.access.models import DeletionCertificate, DestructionRun
    from linli.access.seals import KEPT
    from linli.kernel import clock
    from linli.kernel.actors import system
    from linli.kernel.scope import acting

    with acting(system("doctor", subject.settings.LINLI_DISTRICT)):
        broken = certificates.verify()
        count = DeletionCertificate.objects.count()
        late = list(DestructionRun.objects.filter(began_at__lt=clock.now() - UNFINISHED).values_list("kind", flat=True))
        held = [(kind, why) for kind in map(actions.kind_of, KEPT.values()) if (why := actions.held(kind)) is not None]
    for kind, why in held:
        yield Finding(
            "retention",
            "fail",
            f"{kind.label.zh}到期未销毁：{why.zh}",
            f"what is due of {kind.name} is not destroyed: {why.en}",
            "请保留现场并报告安全负责人；用备份比对",
            "Keep everything as it is, tell your security officer, and compare with a backup",
        )
    if broken:
        numbers = ", ".join(map(str, broken[:5]))
        yield Finding(
            "certificates",
            "fail",
            f"销毁证明被改动或缺失：{numbers}",
            f"certificates of deletion were changed or are missing: {numbers}",
            "请保留现场并报告安全负责人；用备份比对",
            "Keep everything as it is, tell your security officer, and compare with a backup",
        )
    elif late:
        yield Finding(
            "certificates",
            "fail",
            f"到期数据销毁未完成：{', '.join(late)}",
            f"the destruction of {', '.join(late)} was begun and not finished",
            "请确认后台任务在运行，或执行 `linli retention run`",
            "See that the worker runs, or run `linli retention run`",
        )
    else:
        yield Finding(
            "certificates", "ok", f"销毁证明链完整（{count} 份）", f"the certificates of deletion hold ({count})"
        )


def check_versions(subject: Subject) -> Iterator[Finding]:
    """What returns held when they were sent up is still what it was."""
    from linli.intake.rounds import freezing
    from linli.kernel.actors import system
    from linli.kernel.scope import acting

    with acting(system("doctor", subject.settings.LINLI_DISTRICT)):
        looked_at, damaged = freezing.damaged(VERSIONS_CHECKED)
    if damaged:
        names = ", ".join(f"{v.owner.round.form_name} {v.owner.round.period} {v.area_code}" for v in damaged[:5])
        yield Finding(
            "versions",
            "fail",
            f"报送留存的版本与上报时不一致（{len(damaged)} 个）：{names}",
            f"{len(damaged)} versions of returns are not what was sent up: {names}",
            "请保留现场并报告安全负责人；用备份比对这些版本",
            "Keep everything as it is, tell your security officer, and compare these with a backup",
        )
    else:
        yield Finding(
            "versions",
            "ok",
            f"报送留存的版本与上报时一致（查看最近 {looked_at} 个）",
            f"versions of returns are what was sent up (the last {looked_at} looked at)",
        )
