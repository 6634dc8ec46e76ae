"""Every operation on the directory of cases passes the suite all rooms' operations pass through."""

from __future__ import annotations

import csv
import io
from typing import ClassVar

import staff
from permissions import Door, PermissionSuite, Sample

from linli.cases.models import Category, FilingRule
from linli.cases.permissions import CATEGORY_EDIT, VIEW
from linli.kernel.scope import acting

READERS = (VIEW, CATEGORY_EDIT)
FACTS = {"major": "06", "major_name": "市容环境类", "name": "占道堆放", "reason": "某区城管〔2026〕1号"}


def sheet() -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([["标准", "类型", "编码", "名称"], ["某市", "事项", "11001", "暴露垃圾"]])
    return text.getvalue().encode()


class TestDirectoryDoors(PermissionSuite):
    doors: ClassVar = [
        *[
            Door("GET", path, one, instead=READERS, finds=finds, district_only=True)
            for one in READERS
            for path, finds in (
                ("/api/case-categories", True),
                ("/api/case-categories/{category}", True),
                ("/api/case-categories/export?table=rules", False),
            )
        ],
        Door(
            "GET", "/api/case-categories/next-code?standard_ref=某市&kind=matter&major=06", CATEGORY_EDIT, district_only=True
        ),
        Door(
            "POST", "/api/case-categories", CATEGORY_EDIT,
            FACTS | {"standard_ref": "某区扩展", "kind": "matter"}, district_only=True,
        ),
        Door("PUT", "/api/case-categories/{category}", CATEGORY_EDIT, FACTS | {"version": 1}, district_only=True),
        Door(
            "POST", "/api/case-categories/{category}/close", CATEGORY_EDIT, {"version": 1, "reason": "并入他类"},
            district_only=True,
        ),
        Door(
            "POST", "/api/case-categories/{category}/reopen", CATEGORY_EDIT, {"version": 1, "reason": "恢复"},
            district_only=True,
        ),
        Door(
            "POST", "/api/case-categories/{category}/rules", CATEGORY_EDIT,
            {"limit_value": 4, "clock": "work_hour", "rule_set": "某区时限", "reason": "某区城管〔2026〕1号"},
            district_only=True,
        ),
        Door("POST", "/api/filing-rules/{rule}/end", CATEGORY_EDIT, {"reason": "已有新规"}, district_only=True),
        Door(
            "POST", "/api/case-categories/preview", CATEGORY_EDIT, {"table": "categories"}, file=("目录.csv", sheet()),
            district_only=True,
        ),
        Door(
            "POST", "/api/case-categories/loads", CATEGORY_EDIT, {"table": "categories", "stamp": "x", "reason": "装入"},
            file=("目录.csv", sheet()), answers=(409,), district_only=True,
        ),
    ]  # fmt: skip

    def sample(self) -> Sample:
        with acting(staff.OPERATOR):
            category = Category.objects.get(kind="matter", code="06010")
            rule = FilingRule.objects.filter(category=category)[0]
        names = {"category": str(category.id), "rule": str(rule.id)}
        return Sample(own=names, foreign=names, own_marks=["暴露垃圾"])
