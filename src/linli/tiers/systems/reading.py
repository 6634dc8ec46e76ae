"""Reading a system of indicators from YAML or from the rows of a workbook, strictly: what is wrong is told in words, all of it
at once, and nothing is taken unless everything holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from ..rules import TIERS, Bound, Tier, Unit
from ..values.catalogue import metrics
from .drafts import (
    LEVEL_WORDS,
    TIER_NAMES,
    BoundDraft,
    Finding,
    IndicatorDraft,
    Read,
    SystemDraft,
    as_told,
    finding,
    operator_of,
    unit_of,
)

MOST = 1000
LONGEST = {"id": 20, "name": 100, "level1": 60, "title": 120}
LONGEST_TEXT = 2000
#: Bytes; the shipped file has 85,000, and reading takes some 10 s for each million.
LARGEST_YAML = 1 << 20
LARGEST = Decimal(100_000_000)
CERTAINTIES = {
    "source": "official",
    "official": "official",
    "官方": "official",
    "inferred": "inferred",
    "推断": "inferred",
}
MODES = ("auto", "mixed", "evidence")
TEXTS = (
    "level1_certainty", "definition", "requirement_text", "source_url", "source_url_supports", "evidence_strength", "completeness",
    "platform_data", "evidence_files",
)  # fmt: skip
KNOWN = {
    "id",
    "tier",
    "level1",
    "seq",
    "name",
    "metric_ids",
    "thresholds",
    "certainty",
    "measure_mode",
    "weight",
    *TEXTS,
}
KNOWN_BOUND = {"metric_id", "op", "value", "unit", "certainty", "source", "note"}
KNOWN_META = {
    "title", "issued_with", "authority", "issued_on", "tiers", "table_columns_on_source_page", "official_indicator_count",
    "source_page", "evidence_strength_values", "note",
}  # fmt: skip
INFERRED_MARK = "[INFERRED]"


def read_yaml(content: bytes) -> Read:
    """The system in a YAML document of the form of `data/indicators.yaml`."""
    import yaml

    if len(content) > LARGEST_YAML:
        return _refused("form", reason=f"> {LARGEST_YAML >> 20} MB")
    try:
        text = content.decode("utf-8-sig")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            return _refused("form", reason="YAML aliases")  # a few lines of them unfold to more than any memory holds
        document = yaml.safe_load(text)
    except UnicodeDecodeError:
        return _refused("form", reason="UTF-8")
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        return _refused("form", reason=f"YAML, line {mark.line + 1}" if mark else "YAML")
    if not isinstance(document, dict):
        return _refused("form", reason="YAML")
    return read(document)


def read(document: Mapping[Any, Any]) -> Read:
    """The system in a document of plain values: `meta` and `indicators`."""
    found: list[Finding] = []
    meta = document.get("meta", {})
    if not isinstance(meta, dict):
        found.append(finding("meta", "type", field="meta", wanted="一组栏目", wanted_en="a mapping", found=meta))
        meta = {}
    found += [finding("meta", "unknown_field", found=name) for name in meta if name not in KNOWN_META]
    unknown = [name for name in document if name not in ("meta", "indicators")]
    found += [finding("", "unknown_field", found=name) for name in unknown]
    title = _text(found, "meta", meta, "title")
    if not title:
        found.append(finding("meta", "title"))
    given = document.get("indicators")
    if not isinstance(given, list) or not given:
        return Read(None, (*found, finding("", "empty")))
    if len(given) > MOST:
        return Read(None, (*found, finding("", "many", most=MOST)))
    read_ones = [_indicator(found, serial, each) for serial, each in enumerate(given, start=1)]
    found += _together(given, [each for each in read_ones if each is not None])
    issued_on = _day(found, meta)
    if found:
        return Read(None, tuple(found))
    system = SystemDraft(
        title=title,
        indicators=tuple(each for each in read_ones if each is not None),
        authority=_text(found, "meta", meta, "authority"),
        document=_text(found, "meta", meta, "issued_with"),
        issued_on=issued_on,
        source=_text(found, "meta", meta, "source_page"),
    )
    return Read(None if found else system, tuple(found))


def _refused(code: str, **params: Any) -> Read:
    return Read(None, (finding("", code, **params),))


def _together(given: Sequence[Any], indicators: Sequence[IndicatorDraft]) -> list[Finding]:
    """What is wrong with the indicators as a whole: ids twice, numbers twice, a tier without any."""
    ids = Counter(as_told(each.get("id")).strip() for each in given if isinstance(each, dict) and each.get("id"))
    found = [finding(code, "duplicate", found=code) for code, times in ids.items() if times > 1]
    numbers = Counter((each.tier, each.seq) for each in indicators if each.seq is not None)
    found += [finding(TIER_NAMES[t].zh, "seq", found=seq) for (t, seq), times in numbers.items() if times > 1]
    words = {
        LEVEL_WORDS.get(as_told(each.get("tier")).strip())
        for each in given
        if isinstance(each, dict) and each.get("tier")
    }
    lacking = [TIER_NAMES[tier] for tier in TIERS if tier not in words]
    return found + [finding("", "missing_tier", found=name.zh, found_en=name.en) for name in lacking]


def _indicator(found: list[Finding], serial: int, given: Any) -> IndicatorDraft | None:
    """One indicator; what is wrong with it goes to `found`."""
    if not isinstance(given, dict):
        found.append(
            finding(f"#{serial}", "type", field="indicator", wanted="一组栏目", wanted_en="a mapping", found=given)
        )
        return None
    before = len(found)
    code = _text(found, f"#{serial}", given, "id", needed=True)
    where = code or f"#{serial}"
    found += [finding(where, "unknown_field", found=name) for name in given if name not in KNOWN]
    tier = LEVEL_WORDS.get(_text(found, where, given, "tier", needed=True))
    if tier is None and given.get("tier"):
        found.append(finding(where, "tier", found=given["tier"]))
    level1 = _text(found, where, given, "level1", needed=True)
    name = _text(found, where, given, "name", needed=True)
    mode = _text(found, where, given, "measure_mode", needed=True)
    if mode and mode not in MODES:
        found.append(finding(where, "mode", found=mode))
    texts = {field: _text(found, where, given, field) for field in TEXTS}
    certainty = _certainty(found, where, given.get("certainty", "inferred"))
    level1_certainty = _certainty(found, where, texts["level1_certainty"] or "inferred")
    bounds = _bounds(found, where, given)
    seq, weight = _seq(found, where, given.get("seq")), _weight(found, where, given.get("weight"))
    if len(found) > before:
        return None
    return IndicatorDraft(
        code=code, tier=cast(Tier, tier), level1=level1, name=name, mode=mode, bounds=bounds, level1_certainty=level1_certainty,
        seq=seq, definition=texts["definition"], requirement=texts["requirement_text"].removeprefix(INFERRED_MARK).strip(),
        weight=weight, records=texts["platform_data"], evidence_wanted=texts["evidence_files"], certainty=certainty,
        strength=texts["evidence_strength"], completeness=texts["completeness"], source=texts["source_url"],
        source_supports=texts["source_url_supports"],
    )  # fmt: skip


def _bounds(found: list[Finding], where: str, given: Mapping[Any, Any]) -> tuple[BoundDraft, ...]:
    listed = given.get("thresholds")
    if not isinstance(listed, list) or not listed:
        found.append(finding(where, "no_bounds"))
        return ()
    read_ones = [_bound(found, where, each) for each in listed]
    on = Counter(as_told(each.get("metric_id")) for each in listed if isinstance(each, dict))
    found += [finding(where, "duplicate_bound", found=metric) for metric, times in on.items() if times > 1]
    named = given.get("metric_ids")
    if named is not None and (not isinstance(named, list) or {as_told(each) for each in named} != set(on)):
        found.append(finding(where, "metrics_differ"))
    return tuple(each for each in read_ones if each is not None)


def _bound(found: list[Finding], where: str, given: Any) -> BoundDraft | None:
    if not isinstance(given, dict):
        found.append(finding(where, "type", field="thresholds", wanted="一组栏目", wanted_en="a mapping", found=given))
        return None
    before = len(found)
    found += [finding(where, "unknown_field", found=name) for name in given if name not in KNOWN_BOUND]
    metric = _text(found, where, given, "metric_id", needed=True)
    known = metrics().get(metric)
    if metric and known is None:
        found.append(finding(where, "metric", found=metric))
    op = operator_of(_text(found, where, given, "op", needed=True))
    if op is None and given.get("op"):
        found.append(finding(where, "operator", found=given["op"]))
    if known is None or op is None:
        return None
    unit = unit_of(_text(found, where, given, "unit")) if given.get("unit") else known.unit
    if unit != known.unit:
        found.append(finding(where, "unit", metric=metric, wanted=known.unit, found=given.get("unit")))
    value = _value(found, where, given.get("value"), known.unit)
    if known.unit == "bool" and op != "==":
        found.append(finding(where, "yes_no", metric=metric))
    certainty = _certainty(found, where, given.get("certainty", "inferred"))
    note, source = _text(found, where, given, "note"), _text(found, where, given, "source")
    if len(found) > before:
        return None
    return BoundDraft(Bound(metric, op, value, known.unit), certainty, note, source)


def _value(found: list[Finding], where: str, given: Any, unit: Unit) -> Decimal | None:
    """The value of a bound; None is not known. Yes and no are 1 and 0."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if unit == "bool":
        said = {"是": True, "否": False, "true": True, "false": False}.get(as_told(given).strip().lower())
        if said is None:
            found.append(finding(where, "type", field="value", wanted="是或否", wanted_en="yes or no", found=given))
            return None
        return Decimal(int(said))
    value = _number(given)
    if value is None:
        found.append(finding(where, "type", field="value", wanted="数字", wanted_en="a number", found=given))
        return None
    problem = out_of_range(value, unit)
    if problem is not None:
        found.append(finding(where, problem, found=given))
    return value


