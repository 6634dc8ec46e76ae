"""Awards of applications are booked once: which entry is the award of which application."""

import django.db.models.deletion
import linli.kernel.areas
import linli.kernel.ids
from django.db import migrations, models
from django.db.models import Q

from linli.kernel.rls import append_only, protect

#: As with payments (0002): the row stays as it was made, but for the area it lies in.
STAYS = """
DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN
    GRANT UPDATE (area_code) ON funding_award_booking TO linli_app;
END IF; END $$;
CREATE TRIGGER posted_stays BEFORE UPDATE OR DELETE ON funding_award_booking
    FOR EACH ROW EXECUTE FUNCTION funding_posted_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("funding", "0003_terms")]

    operations = [
        migrations.CreateModel(
            name="AwardBooking",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("application_id", models.UUIDField()),
                ("nth", models.SmallIntegerField(default=1)),
                ("tier", models.TextField()),
                ("year", models.SmallIntegerField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                ("awarded_on", models.DateField()),
                ("document", models.TextField(default="")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="award", to="funding.entry"
                    ),
                ),
                ("posted", models.BooleanField()),
                ("booked_at", models.DateTimeField()),
                ("booked_by_name", models.TextField(default="")),
            ],
            options={
                "db_table": "funding_award_booking",
                "constraints": [
                    models.UniqueConstraint(fields=("application_id", "nth"), name="award_booked_once"),
                    models.CheckConstraint(condition=Q(("amount__gt", 0)), name="award_booking_amount"),
                ],
            },
        ),
        protect("funding_award_booking"),
        append_only("funding_award_booking"),
        migrations.RunSQL(STAYS, "DROP TRIGGER posted_stays ON funding_award_booking"),
    ]
