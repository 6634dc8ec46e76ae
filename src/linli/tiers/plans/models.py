"""Tables of plans: measures that can be taken, and scenarios with what was asked, with which inputs, and what came out."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from ..assessing.models import Assessment

BASES = ("community", "compound")
CERTAINTIES = ("assumption", "quoted", "official")
SCENARIO_STATES = ("waiting", "running", "finished", "infeasible", "failed")


class UpgradeMeasure(models.Model):
    """A measure a community can take (提升措施). Reference data of the district: no row lies in an area.

    Costs are CNY for each unit, one a community or one a compound (`basis`); `running_cost` is a year's. Shipped costs are
    assumptions (假设) until somebody enters a quoted or official price. `town_prices` are unit costs by town code where they
    differ. `effects` are what it does to metrics: [metric, "add" or "set", amount]. Neither is ever filtered by.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.TextField(db_collation="C", unique=True)
    name_zh = models.TextField()
    name_en = models.TextField()
    basis = models.TextField()
    unit_cost = models.DecimalField(max_digits=12, decimal_places=2)
    running_cost = models.DecimalField(max_digits=12, decimal_places=2)
    town_prices = models.JSONField(default=dict)
    lead_months = models.SmallIntegerField()
    staff_days = models.SmallIntegerField()
    shareable = models.BooleanField(default=False)
    theme = models.TextField(default="")
    needs = ArrayField(models.TextField(), default=list)
    effects = models.JSONField(default=list)
    certainty = models.TextField(default="assumption")
    note = models.TextField(default="")
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    changed_by_name = models.TextField(default="")

    class Meta:
        app_label = "tiers"
        db_table = "tiers_upgrade_measure"
        constraints = [
            models.CheckConstraint(condition=models.Q(basis__in=BASES), name="upgrade_measure_basis"),
            models.CheckConstraint(condition=models.Q(certainty__in=CERTAINTIES), name="upgrade_measure_certainty"),
            models.CheckConstraint(
                condition=models.Q(unit_cost__gte=0, running_cost__gte=0, lead_months__gte=0, staff_days__gte=0),
                name="upgrade_measure_costs",
            ),
        ]


class UpgradeScenario(models.Model):
    """One question to the optimiser and its answer (方案情景); scenarios of one `plan_id` are compared side by side.

    `asked` is the question, `assessment` the one whose values it started from, `catalogue` the measures as they were then:
    the answer can be told from these alone when both have moved on. `result` is the answer as it is shown, `summary` the few figures of it
    that lists show. None of them is ever filtered by. `why` is the code of the problem that ended one that failed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    plan_id = models.UUIDField()
    area_code = AreaCodeField()
    title = models.TextField()
    state = models.TextField(default="waiting")
    asked = models.JSONField(default=dict)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="+")
    catalogue = models.JSONField(default=list)
    result = models.JSONField(null=True)
    summary = models.JSONField(null=True)
    why = models.TextField(default="")
    started_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    asked_by_name = models.TextField(default="")
    finished_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_upgrade_scenario"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=SCENARIO_STATES), name="upgrade_scenario_state")
        ]
        indexes = [
            models.Index(fields=["area_code", "-id"], name="upgrade_scenario_area"),
            models.Index(fields=["plan_id", "id"], name="upgrade_scenario_plan"),
        ]