def out_of_range(value: Decimal, unit: Unit) -> str | None:
    """What is wrong with a value of a unit, as the code of a finding."""
    if unit == "%":
        return None if 0 <= value <= 100 else "percent"
    if value < 0:
        return "negative"
    if value >= LARGEST:
        return "large"
    return "whole" if unit in ("count", "bool") and value != value.to_integral_value() else None


def _number(given: Any) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str | Decimal):
        return None
    try:
        value = Decimal(str(given).strip())
    except (InvalidOperation, ValueError):
        return None
    return value if value.is_finite() else None


def _seq(found: list[Finding], where: str, given: Any) -> int | None:
    if given is None or given == "":
        return None
    value = _number(given)
    if value is None or value != value.to_integral_value() or not 0 < value < 1000:
        found.append(
            finding(
                where,
                "type",
                field="seq",
                wanted="1 至 999 的整数",
                wanted_en="a whole number from 1 to 999",
                found=given,
            )
        )
        return None
    return int(value)


def _weight(found: list[Finding], where: str, given: Any) -> Decimal | None:
    if given is None or given == "":
        return None
    value = _number(given)
    if value is None or not 0 <= value <= 1000:
        found.append(
            finding(
                where,
                "type",
                field="weight",
                wanted="0 至 1000 的数字",
                wanted_en="a number from 0 to 1000",
                found=given,
            )
        )
        return None
    return value


