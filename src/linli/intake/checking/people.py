"""The checks of one person's facts: name, identity, sex, birth, phone, coded values."""

from __future__ import annotations

import polars as pl

from linli.registry.identity import Identities, read_identities
from linli.registry.phones import read_phones

from ..fields import BY_NAME, TARGETS, Target
from .codes import read_codes
from .collect import Collector
from .columns import Columns
from .context import CheckContext
from .dates import Dates, read_dates

# Han letters with the middle dot of transcribed names, Latin ones for foreigners; 〇 is written in given names.
NAME = (
    r"^[\p{Han}〇\x{E000}-\x{F8FF}·]{1,40}$|^[\p{Latin}][\p{Latin} .,'’·-]{0,80}$"
    r"|^[\p{Han}·]+[ ]?[(]?[\p{Latin} .'·-]+[)]?$"
)
PRIVATE = r"[\x{E000}-\x{F8FF}]"
DOTS = r"[•・‧∙⋅.．。●]"
OLDEST = 120
HEAD_FIELDS = ("head_name", "former_name")
SAID_CHOICES = 12


def check_people(columns: Columns, context: CheckContext, collector: Collector) -> dict[str, pl.Series]:
    """Canonical columns of the person group that the file fills; findings go to the collector."""
    out: dict[str, pl.Series] = {"name": read_names(columns, "name", collector, required=True)}
    for name in HEAD_FIELDS:
        if name in columns.values:
            out[name] = read_names(columns, name, collector, required=False)
    for target in TARGETS:
        if target.check == "code" and target.name in columns.values and target.code_list in context.codes:
            out[target.name] = read_coded(columns, target, context, collector)
    identity = read_numbers(columns, "id_number", out.get("id_kind"), context, collector)
    if identity is not None:
        out["id_number"], out["id_kind"] = identity.number, identity.kind
        missing = identity.number.is_null() & identity.wrong.is_null()
        collector.cells("id.missing", missing, field="id_number", column=columns.source("id_number"))
    head = read_numbers(columns, "head_id_number", None, context, collector)
    if head is not None:
        out["head_id_number"] = head.number
    _birth_and_sex(columns, identity, out, context, collector)
    _phones(columns, out, context, collector)
    for target in TARGETS:
        if target.name in columns.values and target.check in ("text", "key") and target.name not in out:
            out[target.name] = _plain(columns, target.name, collector)
    if "observed_on" in columns.values:
        found = read_days(columns, "observed_on", context, collector)
        out["observed_on"] = found.value
    return out


def tidy_names(text: pl.Series) -> pl.Series:
    """张　三 as 张三, 阿卜杜拉•买买提 with the standard dot; Latin names keep single spaces."""
    frame = pl.DataFrame({"t": text})
    spaced = pl.col("t").str.replace_all(r"[\s\u{3000}\u{a0}]+", " ").str.strip_chars()
    tidy = (
        spaced.str.replace_all(rf"([\p{{Han}}]) *{DOTS} *", "$1·")
        # Twice, since each match uses up the letter the next one would begin with.
        .str.replace_all(r"([\p{Han}\x{E000}-\x{F8FF}]) ([\p{Han}\x{E000}-\x{F8FF}])", "$1$2")
        .str.replace_all(r"([\p{Han}\x{E000}-\x{F8FF}]) ([\p{Han}\x{E000}-\x{F8FF}])", "$1$2")
        .str.strip_chars("·")
    )
    return frame.select(pl.when(tidy != "").then(tidy)).to_series()


def read_names(columns: Columns, name: str, collector: Collector, *, required: bool) -> pl.Series:
    """A column of names, tidied; what is no name becomes a finding and null."""
    raw = columns.get(name)
    if raw is None:
        raw = columns.empty()
    text, source = tidy_names(raw), columns.source(name)
    if required:
        collector.cells("name.missing", text.is_null(), field=name, column=source)
    bad = ~text.str.contains(NAME)
    collector.cells("name.characters", bad, field=name, column=source, values=raw)
    good = pl.select(pl.when(~bad.fill_null(False)).then(text)).to_series()
    collector.cells("name.private_character", good.str.contains(PRIVATE), field=name, column=source, values=raw)
    if required:
        collector.cells("name.short", good.str.len_chars() == 1, field=name, column=source, values=raw)
    return good


def read_coded(columns: Columns, target: Target, context: CheckContext, collector: Collector) -> pl.Series:
    """A column of coded values as codes; unknown ones become findings that name the choices."""
    name = target.name
    codes = context.codes[target.code_list or ""]
    read = read_codes(columns.values[name], codes)
    choices = "、".join(list(codes.labels)[:SAID_CHOICES]) + ("…" if len(codes.labels) > SAID_CHOICES else "")
    collector.codes(
        read.wrong,
        field=name,
        column=columns.source(name),
        values=columns.values[name],
        params={"label": target.zh, "label_en": target.en, "choices": choices},
    )
    return read.code


