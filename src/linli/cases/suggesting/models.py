"""Tables of suggestions: the versions of the model with their figures, and what was suggested for each case."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7

from ..categories.models import Category

TAKEN = ("", "first", "second", "other")


class TextVersion(models.Model):
    """A model that was learnt, with how good it was. Its file is kept (encrypted) under its own id.

    `seeds` and `cases` are how many texts of our own writing and how many closed cases of the district it learnt from,
    `newest` is the last closing among those cases that were there when it was made. `held_out` cases were kept from it;
    `macro_f1`, `accuracy` and `top2` are its figures on them, `before_macro_f1` those of the version in use at the time
    on the same cases. With too few of them the figures are of seed texts held out in turn, and `before_macro_f1` is
    empty. `threshold`: from this probability on nine suggestions in ten are right; above 1 where there is no such.
    `current`: it is in use. `outcome` says why it is or is not. `has_file`: it can be put to use again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    current = models.BooleanField(default=False)
    outcome = models.TextField()  # first | better | not_better
    seeds = models.IntegerField()
    cases = models.IntegerField()
    closed = models.IntegerField()
    newest = models.DateTimeField(null=True)
    labels = models.IntegerField()
    held_out = models.IntegerField()
    macro_f1 = models.FloatField()
    accuracy = models.FloatField()
    top2 = models.FloatField()
    before_macro_f1 = models.FloatField(null=True)
    threshold = models.FloatField()
    size = models.BigIntegerField()
    has_file = models.BooleanField(default=True)
    chosen_at = models.DateTimeField(null=True)
    chosen_by_name = models.TextField(default="")

    class Meta:
        app_label = "cases"
        db_table = "cases_text_version"
        constraints = [
            models.UniqueConstraint(
                fields=["current"], condition=models.Q(current=True), name="one_text_version_in_use"
            ),
        ]


class Suggestion(models.Model):
    """What was suggested for a case when it was reported: the two likeliest categories, and which one people took.

    `sure`: the first was at or above the threshold, so that it was filled in beforehand. `taken` is empty until the case
    has a category. Nothing of who reported is in it.
    """

    case = models.OneToOneField("cases.Case", primary_key=True, on_delete=models.PROTECT, related_name="suggestion")
    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    first = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", db_index=False)
    first_probability = models.FloatField()
    second = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    second_probability = models.FloatField(null=True)
    sure = models.BooleanField()
    taken = models.TextField(default="")
    suggested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cases"
        db_table = "cases_suggestion"
        constraints = [
            models.CheckConstraint(condition=models.Q(taken__in=TAKEN), name="suggestion_taken"),
        ]
        indexes = [models.Index(fields=["version", "taken"], name="suggestion_version")]
