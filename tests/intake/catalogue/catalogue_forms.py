"""What the tests of the catalogue share: templates, who keeps forms and who approves them, and the doors as they knock."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import staff
from django.core.files.uploadedfile import SimpleUploadedFile

HEAD = ("序号", "姓名", "性别", "身份证号", "联系电话", "住房面积")
FACTS = {
    "name": "高龄津贴台账", "issuer_name": "区民政局", "legal_basis": "老年人权益保障法实施办法", "basis_number": "淄民〔2024〕3号",
    "cycle": "quarter",
}  # fmt: skip
JSON = "application/json"


def workbook(*head: str, title: str = "花名册") -> bytes:
    """A template with a title over a header of one row and three empty lines."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "表一"
    page.append([title])
    page.append(list(head))
    for _ in range(3):
        page.append([None] * len(head))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def file_of(content: bytes, name: str = "台账.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def keeper(name: str = "keeper") -> Any:
    """Somebody of a department who keeps forms."""
    return staff.client(staff.staff(name, "officer", staff.DISTRICT))


def approver(name: str = "approver") -> Any:
    return staff.client(staff.staff(name, "form_approver", staff.DISTRICT))


def clerk(name: str = "clerk", area: str = staff.TOWN) -> Any:
    return staff.client(staff.staff(name, "town_clerk", area))


def inspect(browser: Any, *head: str, **more: str) -> Any:
    return browser.post("/api/forms/inspect", {"file": file_of(workbook(*(head or HEAD)))} | more)


def register(browser: Any, *head: str, **facts: Any) -> Any:
    body = json.dumps(FACTS | facts)
    return browser.post("/api/forms", {"file": file_of(workbook(*(head or HEAD))), "form": body})


def registered(browser: Any, *head: str, **facts: Any) -> dict[str, Any]:
    answer = register(browser, *head, **facts)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def decide(browser: Any, form: dict[str, Any], approve: bool = True, **more: Any) -> Any:
    body = {"version": form["version"], "approve": approve} | more
    return browser.post(f"/api/forms/{form['id']}/decision", body, content_type=JSON)


def again(browser: Any, form: dict[str, Any], *head: str, **more: Any) -> Any:
    """Another template as the next version."""
    order = json.dumps({"version": form["version"]} | more)
    return browser.post(f"/api/forms/{form['id']}/versions", {"file": file_of(workbook(*head)), "order": order})
