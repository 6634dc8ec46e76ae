"""What content is, by its own bytes, and how large it may be. Pure: the name and the type that were claimed count for nothing."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Literal

Kind = Literal["image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf", "docx", "xlsx", "video/mp4"]
Purpose = Literal["report", "before", "after", "document"]
PURPOSES: tuple[Purpose, ...] = ("report", "before", "after", "document")
#: A part fits a body of any operation, and a cut line costs little.
PART = 1024 * 1024
#: Smaller ones are refused, but for the last: a file in thousands of crumbs costs a row and a file of the disk for each.
SMALLEST_PART = 64 * 1024
#: Pixels a picture may unfold to: cameras of phones have up to 50 million.
PIXELS = 64_000_000
#: The same for kinds that cannot be made smaller while they are unfolded, as a JPEG can.
UNSCALED_PIXELS = 24_000_000
#: The longest side of what is kept, and of the small one in lists.
SIDE, SMALL = 2560, 320
MOST_FILES = 60
LONGEST_NAME = 120
_IMAGES = {
    b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF87a": "image/gif", b"GIF89a": "image/gif",
}  # fmt: skip
_VIDEO = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash")
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_OFFICE: dict[str, Kind] = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SUFFIX = {"image/jpeg": ".jpg", "application/pdf": ".pdf", "video/mp4": ".mp4", "docx": ".docx", "xlsx": ".xlsx"}


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the bytes are. `heic`: a photo of a kind that browsers do not show, to be told apart from what is none."""

    kind: Kind | None
    heic: bool = False

    @property
    def is_image(self) -> bool:
        return self.kind is not None and self.kind.startswith("image/")


def sniff(content: bytes) -> Sniffed:
    """The kind of content, by its signature. Office files are zip archives that hold their main part."""
    for signature, kind in _IMAGES.items():
        if content.startswith(signature):
            return Sniffed(kind)  # type: ignore[arg-type]
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Sniffed("image/webp")
    if content.startswith(b"%PDF-"):
        return Sniffed("application/pdf")
    if content[4:8] == b"ftyp":
        if content[8:12] in _HEIC:
            return Sniffed(None, heic=True)
        return Sniffed("video/mp4" if content[8:12] in _VIDEO else None)
    if content.startswith(b"PK\x03\x04"):
        return Sniffed(_office(content))
    return Sniffed(None)


def _office(content: bytes) -> Kind | None:
    """An Office file without macros, by the names in the archive's own list; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for main, kind in _OFFICE.items() if main in names), None)


def most_parts(size: int) -> int:
    """Parts a file of so many bytes may come in: every one but the last has SMALLEST_PART at least."""
    return max(1, -(-size // SMALLEST_PART))


def part_is_too_small(received: int, length: int, size: int) -> bool:
    """Whether a part is a crumb: smaller than any but the last may be. An empty one adds nothing and is not."""
    return 0 < length < SMALLEST_PART and received + length < size


def plain_name(given: str, kind: str) -> str:
    """A file's name as it may be shown and saved: its last part without control characters, with the suffix of what it is."""
    last = given.replace("\\", "/").rpartition("/")[2]
    clean = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*').strip(" .")
    stem, dot, suffix = clean.rpartition(".")
    stem = stem if dot and len(suffix) <= 5 else clean
    return f"{stem[: LONGEST_NAME - 6] or 'file'}{SUFFIX.get(kind, '')}"


def media_type(kind: str) -> str:
    """The type a file is served as."""
    return MEDIA.get(kind, kind)
