"""Tables of projects: the project, its contract with milestones, payments, and the assets that came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7

from ..books.models import Account, Entry, Party, Source
from ..rules import contracts as rules


class Project(models.Model):
    """Something a community needs (需求) on its way through procurement: tender, award, contract, acceptance.

    `planned`: what it is thought to cost, in CNY. `tender_*` and `award_*` are filled by the steps of those names.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    title = models.TextField()
    need = models.TextField(default="")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    planned = models.DecimalField(max_digits=16, decimal_places=2)
    state = models.TextField(default="need")
    tender_method = models.TextField(default="")
    tender_number = models.TextField(default="")
    tender_on = models.DateField(null=True)
    award_party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    award_amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    award_on = models.DateField(null=True)
    drop_reason = models.TextField(default="")
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    changed_by_name = models.TextField(default="")

    class Meta:
        app_label = "funding"
        db_table = "funding_project"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(rules.STATES)), name="project_state"),
            models.CheckConstraint(condition=Q(tender_method__in=["", *rules.METHODS]), name="project_tender_method"),
        ]
        indexes = [models.Index(fields=["area_code", "id"], name="project_area")]


class Contract(models.Model):
    """A contract by which money is spent: a purchase, or upkeep by time. `amount` in CNY is the most that is paid.

    `account` is what its payments are booked on. `ends_on`: to when it runs; `warranty_until`: to when the supplier mends for free.
    `numbered_by`: the town, or the district, whose keeper numbered it when it was entered. `cancelled_on`: nothing comes of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    project = models.OneToOneField(Project, on_delete=models.PROTECT, null=True, related_name="contract")
    facility = models.ForeignKey(
        "funding.Facility", on_delete=models.PROTECT, null=True, related_name="upkeep_contracts"
    )
    kind = models.TextField()
    number = models.TextField()
    title = models.TextField()
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    signed_on = models.DateField()
    ends_on = models.DateField(null=True)
    warranty_until = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    acceptance = models.TextField(default="")
    numbered_by = models.TextField()
    cancelled_on = models.DateField(null=True)
    cancel_reason = models.TextField(default="")
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    changed_by_name = models.TextField(default="")

    class Meta:
        app_label = "funding"
        db_table = "funding_contract"
        constraints = [
            models.UniqueConstraint(
                fields=["numbered_by", "number"], condition=Q(cancelled_on=None), name="contract_number"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(rules.CONTRACT_KINDS)), name="contract_kind"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="contract_amount"),
        ]
        indexes = [models.Index(fields=["area_code", "id"], name="contract_area")]


class Milestone(models.Model):
    """A part of a contract that is due on a day (付款节点). The parts make the contract's amount exactly."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="milestones")
    position = models.SmallIntegerField()
    name = models.TextField()
    due_on = models.DateField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        app_label = "funding"
        db_table = "funding_milestone"
        constraints = [models.UniqueConstraint(fields=["contract", "position"], name="milestone_position")]


class Payment(models.Model):
    """A payment of a contract; its entry is the payment in the books. It counts as long as the entry is not reversed."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="payments")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, null=True, related_name="payments")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="payment")
    paid_on = models.DateField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        app_label = "funding"
        db_table = "funding_payment"
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount")]


class Asset(models.Model):
    """What was bought, as it was accepted (资产). `cost` in CNY for all of `quantity`. Later tied to devices."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="assets")
    name = models.TextField()
    quantity = models.IntegerField()
    cost = models.DecimalField(max_digits=16, decimal_places=2)
    place = models.TextField(default="")
    accepted_on = models.DateField()
    warranty_until = models.DateField(null=True)

    class Meta:
        app_label = "funding"
        db_table = "funding_asset"
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="asset_quantity")]
        indexes = [models.Index(fields=["area_code", "id"], name="asset_area")]
