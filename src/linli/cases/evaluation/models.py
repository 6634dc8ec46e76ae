"""Tables of evaluation: what each case contributes, drawn from its steps once, and when that was done."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7


class CaseFact(models.Model):
    """What the figures of a month need of a round of a case, so that a million cases are one pass over a narrow table.

    Derived: made again from the case and its steps whenever those moved (`version` is the case's then), by the definitions of
    steps `steps` (`counts.STEP_VERSION`). Months are year * 100 + month in local time. Each step of staff is a pair: by when it
    was to be done, by limits of working time (`counts.STEP_MINUTES`), and when it was; of several times the worst (`steps`).

    `round` is 0 up to the first reopening, and one more with each. A round that ended stays as it was; months of reports and filing
    are those of the first, that of dispatch is the month of filing or of the reopening, and of two rounds due (dispatched, closed) in
    a month the last has it. `unit_id` is the unit the round is charged
    to, none where nobody has the case; its people see the row.

    A case that counts nowhere (its import was undone, or it is a proposal) has rows without months.

    `public`: the public or the hotline reported it. `collector`: a collector did. `patrolled`: of a class that collectors look
    for; a child case is none of the three, its parent tells who came upon the matter. `confirmed`: its report was verified and so.
    `cancelled`: it was, or was not accepted. `merged`: it goes on within another, which counts for both. `paused`: its clock stands,
    and stood still before the case was due. `exempt`: it counts in no figure of limits, for an appeal was granted or it was handed
    over in time to a body outside. `transferred`: it was handed over to such a body, in time or not. `returned`: a unit sent it back.
    `reworked`: its result was sent back.
    """

    pk = models.CompositePrimaryKey("case_id", "round")
    case_id = models.UUIDField()
    round = models.SmallIntegerField()
    version = models.IntegerField()
    steps = models.SmallIntegerField()
    area_code = AreaCodeField()
    unit_id = models.UUIDField(null=True)
    open = models.BooleanField()
    reported_month = models.IntegerField(null=True)
    filed_month = models.IntegerField(null=True)
    dispatch_month = models.IntegerField(null=True)
    due_month = models.IntegerField(null=True)
    closed_month = models.IntegerField(null=True)
    public = models.BooleanField()
    collector = models.BooleanField()
    patrolled = models.BooleanField()
    confirmed = models.BooleanField()
    cancelled = models.BooleanField()
    merged = models.BooleanField()
    paused = models.BooleanField()
    exempt = models.BooleanField()
    returned = models.BooleanField()
    reworked = models.BooleanField()
    closed = models.BooleanField()
    transferred = models.BooleanField(default=False, db_default=False)
    responded = models.BooleanField(null=True)
    solved = models.BooleanField(null=True)
    satisfied = models.BooleanField(null=True)
    due_at = models.DateTimeField(null=True)
    handed_back_at = models.DateTimeField(null=True)
    verify_send_due = models.DateTimeField(null=True)
    verify_sent_at = models.DateTimeField(null=True)
    verify_due = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    file_due = models.DateTimeField(null=True)
    filed_at = models.DateTimeField(null=True)
    dispatch_due = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    check_send_due = models.DateTimeField(null=True)
    check_sent_at = models.DateTimeField(null=True)
    check_due = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cases"
        db_table = "cases_evaluation_fact"
        indexes = [
            models.Index(fields=["reported_month", "area_code"], name="fact_reported"),
            models.Index(fields=["filed_month", "area_code"], name="fact_filed"),
            models.Index(fields=["dispatch_month", "area_code"], name="fact_dispatch"),
            models.Index(fields=["due_month", "area_code"], name="fact_due"),
            models.Index(fields=["closed_month", "area_code"], name="fact_closed"),
            models.Index(fields=["unit_id", "due_month"], name="fact_unit"),
        ]


class FactRun(models.Model):
    """A time at which facts were drawn: `whole` looked at every case, else those whose steps are new. The last tells as of when
    figures are."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    at = models.DateTimeField()
    whole = models.BooleanField()
    cases = models.IntegerField()

    class Meta:
        app_label = "cases"
        db_table = "cases_evaluation_run"
