"""Tables of the procedure: plan years, applications with their steps, verdicts by stage, gaps, acceptance, objections, warnings.

Only an application has an area: what belongs to it is seen by who sees it whole, and goes with it. Its own row is the public
record, open to all who see standings once it was published; nothing in it names a person.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from ..rules import TIERS
from ..systems.models import IndicatorSystem
from .table import STAGES, STATES, VERDICTS

OUTCOMES = ("", "recognised", "refused")
ORIGINS = ("public", "community")


class PlanYear(models.Model):
    """A year's plan of the district (创建年度计划): which communities try for which tier, with the days by which each stage is over.

    `document` is the number of the notice it was announced with. `publication_days` are natural days of 公示.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    year = models.SmallIntegerField(unique=True)
    title = models.TextField()
    system = models.ForeignKey(IndicatorSystem, on_delete=models.PROTECT, related_name="+")
    self_by = models.DateField()
    town_by = models.DateField()
    accept_by = models.DateField()
    publication_days = models.SmallIntegerField(default=5)
    document = models.TextField(default="")
    version = models.IntegerField(default=1)
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    opened_by_name = models.TextField(default="")

    class Meta:
        app_label = "tiers"
        db_table = "tiers_plan_year"
        constraints = [
            models.CheckConstraint(
                condition=Q(self_by__lte=models.F("town_by"), town_by__lte=models.F("accept_by")),
                name="plan_year_order",
            ),
            models.CheckConstraint(condition=Q(publication_days__gte=1), name="plan_year_publication"),
        ]


class Application(models.Model):
    """One community trying for one tier in one plan year (申报); `version` rises with everything that is done to it.

    `marks` are those of the table of states (`table.py`). `due_on` is the day by which the step that is next should be taken. `met`, `missed`
    and `unknown` of `of` indicators count the last verdict of each by any stage, the computed one where there is none. `published_until`
    is the last day of 公示. `award_cents` is 奖补 in cents of a yuan. `decided_by` is the authority (认定机关). `synthetic`: of a
    demo (演示).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    version = models.IntegerField(default=1)
    area_code = AreaCodeField()
    plan_year = models.ForeignKey(PlanYear, on_delete=models.PROTECT, related_name="applications")
    tier = models.TextField()
    state = models.TextField(default="planned")
    marks = ArrayField(models.TextField(), default=list)
    due_on = models.DateField(null=True)
    met = models.SmallIntegerField(default=0)
    missed = models.SmallIntegerField(default=0)
    unknown = models.SmallIntegerField(default=0)
    of = models.SmallIntegerField(default=0)
    accepted_on = models.DateField(null=True)
    published_from = models.DateField(null=True)
    published_until = models.DateField(null=True)
    report_document = models.TextField(default="")
    reported_on = models.DateField(null=True)
    outcome = models.TextField(default="")
    decision_document = models.TextField(default="")
    decided_by = models.TextField(default="")
    decided_on = models.DateField(null=True)
    award_cents = models.BigIntegerField(null=True)
    awarded_on = models.DateField(null=True)
    award_document = models.TextField(default="")
    recheck_by = models.DateField(null=True)
    rechecked_on = models.DateField(null=True)
    synthetic = models.BooleanField(default=False)
    planned_at = models.DateTimeField()
    planned_by = models.TextField()
    updated_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_application"
        constraints = [
            models.UniqueConstraint(
                fields=["plan_year", "area_code"], condition=~Q(state="withdrawn"), name="application_once"
            ),
            models.CheckConstraint(condition=Q(tier__in=TIERS), name="application_tier"),
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="application_state"),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="application_outcome"),
            models.CheckConstraint(
                condition=Q(published_from=None, published_until=None)
                | Q(published_from__isnull=False, published_until__gte=models.F("published_from")),
                name="application_publication",
            ),
            models.CheckConstraint(condition=Q(award_cents=None) | Q(award_cents__gt=0), name="application_award"),
        ]
        indexes = [
            models.Index(fields=["area_code", "-id"], name="application_of"),
            models.Index(fields=["state", "due_on"], name="application_due"),
        ]


class ApplicationStep(models.Model):
    """A step of an application: added, never changed. `version` is the application's after it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="steps")
    version = models.IntegerField()
    action = models.TextField()
    from_state = models.TextField(default="")
    to_state = models.TextField()
    at = models.DateTimeField()
    actor = models.TextField()
    actor_name = models.TextField()
    unit_name = models.TextField(default="")
    reason = models.TextField(default="")

    class Meta:
        app_label = "tiers"
        db_table = "tiers_application_step"
        constraints = [models.UniqueConstraint(fields=["application", "version"], name="application_step_once")]


