"""Bulk edits and their rows. Whoever made an edit sees it, also where it spans more than one area of theirs."""

from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.rls import in_scope, protect

OWN = f"({in_scope()} OR made_by = current_setting('linli.actor', true))"


class Migration(migrations.Migration):
    dependencies = [("registry", "0013_ties")]

    operations = [
        migrations.CreateModel(
            name="BulkEdit",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("kind", models.TextField()),
                ("changes", models.JSONField()),
                ("state", models.TextField(default="prepared")),
                ("chosen", models.IntegerField()),
                ("changed", models.IntegerField(default=0)),
                ("meanwhile", models.IntegerField(default=0)),
                ("reason", models.TextField(default="")),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
                ("done_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.TextField(null=True)),
                ("undo_reason", models.TextField(default="")),
            ],
            options={"db_table": "registry_bulk_edit"},
        ),
        migrations.AddIndex(
            model_name="bulkedit", index=models.Index(fields=["area_code", "id"], name="bulk_edit_area")
        ),
        migrations.CreateModel(
            name="BulkEditRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "edit_id", "subject_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("edit_id", models.UUIDField()),
                ("subject_id", models.UUIDField()),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("version", models.IntegerField(null=True)),
                ("old", models.JSONField()),
                ("outcome", models.TextField()),
                ("why", models.TextField(default="")),
            ],
            options={"db_table": "registry_bulk_edit_row"},
        ),
        protect("registry_bulk_edit", OWN),
        protect("registry_bulk_edit_row"),
    ]
