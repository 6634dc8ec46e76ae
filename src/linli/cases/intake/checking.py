"""The checks of a sheet's rows, column by column: what they say becomes canonical columns, what is wrong a finding."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from django.conf import settings

from linli.access.calendar.queries import work_calendar
from linli.intake.checking.collect import Collector
from linli.intake.checking.columns import Columns
from linli.intake.checking.context import CheckContext
from linli.intake.checking.homes import check_homes
from linli.intake.mapping import Mapping
from linli.kernel import clock
from linli.kernel.actors import system
from linli.kernel.scope import acting
from linli.kernel.worktime import OutsideCalendar, seconds_of
from linli.registry.phones import read_phones

from ..categories.rules import KIND_NAMES
from ..clocks.many import due_many
from ..clocks.rules import Clock, Kind
from ..engine.report import AHEAD, LONGEST_NAME, LONGEST_PLACE, LONGEST_TEXT
from . import directory
from .fields import HISTORIES, ORDERS, TARGETS
from .origins import elsewhere
from .times import read_limits, read_moments

LABELS = {target.name: target for kind in (ORDERS, HISTORIES) for target in TARGETS[kind]}
YES = {
    "是",
    "紧急",
    "特急",
    "加急",
    "急",
    "特别紧急",
    "非常紧急",
    "突发",
    "保密",
    "需要保密",
    "需保密",
    "匿名",
    "y",
    "yes",
    "1",
    "true",
}
NO = {
    "否",
    "一般",
    "普通",
    "正常",
    "不紧急",
    "不急",
    "平急",
    "平",
    "公开",
    "不保密",
    "无需保密",
    "n",
    "no",
    "0",
    "false",
}
GOOD = {"满意", "非常满意", "基本满意", "比较满意", "很满意", "已解决", "解决", "基本解决", "是", "y", "yes", "1"}
BAD = {"不满意", "非常不满意", "很不满意", "未解决", "没有解决", "否", "n", "no", "0"}
UNSAID = {"", "无", "未评价", "未回访", "未知", "一般", "-", "--", "/", "不详", "默认", "无法联系"}
SOURCES = {
    "hotline": ("12345", "热线", "工单", "来电"), "camera": ("视频", "监控", "抓拍"), "sensor": ("传感", "物联", "感知"),
    "visit": ("走访", "入户"), "resident": ("群众", "居民", "市民", "随手拍", "来访", "公众", "微信"),
    "superior": ("上级", "交办", "领导", "督办"), "collector": ("网格", "巡查", "监督员", "采集员", "信息员"),
}  # fmt: skip
#: The steps of a case with a time, in their order.
STEPS = ("case_at", "case_filed", "case_dispatched", "case_handled", "case_closed")


def check_order(columns: Columns, mapping: Mapping, context: CheckContext, collector: Collector) -> pl.DataFrame:
    """Rows of orders of the hotline."""
    row = _Row(columns, context, collector)
    out = _shared(row, in_use=True) | check_homes(columns, mapping, context, collector)
    out["text"] = _titled(row, out["text"])
    out["urgent"] = row.flag("case_urgency", ("紧急", "urgent"))
    out["confidential"] = row.flag("case_confidential", ("保密", "confidential"))
    return _withheld(row, _finished(row, out))


def check_history(columns: Columns, mapping: Mapping, context: CheckContext, collector: Collector) -> pl.DataFrame:
    """Rows of closed cases of an earlier system."""
    row = _Row(columns, context, collector)
    out = _shared(row, in_use=False) | check_homes(columns, mapping, context, collector)
    for name in STEPS[1:]:
        out[name] = row.moment(name)
    row.need("case_at", "case.at_missing")
    row.need("case_closed", "case.not_closed")
    _in_order(row, out)
    out["source"] = row.source_of_case()
    out["result"] = row.text("case_result", LONGEST_TEXT).fill_null("")
    out["satisfied"], out["solved"] = row.answer("case_satisfied"), row.answer("case_solved")
    return _finished(row, out)


class _Row:
    """The columns of a slice, read field by field; findings go to the collector."""

    def __init__(self, columns: Columns, context: CheckContext, collector: Collector) -> None:
        self.columns, self.context, self._collector = columns, context, collector

    def raw(self, name: str) -> pl.Series:
        """The cells of a field without spaces around them; null for blank ones."""
        values = self.columns.get(name)
        if values is None:
            return self.columns.empty()
        text = values.str.strip_chars(" \u3000\t\r\n")
        return pl.select(pl.when(text != "").then(text)).to_series()

    def tell(self, code: str, where: pl.Series, name: str, **more: object) -> None:
        """A finding in the cell of a field where `where` holds."""
        values, source = self.columns.get(name), self.columns.source(name)
        self._collector.cells(code, where, field=name, column=source, values=values, params=more or None)

    def ambiguous(self, found: directory.Found) -> None:
        """A finding where the word for a category may mean several, with what it may mean and how to say which."""
        values, where = self.raw("case_category"), found.why == "ambiguous"
        told = [found.meant.get(value, ()) for value in values.to_list()]
        each = pl.DataFrame(
            {
                "candidates": ["、".join(f"{KIND_NAMES[c.kind].zh} {c.code} {c.name}" for c in one) for one in told],
                "candidates_en": [
                    ", ".join(f"{KIND_NAMES[c.kind].en.lower()} {c.code} {c.name}" for c in one) for one in told
                ],
                "example": [f"{one[0].code}{one[0].name}" if one else "" for one in told],
            },
            schema=dict.fromkeys(("candidates", "candidates_en", "example"), pl.String),
        )
        self._collector.cells(
            "category.ambiguous", where, field="case_category", column=self.columns.source("case_category"),
            values=self.columns.get("case_category"), each=each,
        )  # fmt: skip

    def need(self, name: str, code: str) -> None:
        """A finding where a field is blank."""
        self.tell(code, self.raw(name).is_null(), name)

    def text(self, name: str, most: int) -> pl.Series:
        """A text of bounded length."""
        text = self.raw(name)
        self.tell("case.too_long", text.str.len_chars() > most, name, limit=most)
        return text

    def number(self) -> pl.Series:
        """The number at the source, in the form numbers are compared in."""
        text = self.raw("case_no").str.normalize("NFKC").str.replace_all(r"\s", "").str.to_uppercase()
        cut = self.columns.rounded.get("case_no")
        lost = cut if cut is not None else self.columns.empty(pl.Boolean).fill_null(False)
        label = LABELS["case_no"]
        self.tell("number.rounded", lost, "case_no", label=label.zh, label_en=label.en)
        self.tell("case.no_missing", text.is_null() & ~lost, "case_no")
        return pl.select(pl.when(~lost).then(text.str.replace(r"\.0$", ""))).to_series()

    def moment(self, name: str) -> pl.Series:
        """A moment that has passed."""
        values = self.columns.get(name)
        if values is None:
            return self.columns.empty(pl.Int64)
        found = read_moments(values, latest=_now() + int(AHEAD.total_seconds()))
        for code in found.wrong.drop_nulls().unique(maintain_order=True):
            self.tell(code, found.wrong == code, name)
        return found.value

    def due(self, since: pl.Series) -> tuple[pl.Series, pl.Series]:
        """By when it is to be handled: a moment, or so long after `since` (now where that is not known); and what was said,
        in a form that is the same tomorrow."""
        written = self.raw("case_due")
        found, limits = read_moments(written, latest=None, whole_days_end=True), read_limits(written)
        lasts = limits.amount.is_not_null() & limits.clock.is_not_null()
        self.tell("limit.form", found.wrong.is_not_null() & ~lasts, "case_due")
        value, said = found.value, found.value.cast(pl.String)
        if lasts.any():
            value = value.fill_null(_after(since.fill_null(_now()), limits.amount, limits.clock, lasts))
            said = said.fill_null(pl.select(pl.concat_str(limits.amount.cast(pl.String), limits.clock)).to_series())
        return value, said

    def flag(self, name: str, said: tuple[str, str]) -> pl.Series:
        """Yes or no; what is not understood counts as yes, which is `said`."""
        text = self.raw(name).str.normalize("NFKC").str.to_lowercase()
        lost = text.is_not_null() & ~text.is_in([*YES, *NO, *UNSAID])
        self.tell("word.unknown", lost, name, taken=said[0], taken_en=said[1])
        return (text.is_in(list(YES)) | lost).fill_null(False)

    def answer(self, name: str) -> pl.Series:
        """What the reporter said; null where nobody asked."""
        text = self.raw(name).str.normalize("NFKC").str.to_lowercase()
        lost = text.is_not_null() & ~text.is_in([*GOOD, *BAD, *UNSAID])
        self.tell("word.unknown", lost, name, taken="未评价", taken_en="not answered")
        good, bad = text.is_in(list(GOOD)), text.is_in(list(BAD))
        return pl.select(pl.when(good).then(True).when(bad).then(False)).to_series()

    def source_of_case(self) -> pl.Series:
        """The door an old case came through. What is not understood counts as from above, which no ratio asks about."""
        text = self.raw("case_source").str.normalize("NFKC")
        found = pl.lit(None, pl.String)
        for source, signs in reversed(SOURCES.items()):
            found = (
                pl.when(pl.col("text").str.contains_any(list(signs)).fill_null(False))
                .then(pl.lit(source))
                .otherwise(found)
            )
        told = pl.DataFrame({"text": text}).select(found.alias("found")).to_series()
        self.tell(
            "word.unknown", text.is_not_null() & told.is_null(), "case_source", taken="上级交办", taken_en="from above"
        )
        return told.fill_null("superior")


def _shared(row: _Row, *, in_use: bool) -> dict[str, pl.Series]:
    """What both kinds of sheet say."""
    context, key = row.context, row.number()
    category, unit = row.raw("case_category"), row.raw("case_unit")
    with acting(system("checking", settings.LINLI_DISTRICT)):
        of_category = directory.categories(category, context.source, in_use=in_use)
        of_unit = directory.units(unit, context.source, context.areas.gazetteer.district.name)
        foreign = elsewhere(key, context.source, context.allowed)
    for why, code in (
        ("unknown", "category.unknown"),
        ("closed", "category.closed"),
        ("restricted", "case.restricted"),
    ):
        row.tell(code, of_category.why == why, "case_category")
    row.ambiguous(of_category)
    row.tell("unit.unknown", of_unit.why == "unknown", "case_unit")
    row.tell("case.elsewhere", key.is_in(foreign.implode()), "case_no")
    row.need("case_text", "case.text_missing")
    at = row.moment("case_at")
    due, due_said = row.due(at)
    name, phone = row.raw("case_reporter"), row.raw("case_phone")
    read = read_phones(phone, demo=True)
    wrong = read.wrong.is_not_null()
    row.tell("phone.left", wrong, "case_phone")
    row.tell("name.left", name.str.len_chars() > LONGEST_NAME, "case_reporter")
    return {
        "key": key, "case_at": at, "due": due, "due_said": due_said, "text": row.text("case_text", LONGEST_TEXT),
        "category_text": category, "category_id": of_category.id, "unit_text": unit, "unit_id": of_unit.id,
        "reporter": pl.select(pl.when(name.str.len_chars() <= LONGEST_NAME).then(name)).to_series(),
        "phone": pl.select(pl.when(~wrong).then(read.number)).to_series(),
        "place_text": row.text("home_text", LONGEST_PLACE).fill_null(""),
    }  # fmt: skip


def _titled(row: _Row, text: pl.Series) -> pl.Series:
    """The title before the text, unless the text begins with it or there is no room."""
    title = row.raw("case_title")
    frame = pl.DataFrame({"title": title, "text": text})
    joined = pl.concat_str("title", pl.lit("\n"), "text")
    fits = joined.str.len_chars() <= LONGEST_TEXT
    said = pl.col("text").str.starts_with(pl.col("title"))
    return frame.select(
        pl.when(fits.fill_null(False) & ~said.fill_null(True)).then(joined).otherwise("text")
    ).to_series()


def _withheld(row: _Row, frame: pl.DataFrame) -> pl.DataFrame:
    """Of a reporter who is not to be known neither name nor phone go further, nor where the text repeats them."""
    hidden = frame["confidential"] & (frame["reporter"].is_not_null() | frame["phone"].is_not_null())
    row.tell("confidential.left", hidden, "case_confidential")
    if not frame["confidential"].any():
        return frame

    def without(column: str) -> pl.Expr:
        bare = pl.col("text").str.split(by=pl.col(column)).list.join("***")
        told = pl.col("confidential") & (pl.col(column).str.len_chars() >= 2)
        return pl.when(told.fill_null(False)).then(bare).otherwise("text").alias("text")

    blank = [pl.when(~pl.col("confidential")).then(name).alias(name) for name in ("reporter", "phone")]
    return frame.with_columns(without("reporter")).with_columns(without("phone")).with_columns(blank)


def _in_order(row: _Row, out: dict[str, pl.Series]) -> None:
    """No step comes before the one in front of it."""
    frame = pl.DataFrame({name: out[name] for name in STEPS})
    for nth, name in enumerate(STEPS[1:], start=1):
        earlier = frame.select(pl.max_horizontal(*STEPS[:nth])).to_series()
        row.tell("moment.order", frame[name] < earlier, name)


def _finished(row: _Row, out: dict[str, pl.Series]) -> pl.DataFrame:
    wanted = {name: values for name, values in out.items() if not name.startswith("home_")}
    frame = pl.DataFrame({"row": row.columns.rows, **wanted})
    blank = [pl.lit(None, pl.Float64).alias(name) for name in ("lon", "lat") if name not in frame.columns]
    return frame.with_columns(blank)


def _after(since: pl.Series, amount: pl.Series, kinds: pl.Series, where: pl.Series) -> pl.Series:
    """So much after a moment, each by its own clock; null where the calendar does not reach."""
    told = pl.DataFrame({"since": since, "amount": amount, "kind": kinds}).filter(where)
    clocks = [Clock(Kind(kind), at, int(n)) for at, n, kind in told.iter_rows() if n]
    found: Iterable[int | None]
    try:
        found = (
            due_many(clocks, work_calendar().calendar).tolist() if len(clocks) == told.height else [None] * told.height
        )
    except OutsideCalendar:
        found = [None] * told.height
    out = np.full(since.len(), None, dtype=object)
    out[where.to_numpy()] = list(found)
    return pl.Series(out.tolist(), dtype=pl.Int64)


def _now() -> int:
    return seconds_of(clock.now())
