"""Tables of the books: accounts, sources, budgets, parties, months, entries with their lines."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7

from .. import rules


class Account(models.Model):
    """An account of the books (会计科目). `money`: its balance is money in hand; `capital`: what is bought for years."""

    code = models.TextField(primary_key=True, db_collation="C")
    name_zh = models.TextField()
    name_en = models.TextField()
    kind = models.TextField()
    money = models.BooleanField(default=False)
    capital = models.BooleanField(default=False)

    class Meta:
        app_label = "funding"
        db_table = "funding_account"
        constraints = [models.CheckConstraint(condition=Q(kind__in=list(rules.ACCOUNT_KINDS)), name="account_kind")]


class Source(models.Model):
    """Where money comes from (资金来源): its rules, the days on which it may be booked on, what it is earmarked for (专款专用).

    `spend_accounts`: the accounts it may be spent on; none named, on any. `certainty` and `origin` say how sure `terms` are
    and from which text. `version` rises with each change; replaced images are in its history.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.TextField()
    name = models.TextField()
    terms = models.TextField(default="")
    earmark = models.TextField(default="")
    spend_accounts = ArrayField(models.TextField(), default=list)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # its last day
    certainty = models.TextField(default="local")
    origin = models.TextField(default="")
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    changed_by_name = models.TextField(default="")

    class Meta:
        app_label = "funding"
        db_table = "funding_source"
        constraints = [
            models.UniqueConstraint(fields=["name"], name="funding_source_name"),
            models.CheckConstraint(condition=Q(kind__in=list(rules.SOURCE_KINDS)), name="funding_source_kind"),
            models.CheckConstraint(condition=Q(certainty__in=rules.CERTAINTIES), name="funding_source_certainty"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="funding_source_days"
            ),
        ]


class Party(models.Model):
    """Who is paid or pays (往来单位): an operator, a supplier, a payer. A legal entity, never a person."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.TextField()
    name = models.TextField()
    credit_code = models.TextField(default="", db_collation="C")  # 统一社会信用代码 (GB 32100)
    note = models.TextField(default="")
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        app_label = "funding"
        db_table = "funding_party"
        constraints = [
            models.UniqueConstraint(fields=["name"], name="funding_party_name"),
            models.CheckConstraint(condition=Q(kind__in=list(rules.PARTY_KINDS)), name="funding_party_kind"),
        ]


class Budget(models.Model):
    """What may be spent of a source in a year in an area (预算指标), in CNY; the areas below are within it.

    Several of the same source, year and area add up: what is granted later (追加) is a row of its own, and areas that are merged
    bring theirs with them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="budgets")
    year = models.SmallIntegerField()
    area_code = AreaCodeField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    note = models.TextField(default="")
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    changed_by_name = models.TextField(default="")

    class Meta:
        app_label = "funding"
        db_table = "funding_budget"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="budget_amount"),
        ]
        indexes = [models.Index(fields=["area_code", "year"], name="budget_area")]


class Period(models.Model):
    """An accounting month (会计期间, 202611) with entries: its last number, and when it was closed for good."""

    month = models.IntegerField(primary_key=True)
    last_number = models.IntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(default="")
    closed_by_name = models.TextField(default="")

    class Meta:
        app_label = "funding"
        db_table = "funding_period"


class Entry(models.Model):
    """An entry (凭证) of one area and one source; its lines balance. Posted, it is never changed: the database refuses.

    Numbered without gaps within its month. `reverses`: the entry it undoes (冲销), which is undone once at most.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    month = models.IntegerField()
    number = models.IntegerField()
    booked_on = models.DateField()
    area_code = AreaCodeField()
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="entries")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="entries")
    text = models.TextField()
    document = models.TextField(default="")  # 原始凭证号
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    posted_at = models.DateTimeField()
    posted_by = models.TextField()
    posted_by_name = models.TextField(default="")

    class Meta:
        app_label = "funding"
        db_table = "funding_entry"
        constraints = [models.UniqueConstraint(fields=["month", "number"], name="entry_number")]
        indexes = [
            models.Index(fields=["area_code", "booked_on", "id"], name="entry_area"),
            models.Index(fields=["booked_on", "id"], name="entry_day"),
        ]


class BookLine(models.Model):
    """A line of an entry: an amount on one side of an account, in CNY."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lines")
    position = models.SmallIntegerField()
    area_code = AreaCodeField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines")
    debit = models.DecimalField(max_digits=16, decimal_places=2)
    credit = models.DecimalField(max_digits=16, decimal_places=2)
    note = models.TextField(default="")

    class Meta:
        app_label = "funding"
        db_table = "funding_line"
        constraints = [
            models.UniqueConstraint(fields=["entry", "position"], name="line_position"),
            models.CheckConstraint(condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0), name="line_one_side"),
        ]
