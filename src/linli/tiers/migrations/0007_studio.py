"""Revisions of indicator systems, where a bound was read, prices of measures with their history, figures of plans beside the answer."""

import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.ids
from linli.kernel.history import keep_history

# Row-level security holds the owner too, who acts for nobody here.
SUMMARIES = """
ALTER TABLE tiers_upgrade_scenario NO FORCE ROW LEVEL SECURITY;
UPDATE tiers_upgrade_scenario SET summary = (
    SELECT jsonb_object_agg(key, value) FROM jsonb_each(result)
    WHERE key IN ('points', 'bound', 'gap', 'cost_cents', 'award_cents', 'award_after_cents', 'raised', 'raised_without_work', 'people')
) WHERE state = 'finished' AND result IS NOT NULL;
ALTER TABLE tiers_upgrade_scenario FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tiers", "0006_coordination"),
    ]

    operations = [
        migrations.AddField(model_name="indicatorbound", name="source", field=models.TextField(default="")),
        migrations.CreateModel(
            name="SystemRevision",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("state", models.TextField(default="open")),
                ("version", models.IntegerField(default=1)),
                ("about", models.JSONField(default=dict)),
                ("villages", models.BooleanField(default=False)),
                ("indicators", models.JSONField(default=list)),
                ("begun_at", models.DateTimeField()),
                ("begun_by", models.TextField()),
                ("begun_by_name", models.TextField(default="")),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.TextField()),
                ("changed_by_name", models.TextField(default="")),
                (
                    "base",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tiers.indicatorsystem"
                    ),
                ),
                (
                    "made",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tiers.indicatorsystem",
                    ),
                ),
            ],
            options={
                "db_table": "tiers_revision",
                "indexes": [models.Index(fields=["state", "-id"], name="revision_open")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("open", "published", "dropped"))), name="revision_state"
                    )
                ],
            },
        ),
        migrations.AddField(model_name="upgradescenario", name="summary", field=models.JSONField(null=True)),
        migrations.AddField(model_name="upgradescenario", name="started_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(SUMMARIES, migrations.RunSQL.noop),
        keep_history("tiers_upgrade_measure", "true"),
    ]
