"""Reading what an app reports: nothing before its key is known, but for the words of a form in which the key itself stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.http.request import UnreadablePostError

from linli.cases.open311 import keys
from linli.cases.open311.rules import Malformed
from linli.cases.reporters.actions import MOST_PHOTOS
from linli.kernel import http
from linli.kernel.errors import Text
from linli.kernel.files import NO_ROOM, DiskFull

from .report_rules import MOST_BODY, PHOTO_MB, WORDS_BODY

HEADER = "X-Api-Key"
TAIL = 512  # holds a closing boundary, which has 70 letters at most (RFC 2046, 5.1.1)
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
KEY = Text(
    "上报需要有效的 api_key，表单中须在文件之前。",
    "Reporting takes a valid api_key; in a form it stands before the files.",
)
LARGE = Text("内容过大。", "This is too large.")
MANY = Text("照片过多。", "There are too many photos.")
NO_FORM = Text(
    "需要表单：multipart/form-data 或 application/x-www-form-urlencoded。",
    "A form is wanted: multipart/form-data or application/x-www-form-urlencoded.",
)
BROKEN = Text("表单不完整或格式不正确。", "The form is cut off or not well-formed.")


@dataclass(frozen=True, slots=True)
class Sent:
    """What an app sent: which app it is, its words, its photos by name and content."""

    app: str
    fields: Mapping[str, str]
    photos: list[tuple[str, bytes]]


def read(request: HttpRequest) -> Sent:
    """Read a report. Raises Malformed and DiskFull."""
    length = http.body_length(request)
    if length > MOST_BODY:
        raise Malformed(LARGE, 413)
    gate = _Gate(request.headers.get(HEADER, "") or request.GET.get("api_key", ""))
    if request.content_type not in (FORM, MULTIPART):
        raise Malformed(NO_FORM) if gate.app else Malformed(KEY, 403)
    if request.content_type == FORM and length > WORDS_BODY:
        raise Malformed(LARGE, 413)
    try:
        fields, files = _parsed(request, gate)
        photos = [(one.name or "", one.read()) for one in files if one.size]
    except (MultiPartParserError, SuspiciousOperation, BadRequest, UnreadablePostError) as error:
        if isinstance(error, RequestDataTooBig):
            raise Malformed(LARGE, 413) from error
        raise Malformed(BROKEN) from error
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull() from error
        raise
    app = gate.app or gate.open(fields.get("api_key", ""))
    return Sent(app, {name: str(given[name]) for given in (request.GET, fields) for name in given}, photos)


def _parsed(request: HttpRequest, gate: _Gate) -> tuple[QueryDict, list[Any]]:
    if request.content_type == FORM:
        return QueryDict(request.body, encoding="utf-8"), []
    reader = _Reader(request, gate)
    parser = MultiPartParser(request.META, cast(Any, reader), [gate, *request.upload_handlers], "utf-8")
    gate.parser = parser
    fields, files = parser.parse()
    request._files = files  # type: ignore[attr-defined]  # closed with the request
    boundary = (request.content_params or {}).get("boundary", "").encode()
    if reader.passed < http.body_length(request) or not reader.tail.rstrip().endswith(b"--" + boundary + b"--"):
        raise Malformed(BROKEN)  # cut off on the way: half a report is none
    return fields, files.getlist("media")


class _Gate(FileUploadHandler):
    """Opens to the key of an app: at once where it is told outside of the body, else with the words that come before the files."""

    def __init__(self, told: str) -> None:
        super().__init__()
        self.parser: MultiPartParser | None = None
        self.app = self.open(told) if told else ""
        self.files = 0

    def open(self, key: str) -> str:
        """The app of a key. Raises Malformed."""
        app = keys.app_of(key)
        if app is None:
            raise Malformed(KEY, 403)
        return app

    def check(self) -> None:
        """Raise Malformed unless the key is known by now."""
        if not self.app:
            said = getattr(self.parser, "_post", None) or {}
            self.app = self.open(said.get("api_key", ""))

    def new_file(self, *given: Any, **more: Any) -> None:
        super().new_file(*given, **more)
        self.check()
        self.files += 1
        self.length = 0
        if self.files > MOST_PHOTOS:
            raise Malformed(MANY)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.length += len(raw_data)
        if self.length > PHOTO_MB * 1024 * 1024:
            raise Malformed(LARGE, 413)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Those behind keep it."""


class _Reader:
    """The body, of which so many words are read and no more before the key is known."""

    def __init__(self, request: HttpRequest, gate: _Gate) -> None:
        self._request, self._gate, self.passed, self.tail = request, gate, 0, b""

    def read(self, size: int) -> bytes:
        if self.passed >= WORDS_BODY:
            self._gate.check()
        piece = self._request.read(size)
        self.passed += len(piece)
        self.tail = (self.tail + piece)[-TAIL:]
        return piece
