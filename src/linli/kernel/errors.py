"""The one family of errors. Each becomes an RFC 9457 problem document with a stable code, in the user's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages; `{names}` are filled from the problem's parameters."""

    zh: str
    en: str

    def say(self, language: str, params: Mapping[str, Any] | None = None) -> str:
        template = self.en if language.startswith("en") else self.zh
        if "{" not in template and "}" not in template:
            return template
        return template.format_map(_Lenient(params or {}))


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field of the input."""

    field: str
    code: str
    text: Text
    params: Mapping[str, Any] = attribute(default_factory=dict)


class Problem(Exception):
    """Base of all errors a user may see. Parameters must hold no personal data: they reach logs."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "kernel.problem"
    text: ClassVar[Text] = Text("操作没有完成。", "The operation was not completed.")

    def __init__(self, *, fields: tuple[FieldProblem, ...] = (), **params: Any) -> None:
        super().__init__(self.code)
        self.fields = fields
        self.params = params

    def document(self, language: str, request_id: str = "") -> dict[str, Any]:
        """The problem document (RFC 9457 §3)."""
        answer: dict[str, Any] = {
            "type": f"urn:linli:problem:{self.code}",
            "title": self.text.say(language, self.params),
            "detail": self.text.say(language, self.params),
            "status": self.status,
            "code": self.code,
            "params": {k: v for k, v in self.params.items() if isinstance(v, str | int | float | bool | list)},
            "request_id": request_id,
        }
        if self.fields:
            answer["fields"] = [
                {"field": f.field, "code": f.code, "message": f.text.say(language, f.params)} for f in self.fields
            ]
        return answer


class Invalid(Problem):
    """The input does not hold; `fields` says where."""

    status, code = 422, "kernel.invalid"
    text = Text("有内容需要修改，请按提示更正。", "Some entries need mending; see the notes beside them.")


class Unauthenticated(Problem):
    """Nobody is signed in."""

    status, code = 401, "kernel.unauthenticated"
    text = Text("请先登录。", "Please sign in.")


class Forbidden(Problem):
    """The actor may not do this here."""

    status, code = 403, "kernel.forbidden"
    text = Text("您没有此项权限，或对象不在您的管理范围内。", "You may not do this, or it is outside your area.")


class NotFound(Problem):
    """There is no such thing, or the actor may not know of it: both look the same."""

    status, code = 404, "kernel.not_found"
    text = Text("没有找到，或不在您的可见范围内。", "Not found, or outside what you may see.")


class Conflict(Problem):
    """Somebody else was first; nothing was written."""

    status, code = 409, "kernel.conflict"
    text = Text("数据已被他人修改，请核对后再提交。", "It was changed meanwhile; look again before you submit.")


class Unavailable(Problem):
    """A part the operation needs is not there now; trying again later may help."""

    status, code = 503, "kernel.unavailable"
    text = Text("服务暂时不可用，请稍后再试。", "Not available at the moment; please try again.")