def _certainty(found: list[Finding], where: str, given: Any) -> str:
    said = CERTAINTIES.get(as_told(given).strip())
    if said is None:
        found.append(finding(where, "certainty", found=given))
        return "inferred"
    return said


def _day(found: list[Finding], meta: Mapping[Any, Any]) -> date | None:
    given = meta.get("issued_on")
    if given is None or isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given).strip())
    except ValueError:
        found.append(finding("meta", "type", field="issued_on", wanted="日期", wanted_en="a date", found=given))
        return None


def _text(found: list[Finding], where: str, given: Mapping[Any, Any], field: str, needed: bool = False) -> str:
    """A field's text; a number stands for itself, anything else is told."""
    value = given.get(field)
    if value is None or value == "":
        if needed:
            found.append(finding(where, "missing", field=field))
        return ""
    if (
        isinstance(value, bool)
        or not isinstance(value, str | int | float)
        or (isinstance(value, int) and abs(value) > LARGEST)
    ):
        found.append(finding(where, "type", field=field, wanted="文字", wanted_en="a text", found=value))
        return ""
    text = as_told(value).strip()
    most = LONGEST.get(field, LONGEST_TEXT)
    if len(text) > most:
        found.append(finding(where, "long", field=field, most=most))
        return ""
    if "\x00" in text:
        found.append(finding(where, "type", field=field, wanted="文字", wanted_en="a text", found="NUL"))
        return ""
    return text
