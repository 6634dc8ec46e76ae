"""The table of awards that are in the books: which entry is the award of which application."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7

from ..books.models import Entry


class AwardBooking(models.Model):
    """The award (奖补) of an application for a tier, as it is in the books. It counts as long as its entry is not reversed; then the
    award may be booked anew, as the next `nth`: so that none is booked twice, whoever is at it at the same time.

    `tier`, `year`, `amount` (CNY), `awarded_on` and `document` are the application's as it was booked: they stay, whatever becomes of
    the application. `posted`: the entry was posted from the award; else one was named that was posted by hand.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    application_id = models.UUIDField()
    nth = models.SmallIntegerField(default=1)
    tier = models.TextField()
    year = models.SmallIntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    awarded_on = models.DateField()
    document = models.TextField(default="")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="award")
    posted = models.BooleanField()
    booked_at = models.DateTimeField()
    booked_by_name = models.TextField(default="")

    class Meta:
        app_label = "funding"
        db_table = "funding_award_booking"
        constraints = [
            models.UniqueConstraint(fields=["application_id", "nth"], name="award_booked_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="award_booking_amount"),
        ]