def read_numbers(
    columns: Columns, name: str, kinds: pl.Series | None, context: CheckContext, collector: Collector
) -> Identities | None:
    """A column of numbers of documents, None where the file has none."""
    values = columns.get(name)
    if values is None:
        return None
    # A rounded number exported to CSV ends in zeros and fails its check; the words should say what happened.
    zeros = values.str.contains(r"^\d{15}000$").fill_null(False)
    found = read_identities(values, kinds, columns.rounded[name], today=context.today, demo=context.demo)
    lost = zeros & (found.wrong == "id.checksum").fill_null(False)
    wrong = pl.select(pl.when(lost).then(pl.lit("id.rounded")).otherwise(found.wrong)).to_series()
    source = columns.source(name)
    length = pl.DataFrame({"length": values.str.replace_all(r"\s", "").str.len_chars()})
    for code in wrong.drop_nulls().unique(maintain_order=True):
        each = length if code == "id.length" else None
        collector.cells(code, wrong == code, field=name, column=source, values=values, each=each)
    collector.codes(found.note, field=name, column=source, values=values)
    return Identities(found.number, found.kind, found.birth, found.sex, wrong, found.note)


def read_days(
    columns: Columns, name: str, context: CheckContext, collector: Collector, *, ahead: bool = False
) -> Dates:
    """A column of dates; `ahead`: they may lie ahead."""
    values = columns.values[name]
    found = read_dates(values, today=context.today, may_be_future=ahead)
    source = columns.source(name)
    for code in found.wrong.drop_nulls().unique(maintain_order=True):
        if code == "date.partial" and name == "birth":
            continue  # told below, where the identity number may complete it
        each = pl.DataFrame({"partial": found.partial}) if code == "date.partial" else None
        collector.cells(code, found.wrong == code, field=name, column=source, values=values, each=each)
    return found


def _birth_and_sex(
    columns: Columns,
    identity: Identities | None,
    out: dict[str, pl.Series],
    context: CheckContext,
    collector: Collector,
) -> None:
    """Birth and sex against the number, and filled from it where the file leaves them out."""
    says = identity.birth if identity is not None else columns.empty(pl.Date)
    birth = says
    if "birth" in columns.values:
        found, source, raw = (
            read_days(columns, "birth", context, collector),
            columns.source("birth"),
            columns.values["birth"],
        )
        iso = says.dt.strftime("%Y-%m-%d")
        contradicted = (found.value != says) | ~pl.DataFrame({"i": iso, "p": found.partial}).select(
            pl.col("i").str.starts_with(pl.col("p"))
        ).to_series()
        each = pl.DataFrame({"expected": iso})
        collector.cells("birth.differs", contradicted, field="birth", column=source, values=raw, each=each)
        alone = found.partial.is_not_null() & says.is_null()
        told = pl.DataFrame({"partial": found.partial})
        collector.cells("date.partial", alone, field="birth", column=source, values=raw, each=told)
        birth = found.value.fill_null(says) if says.null_count() < says.len() else found.value
    out["birth"] = birth
    limit = context.today.replace(year=context.today.year - OLDEST, day=min(context.today.day, 28))
    old_column = columns.source("birth") or columns.source("id_number")
    collector.cells("birth.very_old", birth < limit, field="birth", column=old_column, params={"age": OLDEST})
    if identity is None:
        return
    sex = out.get("sex")
    if sex is None:
        out["sex"] = identity.sex
        return
    # 0 未知 and 9 未说明 contradict nothing.
    differs = sex.is_in(["1", "2"]) & (sex != identity.sex)
    collector.cells("sex.differs", differs, field="sex", column=columns.source("sex"), values=columns.values["sex"])
    out["sex"] = pl.select(
        pl.when(sex.is_null() | (sex.is_in(["0", "9"]) & identity.sex.is_not_null())).then(identity.sex).otherwise(sex)
    ).to_series()


def _phones(columns: Columns, out: dict[str, pl.Series], context: CheckContext, collector: Collector) -> None:
    values = columns.get("phone")
    if values is None:
        return
    found = read_phones(values, demo=context.demo)
    for codes in (found.wrong, found.note):
        collector.codes(codes, field="phone", column=columns.source("phone"), values=values)
    out["phone"] = found.number


def _plain(columns: Columns, name: str, collector: Collector) -> pl.Series:
    text = columns.values[name].str.replace_all(r"[\s\u{3000}]+", " ").str.strip_chars()
    if BY_NAME[name].check == "key":
        cut = columns.rounded[name]
        label = {"label": BY_NAME[name].zh, "label_en": BY_NAME[name].en}
        collector.cells("number.rounded", cut, field=name, column=columns.source(name), values=text, params=label)
        return pl.select(pl.when(~cut).then(text)).to_series()
    return text
