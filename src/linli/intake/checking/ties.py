"""The checks of one row of relations or of tags: whom it is about, and whether it may be stated of them.

The rules are those of stating one by hand (`registry.ties.rules`): 个人信息保护法 第二十八条, 第三十一条 for children under 14;
kinship by GB/T 4761 (secondary).
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from linli.registry.identity import Identities
from linli.registry.phones import read_phones
from linli.registry.ties import rules

from ..fields import BY_KIND, RELATIONS, Target
from .codes import NOTHING, read_codes, word
from .collect import Collector
from .columns import Columns
from .context import CheckContext
from .people import SAID_CHOICES, read_coded, read_days, read_names, read_numbers

TOLD_OF = "id_number"
# What a rule says of a field, as a finding in the cell of which column.
RULES: dict[tuple[str, str], tuple[str, str]] = {
    ("kind", "code"): ("relation.kind_missing", "relation_kind"),
    ("kind", "adult"): ("relation.adult", "relation_kind"),
    ("kinship", "required"): ("relation.kinship_missing", "kinship"),
    ("other_name", "required"): ("relation.other_missing", "other_name"),
    ("other_name", "young"): ("relation.young", "other_name"),
    ("consent_on", "consent"): ("relation.consent_half", "consent_on"),
    ("consent_form", "consent"): ("relation.consent_half", "consent_form"),
    ("consent_on", "guardian"): ("relation.consent_only", "consent_on"),
}


def check_tie(columns: Columns, context: CheckContext, collector: Collector) -> pl.DataFrame:
    """Canonical rows of a slice with their `key`; findings go to the collector."""
    targets = {target.name: target for target in BY_KIND[context.kind]}
    out: dict[str, pl.Series] = {"row": columns.rows, "name": read_names(columns, "name", collector, required=True)}
    for name, target in targets.items():
        if target.check == "code" and name != "tag" and name in columns.values:
            out[name] = read_coded(columns, target, context, collector)
        elif target.check == "date" and name in columns.values:
            out[name] = read_days(columns, name, context, collector, ahead=name == "until").value
    mine = read_numbers(columns, "id_number", out.get("id_kind"), context, collector)
    if mine is not None:
        out["id_number"], out["id_kind"] = mine.number, mine.kind
        missing = mine.number.is_null() & mine.wrong.is_null()
        collector.cells("person.number_missing", missing, field="id_number", column=columns.source("id_number"))
    frame = pl.DataFrame(out).with_columns(pl.lit(context.default_area).alias("area_code"))
    of_relations = context.kind == RELATIONS
    day = "observed_on" if of_relations else "given_on"
    held = pl.col(day) if day in frame.columns else pl.lit(None, pl.Date)
    frame = frame.with_columns(held.fill_null(context.observed_on).alias(day))
    if of_relations:
        return _relations(frame, columns, mine, context, collector)
    return _tags(frame, targets["tag"], columns, context, collector)


def _found(frame: pl.DataFrame, columns: Columns, context: CheckContext, collector: Collector) -> pl.DataFrame:
    """Whom the rows are about. Somebody out of sight gives the finding of somebody unknown."""
    if context.tied is None:
        raise LookupError("rows about people need to know who they are")
    found = context.tied(frame)
    numbered = frame["id_number"].is_not_null()
    source, values = columns.source("id_number"), columns.get("id_number")
    for code, where in (("person.not_found", found["people"] == 0), ("person.several", found["people"] > 1)):
        collector.cells(code, numbered & where, field="id_number", column=source, values=values)
    named = pl.DataFrame({"name": frame["name"], "known": found["person_name"], "former": found["former_name"]})
    differs = (
        named.select((pl.col("name") != pl.col("known")) & pl.col("name").ne_missing(pl.col("former"))).to_series()
        & found["person_id"].is_not_null()
    )
    collector.cells(
        "person.name_differs", differs, field="name", column=columns.source("name"), values=columns.get("name")
    )
    subject = "relation" if context.kind == RELATIONS else "tag"
    told = {"column": source, "values": values, "field": "id_number"}
    for outcome in ("ended", "by_hand"):
        collector.cells(f"{subject}.{outcome}", found["outcome"] == outcome, **told)  # type: ignore[arg-type]
    return found


def _relations(
    frame: pl.DataFrame, columns: Columns, mine: Identities | None, context: CheckContext, collector: Collector
) -> pl.DataFrame:
    other = read_numbers(columns, "other_id_number", None, context, collector)
    more = {"other_name": columns.empty(), "other_phone": columns.empty(), "other_id_number": columns.empty()}
    if "other_name" in columns.values:
        more["other_name"] = read_names(columns, "other_name", collector, required=False)
    if other is not None:
        more["other_id_number"] = other.number
    if "other_phone" in columns.values:
        values = columns.values["other_phone"]
        phones = read_phones(values, demo=context.demo)
        for codes in (phones.wrong, phones.note):
            collector.codes(codes, field="other_phone", column=columns.source("other_phone"), values=values)
        more["other_phone"] = phones.number
    frame = frame.with_columns(series.alias(name) for name, series in more.items())
    stated = [c for c in ("relation_kind", "kinship", "consent_form", "consent_on") if c not in frame.columns]
    frame = frame.with_columns(
        pl.lit(None, pl.Date if c == "consent_on" else pl.String).alias(c) for c in stated
    ).with_columns(pl.coalesce("relation_kind", _kind_by_the_rest(columns)).alias("relation_kind"))
    found = _found(frame, columns, context, collector)
    _against_rules(frame, found, columns, mine, other, context, collector)
    key = pl.concat_str(
        pl.col("id_kind").fill_null(""), "id_number", "relation_kind", pl.coalesce("other_id_number", "other_name"),
        separator="|",
    )  # fmt: skip
    return frame.with_columns(key.alias("key"))


def _kind_by_the_rest(columns: Columns) -> pl.Expr:
    """Where no kind is written: who consented is a guardian, and who has a degree of kinship is kin."""
    consented = pl.col("consent_on").is_not_null() | pl.col("consent_form").is_not_null()
    told = pl.when(consented).then(pl.lit("guardian")).when(pl.col("kinship").is_not_null()).then(pl.lit("kin"))
    written = columns.get("relation_kind")
    return told if written is None else pl.when(pl.lit(written).is_null()).then(told)


def _against_rules(
    frame: pl.DataFrame, found: pl.DataFrame, columns: Columns, mine: Identities | None, other: Identities | None,
    context: CheckContext, collector: Collector,
) -> None:  # fmt: skip
    """What the rules for stating a relation say of each row about somebody who was found."""
    own_births = mine.birth.to_list() if mine is not None else [None] * frame.height
    births = other.birth.to_list() if other is not None else [None] * frame.height
    kinships, forms = frozenset(context.codes["kinship"].codes), frozenset(context.codes["consent_form"].codes)
    problems: dict[tuple[str, str], list[bool]] = {}
    unconsented = [False] * frame.height
    facts = zip(found.iter_rows(named=True), own_births, births, strict=True)
    for place, (row, own_birth, birth) in enumerate(facts):
        if row["person_id"] is None:
            continue
        new = rules.NewRelation(
            row["relation_kind"] or "", row["kinship"], row["other_name"] or "", None, row["consent_on"],
            row["consent_form"], row["other_birth"] or birth,
        )  # fmt: skip
        born: date | None = row["person_birth"] or own_birth
        for problem in rules.check_relation(new, born, kinships, forms, context.today, phone_ok=True):
            if told := RULES.get((problem.field, problem.code)):
                problems.setdefault(told, [False] * frame.height)[place] = True
        is_guardian = new.kind == "guardian" and new.consent_on is None
        unconsented[place] = is_guardian and rules.is_child(born, context.today)
    for (code, field), places in problems.items():
        where = pl.Series(places)
        if code.endswith("_missing") and field in columns.values:  # an unreadable cell is told of already
            where = where & columns.values[field].is_null()
        collector.cells(code, where, field=field, column=columns.source(field), values=columns.get(field))
    collector.cells(
        "relation.consent_missing", pl.Series(unconsented, dtype=pl.Boolean), field="consent_on",
        column=columns.source("consent_on"),
    )  # fmt: skip
    source, values = columns.source("other_id_number"), columns.get("other_id_number")
    self_named = (found["person_id"] == found["other_id"]).fill_null(False) | (
        frame["id_number"] == frame["other_id_number"]
    ).fill_null(False)
    collector.cells("relation.self", self_named, field="other_id_number", column=source, values=values)
    unknown = frame["other_id_number"].is_not_null() & found["other_id"].is_null() & found["person_id"].is_not_null()
    collector.cells(
        "relation.other_not_found", unknown & ~self_named, field="other_id_number", column=source, values=values
    )
    differs = (found["known_name"] != frame["other_name"]).fill_null(False) & ~self_named
    collector.cells(
        "person.name_differs", differs, field="other_name", column=columns.source("other_name"),
        values=columns.get("other_name"),
    )  # fmt: skip


def _tags(
    frame: pl.DataFrame, target: Target, columns: Columns, context: CheckContext, collector: Collector
) -> pl.DataFrame:
    tag = _kinds(target, columns, context, collector)
    frame = frame.with_columns(tag.alias("tag"))
    for name, kind in (("until", pl.Date), ("tag_source", pl.String)):
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, kind).alias(name))
    _departments(frame, columns, context, collector)
    frame = _validity(frame, columns, context, collector)
    _found(frame, columns, context, collector)
    key = pl.concat_str(pl.col("id_kind").fill_null(""), "id_number", "tag", separator="|")
    return frame.with_columns(key.alias("key"))


def _kinds(target: Target, columns: Columns, context: CheckContext, collector: Collector) -> pl.Series:
    """Tags by code or name. What no tag may tell is refused as such, and never shown."""
    values, source = columns.values["tag"], columns.source("tag")
    listed = context.codes["tag"]
    read = read_codes(values, listed)
    unread = {value for value in values.filter(read.code.is_null()).drop_nulls().unique() if word(value) not in NOTHING}
    sensitive = {value: what for value in unread if (what := rules.refused_for(value)) is not None}
    collector.cells(
        "tag.missing", read.code.is_null() & ~values.is_in(list(unread)).fill_null(False), field="tag", column=source
    )
    for what in sorted(set(sensitive.values()), key=lambda text: text.zh):
        own = [value for value, told in sensitive.items() if told == what]
        collector.cells(
            "tag.sensitive",
            values.is_in(own),
            field="tag",
            column=source,
            params={"label": what.zh, "label_en": what.en},
        )
    labels = list(listed.labels)
    choices = "、".join(labels[:SAID_CHOICES]) + ("…" if len(labels) > SAID_CHOICES else "")
    collector.cells(
        "tag.unknown", values.is_in([v for v in unread if v not in sensitive]), field="tag", column=source,
        values=values, params={"choices": choices},
    )  # fmt: skip
    return read.code


def _departments(frame: pl.DataFrame, columns: Columns, context: CheckContext, collector: Collector) -> None:
    """A tag is given by the department of the catalogue: that of the row, else the source of the table."""
    said = frame["tag_source"].fill_null(context.source)
    due = {code: rule.source for code, rule in context.tags.items()}
    owner = frame["tag"].replace_strict(due, default=None, return_dtype=pl.String)
    names = {code: rule.department for code, rule in context.tags.items()}
    names_en = {code: rule.department_en for code, rule in context.tags.items()}
    each = pl.DataFrame({
        "label": frame["tag"].replace_strict(names, default=None, return_dtype=pl.String),
        "label_en": frame["tag"].replace_strict(names_en, default=None, return_dtype=pl.String),
    })  # fmt: skip
    column = columns.source("tag_source") or columns.source("tag")
    collector.cells("tag.source", said != owner, field="tag_source", column=column, each=each)


def _validity(frame: pl.DataFrame, columns: Columns, context: CheckContext, collector: Collector) -> pl.DataFrame:
    """`until` as the first day on which the tag is no more: what the row says, at most what the catalogue allows."""
    most, first_free = [], []
    for tag, given in frame.select("tag", "given_on").iter_rows():
        rule = context.tags.get(tag)
        most.append(rules.lapses_on(given, rule.months) if rule is not None else None)
    for last in frame["until"].to_list():
        first_free.append(last + timedelta(days=1) if last is not None else None)
    both = pl.DataFrame({"stated": frame["until"], "free": first_free, "most": most, "given": frame["given_on"]},
                        schema_overrides={"free": pl.Date, "most": pl.Date})  # fmt: skip
    lapses = both.select(pl.min_horizontal("free", "most")).to_series()
    source, values = columns.source("until"), columns.get("until")
    each = pl.DataFrame({"expected": both["most"].dt.strftime("%Y-%m-%d")})
    blank = values.is_null() if values is not None else both["stated"].is_null()
    collector.cells(
        "tag.until_missing", blank & both["most"].is_not_null(), field="until", column=source, each=each
    )  # fmt: skip
    beyond = (both["stated"] > both["most"]).fill_null(False)
    collector.cells("tag.until_beyond", beyond, field="until", column=source, values=values, each=each)
    before = (both["stated"] < both["given"]).fill_null(False)
    collector.cells("tag.until_before", before, field="until", column=source, values=values)
    gone = (lapses <= context.today).fill_null(False) & ~before
    column = source or columns.source("given_on")
    collector.cells(
        "tag.lapsed",
        gone,
        field="until",
        column=column,
        each=pl.DataFrame({"expected": lapses.dt.strftime("%Y-%m-%d")}),
    )
    return frame.with_columns(lapses.alias("until"))
