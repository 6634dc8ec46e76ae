"""Doors for the public: how an address stands that somebody gave, keys of apps, reports known again, reporters of joined cases,
pictures shown to who reported."""

from django.db import migrations, models

import linli.kernel.ids

#: The program alone looks at addresses, whoever gave them.
PROGRAM = "current_setting('linli.actor', true) ^@ 'system:'"


def protect_contacts() -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
        ALTER TABLE cases_reporter_contact ENABLE ROW LEVEL SECURITY;
        ALTER TABLE cases_reporter_contact FORCE ROW LEVEL SECURITY;
        CREATE POLICY program ON cases_reporter_contact USING ({PROGRAM}) WITH CHECK ({PROGRAM});
        """,
        "DROP POLICY program ON cases_reporter_contact; ALTER TABLE cases_reporter_contact DISABLE ROW LEVEL SECURITY;",
    )


def key() -> tuple[str, models.UUIDField]:
    return "id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_case_intake")]

    operations = [
        migrations.CreateModel(
            name="AppKey",
            fields=[
                key(),
                ("name", models.TextField()),
                ("hashed", models.BinaryField(unique=True)),
                ("ending", models.TextField()),
                ("issued_at", models.DateTimeField()),
                ("issued_by", models.TextField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "cases_open311_key"},
        ),
        migrations.CreateModel(
            name="ReporterContact",
            fields=[
                key(),
                ("hashed", models.BinaryField(unique=True)),
                ("code", models.BinaryField(unique=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("since", models.DateField()),
                ("told", models.IntegerField(default=0)),
                ("day", models.DateField()),
                ("today", models.IntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
            ],
            options={"db_table": "cases_reporter_contact"},
        ),
        protect_contacts(),
        migrations.AddField("reporter", "contact_hash", models.BinaryField(null=True)),
        migrations.AddField("reporter", "content", models.BinaryField(null=True)),
        migrations.AddField("reporter", "followed", models.UUIDField(null=True)),
        migrations.AddField("reporter", "followed_version", models.IntegerField(default=0)),
        migrations.AddField("reporter", "responded", models.BooleanField(null=True)),
        migrations.AddField("reporter", "solved", models.BooleanField(null=True)),
        migrations.AddField("reporter", "satisfied", models.BooleanField(null=True)),
        migrations.AddField("reporter", "rated_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "reporter",
            models.Index(
                condition=models.Q(("contact_hash__isnull", False)),
                fields=["contact_hash"],
                name="reporter_contact_hash",
            ),
        ),
        migrations.AddField("reportermessage", "main", models.UUIDField(null=True)),
        migrations.RemoveConstraint("reportermessage", "reporter_told_once"),
        migrations.AddConstraint(
            "reportermessage",
            models.UniqueConstraint(
                fields=("reporter", "main", "version"), name="reporter_told_once", nulls_distinct=False
            ),
        ),
        migrations.AddField("attachment", "shown_at", models.DateTimeField(null=True)),
    ]
