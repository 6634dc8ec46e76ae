"""A record of mediation for each round of a case. What was written so far is of the round in which it was written last."""

import django.db.models.deletion
from django.db import migrations, models

# The owner is bound by row-level security too, and sees nothing here without a scope.
FILL = """
ALTER TABLE cases_mediation NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cases_flow NO FORCE ROW LEVEL SECURITY;
UPDATE cases_mediation m SET round = (
    SELECT count(*) FROM cases_flow w WHERE w.case_id = m.case_id AND w.at <= m.changed_at AND jsonb_exists(w.detail, 'round')
);
ALTER TABLE cases_mediation FORCE ROW LEVEL SECURITY;
ALTER TABLE cases_flow FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0025_queues_by_procedure")]

    operations = [
        migrations.AddField("mediation", "round", models.SmallIntegerField(default=0)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            "mediation",
            "case",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
            ),
        ),
        migrations.AddConstraint(
            "mediation", models.UniqueConstraint(fields=["case", "round"], name="mediation_round")
        ),
    ]
