"""Answers of the API of revisions made from rows, and rows from what it takes."""

from __future__ import annotations

from typing import Any, cast

from ..entry import change_out, text_out
from ..schemas import IndicatorBoundOut, IndicatorFindingOut
from ..systems.rows import ABOUT_FIELDS, Row, plain_number
from ..values.catalogue import metrics
from .models import SystemRevision
from .queries import RevisionDetail
from .schemas import (
    RevisionAboutIn,
    RevisionDetailOut,
    RevisionDifferencesOut,
    RevisionIndicatorIn,
    RevisionIndicatorOut,
    RevisionMetricOut,
    RevisionNameOut,
    RevisionOut,
)


def row_in(code: str, given: RevisionIndicatorIn) -> Row:
    """An indicator as it was entered; the unit of a bound is its metric's."""
    row: Row = given.model_dump(exclude={"version", "bounds", "weight"})
    row["code"] = code
    row["weight"] = None if given.weight is None else plain_number(given.weight)
    row["bounds"] = [
        {
            "metric": b.metric, "op": b.op, "unit": metrics()[b.metric].unit if b.metric in metrics() else "",
            "value": b.value if b.value is None or isinstance(b.value, bool) else plain_number(b.value),
            "certainty": b.certainty, "source": b.source, "note": b.note,
        }
        for b in given.bounds
    ]  # fmt: skip
    return row


def about_in(given: RevisionAboutIn) -> dict[str, Any]:
    """The facts of the system as they were entered."""
    about = given.model_dump(mode="json", include={*ABOUT_FIELDS, "note"})
    return {name: value.strip() if isinstance(value, str) else value for name, value in about.items()}


def _fields(found: SystemRevision) -> dict[str, Any]:
    return {
        "id": found.id, "base": found.base_id, "base_version": str(found.base.version), "title": found.about["title"],
        "state": found.state, "version": found.version, "begun_at": found.begun_at, "begun_by_name": found.begun_by_name,
        "changed_at": found.changed_at, "changed_by_name": found.changed_by_name, "made": found.made_id,
    }  # fmt: skip


def revision_out(found: SystemRevision) -> RevisionOut:
    return RevisionOut(**_fields(found))


def detail_out(held: RevisionDetail, language: str) -> RevisionDetailOut:
    found, differs = held.revision, held.compared
    about: dict[str, Any] = {name: found.about.get(name) or "" for name in ("authority", "document", "source", "note")}
    return RevisionDetailOut(
        **_fields(found), **about, issued_on=found.about.get("issued_on"), villages=found.villages, follows=str(held.follows.version),
        follows_from=held.follows.effective_from, becomes=str(held.becomes), indicators=[_indicator(row) for row in found.indicators],
        differences=RevisionDifferencesOut(
            added=[_name(row) for row in differs.added], removed=[_name(row) for row in differs.removed],
            changed=[change_out(each) for each in differs.changed],
        ),
        findings=[
            IndicatorFindingOut(where=f.where, code=f.code, message=f.say(language), severity="error") for f in held.findings[:100]
        ],
        metrics=[
            RevisionMetricOut(code=m.code, name=text_out(m.code), unit=m.unit, computed=bool(m.measure)) for m in metrics().values()
        ],
    )  # fmt: skip


def _name(row: Row) -> RevisionNameOut:
    return RevisionNameOut(code=row["code"], tier=row["tier"], name=row["name"])


def _indicator(row: Row) -> RevisionIndicatorOut:
    plain = {name: value for name, value in row.items() if name not in ("bounds", "weight")}
    return RevisionIndicatorOut(
        **plain,
        weight=None if row["weight"] is None else float(row["weight"]),
        bounds=[_bound(b) for b in row["bounds"]],
    )


def _bound(given: Row) -> IndicatorBoundOut:
    value = given["value"]
    return IndicatorBoundOut(
        metric=given["metric"], metric_name=text_out(given["metric"]), op=given["op"], unit=given["unit"],
        value=float(value) if isinstance(value, str) else cast(Any, value), certainty=given["certainty"], source=given["source"],
        note=given["note"],
    )  # fmt: skip