class IndicatorVerdict(models.Model):
    """What a stage says of an indicator. `prefilled`: taken from the last assessment or kept from the round before, nobody of
    the stage has confirmed it yet."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="verdicts")
    stage = models.TextField()
    indicator = models.TextField(db_collation="C")
    verdict = models.TextField()
    reason = models.TextField(default="")
    prefilled = models.BooleanField(default=False)
    at = models.DateTimeField()
    said_by = models.TextField()
    actor_name = models.TextField(default="")
    unit_name = models.TextField(default="")

    class Meta:
        app_label = "tiers"
        db_table = "tiers_indicator_verdict"
        constraints = [
            models.UniqueConstraint(fields=["application", "stage", "indicator"], name="indicator_verdict_once"),
            models.CheckConstraint(condition=Q(stage__in=list(STAGES)), name="indicator_verdict_stage"),
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="indicator_verdict_verdict"),
        ]


class ApplicationGap(models.Model):
    """Something to mend (整改): of which indicator, what is to do, by which post or unit, and by when."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="gaps")
    indicator = models.TextField(db_collation="C")
    todo = models.TextField()
    owner = models.TextField()
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    note = models.TextField(default="")
    version = models.IntegerField(default=1)
    added_at = models.DateTimeField()
    added_by = models.TextField()
    added_by_name = models.TextField(default="")

    class Meta:
        app_label = "tiers"
        db_table = "tiers_application_gap"
        indexes = [models.Index(fields=["due_on"], condition=Q(done_on=None), name="application_gap_open")]


class AcceptanceMember(models.Model):
    """A member of the group that accepts an application (验收组): staff by name, unit and post, in order; the first leads it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="members")
    position = models.SmallIntegerField()
    name = models.TextField()
    unit = models.TextField(default="")
    post = models.TextField(default="")

    class Meta:
        app_label = "tiers"
        db_table = "tiers_acceptance_member"
        constraints = [models.UniqueConstraint(fields=["application", "position"], name="acceptance_member_position")]


class SiteVisit(models.Model):
    """A visit on site (实地验收): the day, the place, and what was seen."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="visits")
    day = models.DateField()
    place = models.TextField()
    notes = models.TextField(default="")
    added_at = models.DateTimeField()
    added_by = models.TextField()
    added_by_name = models.TextField(default="")

    class Meta:
        app_label = "tiers"
        db_table = "tiers_site_visit"


class Objection(models.Model):
    """An objection (异议): of the `public` to what is published, or of the `community` to a verdict. Answered once, with a reason.

    `contact` is ciphertext, where they are told the answer; it goes when its time is over (retention). `token` is the keyed hash of
    the form it came with: sent twice, it is one objection.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="objections")
    origin = models.TextField()
    indicator = models.TextField(db_collation="C", default="")
    text = models.TextField()
    contact = models.BinaryField(null=True)  # ciphertext
    masked = models.TextField(default="")
    token = models.BinaryField(null=True)  # a keyed hash
    at = models.DateTimeField()
    actor = models.TextField()
    actor_name = models.TextField(default="")
    answer = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(default="")
    answered_by_name = models.TextField(default="")

    class Meta:
        app_label = "tiers"
        db_table = "tiers_objection"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "token"], condition=Q(token__isnull=False), name="objection_token_once"
            ),
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="objection_origin"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="objection_answered",
            ),
        ]


class ObjectionHiding(models.Model):
    """The words of an objection of the public were hidden (`hidden`), or are shown again, with the reason: added, never changed; the
    last one holds.

    What it says stays as it came, is counted and answered: only who answers objections goes on reading it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="hidings")
    hidden = models.BooleanField()
    reason = models.TextField()
    at = models.DateTimeField()
    actor = models.TextField()
    actor_name = models.TextField(default="")

    class Meta:
        app_label = "tiers"
        db_table = "tiers_objection_hiding"


class StandingWarning(models.Model):
    """A live indicator of a recognised community's tier that is met no more (复核预警): since which day, with which value. `gone_at`:
    it is met again, or the tier is no longer held. `value` is of `metric`, the first bound that is missed."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="warnings")
    indicator = models.TextField(db_collation="C")
    metric = models.TextField(db_collation="C", default="")
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    since = models.DateField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "tiers"
        db_table = "tiers_standing_warning"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "indicator"], condition=Q(gone_at=None), name="standing_warning_once"
            )
        ]
