"""Tables of the intake of cases: from which row of which sheet a case came, and what words of a source stand for."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7

ORDER, HISTORY = "order", "history"
UNIT, CATEGORY = "unit", "category"


class CaseOrigin(models.Model):
    """The row of a sheet a case came from: an order of the hotline (热线工单), or a closed case of an earlier system.

    `number` is its number there, once per source, so that no sheet makes a case twice. `told` holds keyed hashes of what the row
    said, by which a later sheet is seen to say something else. `due_at` is by when the hotline wants it handled; a filing rule of
    our own sets another clock beside it. `unit_text` and `category_text` are as written; `unit_id` is the unit they named.
    `confidential`: the reporter is not to be known, so that neither name nor phone were taken in. `version` is the case's as the
    intake left it: while both agree nobody has done anything since. `withdrawn_at`: the import was undone.
    """

    case = models.OneToOneField("cases.Case", primary_key=True, on_delete=models.PROTECT, related_name="origin")
    kind = models.TextField()
    source_code = models.TextField()
    number = models.TextField(db_collation="C")
    batch_id = models.UUIDField()
    row = models.IntegerField()
    told = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    unit_id = models.UUIDField(null=True)
    unit_text = models.TextField(default="")
    category_text = models.TextField(default="")
    confidential = models.BooleanField(default=False)
    version = models.IntegerField()
    taken_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cases"
        db_table = "cases_origin"
        constraints = [
            models.UniqueConstraint(
                fields=["source_code", "number"], condition=models.Q(withdrawn_at=None), name="origin_once"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=(ORDER, HISTORY)), name="origin_kind"),
        ]
        indexes = [models.Index(fields=["batch_id", "row"], name="origin_batch")]


class CaseWord(models.Model):
    """What a source's own word for a unit or a category stands for: said once by somebody, then remembered.

    Reference data of the district, like the mappings of columns: a source's words mean the same everywhere. `written` is the
    word in the form words are compared in (`intake.checking.codes.word`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    source_code = models.TextField()
    what = models.TextField()
    written = models.TextField()
    target_id = models.UUIDField()
    set_by = models.TextField()
    set_by_name = models.TextField()
    set_at = models.DateTimeField()

    class Meta:
        app_label = "cases"
        db_table = "cases_word"
        constraints = [
            models.UniqueConstraint(fields=["source_code", "what", "written"], name="case_word_once"),
            models.CheckConstraint(condition=models.Q(what__in=(UNIT, CATEGORY)), name="case_word_what"),
        ]
