"""A text model as a file of its own format: a zip of plain arrays and a description, nothing that could run.

Whoever opens a model may have it from anywhere: members, sizes, types, shapes and a digest are checked before use.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .model import TextModel, Vocabulary
from .problems import ModelRefused

FORMAT, VERSION = "linli-text-model", 1
LARGEST = 1 << 29  # unpacked, of all members together: 250,000 n-grams × 500 labels
LARGEST_DESCRIPTION = 1 << 20
ARRAYS = {
    "grams": "<u8", "telling": "<f4", "weights": "<f4", "bias": "<f4", "offsets": "<f4",
}  # fmt: skip
DESCRIPTION = "model.json"


def save(model: TextModel, path: Path) -> None:
    """Write a model, whole or not at all: a reader beside it never sees half of one."""
    arrays = {
        "grams": model.vocabulary.grams, "telling": model.vocabulary.telling, "weights": model.weights,
        "bias": model.bias, "offsets": model.offsets,
    }  # fmt: skip
    raw = {name: np.ascontiguousarray(arrays[name], dtype=kind).tobytes() for name, kind in ARRAYS.items()}
    described = {
        "format": FORMAT, "version": VERSION, "labels": list(model.labels), "grams": int(model.vocabulary.grams.size),
        "sharpness": model.sharpness, "head_times": model.head_times, "longest": model.longest, "notes": model.notes,
    }  # fmt: skip
    described["digest"] = _digest(described, raw)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            for name, content in {DESCRIPTION: json.dumps(described, ensure_ascii=False).encode(), **raw}.items():
                member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))  # the same model is the same file
                member.compress_type = zipfile.ZIP_DEFLATED
                file.writestr(member, content, compresslevel=1)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def load(path: Path) -> TextModel:
    """Read a model. Raises ModelRefused for anything but a whole one of this format."""
    try:
        return _load(path)
    except _Refused as refused:
        raise ModelRefused(file=path.name, reason=str(refused)) from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError) as error:
        raise ModelRefused(file=path.name, reason=f"不是模型文件 / not a model ({type(error).__name__})") from None
    except Exception as error:  # zlib's and json's errors, values of a wrong kind: a model from anywhere
        raise ModelRefused(file=path.name, reason=f"内容损坏 / damaged ({type(error).__name__})") from None


class _Refused(Exception):
    pass


def _load(path: Path) -> TextModel:
    if path.stat().st_size > LARGEST:
        raise _Refused("过大 / too large")
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as file:
        sizes = {member.filename: member.file_size for member in file.infolist()}
        if set(sizes) != {DESCRIPTION, *ARRAYS} or len(file.infolist()) != len(sizes):
            raise _Refused("内容不全或有多余 / members missing or too many")
        if sum(sizes.values()) > LARGEST or sizes[DESCRIPTION] > LARGEST_DESCRIPTION:
            raise _Refused("过大 / too large")
        told = json.loads(file.read(DESCRIPTION))
        if told.get("format") != FORMAT or told.get("version") != VERSION:
            raise _Refused(f"格式或版本不符 / another format or version ({VERSION})")
        raw = {name: file.read(name) for name in ARRAYS}
    labels = told["labels"]
    if not (isinstance(labels, list) and len(labels) >= 2 and all(isinstance(v, str) for v in labels)):
        raise _Refused("类别有误 / labels are wrong")
    shapes: dict[str, tuple[int, ...]] = {
        "grams": (told["grams"],), "telling": (told["grams"],), "weights": (told["grams"], len(labels)),
        "bias": (len(labels),), "offsets": (len(labels),),
    }  # fmt: skip
    arrays = {name: _array(raw[name], ARRAYS[name], shapes[name]) for name in ARRAYS}
    if told.pop("digest", "") != _digest(told, raw):
        raise _Refused("校验和不符，文件被改动 / the digest differs: it was changed")
    if not all(np.isfinite(arrays[name]).all() for name in ARRAYS if name != "grams"):
        raise _Refused("含非数值 / holds values that are no numbers")
    if np.any(arrays["grams"][1:] <= arrays["grams"][:-1]):
        raise _Refused("次序有误 / n-grams out of order")
    longest, head_times, sharpness = int(told["longest"]), int(told["head_times"]), float(told["sharpness"])
    if not (1 <= longest <= 4 and 1 <= head_times <= 10 and 0 < sharpness < 1e6):
        raise _Refused("参数越界 / parameters out of bounds")
    vocabulary = Vocabulary(arrays["grams"], arrays["telling"])
    return TextModel(
        tuple(labels), vocabulary, arrays["weights"], arrays["bias"], sharpness, arrays["offsets"], head_times,
        longest, _notes(told["notes"]),
    )  # fmt: skip


def _array(raw: bytes, kind: str, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    if any(not isinstance(n, int) or n < 0 for n in shape):
        raise _Refused("尺寸有误 / shapes are wrong")
    found = np.frombuffer(raw, dtype=kind)
    if found.size != int(np.prod(shape)):
        raise _Refused("尺寸不符 / sizes do not agree")
    return found.reshape(shape)


def _notes(told: Any) -> dict[str, float | int | str]:
    return {str(k): v for k, v in dict(told).items() if isinstance(v, int | float | str)}


def _digest(described: dict[str, Any], raw: dict[str, bytes]) -> str:
    """SHA-256 over the description and the arrays: finds damage and careless edits, is no signature."""
    running = hashlib.sha256(json.dumps(described, ensure_ascii=False, sort_keys=True).encode())
    for name in sorted(raw):
        running.update(name.encode() + len(raw[name]).to_bytes(8, "big"))
        running.update(raw[name])
    return running.hexdigest()
