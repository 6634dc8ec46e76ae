"""A paper as it is said, before it is drawn: title, number, parts, place of the seal. Pure.

The look follows GB/T 9704-2012: `letter` has the issuer in red above a red line (clause 7.2 and 10.1), `paper` a title alone,
`certificate` a frame. Whatever draws one draws all of it, so that a docx and a PDF of one document say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Form = Literal["letter", "paper", "certificate"]
# XML 1.0 and fonts know no control characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """A text as it may stand in a document: without control characters."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. `indent`: with two characters' space before its first line, as text has; a salutation has none."""

    text: str
    indent: bool = True


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the first level (黑体, 一、)."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts by name, two columns."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `widths` are shares of the line, one a column."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]


@dataclass(frozen=True, slots=True)
class Seal:
    """Who signs, the day, and room for the seal above them. `day` None: left to the pen."""

    unit: str
    day: date | None = None
    label: str = "（盖章）"


Block = Paragraph | Heading | Facts | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A paper. `number` is its issue number (发文字号); `draft` is what marks one that is none yet; `foot` stands small below the
    last part: where its figures come from. `landscape` for wide tables."""

    form: Form
    title: str
    blocks: Sequence[Block]
    issuer: str = ""
    number: str = ""
    seals: Sequence[Seal] = ()
    draft: str = ""
    foot: str = ""
    landscape: bool = False

    def texts(self) -> Iterator[str]:
        """Everything it says, in the order it is read."""
        yield from (each for each in (self.draft, self.issuer, self.number, self.title) if each)
        for block in self.blocks:
            match block:
                case Paragraph() | Heading():
                    yield block.text
                case Facts():
                    for name, value in block.rows:
                        yield from (name, value)
                case Table():
                    yield from block.head
                    for row in block.rows:
                        yield from row
        for seal in self.seals:
            yield from (seal.unit, seal.label, day_of(seal.day))
        if self.foot:
            yield self.foot

    def values(self) -> dict[str, Any]:
        """The same for a template: what JSON can say."""
        return {
            "form": self.form, "title": plain(self.title), "issuer": plain(self.issuer), "number": plain(self.number),
            "draft": plain(self.draft), "foot": plain(self.foot), "landscape": self.landscape,
            "blocks": [_block(each) for each in self.blocks],
            "seals": [{"unit": plain(s.unit), "day": day_of(s.day), "label": plain(s.label)} for s in self.seals],
        }  # fmt: skip


def kept(document: Document) -> dict[str, Any]:
    """A document as JSON that `unkept` makes it from again."""
    seals = [
        {"unit": plain(s.unit), "day": s.day.isoformat() if s.day else None, "label": plain(s.label)}
        for s in document.seals
    ]
    return document.values() | {"seals": seals}


def unkept(values: Mapping[str, Any]) -> Document:
    """The document that was kept as `values`."""
    seals = [
        Seal(each["unit"], date.fromisoformat(each["day"]) if each["day"] else None, each["label"])
        for each in values["seals"]
    ]
    words = {name: values[name] for name in ("form", "title", "issuer", "number", "draft", "foot", "landscape")}
    return Document(blocks=[_unblocked(each) for each in values["blocks"]], seals=seals, **words)


def _unblocked(values: Mapping[str, Any]) -> Block:
    match values["kind"]:
        case "paragraph":
            return Paragraph(values["text"], values["indent"])
        case "heading":
            return Heading(values["text"])
        case "facts":
            return Facts([(name, value) for name, value in values["rows"]])
    return Table(values["head"], values["rows"], values["widths"])


def _block(block: Block) -> Mapping[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "text": plain(block.text), "indent": block.indent}
        case Heading():
            return {"kind": "heading", "text": plain(block.text)}
        case Facts():
            return {"kind": "facts", "rows": [[plain(name), plain(value)] for name, value in block.rows]}
        case Table():
            return {
                "kind": "table", "head": [plain(each) for each in block.head], "widths": list(block.widths),
                "rows": [[plain(cell) for cell in row] for row in block.rows],
            }  # fmt: skip


def day_of(day: date | None) -> str:
    """A day as documents write it; with room for the pen where it is not known."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "　　　　年　　月　　日"
