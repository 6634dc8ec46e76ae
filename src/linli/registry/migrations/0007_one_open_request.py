"""One open 迁入 request per person and village: a newer statement takes the place of the one that waits."""

import django.db.models.functions.text
from django.db import migrations, models

# Of several open ones the latest stands. The owner is bound by row-level security too.
WITHDRAW = """
ALTER TABLE registry_transfer NO FORCE ROW LEVEL SECURITY;
UPDATE registry_transfer t SET state = 'withdrawn', replaced_by = n.record_id
FROM (
    SELECT id, last_value(id) OVER w AS last_id, last_value(record_id) OVER w AS record_id
    FROM registry_transfer WHERE state = 'open'
    WINDOW w AS (PARTITION BY person_id, left(to_area, 12) ORDER BY opened_at, id
                 ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
) n
WHERE t.id = n.id AND n.last_id <> t.id;
ALTER TABLE registry_transfer FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_record_head_name")]

    operations = [
        migrations.AddField("transfer", "replaced_by", models.UUIDField(null=True)),
        migrations.RunSQL(WITHDRAW, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "transfer",
            models.UniqueConstraint(
                models.F("person_id"),
                django.db.models.functions.text.Left("to_area", 12),
                condition=models.Q(("state", "open")),
                name="transfer_open_once",
            ),
        ),
    ]
