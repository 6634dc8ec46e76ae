"""Who wrote at a reply in its round, since none of them reviews it. Of replies there are, the last to save is known.

The values come with a rewrite of the column, which row-level security has no part in.
"""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0026_mediation_rounds")]

    operations = [
        migrations.AddField(
            "proposalreply",
            "drafters",
            django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
        ),
        migrations.RunSQL(
            "ALTER TABLE cases_proposal_reply ALTER COLUMN drafters TYPE text[] "
            "USING CASE WHEN drafted_by = '' THEN '{}'::text[] ELSE ARRAY[drafted_by] END",
            migrations.RunSQL.noop,
        ),
    ]
