"""Tables of facilities that earn: the facility, the contract with its operator, usage by month, settlements."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7

from ..books.models import Entry, Party, Source
from ..rules import operating as rules


class Facility(models.Model):
    """A facility of a community (充电桩, 快递柜 …): what was invested, what its upkeep is planned to cost a year, in CNY."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    kind = models.TextField()
    name = models.TextField()
    opened_on = models.DateField()
    invested = models.DecimalField(max_digits=16, decimal_places=2)
    yearly_upkeep = models.DecimalField(max_digits=16, decimal_places=2)
    life_years = models.SmallIntegerField(default=10)
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        app_label = "funding"
        db_table = "funding_facility"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(rules.FACILITY_KINDS)), name="facility_kind"),
            models.CheckConstraint(condition=Q(life_years__gt=0), name="facility_life"),
        ]
        indexes = [models.Index(fields=["area_code", "id"], name="facility_area")]


class RevenueContract(models.Model):
    """By which an operator pays for a facility: `rate` CNY a month, a kWh or a parcel, from `valid_from` to `valid_until`.

    `rate` is the first one; what was agreed since are `RevenueTerms`. `numbered_by`: the town, or the district, whose keeper
    numbered it when it was entered. `cancelled_on`: it never held; `reason`: why it was cancelled or ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="contracts")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    kind = models.TextField()
    number = models.TextField()
    rate = models.DecimalField(max_digits=14, decimal_places=6)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    numbered_by = models.TextField()
    cancelled_on = models.DateField(null=True)
    reason = models.TextField(default="")
    version = models.IntegerField(default=1)
    changed_by_name = models.TextField(default="")

    class Meta:
        app_label = "funding"
        db_table = "funding_revenue_contract"
        constraints = [
            models.UniqueConstraint(
                fields=["numbered_by", "number"], condition=Q(cancelled_on=None), name="revenue_contract_number"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(rules.KINDS)), name="revenue_kind"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="revenue_rate"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="revenue_days"
            ),
        ]
        indexes = [models.Index(fields=["area_code", "id"], name="revenue_area")]


class RevenueTerms(models.Model):
    """What was agreed later with an operator: another `rate` from the first day of a month on, and to when the contract runs.
    Months settled before stay as they were settled."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    contract = models.ForeignKey(RevenueContract, on_delete=models.PROTECT, related_name="terms")
    since = models.DateField()
    rate = models.DecimalField(max_digits=14, decimal_places=6)
    valid_until = models.DateField(null=True)
    reason = models.TextField()
    agreed_at = models.DateTimeField()
    agreed_by_name = models.TextField(default="")

    class Meta:
        app_label = "funding"
        db_table = "funding_revenue_terms"
        constraints = [models.CheckConstraint(condition=Q(rate__gt=0), name="revenue_terms_rate")]


class Usage(models.Model):
    """What an operator's facility was used in a month, in the contract's unit, as the operator's figures say."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    contract = models.ForeignKey(RevenueContract, on_delete=models.PROTECT, related_name="usage")
    month = models.IntegerField()
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    origin = models.TextField(default="")
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()

    class Meta:
        app_label = "funding"
        db_table = "funding_usage"
        constraints = [
            models.UniqueConstraint(fields=["contract", "month"], name="usage_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="usage_quantity"),
        ]


class Settlement(models.Model):
    """What a month of a contract was settled to, with the figures it was reckoned from. It counts as long as its entry is not
    reversed; then the month may be settled again."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    contract = models.ForeignKey(RevenueContract, on_delete=models.PROTECT, related_name="settlements")
    month = models.IntegerField()
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    rate = models.DecimalField(max_digits=14, decimal_places=6)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="settlement")
    settled_at = models.DateTimeField()
    settled_by_name = models.TextField(default="")

    class Meta:
        app_label = "funding"
        db_table = "funding_settlement"
        indexes = [models.Index(fields=["contract", "month"], name="settlement_month")]
