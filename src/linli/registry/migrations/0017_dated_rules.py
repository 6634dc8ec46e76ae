"""Rules of survivorship get a day from which they hold, and changes of rules are kept with how far they are."""

import datetime

from django.db import migrations, models

import linli.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("registry", "0016_regrouping")]

    operations = [
        migrations.AddField("fieldpriority", "valid_from", models.DateField(default=datetime.date(2000, 1, 1)), False),
        migrations.AddField("fieldpriority", "change_id", models.UUIDField(null=True)),
        migrations.AlterField("fieldpriority", "priority", models.SmallIntegerField(null=True)),
        migrations.RemoveConstraint("fieldpriority", "field_priority_once"),
        migrations.AddConstraint(
            "fieldpriority",
            models.UniqueConstraint(fields=["field", "source", "valid_from"], name="field_priority_once_a_day"),
        ),
        migrations.CreateModel(
            name="RuleChange",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("valid_from", models.DateField()),
                ("rules", models.JSONField()),
                ("reason", models.TextField()),
                ("state", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.TextField(null=True)),
                ("reached", models.UUIDField(null=True)),
                ("people", models.IntegerField(default=0)),
                ("changed", models.IntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "registry_rule_change"},
        ),
    ]
