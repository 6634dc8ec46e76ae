"""Words for what the intake keeps as codes: why a batch failed, notes about a file, people a row may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from linli.kernel import secrets
from linli.kernel.errors import Problem
from linli.kernel.faults import Unexpected
from linli.kernel.masking import mask_id
from linli.registry.queries.decisions import CandidateRow

from .findings import KINDS


def _problems(base: type[Problem]) -> Iterator[type[Problem]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _problems(kind)


def problem_said(code: str, params: Mapping[str, Any], language: str) -> str:
    """A kept code in words: a finding about the file, or a problem by its class."""
    if code in KINDS:
        return KINDS[code].say(language, params)
    kind = next((k for k in _problems(Problem) if k.code == code), Unexpected)
    said = kind.text.say(language, params)
    details = [f["en" if language.startswith("en") else "zh"] for f in params.get("fields", [])]
    if isinstance(params.get("file"), str):  # one of an archive
        said = f"{params['file']}：{said}" if not language.startswith("en") else f"{params['file']}: {said}"
    return " ".join([said, *details])


def review_out(rows: Sequence[CandidateRow]) -> list[dict[str, Any]]:
    """Rows under review with their candidates, identity numbers masked."""
    answer = []
    for row, group in groupby(rows, key=lambda r: r.row):
        found = list(group)
        answer.append(
            {
                "row": row,
                "name": found[0].typed_name,
                "birth": found[0].typed_birth,
                "candidates": [
                    {
                        "person_id": c.person_id,
                        "name": c.name,
                        "birth": c.birth,
                        "id_masked": mask_id(secrets.decrypt(c.id_number)) if c.id_number else None,
                        "area_code": c.area_code,
                        "same_number": c.same_number,
                        "same_record": c.same_record,
                        "probability": c.probability,
                    }
                    for c in found
                    if c.person_id is not None
                ],
            }
        )
    return answer
