"""Pictures written anew: nothing of the file that was sent survives but its pixels, and the place and time it told.

EXIF tags after CIPA DC-008 (Exif 2.32): GPS IFD 0x8825, DateTimeOriginal 0x9003, OffsetTimeOriginal 0x9011.
"""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from linli.kernel.clock import LOCAL

from .problems import TooManyPixels, Unreadable
from .rules import PIXELS, SIDE, SMALL, UNSCALED_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
#: One picture is unfolded at a time in a process: each takes up to a few hundred megabytes for a moment.
_ONE = BoundedSemaphore()
_GPS, _EXIF, _TAKEN, _OFFSET = 0x8825, 0x8769, 0x9003, 0x9011


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: JPEG, upright, without a word of metadata. `small` is for lists."""

    content: bytes
    small: bytes
    width: int
    height: int
    taken_at: datetime | None
    lon: float | None
    lat: float | None


def written_anew(content: bytes) -> Picture:
    """Decode and encode a picture. Raises TooManyPixels before anything is unfolded, Unreadable for what is damaged."""
    with _ONE:
        return _written_anew(content)


def _written_anew(content: bytes) -> Picture:
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            found = Image.open(io.BytesIO(content), formats=FORMATS)
        most = PIXELS if found.format == "JPEG" else UNSCALED_PIXELS
        if found.width * found.height > most:
            raise TooManyPixels(most=most // 10_000)
        told = found.getexif()
        taken_at, lon, lat = _taken(told), *_place(told)
        found.draft("RGB", (SIDE, SIDE))  # a large JPEG is unfolded to what is kept, not to its full size
        coloured = found.convert("RGBA" if "transparency" in found.info else "RGB") if found.mode == "P" else found
        coloured.thumbnail((SIDE, SIDE))  # first of all: what follows makes copies
        ImageOps.exif_transpose(coloured, in_place=True)
        kept = _plain(coloured)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels(most=PIXELS // 10_000) from None
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, OverflowError) as error:
        raise Unreadable() from error
    small = kept.copy()
    small.thumbnail((SMALL, SMALL))
    return Picture(_jpeg(kept), _jpeg(small), kept.width, kept.height, taken_at, lon, lat)


def _plain(image: Image) -> Image:
    """The pixels alone, on white where they are transparent; of moving pictures the first."""
    from PIL import Image as Images

    shown = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    clean = Images.new("RGB", shown.size, "white")
    clean.paste(shown, mask=shown if shown.mode == "RGBA" else None)
    return clean


def _jpeg(image: Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=85, optimize=True, progressive=True)
    return target.getvalue()


def _taken(told: Any) -> datetime | None:
    """When it was taken, by the camera's clock: in the district's time where it does not say its own."""
    try:
        inner = told.get_ifd(_EXIF)
        at = datetime.strptime(str(inner[_TAKEN]).strip("\0 "), "%Y:%m:%d %H:%M:%S")
        offset = str(inner.get(_OFFSET, "")).strip("\0 ")
        if offset:
            return datetime.strptime(f"{at:%Y:%m:%d %H:%M:%S}{offset}", "%Y:%m:%d %H:%M:%S%z")
        return at.replace(tzinfo=LOCAL) if at.year > 1990 else None
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _place(told: Any) -> tuple[float | None, float | None]:
    """Longitude and latitude where it was taken (WGS-84, as the standard has it unless it says otherwise)."""
    try:
        gps = told.get_ifd(_GPS)
        lat, lon = _degrees(gps[2], gps[1], "S"), _degrees(gps[4], gps[3], "W")
    except (KeyError, ValueError, TypeError, IndexError, ZeroDivisionError, OverflowError):
        return None, None
    held = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)
    return (round(lon, 6), round(lat, 6)) if held else (None, None)


def _degrees(parts: Any, reference: Any, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    said = reference.decode() if isinstance(reference, bytes) else str(reference)
    return -value if said.strip("\0 ").upper() == negative else value
