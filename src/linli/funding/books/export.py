"""The books for the finance office as workbooks: the journal with every line, and a report. Amounts are numbers, no cell a formula."""

from __future__ import annotations

from linli.access import reads
from linli.kernel import area_names
from linli.kernel.actors import Actor
from linli.kernel.errors import Problem, Text
from linli.kernel.workbook import workbook

from . import queries
from .models import BookLine
from .queries import EntryFilter
from .reports import By, Report

MOST = 100_000
JOURNAL = (
    (Text("凭证号", "Number"), 14), (Text("日期", "Date"), 12), (Text("区域代码", "Area code"), 14), (Text("区域", "Area"), 18),
    (Text("资金来源", "Source"), 22), (Text("往来单位", "Party"), 22), (Text("摘要", "Text"), 36), (Text("原始凭证号", "Document"), 18),
    (Text("科目代码", "Account"), 10), (Text("科目", "Account name"), 20), (Text("借方（元）", "Debit (CNY)"), 16),
    (Text("贷方（元）", "Credit (CNY)"), 16), (Text("冲销凭证", "Reverses"), 14), (Text("记账人", "Posted by"), 12),
)  # fmt: skip
FIGURES = (
    ("opening", Text("期初结存", "Opening")), ("received", Text("本期收到", "Received")), ("paid", Text("本期支付", "Paid")),
    ("closing", Text("期末结存", "Closing")), ("income", Text("收入", "Income")), ("expense", Text("费用", "Expense")),
    ("invested", Text("购建资产", "Bought for years")), ("debit", Text("借方发生额", "Debit")), ("credit", Text("贷方发生额", "Credit")),
)  # fmt: skip
#: What a report by each tells; a balance by account is of the debit side.
SHOWN: dict[By, tuple[str, ...]] = {
    "source": ("opening", "received", "paid", "closing", "income", "expense", "invested", "debit", "credit"),
    "area": ("opening", "received", "paid", "closing", "income", "expense", "invested", "debit", "credit"),
    "party": ("received", "paid", "income", "expense", "invested", "debit", "credit"),
    "account": ("opening", "debit", "credit", "closing"),
}
BALANCES = {
    "opening": Text("期初余额（借方为正）", "Opening balance (debit)"), "closing": Text("期末余额（借方为正）", "Closing balance (debit)"),
}  # fmt: skip
KEYS: dict[By, tuple[Text, Text]] = {
    "source": (Text("编号", "Id"), Text("资金来源", "Source")), "area": (Text("区域代码", "Area code"), Text("区域", "Area")),
    "party": (Text("编号", "Id"), Text("往来单位", "Party")), "account": (Text("科目代码", "Account"), Text("科目", "Account name")),
}  # fmt: skip
TOTAL = Text("合计", "Total")
NOBODY = Text("（无往来单位）", "(no party)")


class TooManyEntries(Problem):
    """More lines than a workbook should hold."""

    status, code = 422, "funding.export.too_many"
    text = Text("超过 {most} 行，请缩小月份或区域后再导出。", "More than {most} lines; narrow the months or the area.")


def number(month: int, serial: int) -> str:
    """An entry's number as people write it."""
    return f"{month}-{serial:04}"


def journal(actor: Actor, wanted: EntryFilter, language: str) -> bytes:
    """Every line of the entries a filter names, in the order of their numbers. Raises TooManyEntries."""
    chosen = queries.filtered(actor, wanted).order_by().values("id")
    lines = list(
        BookLine.objects.filter(entry__in=chosen)
        .select_related("entry__source", "entry__party", "entry__reverses", "account")
        .order_by("entry__month", "entry__number", "position")[: MOST + 1]
    )
    if len(lines) > MOST:
        raise TooManyEntries(most=MOST)
    names, english = area_names.names_of({line.entry.area_code for line in lines}), language.startswith("en")
    reads.note("export", "funding.entry", area=wanted.area, count=len(lines))

    def row(line: BookLine) -> list[object]:
        e = line.entry
        return [
            number(e.month, e.number), e.booked_on, e.area_code, names[e.area_code], e.source.name, e.party.name if e.party else "",
            e.text, e.document, line.account_id, line.account.name_en if english else line.account.name_zh, line.debit, line.credit,
            number(e.reverses.month, e.reverses.number) if e.reverses else "", e.posted_by_name,
        ]  # fmt: skip

    head, widths = [text.say(language) for text, _ in JOURNAL], [width for _, width in JOURNAL]
    return workbook(actor, "Journal" if english else "序时账", head, widths, map(row, lines), language)


def report(actor: Actor, found: Report, language: str, area: str | None) -> bytes:
    """A report with its total."""
    reads.note("export", "funding.report", area=area, count=len(found.rows))
    names, words = SHOWN[found.by], dict(FIGURES) | (BALANCES if found.by == "account" else {})
    english = language.startswith("en")
    lines: list[list[object]] = [
        [
            row.key,
            (row.name_en if english else row.name) or NOBODY.say(language),
            *(getattr(row.figures, n) for n in names),
        ]
        for row in found.rows
    ]
    lines.append(["", TOTAL.say(language), *(getattr(found.total, n) for n in names)])
    head = [text.say(language) for text in (*KEYS[found.by], *(words[name] for name in names))]
    title = f"{KEYS[found.by][1].say(language)} {found.first}-{found.last}"
    return workbook(actor, title, head, [16, 24, *[16] * len(names)], lines, language)
