"""The table of counted sources."""

from __future__ import annotations

from django.db import models


class RateCount(models.Model):
    """How often one source came through one door since `began`. `who` is a keyed hash: no address of anybody is kept.

    The table is unlogged: it is written at every knock, and a server that fell over may begin to count anew.
    """

    pk = models.CompositePrimaryKey("door", "who")
    door = models.TextField(db_collation="C")
    who = models.TextField(db_collation="C")  # hexadecimal
    began = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        app_label = "kernel"
        db_table = "kernel_rate_count"
