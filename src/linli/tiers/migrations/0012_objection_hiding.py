"""The words of objections of the public can be hidden from all but those who answer them."""

import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.ids
from linli.kernel.rls import append_only, in_scope, protect

OF_APPLICATION = (
    "EXISTS (SELECT FROM tiers_application a WHERE a.id = application_id AND " + in_scope("a.area_code") + ")"
)


class Migration(migrations.Migration):
    dependencies = [
        ("tiers", "0011_coordination"),
    ]

    operations = [
        migrations.CreateModel(
            name="ObjectionHiding",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("hidden", models.BooleanField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
                ("actor_name", models.TextField(default="")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tiers.application"
                    ),
                ),
                (
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hidings", to="tiers.objection"
                    ),
                ),
            ],
            options={"db_table": "tiers_objection_hiding"},
        ),
        protect("tiers_objection_hiding", OF_APPLICATION),
        append_only("tiers_objection_hiding"),
    ]
