"""The table of merged cases."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7


class CaseMerge(models.Model):
    """A case that tells of the same event as another and goes on within it (并案): `case` is the duplicate.

    What the duplicate brings along (its number, words, place and time) is kept here for whoever works the main case and
    does not see the duplicate itself, and the main case's number for the other way round; who reported it stays with the
    duplicate. `from_state` is where it stood, so that undoing leads back there, as do the marks both had (`Case.restricted_to`).
    An undone merge stays as a row, for who sees both.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    main = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    from_state = models.TextField()
    main_number = models.TextField(db_collation="C")
    number = models.TextField(db_collation="C")
    case_mark = models.TextField(default="", db_default="", db_collation="C")
    main_mark = models.TextField(default="", db_default="", db_collation="C")
    description = models.TextField()
    place_text = models.TextField(default="")
    reported_at = models.DateTimeField()
    merged_at = models.DateTimeField()
    merged_by = models.TextField()
    merged_by_name = models.TextField()
    reason = models.TextField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(default="")
    undone_by_name = models.TextField(default="")
    undone_reason = models.TextField(default="")

    class Meta:
        app_label = "cases"
        db_table = "cases_merge"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(undone_at=None), name="merged_once"),
            models.CheckConstraint(condition=~models.Q(case=models.F("main")), name="merged_into_another"),
        ]
        indexes = [
            # What lists ask for of each line they show.
            models.Index(
                fields=["main"], condition=models.Q(undone_at=None), include=["case", "undone_at"], name="merge_holds"
            )
        ]
