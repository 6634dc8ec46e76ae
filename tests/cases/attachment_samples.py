"""Photos and files to send: with metadata, giant ones in a few bytes, and what only pretends to be one."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any


def photo(
    size: tuple[int, int] = (640, 480), exif: bool = True, format: str = "JPEG", colour: Any = "darkgreen"
) -> bytes:
    """A photo that tells where and when it was taken, and by whom."""
    from PIL import Image

    image, told = Image.new("RGB", size, colour), Image.Exif()
    if exif:
        told[0x013B] = "SECRET-ARTIST"
        told[0x0112] = 6  # to be turned by a quarter
        told.get_ifd(0x8769)[0x9003] = "2026:03:05 14:30:00"
        told.get_ifd(0x8825).update({1: "N", 2: (36.0, 38.0, 24.0), 3: "E", 4: (117.0, 57.0, 36.0)})
    target = io.BytesIO()
    image.save(target, format, **({"exif": told, "comment": b"SECRET-COMMENT"} if exif else {}))
    return target.getvalue()


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few bytes that says it is 900 million pixels large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = side.to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def archive(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return target.getvalue()


def send(
    browser: Any, case: str, content: bytes, name: str = "photo.jpg", purpose: str = "before", part: int = 1024 * 1024
) -> Any:
    """Announce a file and send it in parts; the answer to the last."""
    body = {"name": name, "size": len(content), "purpose": purpose}
    answer = browser.post(f"/api/cases/{case}/attachments", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    address, at = f"/api/cases/{case}/attachments/{answer.json()['id']}", 0
    while at < len(content) and answer.status_code < 300:
        answer = patch(browser, address, at, content[at : at + part])
        at += part
    return answer


def patch(browser: Any, address: str, offset: int, content: bytes) -> Any:
    return browser.patch(
        address, content, content_type="application/offset+octet-stream", headers={"Upload-Offset": str(offset)}
    )
