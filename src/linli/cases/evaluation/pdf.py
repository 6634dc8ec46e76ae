"""The little of PDF 1.4 (ISO 32000-1) that a table on paper needs: pages, lines, shades, and text in Chinese.

Text is set in STSong-Light with the encoding UniGB-UTF16-H, one of the fonts and CMaps that readers of Adobe-GB1 bring along,
so no font is embedded; a reader without it takes another of the same script.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

A4 = (842.0, 595.0)  # landscape, in points
#: Wide letters fill the square, others about half of it.
HALF = 0.5
Colour = tuple[float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0)


def width(text: str, size: float) -> float:
    """How wide a text is set, in points."""
    return sum(size * (1.0 if ord(letter) > 0xFF else HALF) for letter in text)


def fitted(text: str, size: float, most: float) -> str:
    """A text cut to a width, with an ellipsis where it was."""
    if width(text, size) <= most:
        return text
    while text and width(text + "…", size) > most:
        text = text[:-1]
    return text + "…"


def wrapped(text: str, size: float, most: float) -> list[str]:
    """A text in lines of a width; between words where there are some, else between letters."""
    lines, line = [], ""
    for letter in text:
        if width(line + letter, size) > most:
            at = line.rfind(" ") if letter.isascii() and letter != " " else -1
            lines.append(line[:at] if at > 0 else line)
            line = line[at + 1 :] if at > 0 else ""
        line += letter
    return [*lines, line] if line or not lines else lines


class Document:
    """A document as it is drawn, page after page; (0, 0) is the upper left corner."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._pages: list[list[str]] = []

    @property
    def count(self) -> int:
        """How many pages there are."""
        return len(self._pages)

    def page(self) -> None:
        """Begin a page."""
        self._pages.append([])

    def text(self, x: float, y: float, text: str, size: float, colour: Colour = BLACK) -> None:
        """Set a text with its baseline at `y`."""
        code = text.encode("utf-16-be").hex().upper()
        self._draw(f"BT {_three(colour)} rg /F1 {size:g} Tf {x:.2f} {A4[1] - y:.2f} Td <{code}> Tj ET")

    def line(self, x0: float, y: float, x1: float, colour: Colour = BLACK) -> None:
        """A thin level line."""
        self._draw(f"{_three(colour)} RG 0.5 w {x0:.2f} {A4[1] - y:.2f} m {x1:.2f} {A4[1] - y:.2f} l S")

    def shade(self, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        """A filled rectangle with its upper left corner at (x, y)."""
        self._draw(f"{_three(colour)} rg {x:.2f} {A4[1] - y - high:.2f} {wide:.2f} {high:.2f} re f")

    def bytes(self) -> bytes:
        """The file."""
        objects = [
            "<< /Type /Catalog /Pages 2 0 R >>", "",
            "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UTF16-H /Encoding /UniGB-UTF16-H "
            "/DescendantFonts [4 0 R] >>",
            "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) "
            "/Ordering (GB1) /Supplement 4 >> /DW 1000 /W [1 95 500 814 939 500] /FontDescriptor 5 0 R >>",
            "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
            "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
            f"<< /Title <FEFF{self.title.encode('utf-16-be').hex().upper()}> /Producer (Linli) >>",
        ]  # fmt: skip
        bodies = [each.encode() for each in objects]
        kids = []
        for drawn in self._pages:
            kids.append(len(bodies) + 1)
            bodies.append(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {A4[0]:g} {A4[1]:g}] /Contents {len(bodies) + 2} 0 R "
                "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
            )
            packed = zlib.compress("\n".join(drawn).encode())
            bodies.append(
                f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream"
            )
        bodies[1] = f"<< /Type /Pages /Kids [{' '.join(f'{k} 0 R' for k in kids)}] /Count {len(kids)} >>".encode()
        return _file(bodies)

    def _draw(self, operators: str) -> None:
        self._pages[-1].append(operators)


def _file(bodies: Sequence[bytes]) -> bytes:
    """Objects with their table of places."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for serial, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{serial} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def _three(colour: Colour) -> str:
    return " ".join(f"{part:g}" for part in colour)
